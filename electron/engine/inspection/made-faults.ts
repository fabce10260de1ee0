import { splitmix } from '../../domain/inspection/ranking.ts';
import { levelOf } from './evening.ts';
import type { Shape } from './pieces.ts';

/**
 * Pictures with one fault each drawn in, by turns a soft spot, a scratch, and a piece of another picture in the wrong place: by how
 * well scores find them, one is chosen where no odd pictures are known. The same for the same pictures.
 * @param pictures of 0 to 1, one after another
 */
export function withFaults(pictures: Float32Array, shape: Shape): Float32Array {
  const [height, width, channels] = shape;
  const size = height * width * channels;
  const out = pictures.slice();
  const random = splitmix(7);
  const count = pictures.length / size;
  for (let picture = 0; picture < count; picture += 1) {
    const own = out.subarray(picture * size, (picture + 1) * size);
    const contrast = Math.max(0.05, levelOf(own).deviation);
    const amount = (random() < 0.5 ? -1 : 1) * contrast * (1 + random());
    if (picture % 3 === 0) addSpot(own, shape, amount, random);
    else if (picture % 3 === 1) addScratch(own, shape, amount, random);
    else addPiece(own, pictures.subarray(Math.floor(random() * count) * size), shape, random);
  }
  return out;
}

function addSpot(picture: Float32Array, shape: Shape, amount: number, random: () => number): void {
  const [height, width] = shape;
  const [x0, y0] = [random() * width, random() * height];
  const radius = Math.max(1, (0.03 + 0.07 * random()) * Math.min(width, height));
  paint(picture, shape, (x, y) => amount * Math.exp(-((x - x0) ** 2 + (y - y0) ** 2) / (2 * radius * radius)));
}

function addScratch(picture: Float32Array, shape: Shape, amount: number, random: () => number): void {
  const [height, width] = shape;
  const [x0, y0, angle] = [random() * width, random() * height, random() * Math.PI];
  const half = (0.15 + 0.2 * random()) * Math.min(width, height);
  paint(picture, shape, (x, y) => {
    const along = (x - x0) * Math.cos(angle) + (y - y0) * Math.sin(angle);
    const across = -(x - x0) * Math.sin(angle) + (y - y0) * Math.cos(angle);
    return Math.abs(along) > half ? 0 : amount * Math.exp(-across * across);
  });
}

function addPiece(
  picture: Float32Array,
  other: Float32Array,
  [height, width, channels]: Shape,
  random: () => number,
): void {
  const side = Math.max(2, Math.round((0.08 + 0.12 * random()) * Math.min(width, height)));
  const place = (length: number): number => Math.floor(random() * (length - side));
  const [fromX, fromY, toX, toY] = [place(width), place(height), place(width), place(height)];
  for (let y = 0; y < side; y += 1) {
    const from = ((fromY + y) * width + fromX) * channels;
    picture.set(other.subarray(from, from + side * channels), ((toY + y) * width + toX) * channels);
  }
}

function paint(picture: Float32Array, [height, width, channels]: Shape, added: (x: number, y: number) => number): void {
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const amount = added(x + 0.5, y + 0.5);
      if (amount === 0) continue;
      for (let at = (y * width + x) * channels; at < (y * width + x + 1) * channels; at += 1) {
        picture[at] = Math.min(1, Math.max(0, picture[at]! + amount));
      }
    }
  }
}
