import type { StudioApi } from '../../../electron/contract/contract.ts';
import type { CodeMap, CodePoints, ModelRef, SplitName } from '../../../electron/contract/models.ts';
import type { Result } from '../../../electron/domain/errors.ts';

/**
 * What takes longer of a map, with the points that are there already; these are asked for again only where the model has been
 * loaded anew since: then its weights may be others.
 */
export async function measuredMap(
  api: StudioApi,
  model: ModelRef,
  split: SplitName,
  points: CodePoints,
): Promise<Result<CodeMap>> {
  const measured = await api.call('model:measures', { model, split });
  if (!measured.ok) return measured;
  const { squaredErrors, units, loading } = measured.value;
  if (loading === points.loading) return { ok: true, value: { ...points, squaredErrors, units } };
  const again = await api.call('model:points', { model, split });
  return again.ok ? { ok: true, value: { ...again.value, squaredErrors, units } } : again;
}
