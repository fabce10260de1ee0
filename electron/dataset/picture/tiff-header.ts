import { open } from 'node:fs/promises';

/** One picture of a TIFF file, by the fields of its directory (TIFF 6.0, section 8). */
export interface TiffPage {
  /** Its place among the file's directories. */
  readonly index: number;
  readonly width: number;
  readonly height: number;
  /** Bits of each band. */
  readonly bits: readonly number[];
  readonly bands: number;
  /** 1 unsigned, 2 signed, 3 floating point. */
  readonly format: number;
  /** 0 white is zero, 1 black is zero, 2 RGB, 3 palette, … */
  readonly photometric: number;
  /** The last band is opacity; others beyond the colours are something else, such as infrared. */
  readonly alpha: boolean;
}

/** Reads part of a file; fewer bytes where it ends. */
export type ReadAt = (at: number, bytes: number) => Promise<Buffer>;

const MOST_PAGES = 10_000;
const MOST_FIELDS = 4_096;
/** Larger fields of numbers hold no header. */
const MOST_VALUES = 1_024;
const SIZES: Readonly<Record<number, number>> = { 1: 1, 3: 2, 4: 4, 13: 4, 16: 8 };
const TAGS = {
  subfile: 254,
  width: 256,
  height: 257,
  bits: 258,
  photometric: 262,
  bands: 277,
  extra: 338,
  format: 339,
};

export function readAtOf(bytes: Uint8Array): ReadAt {
  const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return (at, length) => Promise.resolve(whole.subarray(at, at + length));
}

/** The pages of a file on disk, of which only the directories are read. */
export async function tiffPagesOfFile(path: string): Promise<TiffPage[]> {
  const file = await open(path);
  try {
    return await tiffPages(async (at, length) => {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, at);
      return buffer.subarray(0, bytesRead);
    });
  } finally {
    await file.close();
  }
}

/**
 * The pages of a TIFF or BigTIFF file that are pictures of their own: reduced copies and masks of others are passed over.
 * @returns none where the file is cut off or damaged
 */
export async function tiffPages(readAt: ReadAt): Promise<TiffPage[]> {
  const pages: TiffPage[] = [];
  try {
    const reader = await DirectoryReader.open(readAt);
    const seen = new Set<number>();
    for (let at = reader.first, index = 0; at !== 0 && index < MOST_PAGES && !seen.has(at); index += 1) {
      seen.add(at);
      const { fields, next } = await reader.directory(at);
      const page = pageOf(fields, index);
      if (page !== undefined) pages.push(page);
      at = next;
    }
  } catch (error) {
    // Beyond the file's end.
    if (!(error instanceof RangeError)) throw error;
  }
  return pages;
}

type Fields = ReadonlyMap<number, readonly number[]>;

function pageOf(fields: Fields, index: number): TiffPage | undefined {
  const one = (tag: number, otherwise: number): number => fields.get(tag)?.[0] ?? otherwise;
  const isCopyOrMask = (one(TAGS.subfile, 0) & 0b101) !== 0;
  const [width, height] = [one(TAGS.width, 0), one(TAGS.height, 0)];
  if (isCopyOrMask || width < 1 || height < 1) return undefined;
  const bands = one(TAGS.bands, 1);
  const bits = fields.get(TAGS.bits) ?? [1];
  const extra = fields.get(TAGS.extra) ?? [];
  const alpha = extra.length === 1 && (extra[0] === 1 || extra[0] === 2);
  const about = { format: one(TAGS.format, 1), photometric: one(TAGS.photometric, 1) };
  return { index, width, height, bits, bands, alpha, ...about };
}

class DirectoryReader {
  readonly first: number;
  private readonly readAt: ReadAt;
  private readonly little: boolean;
  private readonly big: boolean;

  private constructor(readAt: ReadAt, head: Buffer) {
    this.readAt = readAt;
    this.little = head.toString('latin1', 0, 2) === 'II';
    this.big = this.number(head, 2, 2) === 43;
    this.first = this.big ? this.number(head, 8, 8) : this.number(head, 4, 4);
  }

  static async open(readAt: ReadAt): Promise<DirectoryReader> {
    return new DirectoryReader(readAt, await readAt(0, 16));
  }

  /** @throws RangeError where the file ends before it. */
  async directory(at: number): Promise<{ readonly fields: Fields; readonly next: number }> {
    const [countBytes, fieldBytes, offsetBytes] = this.big ? [8, 20, 8] : [2, 12, 4];
    const count = this.number(await this.readAt(at, countBytes), 0, countBytes);
    if (count > MOST_FIELDS) throw new RangeError(`${count} fields`);
    const body = await this.readAt(at + countBytes, count * fieldBytes + offsetBytes);
    const fields = new Map<number, readonly number[]>();
    const wanted = new Set(Object.values(TAGS));
    for (let field = 0; field < count; field += 1) {
      const from = field * fieldBytes;
      const tag = this.number(body, from, 2);
      if (wanted.has(tag)) fields.set(tag, await this.values(body, from, offsetBytes));
    }
    return { fields, next: this.number(body, count * fieldBytes, offsetBytes) };
  }

  private async values(body: Buffer, from: number, offsetBytes: number): Promise<number[]> {
    const size = SIZES[this.number(body, from + 2, 2)] ?? 0;
    const count = this.number(body, from + 4, offsetBytes);
    if (size === 0 || count > MOST_VALUES) return [];
    const place = from + 4 + offsetBytes;
    const inside = size * count <= offsetBytes;
    const bytes = inside
      ? body.subarray(place, place + size * count)
      : await this.readAt(this.number(body, place, offsetBytes), size * count);
    return Array.from({ length: count }, (_, index) => this.number(bytes, index * size, size));
  }

  private number(bytes: Buffer, at: number, size: number): number {
    if (size === 8) return Number(this.little ? bytes.readBigUInt64LE(at) : bytes.readBigUInt64BE(at));
    return this.little ? bytes.readUIntLE(at, size) : bytes.readUIntBE(at, size);
  }
}
