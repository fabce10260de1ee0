import type { InspectSource } from '../../contract/inspection.ts';
import { StudioError } from '../../domain/errors.ts';
import { groupOf } from '../../domain/inspection/groups.ts';
import type { Size } from '../../domain/inspection/tile-places.ts';
import type { ImageColumns } from '../../domain/words.ts';
import { pixelsPerImage, sliceImages, type ImageSet } from '../../dataset/image-set.ts';
import { decodeItem, inOrder, readMask, reasonOf, type DecodedFor } from '../../dataset/import/read-item.ts';
import type { SourceItem } from '../../dataset/import/source.ts';
import { thisMachine } from '../../dataset/import/system.ts';
import { flatten, type Picture } from '../../dataset/picture/picture.ts';
import { prepare } from '../../dataset/picture/prepare.ts';
import type { ImageSetFolder } from '../../files/image-set-folder.ts';
import { readMask as readStoredMask, readMaskPlaces } from '../../files/image-set-masks.ts';
import type { Placed, StagedPictures } from '../models/picture-sources.ts';
import { preparePixels, type Manner } from '../models/prepare-picture.ts';
import type { ImageSets } from '../image-sets.ts';
import type { ImageSetStore } from '../../files/image-set-store.ts';
import { groupColumn, namesOfSet } from './set-groups.ts';

/** What is known of a picture beside what it shows. */
export interface Checked {
  /** Its place among those to be checked. */
  readonly at: number;
  readonly name: string;
  readonly group: string;
  readonly masked: boolean;
  /** As it came, in pixels. */
  readonly size: Size;
}

/** A picture as the model takes it. */
export interface CheckedPicture extends Checked {
  /** uint8 [height, width, channels] of the model. */
  readonly pixels: Uint8Array;
}

/** A picture as it came, or not much larger than `MOST_SIDE`. */
export interface WholePicture extends Checked {
  readonly picture: Picture;
}

/** Pictures, and those that cannot be read in `problems` only. */
export interface Read<P extends Checked> {
  readonly pictures: readonly P[];
  readonly problems: readonly Problem[];
}

export interface Problem {
  readonly name: string;
  readonly message: string;
}

/** A picture to be shown. */
export interface Original {
  readonly picture: Picture;
  /** As it came, in pixels. */
  readonly size: Size;
  readonly mask?: Uint8Array;
  /** As the model takes it. */
  readonly pixels: () => Uint8Array;
}

/** Pictures to be checked, read a few at a time or one again. */
export interface CheckedPictures {
  readonly count: number;
  /** The image set they are of. */
  readonly imageSet?: string;
  /** Pictures [first, first + count). */
  read(first: number, count: number): Promise<Read<CheckedPicture>>;
  /** One, to be judged by tiles. */
  readWhole(at: number): Promise<Read<WholePicture>>;
  /**
   * One of them at its own size, or not much larger than `side` pixels where that is given, and its mask as the model's images are.
   * @param name what it was called at that place once: files may have come and gone since
   */
  original(at: number, side?: number, name?: string): Promise<Original>;
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
  const { staged } = source;
  const fileOf = staged === undefined ? undefined : filesByName(sources.staged, staged, manner);
  return setPictures(set, source, manner, folder, fileOf);
}

async function setPictures(
  set: ImageSet,
  { split, groups: wanted }: Extract<InspectSource, { kind: 'set' }>,
  { preparation }: Manner,
  folder: ImageSetFolder | undefined,
  fileOf: FileOf = () => Promise.resolve(undefined),
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
  const mask = async (at: number): Promise<Uint8Array | undefined> =>
    folder === undefined ? undefined : readStoredMask(folder, before + places[at]!, images.height * images.width);
  const known = (at: number): Checked => ({
    at,
    name: names?.[before + places[at]!] ?? `${split} ${places[at]!}`,
    group: groups[before + places[at]!]!,
    masked: masked.has(before + places[at]!),
    size: sizeOf(images),
  });
  const pixelsAt = (at: number): Uint8Array => sliceImages(images, places[at]!, 1).pixels;
  const pictureAt = (at: number): Picture => ({
    width: images.width,
    height: images.height,
    channels: images.channels === 3 ? 3 : 1,
    pixels: pixelsAt(at),
  });
  return {
    count: places.length,
    imageSet: set.id,
    mask,
    read: async (first, count) => ({
      problems: [],
      pictures: places.slice(first, first + count).map((_, row) => {
        const at = first + row;
        return { ...known(at), pixels: pixelsAt(at) };
      }),
    }),
    readWhole: async (at) => ({ problems: [], pictures: [{ ...known(at), picture: pictureAt(at) }] }),
    original: async (at, side = MOST_SIDE) => {
      const given = await mask(at);
      const own = pictureAt(at);
      const { picture, size } = (await fileOf(known(at).name, side)) ?? { picture: own, size: own };
      return { picture, size: sizeOf(size), pixels: () => pixelsAt(at), ...(given && { mask: given }) };
    },
  };
}

/** A picture of a file by its name; nothing where it is not there, or not any more. */
type FileOf = (name: string, side: number) => Promise<Pick<Original, 'picture' | 'size'> | undefined>;

