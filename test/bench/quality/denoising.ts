import sharp from 'sharp';
import type { NoiseSpec } from '../../../electron/domain/experiment.ts';
import type { ImageColumns } from '../../../electron/domain/words.ts';
import { pixelsPerImage, sliceImages } from '../../../electron/dataset/image-set.ts';
import { applyTo } from '../../../electron/engine/apply.ts';
import { NoiseStreams } from '../../../electron/engine/forward.ts';
import { imageTensor, toPixels } from '../../../electron/engine/images.ts';
import { addNoise } from '../../../electron/engine/input-noise.ts';
import type { Network } from '../../../electron/engine/network.ts';
import { tf, valuesOf } from '../../../electron/engine/tensorflow.ts';

/** The noise of the test images: the same for every preset and seed. */
const NOISE_SEED = 2010;

/** Sides of the median filter's window that are tried, in pixels. */
const WINDOWS = [3, 5, 7] as const;

const AT_ONCE = 500;

/** Mean gains over the clipped noisy images, in dB. */
export interface DenoisingFigures {
  readonly psnrGain: number;
  /** Of the window that gains most. */
  readonly medianFilterGain: number;
}

/** What a model gains on test images under its own noise, and what a median filter does with the same images. */
export async function denoisingFigures(
  network: Network,
  noise: NoiseSpec,
  images: ImageColumns,
): Promise<DenoisingFigures> {
  const noisy = withNoise(images, noise);
  const gainOf = (mse: Float32Array): number => meanOf(gains(meanSquaredErrors(noisy, images), mse));
  const filters: number[] = [];
  for (const window of WINDOWS) {
    filters.push(gainOf(meanSquaredErrors(await medianFiltered(noisy, window), images)));
  }
  const mse = inParts(images).flatMap((part) => [...applyTo(network, partOf(noisy, part), partOf(images, part)).mse]);
  return { psnrGain: gainOf(Float32Array.from(mse)), medianFilterGain: Math.max(...filters) };
}

/** The test images under noise, clipped and rounded to bytes: the same for every model. */
export function withNoise(images: ImageColumns, noise: NoiseSpec): ImageColumns {
  const pixels = new Uint8Array(images.pixels.length);
  for (const part of inParts(images)) {
    const noisy = valuesOf(() =>
      addNoise(
        imageTensor(partOf(images, part)),
        noise,
        new NoiseStreams(tf.tensor1d([NOISE_SEED, part.first], 'int32')),
      ),
    );
    pixels.set(toPixels(noisy), part.first * pixelsPerImage(images));
  }
  return { ...images, pixels };
}

interface Part {
  readonly first: number;
  readonly count: number;
}

function inParts({ count }: ImageColumns): Part[] {
  return Array.from({ length: Math.ceil(count / AT_ONCE) }, (_, part) => {
    const first = part * AT_ONCE;
    return { first, count: Math.min(AT_ONCE, count - first) };
  });
}

const partOf = (images: ImageColumns, { first, count }: Part): ImageColumns => sliceImages(images, first, count);

/** PSNR = 10 log₁₀(1 / MSE) for pixels in [0, 1]: after less before, dB, one an image. */
export function gains(mseBefore: Float32Array, mseAfter: Float32Array): Float32Array {
  return mseBefore.map((mse, index) => 10 * Math.log10(mse / mseAfter[index]!));
}

/** MSE per pixel of each image against its target, pixels in [0, 1]. */
export function meanSquaredErrors(images: ImageColumns, targets: ImageColumns): Float32Array {
  const size = pixelsPerImage(images);
  return Float32Array.from({ length: images.count }, (_, row) => {
    let squares = 0;
    for (let at = row * size; at < (row + 1) * size; at += 1) {
      squares += ((images.pixels[at]! - targets.pixels[at]!) / 255) ** 2;
    }
    return squares / size;
  });
}

/** Each image through libvips' median filter of window × window pixels; its edges are repeated outwards. */
export async function medianFiltered(images: ImageColumns, window: number): Promise<ImageColumns> {
  const { width, height } = images;
  const channels = images.channels as 1 | 3;
  const size = pixelsPerImage(images);
  const filtered = await Promise.all(
    Array.from({ length: images.count }, (_, row) =>
      sharp(images.pixels.slice(row * size, (row + 1) * size), { raw: { width, height, channels } })
        .median(window)
        // Else a grey image comes back with three channels.
        .toColourspace(channels === 1 ? 'b-w' : 'srgb')
        .raw()
        .toBuffer(),
    ),
  );
  return { ...images, pixels: new Uint8Array(Buffer.concat(filtered)) };
}

export const meanOf = (values: Float32Array): number =>
  values.reduce((total, value) => total + value, 0) / values.length;
