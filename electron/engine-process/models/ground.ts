import type { ImageColumns } from '../../domain/words.ts';
import { greyOf } from '../../dataset/picture/picture.ts';

/** What pictures stand on, where it is even enough to tell. */
export type Ground = 'light' | 'dark';

/** Images of a set that are looked at: far more than are needed to tell what most are like. */
const SAMPLE = 500;
/** The share of a border's pixels, and of a set's images, that must agree. */
const MOSTLY = 0.8;
/** A picture whose values differ less is even, or faint on its ground: its own lightness tells. */
const EVEN = 64;

/**
 * Whether a picture stands on a light or a dark ground: on which side of the middle of its own range its border lies.
 * Undefined where the border is of both, as in most photographs.
 * @param grey [height × width], 0-255
 */
export function groundOf(grey: Uint8Array, width: number, height: number): Ground | undefined {
  let [least, most] = [255, 0];
  for (const value of grey) {
    if (value < least) least = value;
    if (value > most) most = value;
  }
  const middle = most - least < EVEN ? 127.5 : (least + most) / 2;
  let [light, all] = [0, 0];
  const look = (x: number, y: number): void => {
    all += 1;
    if (grey[y * width + x]! > middle) light += 1;
  };
  for (let x = 0; x < width; x += 1) [0, height - 1].forEach((y) => look(x, y));
  for (let y = 1; y < height - 1; y += 1) [0, width - 1].forEach((x) => look(x, y));
  if (light >= all * MOSTLY) return 'light';
  return light <= all * (1 - MOSTLY) ? 'dark' : undefined;
}

/** The ground that most images of a set stand on; undefined where they differ or have none. */
export function groundOfImages(images: ImageColumns): Ground | undefined {
  const count = Math.min(SAMPLE, images.count);
  const found = { light: 0, dark: 0 };
  for (let index = 0; index < count; index += 1) {
    const ground = groundOf(greyImage(images, index), images.width, images.height);
    if (ground !== undefined) found[ground] += 1;
  }
  if (found.light >= count * MOSTLY) return 'light';
  return found.dark >= count * MOSTLY ? 'dark' : undefined;
}

function greyImage({ height, width, channels, pixels }: ImageColumns, index: number): Uint8Array {
  const size = height * width * channels;
  const image = pixels.subarray(index * size, (index + 1) * size);
  if (channels === 1) return image;
  return Uint8Array.from({ length: height * width }, (_, at) =>
    greyOf(image[at * channels]!, image[at * channels + 1]!, image[at * channels + 2]!),
  );
}
