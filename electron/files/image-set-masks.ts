import { open } from 'node:fs/promises';
import * as v from 'valibot';
import { StudioError } from '../domain/errors.ts';
import type { ImageSetFolder } from './image-set-folder.ts';
import { readChecked } from './json-file.ts';
import { readFully } from './read-fully.ts';

const PlacesSchema = v.array(v.pipe(v.number(), v.integer(), v.minValue(0)));

/**
 * The places, among the images of a set (training before test), of those that have a mask, ascending.
 * @throws StudioError `bad-file` where the file is no list of places
 */
export async function readMaskPlaces(folder: ImageSetFolder): Promise<readonly number[]> {
  const places = await readChecked(folder.maskPlacesPath, PlacesSchema).catch((error: unknown) => {
    if (error instanceof StudioError && error.code === 'not-found') return [];
    throw error;
  });
  return places;
}

/**
 * The mask of an image: uint8 [height × width], 255 where it is marked. Nothing where it has none.
 * @param pixels height × width of the set's images
 * @throws StudioError `bad-file` naming the file where it ends too early
 */
export async function readMask(folder: ImageSetFolder, place: number, pixels: number): Promise<Uint8Array | undefined> {
  const row = (await readMaskPlaces(folder)).indexOf(place);
  if (row < 0) return undefined;
  const mask = new Uint8Array(pixels);
  const file = await open(folder.masksPath);
  try {
    const read = await readFully(file, mask, row * pixels);
    if (read === pixels) return mask;
    const expected = (row + 1) * pixels;
    throw new StudioError('bad-file', `${folder.masksPath}: expected ${expected} bytes, found ${row * pixels + read}.`);
  } finally {
    await file.close();
  }
}
