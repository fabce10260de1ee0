import type { StudioApi } from '../../electron/contract/contract.ts';
import type { ModelDetails, ModelRef, Neighbours, SplitName } from '../../electron/contract/models.ts';
import type { Result } from '../../electron/domain/errors.ts';
import type { ImageColumns } from '../../electron/domain/words.ts';

/** Images of a model's set, by how near their codes lie to others, and their pictures in the same order. */
export interface NearestImages {
  readonly neighbours: Neighbours;
  readonly images: ImageColumns;
  /** What their files are called. */
  readonly names: readonly string[];
}

export interface NearestQuery {
  readonly model: ModelRef;
  /** The model's own. */
  readonly imageSet: ModelDetails['imageSet'];
  /** Of n × size numbers. */
  readonly codes: Float32Array<ArrayBuffer>;
  readonly split: SplitName;
  /** Images a code. */
  readonly count: number;
}

/** Finds the images whose codes lie nearest to each of `codes`, the nearest first. */
export async function nearestImages(
  api: StudioApi,
  { imageSet, ...query }: NearestQuery,
): Promise<Result<NearestImages>> {
  const found = await api.call('model:neighbours', query);
  if (!found.ok) return found;
  const { split, indices } = found.value;
  const picked = await api.call('image-set:pick', { imageSet, split, indices: indices.slice() });
  return picked.ok ? { ok: true, value: { neighbours: found.value, ...picked.value } } : picked;
}
