import { crc32, deflateSync } from 'node:zlib';
import type { ImageColumns } from '../../domain/words.ts';

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** One image as a PNG file in a data address. (PNG 1.2; 8 bits a channel, lines unfiltered.) */
export function pngAddress(images: ImageColumns, index: number): string {
  const { width, height, channels, pixels } = images;
  const line = width * channels;
  const lines = Buffer.alloc(height * (line + 1));
  for (let y = 0; y < height; y += 1) {
    const from = (index * height + y) * line;
    lines.set(pixels.subarray(from, from + line), y * (line + 1) + 1);
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  // 8 bits; 2: RGB, 0: grey.
  header.set([8, channels === 3 ? 2 : 0], 8);
  const file = [SIGNATURE, chunk('IHDR', header), chunk('IDAT', deflateSync(lines)), chunk('IEND', Buffer.alloc(0))];
  return `data:image/png;base64,${Buffer.concat(file).toString('base64')}`;
}

function chunk(kind: string, body: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(kind, 'latin1'), body]);
  const ends = Buffer.alloc(8);
  ends.writeUInt32BE(body.length, 0);
  ends.writeUInt32BE(crc32(named), 4);
  return Buffer.concat([ends.subarray(0, 4), named, ends.subarray(4)]);
}
