import type { ImageColumns } from '../../domain/words.ts';
import type { CompressedExamples, CompressionFigures } from '../../contract/compression.ts';
import { imagesOnSheet } from '../../dataset/contact-sheet.ts';
import { pixelsPerImage, sliceImages } from '../../dataset/image-set.ts';
import { decodeCodes } from '../../engine/apply.ts';
import type { Breathe } from '../../engine/inference.ts';
import { buildDecoder, type Network } from '../../engine/network.ts';
import { encodeCompressed, type CompressedImages } from '../../files/compressed-images.ts';
import { checkClaim, setWeights, tensorsOf } from '../../model/weights-file.ts';
import { layOut } from '../../domain/model-layout.ts';
import { codecsWithin } from '../sweep/codecs.ts';
import { decoderWeights } from '../sweep/compare.ts';
import { squaredErrorPerImage } from '../sweep/quantise.ts';
import { CODEBOOK, packCodes, unpackCodes } from './packed-codes.ts';

/** Images of the contact sheet that JPEG and WebP are measured on. */
const MOST_COMPARED = 2_500;

/** Images that are shown beside each other. */
const MOST_SHOWN = 10;

export interface Compression {
  readonly file: Uint8Array;
  readonly figures: CompressionFigures;
  readonly examples: CompressedExamples;
}

/**
 * Images as codes of 8 bits, or as indices of a codebook, beside the decoder that makes images of them again.
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
  const codebook = all[CODEBOOK];
  const weights = {
    ...Object.fromEntries(decoderWeights(network).map(({ name }) => [name, all[name]!])),
    ...(codebook === undefined ? {} : { [CODEBOOK]: codebook }),
  };
  const decoderBytes = Object.values(weights).reduce((sum, { data }) => sum + data.byteLength, 0);
  const whole = await through(network, images, codes, breathe);
  const plain = names.map((name) => name.replaceAll(/[\r\n]+/g, ' '));
  const { bytes: file, codeBytes } = encodeCompressed({ spec: network.spec, weights, ...whole, names: plain });
  const count = Math.min(MOST_COMPARED, images.count);
  const first = sliceImages(images, 0, count);
  const part = await through(network, first, codes.subarray(0, count * size), breathe);
  const packed = encodeCompressed({ spec: network.spec, weights: {}, ...part, names: plain.slice(0, count) });
  const codecs = await codecsWithin(first, packed.codeBytes, breathe);
  const shown = Math.min(MOST_SHOWN, count);
  return {
    file,
    figures: {
      keptAs: network.spec.code.codebook === undefined ? 'steps' : 'indices',
      images: images.count,
      pixelBytes: images.pixels.length,
      codeBytes,
      decoderBytes,
      fileBytes: file.length,
      psnr: whole.psnr,
      compared: {
        images: count,
        pixelBytes: first.pixels.length,
        codeBytes: packed.codeBytes,
        psnr: part.psnr,
        codecs: codecs.map(({ codec: { format, quality, bytes, squaredError } }) => ({
          format,
          quality,
          bytes,
          psnr: psnrOf(squaredError, first),
        })),
      },
    },
    examples: {
      originals: sliceImages(images, 0, shown),
      decoded: sliceImages(part.decoded, 0, shown),
      codecs: codecs.map(({ codec, sheet }) => ({
        format: codec.format,
        images: imagesOnSheet(sheet, images, shown),
      })),
    },
  };
}

/** The images of a compressed file. Throws as `setWeights` where its decoder is not whole. */
export async function decompress(given: CompressedImages, file: string, breathe: Breathe): Promise<ImageColumns> {
  const bytes = Object.values(given.weights).reduce((sum, { data }) => sum + data.byteLength, 0);
  const { layers } = layOut(given.spec);
  checkClaim(given.spec.tiedWeights === true ? layers : layers.filter(({ part }) => part === 'decoder'), bytes, file);
  const decoder = buildDecoder(given.spec);
  try {
    // Of tied weights the encoder's own biases are not in the file, and take no part.
    const needed = new Set(decoderWeights(decoder).map(({ name }) => name));
    const weights = decoder.weights.filter(({ name }) => needed.has(name));
    setWeights({ weights }, given.weights, file);
    return await decodeCodes(decoder, unpackCodes(given, file), breathe);
  } finally {
    decoder.dispose();
  }
}

async function through(network: Network, images: ImageColumns, codes: Float32Array, breathe: Breathe) {
  const { codes: again, ...packed } = packCodes(network, codes);
  const decoded = await decodeCodes(network, again, breathe);
  const squaredError = squaredErrorPerImage(images.pixels, decoded.pixels, images.count);
  return { ...packed, decoded, psnr: psnrOf(squaredError, images) };
}

/** Peak signal-to-noise ratio of a mean squared error per image. */
const psnrOf = (squaredError: number, images: ImageColumns): number =>
  -10 * Math.log10(squaredError / pixelsPerImage(images));
