import type { ImageColumns } from '../../contract/words.ts';
import type { Distortion } from '../../contract/sweep.ts';
import { pixelsPerImage, sliceImages } from '../../dataset/image-set.ts';
import { decodeCodes } from '../../engine/apply.ts';
import type { Breathe } from '../../engine/inference.ts';
import { buildNetwork, type Network } from '../../engine/network.ts';
import { encodeCompressed, type CompressedImages } from '../../files/compressed-images.ts';
import { setWeights, tensorsOf } from '../../model/weights-file.ts';
import { codecsWithin } from '../sweep/codecs.ts';
import { decoderWeights } from '../sweep/compare.ts';
import { fromSteps, squaredErrorPerImage, toSteps } from '../sweep/quantise.ts';

/** Images of the contact sheet that JPEG and WebP are measured on. */
const MOST_COMPARED = 2_500;

export interface Compression {
  readonly file: Uint8Array;
  readonly images: number;
  /** Of the images themselves, a byte a value. */
  readonly pixelBytes: number;
  /** Of packed codes and their ranges. */
  readonly codeBytes: number;
  /** Of the decoder's weights. */
  readonly decoderBytes: number;
  /** Of the decoded images against the images, in dB (peak 255); infinite where they are the same. */
  readonly psnr: number;
  /** The first images alone, beside what JPEG and WebP make of them in as many bytes as their codes take. */
  readonly compared: {
    readonly images: number;
    readonly codeBytes: number;
    readonly psnr: number;
    readonly codecs: readonly (Pick<Distortion['codecs'][number], 'format' | 'quality' | 'bytes'> & {
      readonly psnr: number;
    })[];
  };
}

/**
 * Images as codes of 8 bits beside the decoder that makes images of them again.
 * @param codes float32 [count × code size] of the images
 * @param names one an image
 */
export async function compress(
  network: Network,
  images: ImageColumns,
  codes: Float32Array,
  names: readonly string[],
  breathe: Breathe,
): Promise<Compression> {
  const { size } = network.spec.code;
  const all = tensorsOf(network);
  const weights = Object.fromEntries(decoderWeights(network).map(({ name }) => [name, all[name]!]));
  const decoderBytes = Object.values(weights).reduce((sum, { data }) => sum + data.byteLength, 0);
  const whole = await through(network, images, codes, breathe);
  const plain = names.map((name) => name.replaceAll(/[\r\n]+/g, ' '));
  const { bytes: file, codeBytes } = encodeCompressed({ spec: network.spec, weights, ...whole, names: plain });
  const count = Math.min(MOST_COMPARED, images.count);
  const first = sliceImages(images, 0, count);
  const part = await through(network, first, codes.subarray(0, count * size), breathe);
  const packed = encodeCompressed({ spec: network.spec, weights: {}, ...part, names: plain.slice(0, count) });
  const codecs = await codecsWithin(first, packed.codeBytes, breathe);
  return {
    file,
    images: images.count,
    pixelBytes: images.pixels.length,
    codeBytes,
    decoderBytes,
    psnr: whole.psnr,
    compared: {
      images: count,
      codeBytes: packed.codeBytes,
      psnr: part.psnr,
      codecs: codecs.map(({ format, quality, bytes, squaredError }) => ({
        format,
        quality,
        bytes,
        psnr: psnrOf(squaredError, first),
      })),
    },
  };
}

/** The images of a compressed file. Throws as `setWeights` where its decoder is not whole. */
export async function decompress(given: CompressedImages, file: string, breathe: Breathe): Promise<ImageColumns> {
  const network = buildNetwork(given.spec, 0);
  try {
    // The encoder is not in the file, and takes no part.
    const needed = new Set(decoderWeights(network).map(({ name }) => name));
    const others = Object.entries(tensorsOf(network)).filter(([name]) => !needed.has(name));
    setWeights(network, { ...Object.fromEntries(others), ...given.weights }, file);
    return await decodeCodes(network, fromSteps(given), breathe);
  } finally {
    network.dispose();
  }
}

async function through(network: Network, images: ImageColumns, codes: Float32Array, breathe: Breathe) {
  const steps = toSteps(codes, network.spec.code.size);
  const decoded = await decodeCodes(network, fromSteps(steps), breathe);
  return { ...steps, psnr: psnrOf(squaredErrorPerImage(images.pixels, decoded.pixels, images.count), images) };
}

/** Peak signal-to-noise ratio of a mean squared error per image. */
const psnrOf = (squaredError: number, images: ImageColumns): number =>
  -10 * Math.log10(squaredError / pixelsPerImage(images));
