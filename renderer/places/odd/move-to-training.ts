import type { StudioApi } from '../../../electron/contract/contract.ts';
import type { Result } from '../../../electron/domain/errors.ts';
import type { ImageSetSummary } from '../../../electron/domain/words.ts';

/** Images that one call picks. */
const AT_ONCE = 1_000;

/**
 * Makes a version of a set in which the test images of these names are training images.
 * @returns the new version; `not-found` where none of them is among the test images
 */
export async function moveToTraining(
  api: StudioApi,
  imageSet: string,
  names: readonly string[],
): Promise<Result<ImageSetSummary>> {
  const described = await api.call('image-set:describe', { imageSet });
  if (!described.ok) return described;
  const { testCount, name } = described.value.summary;
  const wanted = new Set(names);
  const found: number[] = [];
  for (let first = 0; first < testCount; first += AT_ONCE) {
    const indices = Uint32Array.from({ length: Math.min(AT_ONCE, testCount - first) }, (_, at) => first + at);
    const picked = await api.call('image-set:pick', { imageSet, split: 'test', indices });
    if (!picked.ok) return picked;
    picked.value.names.forEach((one, at) => {
      if (wanted.has(one)) found.push(first + at);
    });
  }
  if (found.length === 0) {
    const message = `None of the pictures marked as fine is among the test images of "${name}".`;
    return { ok: false, error: { code: 'not-found', message } };
  }
  const picks = [{ split: 'test' as const, indices: Uint32Array.from(found) }];
  return api.call('image-set:change', { imageSet, change: { kind: 'move', picks, to: 'training' } });
}
