import { StudioError } from '../../domain/errors.ts';
import type { NumberPicture } from './number-picture.ts';
import type { TiffPage } from './tiff-header.ts';

/**
 * Whether a page holds numbers that are not simply 8-bit grey or colours, with opacity or without: more bits, signs, fractions,
 * or bands of something else.
 */
export function holdsNumbers({ bits, bands, format, photometric, alpha }: TiffPage): boolean {
  if (photometric > 2) return false;
  const colours = photometric === 2 ? 3 : 1;
  const isUsual = format === 1 && bits.every((count) => count <= 8) && bands === colours + (alpha ? 1 : 0);
  return !isUsual;
}

/** How its numbers are kept. */
export function numberTypeOf({ format, bits }: TiffPage): { readonly kind: 'u' | 'i' | 'f'; readonly bits: number } {
  return { kind: format === 3 ? 'f' : format === 2 ? 'i' : 'u', bits: Math.max(...bits) };
}

/** The numbers of one page. @throws StudioError `bad-file` where it is cut off or packed in a way that is not known. */
export async function tiffNumbers(bytes: Uint8Array, page: TiffPage, name: string): Promise<NumberPicture> {
  const { width, height, bands, alpha } = page;
  try {
    const { fromArrayBuffer } = await import('geotiff');
    const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
    const tiff = await fromArrayBuffer(buffer);
    const image = await tiff.getImage(page.index);
    const values = (await image.readRasters({ interleave: true })) as unknown as ArrayLike<number>;
    return { width, height, bands, alpha, values };
  } catch (cause) {
    const message = `${name}: expected a whole image, found a TIFF image that is cut off, damaged or packed in an unknown way.`;
    throw new StudioError('bad-file', message, { cause, detail: String((cause as Error).message) });
  }
}
