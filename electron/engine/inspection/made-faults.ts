import { splitmix } from '../../domain/inspection/ranking.ts';
import type { Shape } from './pieces.ts';

/** Pictures, one after another, each with one fault of a kind drawn in; picture by picture those that were given. */
export type FaultyPictures = Readonly<Record<FaultKind, Float32Array>>;

/** A side gone dim, the rest of another picture from some line on, and a picture out of its place. */
export const faultKinds = ['dim', 'foreign', 'moved'] as const;
export type FaultKind = (typeof faultKinds)[number];

type Draw = (picture: Float32Array, other: Float32Array, shape: Shape, random: () => number) => void;

/**
 * Pictures with large faults drawn in: by how well scores find them, one is chosen where no odd pictures are known. Large ones only:
 * whether a score finds small drawn spots and scratches says next to nothing of how it does on real faults (docs/odd-ones.md). The
 * same for the same pictures.
 * @param pictures of 0 to 1, one after another, at least two
 */
export function withFaults(pictures: Float32Array, shape: Shape): FaultyPictures {
  return { dim: drawn(dimSide, 7), foreign: drawn(addForeign, 8), moved: drawn(move, 9) };

  function drawn(draw: Draw, seed: number): Float32Array {
    const size = shape[0] * shape[1] * shape[2];
    const count = pictures.length / size;
    const out = pictures.slice();
    const random = splitmix(seed);
    for (let picture = 0; picture < count; picture += 1) {
      const other = (picture + 1 + Math.floor(random() * (count - 1))) % count;
      const at = (which: number) => [which * size, (which + 1) * size] as const;
      draw(out.subarray(...at(picture)), pictures.subarray(...at(other)), shape, random);
    }
    return out;
  }
}

/** A side, up to almost half of the picture, loses a quarter to three quarters of its brightness. */
function dimSide(picture: Float32Array, _: Float32Array, shape: Shape, random: () => number): void {
  const beyond = halfPlane(shape, 0.15 + 0.3 * random(), random);
  const kept = 0.25 + 0.5 * random();
  change(picture, shape, (at, x, y) => (beyond(x, y) ? kept * picture[at]! : picture[at]!));
}

/** From a line near the middle on, another picture. */
function addForeign(picture: Float32Array, other: Float32Array, shape: Shape, random: () => number): void {
  const beyond = halfPlane(shape, 0.5 * random() - 0.25, random);
  change(picture, shape, (at, x, y) => (beyond(x, y) ? other[at]! : picture[at]!));
}

/** By 3 to 11 hundredths of the shorter side across and down; what comes in repeats the edge. */
function move(picture: Float32Array, _: Float32Array, shape: Shape, random: () => number): void {
  const [height, width, channels] = shape;
  const step = (): number =>
    (random() < 0.5 ? -1 : 1) * Math.max(1, Math.round((0.03 + 0.08 * random()) * Math.min(height, width)));
  const [across, down] = [step(), step()];
  const before = picture.slice();
  const within = (place: number, length: number): number => Math.min(length - 1, Math.max(0, place));
  change(picture, shape, (at, x, y) => {
    const from = within(y - down, height) * width + within(x - across, width);
    return before[from * channels + (at % channels)]!;
  });
}

/** The pixels beyond a line in a random direction, `distance` of the shorter side from the middle. */
function halfPlane([height, width]: Shape, distance: number, random: () => number) {
  const angle = 2 * Math.PI * random();
  const [cosine, sine] = [Math.cos(angle), Math.sin(angle)];
  const least = distance * Math.min(height, width);
  return (x: number, y: number): boolean => (x + 0.5 - width / 2) * cosine + (y + 0.5 - height / 2) * sine > least;
}

function change(
  picture: Float32Array,
  [height, width, channels]: Shape,
  value: (at: number, x: number, y: number) => number,
): void {
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const first = (y * width + x) * channels;
      for (let at = first; at < first + channels; at += 1) picture[at] = value(at, x, y);
    }
  }
}
