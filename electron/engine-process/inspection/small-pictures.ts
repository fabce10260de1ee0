import type { ImageColumns } from '../../domain/words.ts';
import { resample } from '../../dataset/picture/resample.ts';
import { asColour, type CheckedPictures } from './checked-pictures.ts';

/** Pixels of the longer side. */
const SIDE = 96;

/** Pictures small enough for a wall of them, in the order asked: RGB. One that cannot be read any more is empty. */
export async function smallPictures(pictures: CheckedPictures, places: readonly number[]): Promise<ImageColumns[]> {
  const small: ImageColumns[] = [];
  for (const at of places) small.push(await smallPicture(pictures, at));
  return small;
}

async function smallPicture(pictures: CheckedPictures, at: number): Promise<ImageColumns> {
  try {
    const { picture } = await pictures.original(at, SIDE);
    const whole = asColour(picture);
    const scale = Math.min(1, SIDE / Math.max(whole.width, whole.height));
    const [width, height] = [whole.width, whole.height].map((side) => Math.max(1, Math.round(side * scale)));
    const { pixels } = resample(
      { width: whole.width, height: whole.height, channels: 3, pixels: whole.pixels },
      width!,
      height!,
    );
    return { count: 1, width: width!, height: height!, channels: 3, pixels };
  } catch {
    // It was there when it was checked; its verdict stays.
    return { count: 0, width: 1, height: 1, channels: 3, pixels: new Uint8Array() };
  }
}
