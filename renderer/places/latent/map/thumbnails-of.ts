import type { SplitName } from '../../../../electron/contract/models.ts';
import { Thumbnails } from '../../../charts/map/thumbnails.svelte.ts';
import type { Explorer } from '../explorer.svelte.ts';

/** Small pictures of the images of a split, for a map of them; nothing before a model is open. */
export function thumbnailsOf({ api, details }: Explorer, split: SplitName): Thumbnails | undefined {
  if (!details) return undefined;
  const [height, width] = details.spec.inputShape;
  const { imageSet } = details;
  return new Thumbnails({ width, height }, async (indices) => {
    const picked = await api.call('image-set:pick', { imageSet, split, indices });
    return picked.ok ? picked.value.images : undefined;
  });
}
