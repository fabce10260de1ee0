import type { TrainingSpec } from '../../domain/experiment.ts';
import type { ImageColumns } from '../../domain/words.ts';

/** Changed copies of each image, at most. */
const MOST_COPIES = 8;
/** Values of all copies together: what a closed form goes through in a few seconds. */
const MOST_VALUES = 2e7;

/** How many changed copies of each image a closed form can take; none where nothing is to be changed. */
export function copiesOf(images: ImageColumns, { shiftPixels, flip }: TrainingSpec['augmentation']): number {
  if (shiftPixels === 0 && !flip) return 0;
  const values = images.count * images.height * images.width * images.channels;
  if (values > MOST_VALUES) return 0;
  return Math.max(1, Math.min(MOST_COPIES, Math.floor(MOST_VALUES / Math.max(1, values)) - 1));
}

/**
 * The images, then `copies` rounds of them, each image moved by whole pixels at random (edges repeated) and mirrored at random, as
 * training on changed images would see them.
 * @param random numbers from [0, 1)
 */
export function withCopies(
  images: ImageColumns,
  { shiftPixels, flip }: TrainingSpec['augmentation'],
  copies: number,
  random: () => number,
): ImageColumns {
  const { count, height, width, channels } = images;
  const size = height * width * channels;
  const pixels = new Uint8Array((copies + 1) * count * size);
  pixels.set(images.pixels);
  const shift = (): number => Math.floor(random() * (2 * shiftPixels + 1)) - shiftPixels;
  for (let copy = 1; copy <= copies; copy += 1) {
    for (let image = 0; image < count; image += 1) {
      const from = images.pixels.subarray(image * size, (image + 1) * size);
      const [down, right, mirrored] = [shift(), shift(), flip && random() < 0.5];
      moveInto(pixels, (copy * count + image) * size, from, { height, width, channels, down, right, mirrored });
    }
  }
  return { ...images, count: (copies + 1) * count, pixels };
}

interface Move {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly down: number;
  readonly right: number;
  readonly mirrored: boolean;
}

function moveInto(into: Uint8Array, at: number, from: Uint8Array, move: Move): void {
  const { height, width, channels, down, right, mirrored } = move;
  const within = (place: number, size: number): number => Math.max(0, Math.min(size - 1, place));
  for (let row = 0; row < height; row += 1) {
    const source = within(row - down, height) * width;
    for (let column = 0; column < width; column += 1) {
      const seen = within((mirrored ? width - 1 - column : column) - right, width);
      const [to, taken] = [at + (row * width + column) * channels, (source + seen) * channels];
      for (let channel = 0; channel < channels; channel += 1) into[to + channel] = from[taken + channel]!;
    }
  }
}
