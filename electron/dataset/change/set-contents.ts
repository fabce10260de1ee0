import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import * as v from 'valibot';
import { Index } from '../../domain/ids.ts';
import { StudioError } from '../../domain/errors.ts';
import { ImageNames } from '../../files/image-names.ts';
import { ImageSetFolder, imageBytes } from '../../files/image-set-folder.ts';
import { readChecked } from '../../files/json-file.ts';
import { readFullyNow } from '../../files/read-fully.ts';
import type { ImageSet } from '../image-set.ts';
import type { SourceSplit } from '../import/source.ts';

type Shape = readonly [height: number, width: number, channels: 1 | 3];

/** An image of a set with all that is known of it, but its pixels. */
export interface KnownImage {
  /** Among all images of the set: validation and training first, then test. */
  readonly place: number;
  readonly name: string;
  readonly split: SourceSplit;
  readonly label?: string;
}

/** What a set holds, one image at a time, wherever it lies; close when done. */
export interface SetContents {
  readonly shape: Shape;
  readonly trainingCount: number;
  readonly images: readonly KnownImage[];
  /** uint8 [height, width, channels]; good until the next is asked for. */
  pixelsOf(place: number): Uint8Array;
  /** uint8 [height, width]; absent without a mask. */
  maskOf(place: number): Uint8Array | undefined;
  close(): void;
}

/** Opens a set that was imported. @throws StudioError `not-found` or `bad-file`, naming the file */
export async function openContents(path: string): Promise<SetContents> {
  const folder = new ImageSetFolder(path);
  const index = await folder.readIndex();
  const { trainingCount, validationCount = 0, testCount, labelNames, shape } = index;
  const count = trainingCount + testCount;
  const labels = labelNames.length === 0 ? undefined : await readFile(folder.labelsPath);
  const names = (await ImageNames.open(folder.namesPath, count))?.at(
    Array.from({ length: count }, (_, place) => place),
  );
  const masked = (index.maskCount ?? 0) > 0 ? await readChecked(folder.maskPlacesPath, v.array(Index)) : [];
  const maskAt = new Map(masked.map((place, at) => [place, at]));
  const images = known({ count, trainingCount, validationCount }, names, (place) => labelNames[labels?.[place] ?? -1]);
  const masks = masked.length > 0 ? openSync(folder.masksPath, 'r') : undefined;
  const file = openSync(folder.imagesPath, 'r');
  const pixels = new Uint8Array(imageBytes(index));
  const read = (from: number, into: Uint8Array, at: number, of: string): Uint8Array => {
    const found = readFullyNow(from, into, at * into.length);
    if (found === into.length) return into;
    throw new StudioError('bad-file', `${of}: expected ${into.length} bytes of image ${at}, found ${found}.`);
  };
  return {
    shape,
    trainingCount,
    images,
    pixelsOf: (place) => read(file, pixels, place, folder.imagesPath),
    maskOf: (place) => {
      const at = maskAt.get(place);
      if (at === undefined || masks === undefined) return undefined;
      return read(masks, new Uint8Array(shape[0] * shape[1]), at, folder.masksPath);
    },
    close: () => {
      closeSync(file);
      if (masks !== undefined) closeSync(masks);
    },
  };
}

/** The same of a set in memory, whose images have no names of their own. */
export function contentsOf({ training, test, labelNames }: ImageSet): SetContents {
  const { height, width, channels, count: trainingCount } = training.images;
  const size = height * width * channels;
  const partOf = (place: number) =>
    place < trainingCount ? ([training, place] as const) : ([test, place - trainingCount] as const);
  const labelAt = (place: number): string | undefined => {
    const [{ labels }, at] = partOf(place);
    return labelNames[labels?.[at] ?? -1];
  };
  const count = trainingCount + test.images.count;
  return {
    shape: [height, width, channels === 3 ? 3 : 1],
    trainingCount,
    images: known({ count, trainingCount, validationCount: 0 }, undefined, labelAt),
    pixelsOf: (place) => {
      const [{ images }, at] = partOf(place);
      return images.pixels.subarray(at * size, (at + 1) * size);
    },
    maskOf: () => undefined,
    close: () => undefined,
  };
}

interface Counts {
  readonly count: number;
  readonly trainingCount: number;
  readonly validationCount: number;
}

function known(
  { count, trainingCount, validationCount }: Counts,
  names: readonly (string | undefined)[] | undefined,
  labelAt: (place: number) => string | undefined,
): KnownImage[] {
  return Array.from({ length: count }, (_, place) => {
    const split = place < validationCount ? 'validation' : place < trainingCount ? 'training' : 'test';
    const unnamed = split === 'test' ? `test ${place - trainingCount}` : `training ${place}`;
    const label = labelAt(place);
    return { place, name: names?.[place] ?? unnamed, split, ...(label === undefined ? {} : { label }) };
  });
}
