import { StudioError } from '../../domain/errors.ts';
import { oneHotPlace } from './labels.ts';
import { elementsOf, type NpyArray, type NpyTexts } from './npy-elements.ts';
import { isNumbers, shapeText } from './npy-header.ts';
import { readPickledList } from './pickled-list.ts';

/** An array that may be labels: one number or text an image, one of several columns, or one-hot rows. */
export type LabelArray = NpyArray | NpyTexts;

/** More columns are no labels. */
const MOST_COLUMNS = 1_024;
/** A pickle of more bytes is no list of labels. */
const MOST_PICKLE_BYTES = 256 * 2 ** 20;

export interface ArrayLabels {
  /** One an image. */
  readonly labels: readonly string[];
  /** There are several, of which one was taken. */
  readonly columns?: number;
}

/** Whether an array can be the labels of so many images. */
export function canBeLabels({ header: { shape } }: LabelArray, count: number): boolean {
  if (shape[0] !== count) return false;
  return shape.length === 1 || (shape.length === 2 && shape[1]! <= MOST_COLUMNS);
}

/**
 * Reads labels: as they are, the place of the one in one-hot rows, or one of several columns.
 * @param column which of several, counted from 0; the first where it is left out
 * @throws StudioError `bad-file` where a label is neither a whole number nor text.
 */
export async function labelsOf(array: LabelArray, column = 0): Promise<ArrayLabels> {
  const { shape } = array.header;
  const columns = shape[1] ?? 1;
  const fields = inRows(await fieldsOf(array), array);
  if (columns === 1) return { labels: checked(array, fields) };
  const places = oneHotPlaces(fields, columns);
  if (places !== undefined) return { labels: places.map(String) };
  const taken = Math.min(column, columns - 1);
  return {
    labels: checked(
      array,
      fields.filter((_, at) => at % columns === taken),
    ),
    columns,
  };
}

type Field = number | string;

function checked({ name }: LabelArray, fields: readonly Field[]): string[] {
  return fields.map((field, at) => {
    if (typeof field === 'string') return field;
    if (Number.isInteger(field)) return String(field);
    throw new StudioError('bad-file', `${name}: expected whole numbers or texts as labels, found ${field} at [${at}].`);
  });
}

/** Where each row has its one; undefined where a row is anything but noughts and one one. */
function oneHotPlaces(fields: readonly Field[], columns: number): number[] | undefined {
  const places: number[] = [];
  for (let from = 0; from < fields.length; from += columns) {
    const place = oneHotPlace(fields.slice(from, from + columns));
    if (place === undefined) return undefined;
    places.push(place);
  }
  return places;
}

async function fieldsOf(array: LabelArray): Promise<Field[]> {
  if (!hasNumbers(array)) return textsOf(array);
  const fields: Field[] = [];
  for await (const piece of elementsOf(array)) for (const value of piece) fields.push(value);
  return fields;
}

export function hasNumbers(array: LabelArray): array is NpyArray {
  return isNumbers(array.header);
}

async function textsOf({ name, header, open }: NpyTexts): Promise<string[]> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of open()) {
    length += piece.length;
    if (length > MOST_PICKLE_BYTES)
      throw new StudioError('bad-file', `${name}: expected at most ${MOST_PICKLE_BYTES} bytes of labels, found more.`);
    pieces.push(piece);
  }
  const bytes = Buffer.concat(pieces);
  const { kind, size, count, bigEndian, shape } = header;
  if (kind === 'O') {
    const texts = readPickledList(bytes, name);
    if (texts.length === count) return texts;
    throw new StudioError('bad-file', `${name}: expected ${count} labels ${shapeText(shape)}, found ${texts.length}.`);
  }
  return Array.from({ length: count }, (_, at) => {
    const text = bytes.subarray(at * size, (at + 1) * size);
    return kind === 'S' ? text.toString('utf8').replace(/\0+$/, '') : utf32(text, bigEndian);
  });
}

function utf32(bytes: Buffer, bigEndian: boolean): string {
  let text = '';
  for (let at = 0; at + 4 <= bytes.length; at += 4) {
    const point = bigEndian ? bytes.readUInt32BE(at) : bytes.readUInt32LE(at);
    if (point === 0) break;
    text += point <= 0x10ffff ? String.fromCodePoint(point) : '\uFFFD';
  }
  return text;
}

/** Row by row, also where the file has them column by column. */
function inRows(fields: readonly Field[], { header: { shape, fortranOrder } }: LabelArray): readonly Field[] {
  const [rows = 0, columns = 1] = shape;
  if (!fortranOrder || columns === 1) return fields;
  return fields.map((_, at) => fields[(at % columns) * rows + Math.floor(at / columns)]!);
}
