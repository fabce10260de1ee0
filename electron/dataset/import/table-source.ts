import { StudioError } from '../../domain/errors.ts';
import type { Reading } from '../../contract/import-options.ts';
import type { TableLook } from '../../contract/import-plan.ts';
import { NumberSurvey } from '../picture/number-survey.ts';
import type { NumberPicture } from '../picture/number-picture.ts';
import { looksPlanar } from './colour-order.ts';
import { oneHotPlace, splitOfName } from './labels.ts';
import type { ListedFile } from './listed-file.ts';
import { interleaved } from './npy-images.ts';
import type { Source, SourceItem, SourceSplit } from './source.ts';
import { flagIn, numberIn } from './table-columns.ts';
import {
  labelColumns,
  labelWords,
  lookAtTable,
  packedFields,
  tableLayout,
  withFirstLabel,
  type TableLayout,
} from './table-layout.ts';
import { formatOf, rowsOf, type TableFormat, type TableRow } from './table-rows.ts';

/** Rows that tell what the columns are. */
const ROWS_LOOKED_AT = 50;
/** Fields that are looked at at most: rows may be very long. */
const FIELDS_LOOKED_AT = 2 ** 20;
/** Names in messages, and labels. */
const MOST_TEXT = 120;

/** A CSV file whose columns are known. */
export interface OpenTable {
  readonly file: ListedFile;
  readonly format: TableFormat;
  readonly layout: TableLayout;
  readonly look: TableLook;
}

/**
 * Reads what the columns of a CSV file are.
 * @param isGiven whether a field names a picture that was given too
 * @throws StudioError `bad-file` where they are neither pixels nor files.
 */
export async function openTable(
  file: ListedFile,
  reading: Reading,
  isGiven?: (field: string) => boolean,
): Promise<OpenTable> {
  const format = await formatOf(file);
  const rows: (readonly string[])[] = [];
  for await (const { fields } of rowsOf(file, format)) {
    rows.push(fields);
    if (rows.length > ROWS_LOOKED_AT || rows.length * fields.length > FIELDS_LOOKED_AT) break;
  }
  if (rows.length === 0)
    throw new StudioError('bad-file', `${file.name}: expected rows of pixels, found an empty file.`);
  const first = tableLayout(rows, file.name, reading.table, isGiven);
  const layout = await withSureLabels({ file, format, layout: first });
  return { file, format, layout, look: lookAtTable(file.name, layout, rows, format.separator) };
}

/** Several columns, as the first rows or a person have it, are the label where all rows are one-hot; else the first of them is. */
async function withSureLabels(table: Pick<OpenTable, 'file' | 'format' | 'layout'>): Promise<TableLayout> {
  const { layout } = table;
  if (labelColumns(layout).length < 2) return layout;
  for await (const { fields } of bodyRows(table)) {
    if (labelAmong(fields, layout) === undefined) return withFirstLabel(layout);
  }
  return layout;
}

/** Of columns that are one-hot the one that is 1. */
function labelAmong(fields: readonly string[], layout: TableLayout): number | undefined {
  const columns = labelColumns(layout);
  const place = oneHotPlace(columns.map((column) => flagIn(fields[column]!)));
  return place === undefined ? undefined : columns[place];
}

/** What a list of pictures says of each. */
export interface ListedPicture {
  readonly file: string;
  readonly label?: string;
  readonly split?: SourceSplit;
}

/** The rows of a list of files. @throws StudioError `bad-file` for a ragged row. */
export async function readList(table: OpenTable): Promise<ListedPicture[]> {
  const fileAt = table.layout.roles.indexOf('file');
  const listed: ListedPicture[] = [];
  for await (const row of bodyRows(table)) {
    const about = aboutRow(row, table);
    listed.push({ file: row.fields[fileAt]!.trim(), ...about });
  }
  return listed;
}

/** How labels were told where they stand in several columns. */
export function labelGuessOf({ layout }: Pick<OpenTable, 'layout'>): Pick<Source, 'labelGuess'> {
  const labelGuess = labelWords(layout);
  return labelGuess === undefined ? {} : { labelGuess };
}

/**
 * A CSV of one image a row. Reads it once to count rows and look at its numbers, and again for the images; a ragged row ends the
 * import, because what follows it can no longer be trusted.
 */
export async function tableSource(table: OpenTable, reading: Reading): Promise<Source> {
  const { file, layout } = table;
  const { rows, labelCounts, splits, numbers, brightest, firstRows } = await survey(table);
  if (rows === 0) throw new StudioError('bad-file', `${file.name}: expected rows of pixels, found none.`);
  const shape = layout.shape!;
  const isColour = shape.channels === 3;
  const order = isColour
    ? (reading.order ?? (looksPlanar(firstRows, shape.width) ? 'planar' : 'interleaved'))
    : undefined;
  const fileSplit = splitOfName(file.name);
  const nameAt = layout.roles.indexOf('name');
  return {
    count: rows,
    shape,
    labelCounts,
    splits: splits.size > 0 ? splits : new Set([fileSplit]),
    skipped: [],
    numbers,
    brightest: [brightest],
    table: { ...table.look, files: 1, others: [] },
    ...labelGuessOf(table),
    ...(order === undefined ? {} : { order }),
    close: () => Promise.resolve(),
    async *items(): AsyncGenerator<SourceItem> {
      for await (const row of bodyRows(table)) {
        const values = pixelsOf(row, table);
        const { label, split = fileSplit } = aboutRow(row, table);
        yield {
          name: nameAt < 0 ? `${file.name}:${row.number}` : nameOfRow(row.fields[nameAt]!, layout.names[nameAt]),
          ...(label === undefined ? {} : { label }),
          ...(split === undefined ? {} : { split }),
          content: { kind: 'numbers', numbers: pictureOf(values, shape, order === 'planar') },
        };
      }
    },
  };
}

