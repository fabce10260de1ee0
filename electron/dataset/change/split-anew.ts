import { shuffled } from '../fixed-order.ts';
import type { SourceSplit } from '../import/source.ts';
import type { KnownImage } from './set-contents.ts';

/** Steps by this part of the whole fall evenly everywhere (Weyl). */
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/**
 * Draws the splits of images anew: in each label, to within an image or two, the same shares.
 * @param shares percent of all images
 * @returns the split of each image, by its place
 */
export function splitAnew(
  images: readonly KnownImage[],
  shares: { readonly test: number; readonly validation: number },
): ReadonlyMap<number, SourceSplit> {
  const byLabel = new Map<string | undefined, number[]>();
  for (const { label, place } of images) {
    const places = byLabel.get(label) ?? [];
    places.push(place);
    byLabel.set(label, places);
  }
  const splits = new Map<number, SourceSplit>(images.map(({ place }) => [place, 'training']));
  const [test, held] = [shares.test / 100, (shares.test + shares.validation) / 100];
  [...byLabel.values()].flatMap(shuffled).forEach((place, index) => {
    const share = ((index + 0.5) * GOLDEN) % 1;
    if (share < held) splits.set(place, share < test ? 'test' : 'validation');
  });
  return splits;
}

/** The folder that an image's name says; nothing for one that lies in none. */
export const folderOf = (name: string): string => name.slice(0, Math.max(0, name.lastIndexOf('/')));
