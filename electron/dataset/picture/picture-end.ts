import type { FileKind } from './sniff.ts';

/** Last bytes that suffice to tell: cameras and programs add a few of their own behind a picture's end. */
export const END_BYTES = 1_024;

/** What stands at the end of a whole picture (ITU-T T.81, B.1.1.3; PNG, 11.2.5). */
const ENDS: Partial<Record<FileKind, Buffer>> = {
  jpeg: Buffer.from([0xff, 0xd9]),
  png: Buffer.from('IEND'),
};
const GIF_TRAILER = 0x3b;

/**
 * Whether a file ends as whole pictures of its kind do. A picture that does not may be whole all the same: only decoding it tells.
 * @param head the first bytes, at least 12 of them where the file has as many
 * @param tail the last `END_BYTES` bytes, or all there are
 * @param size of the file, in bytes
 * @returns undefined for kinds whose end cannot be told from these
 */
export function endsWhole(kind: FileKind, head: Uint8Array, tail: Uint8Array, size: number): boolean | undefined {
  const end = ENDS[kind];
  if (end !== undefined) return Buffer.from(tail).includes(end);
  if (kind === 'gif') return tail[tail.findLastIndex((byte) => byte !== 0)] === GIF_TRAILER;
  if (head.length < 12) return undefined;
  const { buffer, byteOffset } = head;
  const view = new DataView(buffer, byteOffset);
  // Of RIFF the length that follows it, of BMP the file's own, which some writers leave 0.
  if (kind === 'webp') return view.getUint32(4, true) + 8 <= size;
  const stated = view.getUint32(2, true);
  return kind === 'bmp' && stated > 0 ? stated <= size : undefined;
}
