import type { StudioApi } from '../../electron/contract/contract.ts';
import { unwrap } from '../../electron/domain/errors.ts';
import type { PickedImages } from '../../electron/contract/images.ts';
import type { SplitName } from '../../electron/contract/models.ts';

/** Where indices point into. */
export interface SplitOf {
  readonly imageSet: string;
  readonly split: SplitName;
}

/** Images a call may ask for. */
export const MOST_PICKED = 1_000;

/**
 * The images at these places of a split and their names, a thousand at a time, in the order asked for; `first` counts
 * those before. Ends early when the caller stops asking.
 * @throws StudioError where the host could not answer.
 */
export async function* pickAll(
  api: StudioApi,
  { imageSet, split }: SplitOf,
  indices: Uint32Array,
): AsyncGenerator<PickedImages & { readonly first: number }> {
  for (let first = 0; first < indices.length; first += MOST_PICKED) {
    const part = indices.slice(first, first + MOST_PICKED);
    const picked = unwrap(await api.call('image-set:pick', { imageSet, split, indices: part }));
    yield { ...picked, first };
  }
}
