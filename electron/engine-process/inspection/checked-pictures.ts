import type { InspectSource } from '../../contract/inspection.ts';
import { StudioError } from '../../domain/errors.ts';
import { groupOf } from '../../domain/inspection/groups.ts';
import type { Size } from '../../domain/inspection/tile-places.ts';
import type { ImageColumns } from '../../domain/words.ts';
import { pixelsPerImage, sliceImages, type ImageSet } from '../../dataset/image-set.ts';
import { decodeItem, inOrder, readMask, reasonOf } from '../../dataset/import/read-item.ts';
import type { SourceItem } from '../../dataset/import/source.ts';
import { thisMachine } from '../../dataset/import/system.ts';
import { flatten, type Picture } from '../../dataset/picture/picture.ts';
import type { ImageSetFolder } from '../../files/image-set-folder.ts';
import { readMask as readStoredMask, readMaskPlaces } from '../../files/image-set-masks.ts';
import type { StagedPictures } from '../models/picture-sources.ts';
import { preparePicture, type Manner } from '../models/prepare-picture.ts';
import type { ImageSets } from '../image-sets.ts';
import type { ImageSetStore } from '../../files/image-set-store.ts';
import { groupColumn, namesOfSet } from './set-groups.ts';

/** A picture as the model takes it. */
export interface CheckedPicture {
  readonly name: string;
  readonly group: string;
  /** uint8 [height, width, channels] of the model. */
  readonly pixels: Uint8Array;
  readonly masked: boolean;
  /** As it came, in pixels. */
  readonly size: Size;
}

export interface Problem {
  readonly name: string;
  readonly message: string;
}

/** Pictures to be checked, read a few at a time or one again. */
export interface CheckedPictures {
  readonly count: number;
  /** The image set they are of. */
  readonly imageSet?: string;
  /** Pictures [first, first + count), those that cannot be read in `problems` only. */
  read(
    first: number,
    count: number,
  ): Promise<{
    readonly pictures: readonly (CheckedPicture & { readonly at: number })[];
    readonly problems: readonly Problem[];
  }>;
  /** One of them at its own size, or not much larger than `side` pixels where that is given, and its mask as the model's images are. */
  original(
    at: number,
    side?: number,
  ): Promise<{ readonly picture: Picture; readonly mask?: Uint8Array; readonly pixels: Uint8Array }>;
  /** Its mask in the model's shape: [height × width], 255 where it is marked. */
  mask(at: number): Promise<Uint8Array | undefined>;
}

/** Originals are shown at most this large, in pixels a side. */
const MOST_SIDE = 4_096;
const OPTIONS = { invert: 'auto', centre: 'auto' } as const;

export interface Sources {
  readonly imageSets: ImageSets;
  readonly store: ImageSetStore;
  readonly staged: StagedPictures;
}

/** @throws StudioError `not-found`, or `bad-request` where a set's images are of another shape than the model's */
export async function openChecked(source: InspectSource, manner: Manner, sources: Sources): Promise<CheckedPictures> {
  if (source.kind === 'staged') return stagedPictures(source, manner, sources.staged);
  const set = await sources.imageSets.get(source.imageSet);
  const folder = sources.imageSets.isAlwaysThere(set.id) ? undefined : sources.store.at(set.id);
  return setPictures(set, source, manner, folder);
}

async function setPictures(
  set: ImageSet,
  { split, groups: wanted }: Extract<InspectSource, { kind: 'set' }>,
  { preparation }: Manner,
  folder: ImageSetFolder | undefined,
): Promise<CheckedPictures> {
  const { images } = set[split];
  checkShape(images, preparation, set);
  const names = folder === undefined ? undefined : await namesOfSet(set, folder);
  const groups = groupColumn(set, names);
  const masked = new Set(folder === undefined ? [] : await readMaskPlaces(folder));
  const before = split === 'training' ? 0 : set.training.images.count;
  const places = Array.from({ length: images.count }, (_, at) => at).filter(
    (at) => wanted === undefined || wanted.includes(groups[before + at]!),
  );
  if (places.length === 0) throw new StudioError('not-found', `"${set.name}" has no such pictures to check.`);
  const pixelsAt = (at: number): Uint8Array => sliceImages(images, places[at]!, 1).pixels;
  const mask = async (at: number): Promise<Uint8Array | undefined> =>
    folder === undefined ? undefined : readStoredMask(folder, before + places[at]!, images.height * images.width);
  return {
    count: places.length,
    imageSet: set.id,
    mask,
    read: async (first, count) => ({
      problems: [],
      pictures: places.slice(first, first + count).map((place, row) => ({
        at: first + row,
        name: names?.[before + place] ?? `${split} ${place}`,
        group: groups[before + place]!,
        pixels: sliceImages(images, place, 1).pixels,
        masked: masked.has(before + place),
        size: { width: images.width, height: images.height },
      })),
    }),
    original: async (at) => {
      const pixels = pixelsAt(at);
      const channels = images.channels === 3 ? 3 : 1;
      const given = await mask(at);
      const picture = { width: images.width, height: images.height, channels, pixels } as const;
      return { picture, pixels, ...(given === undefined ? {} : { mask: given }) };
    },
  };
}

