import type { CompressionFigures, CompressionProgress } from '../../electron/contract/compression.ts';
import { formatBytes, formatCounted, formatTimes } from '../widgets/format-number.ts';

/** A way of keeping the compared images, as a row of the table. */
export interface CompressionRow {
  readonly id: 'pixels' | 'codes' | 'jpeg' | 'webp';
  readonly name: string;
  readonly bytes: number;
  /** In dB; nothing for the pixels themselves. */
  readonly psnr: number | undefined;
}

/** Closer than this nobody sees, and no sentence should make a winner of it. */
const EQUAL_DECIBELS = 0.05;

const codesName = (keptAs: CompressionFigures['keptAs']): string =>
  keptAs === 'steps' ? 'codes in 8 bits' : 'indices of a codebook';

const names = { jpeg: 'JPEG', webp: 'WebP' } as const;

export const codecName = (format: 'jpeg' | 'webp'): string => names[format];

export function compressionRows({ keptAs, compared }: CompressionFigures): readonly CompressionRow[] {
  return [
    { id: 'pixels', name: 'pixels, a byte a value', bytes: compared.pixelBytes, psnr: undefined },
    { id: 'codes', name: codesName(keptAs), bytes: compared.codeBytes, psnr: compared.psnr },
    ...compared.codecs.map(({ format, quality, bytes, psnr }) => ({
      id: format,
      name: `${names[format]}, quality ${quality}`,
      bytes,
      psnr,
    })),
  ];
}

/** Who wins, a sentence a codec, and what the decoder adds: also where that is not the autoencoder. */
export function compressionVerdict(figures: CompressionFigures): readonly string[] {
  const { compared, images, pixelBytes, codeBytes, decoderBytes } = figures;
  const each = compared.codecs.map(({ format, bytes, psnr }) => {
    const name = names[format];
    const more = compared.psnr - psnr;
    if (bytes > compared.codeBytes) {
      const times = `Even at its worst quality ${name} takes ${formatTimes(bytes, compared.codeBytes)} the bytes of the codes`;
      return more > 0
        ? `${times}, and is ${more.toFixed(1)} dB less faithful.`
        : `${times}, but is ${(-more).toFixed(1)} dB more faithful.`;
    }
    if (Math.abs(more) < EQUAL_DECIBELS) return `${name} is as faithful in as many bytes.`;
    return more > 0
      ? `The codes are ${more.toFixed(1)} dB more faithful than ${name} in as many bytes.`
      : `${name} wins: it is ${(-more).toFixed(1)} dB more faithful in as many bytes.`;
  });
  const whole = codeBytes + decoderBytes;
  const against =
    whole > pixelBytes
      ? `${formatTimes(whole, pixelBytes)} their pixels: so few images do not pay for a decoder`
      : `${((100 * whole) / pixelBytes).toFixed(1)} % of their pixels`;
  return [
    ...each,
    `The decoder takes ${formatBytes(decoderBytes)}, once for any number of images. With it, ` +
      `${formatCounted(images, 'image')} take ${formatBytes(whole)}, ${against}.`,
  ];
}

const doing: Readonly<Record<CompressionProgress['kind'], string>> = {
  reading: 'Reading',
  encoding: 'Encoding',
  comparing: 'Comparing with JPEG and WebP',
  decoding: 'Decoding',
  writing: 'Writing',
};

export const compressionProgressWords = ({ kind }: Pick<CompressionProgress, 'kind'>): string => doing[kind];

/** "23.41 dB"; nothing lost is said in words. */
export const psnrWords = (psnr: number | undefined): string =>
  psnr === undefined || psnr === Number.POSITIVE_INFINITY ? 'nothing lost' : `${psnr.toFixed(2)} dB`;
