import { open } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { StudioError } from '../domain/errors.ts';
import type { ImageColumns } from '../domain/words.ts';
import { pixelsPerImage } from './image-set.ts';

/** Pixels summed between two looks at the messages. */
const PART_BYTES = 4 * 2 ** 20;

type Shape = Pick<ImageColumns, 'height' | 'width' | 'channels'>;

/** The mean of images in memory, rounded: one image of their shape. */
export async function meanImage(images: ImageColumns): Promise<ImageColumns> {
  const size = pixelsPerImage(images);
  const mean = new Mean(images);
  const step = Math.max(1, Math.floor(PART_BYTES / size)) * size;
  for (let from = 0; from < images.count * size; from += step) {
    mean.add(images.pixels.subarray(from, Math.min(from + step, images.count * size)));
    await setImmediate();
  }
  return mean.image();
}

/**
 * The mean of the first `count` images of a file of raw pixels; few of them are in memory at a time.
 * @throws StudioError `bad-file` when there are fewer.
 */
export async function meanOfFile(path: string, count: number, shape: Shape): Promise<ImageColumns> {
  const mean = new Mean(shape);
  const size = shape.height * shape.width * shape.channels;
  const part = Buffer.allocUnsafe(Math.max(1, Math.floor(PART_BYTES / size)) * size);
  const file = await open(path);
  try {
    for (let at = 0, end = count * size; at < end;) {
      const { bytesRead } = await file.read(part, 0, Math.min(part.length, end - at), at);
      const whole = bytesRead - (bytesRead % size);
      if (whole === 0) throw new StudioError('bad-file', `${path}: expected ${end} bytes, found ${at + bytesRead}.`);
      mean.add(part.subarray(0, whole));
      at += whole;
    }
    return mean.image();
  } finally {
    await file.close();
  }
}

class Mean {
  private readonly shape: Shape;
  private readonly sums: Float64Array;
  private count = 0;

  constructor({ height, width, channels }: Shape) {
    this.shape = { height, width, channels };
    this.sums = new Float64Array(height * width * channels);
  }

  /** Whole images. */
  add(pixels: Uint8Array): void {
    const { sums } = this;
    for (let first = 0; first < pixels.length; first += sums.length) {
      for (let at = 0; at < sums.length; at += 1) sums[at]! += pixels[first + at]!;
    }
    this.count += pixels.length / sums.length;
  }

  image(): ImageColumns {
    const pixels = Uint8Array.from(this.sums, (sum) => Math.round(sum / Math.max(1, this.count)));
    return { ...this.shape, count: 1, pixels };
  }
}
