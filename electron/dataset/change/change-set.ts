import { dirname } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { StudioError } from '../../domain/errors.ts';
import type { ImageChange, ImagePicks, Turn } from '../../contract/image-changes.ts';
import { LEAST_IMAGES, type ImportOptions } from '../../contract/import-options.ts';
import { makeFolder, writeFolder } from '../../files/atomic.ts';
import { ImageSetFolder, type ImageSetIndex } from '../../files/image-set-folder.ts';
import type { SourceSplit } from '../import/source.ts';
import { SetWriter } from '../import/set-writer.ts';
import { checkSpace } from '../import/space.ts';
import { thisMachine, type ImportSystem } from '../import/system.ts';
import type { KnownImage, SetContents } from './set-contents.ts';
import { folderOf, splitAnew } from './split-anew.ts';
import { swapsSides, turnImage } from './turn-image.ts';

/** One image of the set that is made, and what becomes of it. */
interface Kept extends KnownImage {
  readonly turn?: Turn;
}

/** What a change makes of a set's images, and in words what it was. */
export interface Changed {
  readonly images: readonly Kept[];
  readonly words: string;
}

/** Images that are copied between two pauses. */
const AT_ONCE = 500;

/**
 * What becomes of each image; nothing is written.
 * @throws StudioError `bad-request` where images are named that are not there, or where nothing would change or be left.
 */
export function planChange(contents: SetContents, change: ImageChange): Changed {
  const { images } = contents;
  switch (change.kind) {
    case 'remove': {
      const picked = placesOf(contents, change.picks);
      const left = images.filter(({ place }) => !picked.has(place));
      if (left.length < LEAST_IMAGES)
        throw new StudioError(
          'bad-request',
          `Expected at least ${LEAST_IMAGES} images to be left, found ${left.length}.`,
        );
      return { images: left, words: `${counted(picked.size)} removed` };
    }
    case 'relabel': {
      const picked = placesOf(contents, change.picks);
      const { label } = change;
      // Where some have a label, all need one.
      const others = images.some((image) => image.label !== undefined) ? {} : { label: 'unsorted' };
      const labelled = images.map((image) => (picked.has(image.place) ? { ...image, label } : { ...others, ...image }));
      return { images: labelled, words: `${counted(picked.size)} labelled “${label}”` };
    }
    case 'turn': {
      const { turn } = change;
      const picked = change.picks === undefined ? undefined : placesOf(contents, change.picks);
      const [height, width] = contents.shape;
      if (picked !== undefined && picked.size < images.length && swapsSides(turn) && height !== width) {
        const found = `images of ${height} × ${width}`;
        throw new StudioError(
          'bad-request',
          `Turning some of a set by a quarter: expected square images, found ${found}.`,
        );
      }
      const turned = images.map((image) => (picked?.has(image.place) === false ? image : { ...image, turn }));
      return { images: turned, words: `${counted(picked?.size ?? images.length)} ${turnWords[turn]}` };
    }
    case 'move': {
      const picked = placesOf(contents, change.picks);
      const moved = images.map((image) => (picked.has(image.place) ? { ...image, split: change.to } : image));
      return { images: moved, words: `${counted(picked.size)} moved to ${change.to}` };
    }
    case 'split': {
      const splits = splitAnew(images, change);
      const words = `split anew: ${change.test} % for testing, ${change.validation} % for validation`;
      return { images: images.map((image) => ({ ...image, split: splits.get(image.place)! })), words };
    }
    case 'split-folders': {
      const splitOf = new Map<string, SourceSplit>(change.folders.map(({ folder, split }) => [folder, split]));
      const moved = images.map((image) => ({ ...image, split: splitOf.get(folderOf(image.name)) ?? image.split }));
      return { images: moved, words: `split anew by ${change.folders.length} folders` };
    }
  }
}

/** Images of a new set that are for testing where those it is made of were all of one split, percent. */
const USUAL_TEST_SHARE = 17;

