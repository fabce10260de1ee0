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

/** The text in pieces. @throws StudioError `bad-file` for a quote that is never closed, and for a row without measure */
async function* texts(file: ListedFile, { encoding, packed, separator }: TableFormat): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding);
  const quotes = new OpenQuote(separator);
  let lineCharacters = 0;
  for await (const piece of packed ? unpacked(file) : file.stream(0)) {
    const text = decoder.decode(piece, { stream: true });
    quotes.follow(text);
    const end = text.lastIndexOf('\n');
    lineCharacters = end < 0 ? lineCharacters + text.length : text.length - end;
    if (quotes.isOpen && quotes.length > MOST_LINE_CHARACTERS) break;
    if (lineCharacters > MOST_LINE_CHARACTERS) {
      const most = MOST_LINE_CHARACTERS.toLocaleString('en');
      throw new StudioError('bad-file', `${file.name}: expected lines of at most ${most} characters, found more.`);
    }
    if (text !== '') yield text;
  }
  if (quotes.isOpen) {
    throw new StudioError(
      'bad-file',
      `${file.name}: line ${quotes.line}: expected quotes in pairs, found one that is never closed.`,
    );
  }
  yield decoder.decode();
}

/** Follows the quoted fields of a text that comes in pieces (RFC 4180: a quote opens a field at its beginning only). */
class OpenQuote {
  /** Characters since the quote that is open; 0 where none is. */
  length = 0;
  /** Where it was opened, counted from 1. */
  line = 1;
  readonly #separator: string;
  #lines = 1;
  #isFieldStart = true;
  /** The last character was a quote within quotes: a second one stands for itself, anything else ends the field. */
  #mayEnd = false;

  constructor(separator: string) {
    this.#separator = separator;
  }

  get isOpen(): boolean {
    return this.length > 0 && !this.#mayEnd;
  }

  follow(text: string): void {
    // Most files have no quotes at all.
    if (this.length === 0 && !this.#mayEnd && !text.includes('"')) {
      this.#countLines(text);
      this.#isFieldStart = this.#endsField(text.at(-1) ?? '') || (text === '' && this.#isFieldStart);
      return;
    }
    for (const character of text) this.#take(character);
  }

  #take(character: string): void {
    if (character === '\n') this.#lines += 1;
    if (this.#mayEnd) {
      this.#mayEnd = false;
      if (character === '"') {
        this.length += 1;
        return;
      }
      this.length = 0;
    }
    if (this.length > 0) {
      this.length += 1;
      this.#mayEnd = character === '"';
      return;
    }
    if (character === '"' && this.#isFieldStart) {
      this.length = 1;
      this.line = this.#lines;
      return;
    }
    this.#isFieldStart = this.#endsField(character);
  }

  #endsField(character: string): boolean {
    return character === this.#separator || character === '\n' || character === '\r';
  }

  #countLines(text: string): void {
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) this.#lines += 1;
  }
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
