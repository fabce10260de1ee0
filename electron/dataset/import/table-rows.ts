import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import Papa from 'papaparse';
import { StudioError } from '../../domain/errors.ts';
import { headOf, type ListedFile } from './listed-file.ts';

/** A longer line is no row of pixels: 512 × 512 × 3 values of many digits. */
export const MOST_LINE_CHARACTERS = 16 * 2 ** 20;
/** What a file's encoding and separator are told from. */
const HEAD_BYTES = 65_536;

/** One row of a CSV file. */
export interface TableRow {
  readonly fields: readonly string[];
  /** Of the rows that are not empty, counted from 1, as an editor counts lines where no field holds a line's end. */
  readonly number: number;
}

/** How a CSV file is written. */
export interface TableFormat {
  readonly encoding: 'utf-8' | 'utf-16le' | 'utf-16be';
  readonly packed: boolean;
  readonly separator: string;
}

/** Reads how a file is written from its beginning. */
export async function formatOf(file: ListedFile): Promise<TableFormat> {
  const head = await file.head(HEAD_BYTES);
  const packed = head[0] === 0x1f && head[1] === 0x8b;
  const start = packed ? await headOf(unpacked(file), HEAD_BYTES) : head;
  const encoding = encodingOf(start);
  const text = new TextDecoder(encoding).decode(start);
  // The last line may be cut off.
  const lines = text.slice(0, Math.max(text.lastIndexOf('\n'), 0) || text.length);
  const { meta } = Papa.parse<string[]>(lines, { preview: 20, delimitersToGuess: [',', ';', '\t', '|', ' '] });
  return { encoding, packed, separator: meta.delimiter };
}

/** The rows of a file, its byte order mark and empty lines left out. @throws StudioError `bad-file` for a line without measure. */
export async function* rowsOf(file: ListedFile, format: TableFormat): AsyncGenerator<TableRow> {
  const parser = Papa.parse(Papa.NODE_STREAM_INPUT, { delimiter: format.separator });
  const source = Readable.from(texts(file, format));
  source.on('error', (error) => parser.destroy(error));
  source.pipe(parser);
  let number = 0;
  try {
    for await (const fields of parser as AsyncIterable<string[]>) {
      number += 1;
      if (fields.length > 1 || fields[0]!.trim() !== '') yield { fields, number };
    }
  } finally {
    source.destroy();
    parser.destroy();
  }
}

function encodingOf(head: Uint8Array): TableFormat['encoding'] {
  const [first, second] = head;
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  // Digits and commas of UTF-16 have a nought in every other byte.
  if (second === 0 && first !== 0) return 'utf-16le';
  return first === 0 && second !== 0 ? 'utf-16be' : 'utf-8';
}

/** The text in pieces. */
async function* texts(file: ListedFile, { encoding, packed }: TableFormat): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding);
  let lineCharacters = 0;
  for await (const piece of packed ? unpacked(file) : file.stream(0)) {
    const text = decoder.decode(piece, { stream: true });
    const end = text.lastIndexOf('\n');
    lineCharacters = end < 0 ? lineCharacters + text.length : text.length - end;
    if (lineCharacters > MOST_LINE_CHARACTERS) {
      const most = MOST_LINE_CHARACTERS.toLocaleString('en');
      throw new StudioError('bad-file', `${file.name}: expected lines of at most ${most} characters, found more.`);
    }
    if (text !== '') yield text;
  }
  yield decoder.decode();
}

async function* unpacked(file: ListedFile): AsyncGenerator<Buffer> {
  const source = Readable.from(file.stream(0));
  const gunzip = createGunzip();
  source.on('error', (error) => gunzip.destroy(error));
  source.pipe(gunzip);
  try {
    for await (const piece of gunzip) yield piece as Buffer;
  } catch (cause) {
    const reason = (cause as Error).message;
    throw new StudioError(
      'bad-file',
      `${file.name}: expected a whole gzip file, found one that does not unpack (${reason}).`,
      { cause },
    );
  } finally {
    source.destroy();
    gunzip.destroy();
  }
}