/** Some of a set's images, in their splits where they are of several. @throws StudioError `bad-request` as `planChange` */
export function planTaking(contents: SetContents, picks: ImagePicks): readonly KnownImage[] {
  const picked = placesOf(contents, picks);
  if (picked.size < LEAST_IMAGES)
    throw new StudioError('bad-request', `Expected at least ${LEAST_IMAGES} images for a set, found ${picked.size}.`);
  const taken = contents.images.filter(({ place }) => picked.has(place));
  if (new Set(taken.map(({ split }) => split === 'test')).size === 2) return taken;
  const splits = splitAnew(taken, { test: USUAL_TEST_SHARE, validation: 0 });
  return taken.map((image) => ({ ...image, split: splits.get(image.place)! }));
}

export interface SetToWrite {
  readonly folder: string;
  readonly contents: SetContents;
  readonly images: readonly Kept[];
  /** What its index says besides what follows from the images. */
  readonly about: Omit<
    ImageSetIndex,
    'shape' | 'trainingCount' | 'validationCount' | 'testCount' | 'labelNames' | 'labelCounts' | 'maskCount'
  >;
}

/** Writes a set of these images, in their order, whole or not at all. @throws StudioError `refused` or `disk-full` */
export async function writeSet(
  { folder, contents, images, about }: SetToWrite,
  system: ImportSystem = thisMachine,
): Promise<ImageSetIndex> {
  const [height, width, channels] = contents.shape;
  const swapped = images.some(({ turn }) => turn !== undefined && swapsSides(turn));
  const sides = swapped ? { height: width, width: height } : { height, width };
  const options: ImportOptions = { ...about.options, ...sides, channels };
  await makeFolder(dirname(folder));
  const disk = await system.freeBytes(dirname(folder));
  checkSpace(images.length, { ...options, name: about.name }, { memory: system.memoryBytes, disk });
  let index: ImageSetIndex | undefined;
  await writeFolder(folder, async (temporary) => {
    const files = new ImageSetFolder(temporary);
    const writer = new SetWriter(files, folder, options, system);
    try {
      for (const [at, image] of images.entries()) {
        await addImage(writer, contents, image);
        if (at % AT_ONCE === 0) await setImmediate();
      }
      const written = await writer.finish(
        () => undefined,
        () => undefined,
        images.length,
      );
      const { labelNames, labelCounts } = written;
      const shape: ImageSetIndex['shape'] = [sides.height, sides.width, channels];
      index = { ...about, options, shape, ...written, labelNames: [...labelNames], labelCounts: [...labelCounts] };
      await files.writeIndex(index);
    } finally {
      await writer.close();
    }
  });
  return index!;
}

/** Adds an image of a set to one that is being written. */
export async function addImage(writer: SetWriter, contents: SetContents, image: Kept): Promise<void> {
  const { place, name, label, split, turn } = image;
  const [height, width, channels] = contents.shape;
  const turned = (pixels: Uint8Array, planes: number): Uint8Array =>
    turn === undefined ? pixels : turnImage(pixels, { height, width, channels: planes }, turn);
  const mask = contents.maskOf(place);
  await writer.add(turned(contents.pixelsOf(place), channels), name, label, {
    split,
    ...(mask === undefined ? {} : { mask: turned(mask, 1) }),
  });
}

/** Validation and training images lie before the test images. */
function placesOf({ images, trainingCount }: SetContents, picks: ImagePicks): ReadonlySet<number> {
  const places = new Set<number>();
  for (const { split, indices } of picks) {
    const [first, count] = split === 'training' ? [0, trainingCount] : [trainingCount, images.length - trainingCount];
    for (const index of indices) {
      if (index >= count) {
        const expected = `indices below ${count}, the number of ${split} images`;
        throw new StudioError('bad-request', `picks: expected ${expected}, found ${index}.`);
      }
      places.add(first + index);
    }
  }
  return places;
}

const turnWords: Readonly<Record<Turn, string>> = {
  left: 'turned to the left',
  right: 'turned to the right',
  half: 'turned by half',
  mirror: 'mirrored',
  transpose: 'transposed',
};

const counted = (count: number): string => `${count.toLocaleString('en')} ${count === 1 ? 'image' : 'images'}`;