/** Files by the names that an import of them gives its images. */
function filesByName(pictures: StagedPictures, staged: string, { preparation }: Manner): FileOf {
  // What is no fault of a file's is thrown.
  const nothing = (error: unknown): undefined => void reasonOf(error, '');
  let places: Promise<ReadonlyMap<string, number> | undefined> | undefined;
  const list = () =>
    pictures.use(staged, 0, Number.MAX_SAFE_INTEGER, async ({ items }) => {
      return new Map(items.map((one) => [one.item.name, one.place]));
    });
  return async (name, side) => {
    places ??= list().catch(nothing);
    const place = (await places)?.get(name);
    if (place === undefined) return undefined;
    return pictures
      .use(staged, place, 1, async ({ items: [found] }) => {
        return found && (await decodeItem(found.item, { ...preparation, width: side, height: side }));
      })
      .catch(nothing);
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
    work: (items: readonly Placed[], problems: readonly Problem[]) => Promise<T>,
  ): Promise<T> => pictures.use(staged, first, count, ({ items, problems }) => work(items, problems));
  const isWanted = (group: string): boolean =>
    groups === undefined || groups.some((name) => group === name || group.endsWith(`/${name}`));
  const total = await pictures.use(staged, 0, 0, async (page) => page.total);
  const one = <T>(at: number, work: (item: SourceItem) => Promise<T>): Promise<T> =>
    use(at, 1, async ([found]) => {
      if (found === undefined)
        throw new StudioError('not-found', 'This picture is no longer at hand: drop or choose it again.');
      return work(found.item);
    });
  /** The one of this name: at its place, or, where files have come and gone, anywhere else. */
  const called = async <T extends object>(
    name: string,
    at: number,
    work: (item: SourceItem) => Promise<T>,
  ): Promise<T> => {
    const there = await use(at, 1, async ([found]) => (found?.item.name === name ? work(found.item) : undefined));
    if (there !== undefined) return there;
    const place = await use(0, total, async (items) => items.find(({ item }) => item.name === name)?.place);
    if (place !== undefined) return one(place, work);
    throw new StudioError('not-found', `${name}: expected it where it was when it was checked, found it gone.`);
  };
  const maskOf = async ({ mask }: SourceItem): Promise<Uint8Array | undefined> =>
    mask === undefined ? undefined : readMask(mask, preparation);
  const readAs = <T>(first: number, count: number, decodedFor: DecodedFor, show: (picture: Picture) => T) =>
    use(first, count, async (items, problems) => {
      const found: (Checked & T)[] = [];
      const wrong: Problem[] = problems.filter(({ name }) => isWanted(groupOf(name)));
      const read = async ({ item, place }: Placed): Promise<void> => {
        const { name, mask } = item;
        try {
          const { picture, size } = await decodeItem(item, decodedFor);
          const known = { at: place, name, group: groupOf(name), masked: mask !== undefined };
          found.push({ ...known, size: sizeOf(size), ...show(picture) });
        } catch (error) {
          wrong.push({ name, message: reasonOf(error, name) });
        }
      };
      const wanted = items.filter(({ item }) => isWanted(groupOf(item.name)));
      for await (const _done of inOrder(wanted, thisMachine.atOnce, read)) void _done;
      return { pictures: found.sort((a, b) => a.at - b.at), problems: wrong };
    });
  const large = (side: number): DecodedFor => ({ ...preparation, width: side, height: side });
  const pixelsOf = (picture: Picture): Uint8Array => preparedAsLearned(picture, manner);
  return {
    count: total,
    mask: (at) => one(at, maskOf),
    read: (first, count) => readAs(first, count, preparation, (picture) => ({ pixels: pixelsOf(picture) })),
    readWhole: (at) => readAs(at, 1, large(MOST_SIDE), (picture) => ({ picture })),
    original: (at, side = MOST_SIDE, name) => {
      const show = async (item: SourceItem): Promise<Original> => {
        const { picture, size } = await decodeItem(item, large(side));
        const given = await maskOf(item).catch((error: unknown) => {
          // That it cannot be read was told when the pictures were checked; what is no fault of its own is thrown.
          reasonOf(error, item.name);
          return undefined;
        });
        return { picture, size: sizeOf(size), pixels: () => pixelsOf(picture), ...(given && { mask: given }) };
      };
      return name === undefined ? one(at, show) : called(name, at, show);
    },
  };
}

const sizeOf = ({ width, height }: Size): Size => ({ width, height });

/**
 * A picture as those that were learned from were prepared, whatever it looks like: one that was inverted because its ground is another
 * could look normal for it. MNIST alone says nothing of pictures: digits that are drawn or photographed are brought to its manner.
 */
export const preparedAsLearned = (picture: Picture, manner: Manner): Uint8Array =>
  manner.liftsInk ? preparePixels(picture, manner, OPTIONS).pixels : prepare(picture, manner.preparation);

/** All of them whole, in their order: the next is decoded while one is looked at. */
export function wholePictures(pictures: CheckedPictures): AsyncGenerator<Read<WholePicture>> {
  const places = Array.from({ length: pictures.count }, (_, at) => at);
  return inOrder(places, 2, (at) => pictures.readWhole(at));
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