/** "id 17"; a text is a name by itself. */
function nameOfRow(field: string, heading = ''): string {
  const name = field.trim().slice(0, MOST_TEXT);
  return Number.isNaN(numberIn(name)) ? name : `${heading === '' ? 'row' : heading} ${name}`;
}

function pictureOf(values: Float32Array, shape: NonNullable<TableLayout['shape']>, planar: boolean): NumberPicture {
  const { width, height, channels } = shape;
  const ordered = planar ? interleaved(values, width * height, channels) : values;
  return { width, height, bands: channels, alpha: false, values: ordered };
}

async function survey(table: OpenTable) {
  const labelCounts = new Map<string, number>();
  const splits = new Set<SourceSplit | undefined>();
  const numbers = new NumberSurvey();
  const brightest: number[] = [];
  const firstRows: Float32Array[] = [];
  let rows = 0;
  for await (const row of bodyRows(table)) {
    rows += 1;
    const values = pixelsOf(row, table);
    if (firstRows.length < ROWS_LOOKED_AT) firstRows.push(values);
    numbers.add(values, { kind: 'f', bits: 32 });
    brightest.push(values.reduce((most, value) => Math.max(most, value)));
    const { label, split } = aboutRow(row, table);
    if (label !== undefined) labelCounts.set(label, (labelCounts.get(label) ?? 0) + 1);
    if (table.layout.roles.includes('split')) splits.add(split);
  }
  return { rows, labelCounts, splits, numbers, brightest, firstRows };
}

/** The rows below the header. @throws StudioError `bad-file` for one of another length. */
async function* bodyRows({
  file,
  format,
  layout,
}: Pick<OpenTable, 'file' | 'format' | 'layout'>): AsyncGenerator<TableRow> {
  let isFirst = true;
  for await (const row of rowsOf(file, format)) {
    const { fields, number } = row;
    if (fields.length !== layout.columns) {
      throw badRow(file, number, `${layout.columns} columns as in the first line`, `${fields.length}`);
    }
    if (!isFirst || !layout.header) yield row;
    isFirst = false;
  }
}

function pixelsOf({ fields, number }: TableRow, { file, layout }: OpenTable): Float32Array {
  const { width, height, channels } = layout.shape!;
  const values = new Float32Array(width * height * channels);
  let filled = 0;
  const take = (field: string): void => {
    const value = numberIn(field);
    if (!Number.isFinite(value)) {
      throw badRow(file, number, 'a number', field.trim() === '' ? 'an empty field' : `"${field.slice(0, 24).trim()}"`);
    }
    values[filled] = value;
    filled += 1;
  };
  for (let column = 0; column < fields.length; column += 1) {
    if (layout.roles[column] !== 'pixels') continue;
    if (!layout.packed) {
      take(fields[column]!);
      continue;
    }
    const inside = packedFields(fields[column]!);
    if (inside.length !== values.length)
      throw badRow(file, number, `${values.length} pixels as in the first row`, `${inside.length}`);
    inside.forEach(take);
  }
  return values;
}

function aboutRow(row: TableRow, table: OpenTable): Pick<ListedPicture, 'label' | 'split'> {
  const splitAt = table.layout.roles.indexOf('split');
  const label = labelOf(row, table);
  const split = splitAt < 0 ? undefined : splitOfValue(row.fields[splitAt]!);
  return { ...(label === '' ? {} : { label }), ...(split === undefined ? {} : { split }) };
}

/** Empty where there is none. @throws StudioError `bad-file` where columns that were one-hot no longer are: the file has changed. */
function labelOf({ fields, number }: TableRow, { file, format, layout }: OpenTable): string {
  const columns = labelColumns(layout);
  if (columns.length < 2) return columns[0] === undefined ? '' : plainLabel(fields[columns[0]]!, format.separator);
  const column = labelAmong(fields, layout);
  if (column !== undefined)
    return plainLabel(layout.names[column] || String(columns.indexOf(column)), format.separator);
  const found = columns.map((at) => fields[at]!.trim() || 'nothing').join(', ');
  throw badRow(file, number, `noughts and one 1 in the ${columns.length} columns of labels`, found.slice(0, MOST_TEXT));
}

/** "3.0" is the label 3; "3,0" too where no comma stands between fields, as numbers of such tables are read. */
function plainLabel(field: string, separator: string): string {
  const label = field.trim().normalize('NFC');
  const whole = (separator === ',' ? /^(-?\d+)\.0*$/ : /^(-?\d+)(?:\.0*|,0+)$/).exec(label)?.[1];
  return whole ?? label.slice(0, MOST_TEXT);
}

/** "Training", "PublicTest" (which a competition's entrants could see) and "PrivateTest". */
function splitOfValue(value: string): SourceSplit | undefined {
  if (/train/i.test(value)) return 'training';
  if (/val|dev|public/i.test(value)) return 'validation';
  return /test|private/i.test(value) ? 'test' : undefined;
}

function badRow(file: ListedFile, row: number, expected: string, found: string): StudioError {
  return new StudioError('bad-file', `${file.name}: line ${row}: expected ${expected}, found ${found}.`);
}
