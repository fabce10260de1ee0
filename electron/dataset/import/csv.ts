import { StudioError } from '../../domain/errors.ts';
import type { Picture } from '../picture/picture.ts';

/** A longer line is no row of pixels: 512 × 512 × 3 values of four bytes. */
export const MOST_LINE_BYTES = 4 * 2 ** 20;
const MOST_COLUMNS = 1 + 512 * 512 * 3;

/** What the columns of a CSV of images are. */
export interface CsvLayout {
  readonly columns: number;
  /** The column of the label; absent without labels. */
  readonly labelAt?: number;
  readonly side: number;
  readonly channels: 1 | 3;
  readonly hasHeader: boolean;
}

/**
 * Reads the layout from the first line: a label (first, or where the header says label, class, target or y) and a square
 * number of pixels, grey or three times as many for RGB.
 * @throws StudioError `bad-file` naming the file.
 */
export function csvLayout(firstLine: string, name: string): CsvLayout {
  const fields = firstLine.split(',').map((field) => field.trim().replaceAll('"', ''));
  const columns = fields.length;
  const hasHeader = fields.slice(1).some((field) => field === '' || !Number.isFinite(Number(field)));
  const named = hasHeader ? fields.findIndex((field) => /^(?:label|labels|class|target|y)$/i.test(field)) : -1;
  const bare = squareOf(columns);
  const labelled = squareOf(columns - 1);
  if (columns <= MOST_COLUMNS && labelled !== undefined && (named >= 0 || bare === undefined)) {
    return { columns, labelAt: Math.max(0, named), ...labelled, hasHeader };
  }
  if (columns <= MOST_COLUMNS && bare !== undefined && named < 0) return { columns, ...bare, hasHeader };
  throw new StudioError(
    'bad-file',
    `${name}: expected a label and a square number of pixels in each row (785 columns for 28 × 28), found ${columns} columns.`,
  );
}

function squareOf(values: number): { readonly side: number; readonly channels: 1 | 3 } | undefined {
  for (const channels of [1, 3] as const) {
    const side = Math.sqrt(values / channels);
    if (Number.isInteger(side) && side >= 4) return { side, channels };
  }
  return undefined;
}

/** One row's picture and label. @throws StudioError `bad-file` naming the file, the line and what is wrong with it. */
export function readCsvRow(
  line: Buffer,
  layout: CsvLayout,
  name: string,
  lineNumber: number,
): { readonly picture: Picture; readonly label?: string } {
  const { columns, labelAt, side, channels } = layout;
  const bad = (expected: string, found: string): StudioError =>
    new StudioError('bad-file', `${name}: line ${lineNumber}: expected ${expected}, found ${found}.`);
  const pixels = new Uint8Array(side * side * channels);
  let label: string | undefined;
  let column = 0;
  let filled = 0;
  for (let from = 0; from <= line.length; column += 1) {
    const comma = line.indexOf(COMMA, from);
    const to = comma < 0 ? line.length : comma;
    if (column >= columns) throw bad(`${columns} columns as in the first line`, 'more');
    if (column === labelAt) label = line.toString('utf8', from, to).trim().replaceAll('"', '');
    else {
      const value = pixelAt(line, from, to);
      if (value < 0)
        throw bad('a whole number of 0 to 255', `"${line.toString('utf8', from, Math.min(to, from + 24)).trim()}"`);
      pixels[filled] = value;
      filled += 1;
    }
    from = to + 1;
  }
  if (column !== columns) throw bad(`${columns} columns as in the first line`, `${column}`);
  if (label === '') throw bad('a label', 'none');
  const picture = { width: side, height: side, channels, pixels };
  return label === undefined ? { picture } : { picture, label: plainLabel(label) };
}

const COMMA = 0x2c;
const ZERO = 0x30;

/** The value of 1 to 3 digits, read byte by byte because there are millions; -1 where it is no pixel. */
function pixelAt(line: Buffer, from: number, to: number): number {
  if (to - from > 3 || to === from) return longPixel(line.toString('latin1', from, Math.min(to, from + 32)));
  let value = 0;
  for (let at = from; at < to; at += 1) {
    const digit = line[at]! - ZERO;
    if (digit < 0 || digit > 9) return longPixel(line.toString('latin1', from, to));
    value = value * 10 + digit;
  }
  return value <= 255 ? value : -1;
}

/** "5.0", " 12", "\"7\"": whole numbers that other programs write longer. */
function longPixel(text: string): number {
  const plain = text.trim().replaceAll('"', '');
  if (!/^\d{1,3}(?:\.0*)?$/.test(plain)) return -1;
  const value = Number(plain);
  return value <= 255 ? value : -1;
}

/** "3.0" is the label 3. */
function plainLabel(label: string): string {
  return /^-?\d+\.0*$/.test(label) ? label.slice(0, label.indexOf('.')) : label.slice(0, 120);
}

/** What Windows programs begin text with: U+FEFF in UTF-8. */
const BYTE_ORDER_MARK = Buffer.from('\uFEFF');

/** A file's lines without their ends and its byte order mark; empty ones are left out. @throws StudioError `bad-file` for one without measure. */
export async function* linesOf(
  pieces: AsyncIterable<Buffer>,
  name: string,
): AsyncGenerator<{ readonly line: Buffer; readonly number: number }> {
  let rest: Buffer[] = [];
  let restBytes = 0;
  let number = 0;
  const finish = (end: Buffer): Buffer => {
    const whole = rest.length === 0 ? end : Buffer.concat([...rest, end]);
    rest = [];
    restBytes = 0;
    number += 1;
    const isMarked = number === 1 && whole.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK);
    const line = isMarked ? whole.subarray(BYTE_ORDER_MARK.length) : whole;
    return line.at(-1) === 0x0d ? line.subarray(0, -1) : line;
  };
  for await (const piece of pieces) {
    let from = 0;
    for (let end = piece.indexOf(0x0a); end >= 0; end = piece.indexOf(0x0a, from)) {
      const line = finish(piece.subarray(from, end));
      if (line.length > 0) yield { line, number };
      from = end + 1;
    }
    rest.push(piece.subarray(from));
    restBytes += piece.length - from;
    if (restBytes > MOST_LINE_BYTES) {
      throw new StudioError(
        'bad-file',
        `${name}: line ${number + 1}: expected at most ${MOST_LINE_BYTES} bytes, found more.`,
      );
    }
  }
  const last = finish(Buffer.alloc(0));
  if (last.length > 0) yield { line: last, number };
}
