import { greyOf, place, type Picture } from './picture.ts';
import { resample } from './resample.ts';

/** MNIST's digits were scaled into 20 × 20 of their 28 × 28 pixels (http://yann.lecun.com/exdb/mnist). */
const BOX = 20 / 28;

/** What is this much brighter than the darkest pixel stands out (of the picture's own range). */
const INK = 0.2;

/**
 * Centres as MNIST does: the bounding box of what stands out (bright on dark) is scaled, in proportion, into 20/28 of the
 * image, and its centre of mass laid on the middle. An even picture has nothing to centre and becomes the ground.
 */
export function centreByMass(picture: Picture, width: number, height: number, ground: readonly number[]): Uint8Array {
  const grey = brightness(picture);
  const box = inkBox(grey, picture.width, picture.height);
  if (box === undefined) return place({ ...picture, width: 0, height: 0 }, 0, 0, width, height, ground);
  const scale = Math.min((width * BOX) / box.width, (height * BOX) / box.height);
  const inner = (length: number): number => Math.max(1, Math.round(length * scale));
  const small = resample(picture, inner(box.width), inner(box.height), box);
  const mass = centreOfMass(brightness(small), small.width);
  const left = Math.round(width / 2 - mass.x);
  const top = Math.round(height / 2 - mass.y);
  // What surrounds the box is the picture's own ground, which paper seldom has as pure as the chosen one.
  return place(small, left, top, width, height, cornerOf(picture) ?? ground);
}

function brightness(picture: Picture): Uint8Array {
  if (picture.channels === 1) return picture.pixels;
  const { pixels, channels } = picture;
  return Uint8Array.from({ length: picture.width * picture.height }, (_, index) => {
    const at = index * channels;
    return greyOf(pixels[at]!, pixels[at + 1]!, pixels[at + 2]!);
  });
}

function inkBox(grey: Uint8Array, width: number, height: number) {
  let least = 255;
  let most = 0;
  for (const value of grey) {
    if (value < least) least = value;
    if (value > most) most = value;
  }
  if (most === least) return undefined;
  const threshold = least + (most - least) * INK;
  let [left, right, top, bottom] = [width, -1, height, -1];
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      if (grey[y * width + x]! <= threshold) continue;
      left = Math.min(left, x);
      right = Math.max(right, x);
      top = Math.min(top, y);
      bottom = y;
    }
  }
  return { left, top, width: right - left + 1, height: bottom - top + 1 };
}

/** In pixels from the upper left corner; a pixel's mass lies at its middle. */
function centreOfMass(grey: Uint8Array, width: number): { readonly x: number; readonly y: number } {
  let [sum, sumX, sumY] = [0, 0, 0];
  grey.forEach((value, index) => {
    sum += value;
    sumX += value * ((index % width) + 0.5);
    sumY += value * (Math.floor(index / width) + 0.5);
  });
  return sum === 0 ? { x: width / 2, y: grey.length / width / 2 } : { x: sumX / sum, y: sumY / sum };
}

/** The colour all four corners share, within a little; undefined where they differ. */
function cornerOf({ width, height, channels, pixels }: Picture): readonly number[] | undefined {
  const corners = [0, width - 1, (height - 1) * width, height * width - 1].map((index) =>
    Array.from(pixels.subarray(index * channels, (index + 1) * channels)),
  );
  const [first] = corners;
  const alike = corners.every((corner) => corner.every((value, channel) => Math.abs(value - first![channel]!) <= 24));
  return alike ? first : undefined;
}