function checkShape(images: ImageColumns, { width, height, channels }: Manner['preparation'], set: ImageSet): void {
  if (images.width === width && images.height === height && images.channels === channels) return;
  const found = `${images.height} × ${images.width} × ${images.channels}`;
  throw new StudioError(
    'bad-request',
    `The model takes images of ${height} × ${width} × ${channels}, those of "${set.name}" are ${found} (${pixelsPerImage(images)} values).`,
  );
}

async function stagedPictures(
  { staged, groups }: Extract<InspectSource, { kind: 'staged' }>,
  manner: Manner,
  pictures: StagedPictures,
): Promise<CheckedPictures> {
  const { preparation } = manner;
  const use = <T>(
    first: number,
    count: number,
    work: (items: readonly SourceItem[], problems: readonly Problem[]) => Promise<T>,
  ): Promise<T> => pictures.use(staged, first, count, ({ items, problems }) => work(items, problems));
  const isWanted = (group: string): boolean =>
    groups === undefined || groups.some((name) => group === name || group.endsWith(`/${name}`));
  const total = await pictures.use(staged, 0, 0, async (page) => page.total);
  const one = <T>(at: number, work: (item: SourceItem) => Promise<T>): Promise<T> =>
    use(at, 1, async ([item]) => {
      if (item === undefined)
        throw new StudioError('not-found', 'This picture is no longer at hand: drop or choose it again.');
      return work(item);
    });
  const maskOf = async ({ mask }: SourceItem): Promise<Uint8Array | undefined> =>
    mask === undefined ? undefined : readMask(mask, preparation);
  return {
    count: total,
    mask: (at) => one(at, maskOf),
    read: (first, count) =>
      use(first, count, async (items, problems) => {
        const found: (CheckedPicture & { readonly at: number })[] = [];
        const wrong: Problem[] = problems.filter(({ name }) => isWanted(groupOf(name)));
        const read = async (item: SourceItem, row: number): Promise<void> => {
          try {
            const { picture, size } = await decodeItem(item, preparation);
            const { pixels } = preparePicture(picture, manner, OPTIONS);
            found.push({
              at: first + row,
              name: item.name,
              group: groupOf(item.name),
              pixels,
              masked: item.mask !== undefined,
              size: { width: size.width, height: size.height },
            });
          } catch (error) {
            wrong.push({ name: item.name, message: reasonOf(error, item.name) });
          }
        };
        const rows = items.map((item, row) => ({ item, row })).filter(({ item }) => isWanted(groupOf(item.name)));
        for await (const _done of inOrder(rows, thisMachine.atOnce, ({ item, row }) => read(item, row))) void _done;
        return { pictures: found.sort((a, b) => a.at - b.at), problems: wrong };
      }),
    original: (at, side = MOST_SIDE) =>
      one(at, async (item) => {
        const size = { ...preparation, width: side, height: side };
        const { picture } = await decodeItem(item, size);
        const { pixels } = preparePicture(picture, manner, OPTIONS);
        const given = await maskOf(item);
        return { picture, pixels, ...(given === undefined ? {} : { mask: given }) };
      }),
  };
}

/** Pictures of one size as numbers of 0 to 1, one after another. */
export function floatsOfPictures(pictures: readonly { readonly pixels: Uint8Array }[]): Float32Array {
  const size = pictures[0]!.pixels.length;
  const values = new Float32Array(pictures.length * size);
  pictures.forEach(({ pixels }, at) => pixels.forEach((byte, place) => (values[at * size + place] = byte / 255)));
  return values;
}

/** A picture as one RGB image; what shows through is black. */
export function asColour(picture: Picture): ImageColumns {
  const { width, height, pixels } = flatten(picture, 3, [0, 0, 0]);
  return { count: 1, width, height, channels: 3, pixels: pixels.slice() };
}
