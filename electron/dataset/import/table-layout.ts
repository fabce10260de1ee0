import { StudioError } from '../../domain/errors.ts';
import type { ColumnRole, Table } from '../../contract/import-options.ts';
import type { TableLook, TablesLook } from '../../contract/import-plan.ts';
import { isCalledPicture } from './listed-file.ts';
import { squareOf } from './npy-images.ts';
import {
  ColumnsLook,
  isDecimalComma,
  isNumber,
  LEAST_PIXELS,
  numberIn,
  PACKED,
  shapeInNames,
  type ImageShape,
} from './table-columns.ts';

/** What the columns of a CSV file are. */
export interface TableLayout {
  readonly header: boolean;
  readonly columns: number;
  readonly roles: readonly ColumnRole[];
  readonly names: readonly string[];
  /** Of the images that its rows are; absent for a list of files. */
  readonly shape?: ImageShape;
  /** Columns that could be the label together, as noughts and ones: several, or none. */
  readonly flags: readonly number[];
  /** One field holds all pixels of its row, between spaces or commas. */
  readonly packed: boolean;
}

/** Columns whose names are said. */
const MOST_NAMED = 8;
const MOST_COLUMNS = 8 + 512 * 512 * 3;

/**
 * Tells from the first rows of a CSV file what its columns are: whether the first row names them, which are pixels (a square
 * number of them, grey or three times as many for RGB, or as their names count rows and columns), label, split, name or file.
 * @param given what a person has decided, for files of as many columns
 * @param isGiven whether a field names a picture that lies beside the file, with or without its ending
 * @throws StudioError `bad-file` naming the file.
 */
export function tableLayout(
  rows: readonly (readonly string[])[],
  name: string,
  given?: Table,
  isGiven: (field: string) => boolean = () => false,
): TableLayout {
  const columns = rows[0]?.length ?? 0;
  if (given !== undefined && given.columns.at(-1)!.to === columns - 1) return layoutGiven(rows, name, given);
  const header = hasHeader(rows, (field) => isCalledPicture(field) || isGiven(field));
  const names = header ? rows[0]!.map((field) => field.trim()) : [];
  const body = rows.slice(header ? 1 : 0);
  const look = new ColumnsLook(body, columns, names, isGiven);
  const packedAt = look.indices.find((column) => look.isPacked(column));
  const pixels = packedAt === undefined ? look.pixelColumns() : [packedAt];
  const roles = look.rolesBeside(pixels);
  const flags = look.flagsWith(roles);
  const layout = { header, columns, roles, names, flags, packed: packedAt !== undefined };
  if (packedAt !== undefined) return withShape(layout, packedCount(body[0]?.[packedAt] ?? ''), name);
  if (pixels.length > 0 && columns <= MOST_COLUMNS) return withShape(layout, pixels.length, name);
  if (roles.includes('file')) return layout;
  throw unfit(name, columns);
}

function layoutGiven(rows: readonly (readonly string[])[], name: string, given: Table): TableLayout {
  const columns = rows[0]!.length;
  const roles = Array.from({ length: columns }, (_, column): ColumnRole => {
    return given.columns.find(({ from, to }) => column >= from && column <= to)?.role ?? 'ignored';
  });
  const names = given.header ? rows[0]!.map((field) => field.trim()) : [];
  const pixels = roles.flatMap((role, column) => (role === 'pixels' ? [column] : []));
  const first = rows[given.header ? 1 : 0]?.[pixels[0] ?? 0] ?? '';
  const packed = pixels.length === 1 && PACKED.test(first);
  const labels = labelColumns({ roles });
  const layout = { header: given.header, columns, roles, names, flags: labels.length > 1 ? labels : [], packed };
  if (pixels.length > 0) return withShape(layout, packed ? packedCount(first) : pixels.length, name);
  if (roles.includes('file')) return layout;
  throw new StudioError('bad-file', `${name}: expected columns of pixels or one of files, found neither.`);
}

function withShape(layout: Omit<TableLayout, 'shape'>, pixels: number, name: string): TableLayout {
  const named = layout.packed ? undefined : shapeInNames(layout.names.filter((_, at) => layout.roles[at] === 'pixels'));
  const square = squareOf(pixels);
  const shape = named ?? (square && { width: square.side, height: square.side, channels: square.channels });
  if (shape === undefined) {
    const expected = 'a square number of pixels in each row, grey or three times as many (784 for 28 × 28)';
    throw new StudioError('bad-file', `${name}: expected ${expected}, found ${pixels.toLocaleString('en')}.`);
  }
  return { ...layout, shape };
}

/** Columns that are the label: several are one-hot together. */
export function labelColumns({ roles }: Pick<TableLayout, 'roles'>): number[] {
  return roles.flatMap((role, column) => (role === 'label' ? [column] : []));
}

/** The layout with the first of several label columns alone. */
export function withFirstLabel(layout: TableLayout): TableLayout {
  const first = layout.roles.indexOf('label');
  return { ...layout, roles: layout.roles.map((role, at) => (role === 'label' && at !== first ? 'ignored' : role)) };
}

/** How labels were told from columns of noughts and ones; undefined where no such columns are about. */
export function labelWords(layout: TableLayout): string | undefined {
  const labels = labelColumns(layout);
  const { flags } = layout;
  const named = (columns: readonly number[]): string => {
    const names = columns.slice(0, MOST_NAMED).map((column) => nameOf(layout, column));
    return `${names.join(', ')}${columns.length > names.length ? `, … (${columns.length} columns)` : ''}`;
  };
  if (labels.length > 1) return `Labels are the names of columns, of which each row has a 1 in one: ${named(labels)}`;
  if (labels[0] === undefined || !flags.includes(labels[0])) return undefined;
  const why = 'not every row has a 1 in exactly one of them';
  return `Labels are the values of the column ${nameOf(layout, labels[0])} alone, a guess: of the columns ${named(flags)} ${why}`;
}

export function packedFields(field: string): string[] {
  return field
    .replaceAll(/[[\]]/g, ' ')
    .trim()
    .split(/[\s,;]+/);
}

const packedCount = (field: string): number => packedFields(field).length;

function unfit(name: string, columns: number): StudioError {
  return new StudioError(
    'bad-file',
    `${name}: expected a label and a square number of pixels in each row (785 columns for 28 × 28), found ${columns} columns.`,
  );
}

function hasHeader(rows: readonly (readonly string[])[], namesPicture: (field: string) => boolean): boolean {
  const [first = [], ...rest] = rows;
  if (rest.length === 0) return first.filter((field) => !isNumber(field)).length > 1;
  const below = rest[0]!;
  if (first.some((field, column) => !isNumber(field) && isNumber(below[column] ?? ''))) return true;
  if (first.every(isNumber)) return countsUp(first) && !countsUp(below);
  // Texts over texts: a heading is none of the values.
  return first.some((field, column) => namesPicture(below[column] ?? '') && !namesPicture(field));
}

/** 0, 1, 2, … or 1, 2, 3, …, as programs name columns without names; one field before or behind may be anything. */
function countsUp(fields: readonly string[]): boolean {
  const values = fields.map(numberIn);
  const steps = values.filter((value, at) => at > 0 && value === values[at - 1]! + 1).length;
  return fields.length >= LEAST_PIXELS && steps >= fields.length - 2;
}

const nameOf = ({ names }: TableLayout, column: number): string => names[column] || `column ${column + 1}`;

/** The layout in runs of columns of one role, with the first fields of each. */
export function lookAtTable(
  file: string,
  layout: TableLayout,
  rows: readonly (readonly string[])[],
  separator: string,
): TableLook {
  const body = rows.slice(layout.header ? 1 : 0);
  const columns: TableLook['columns'][number][] = [];
  for (let from = 0; from < layout.columns;) {
    let to = from;
    const role = layout.roles[from]!;
    // Only pixels come in runs: every other column is looked at by itself.
    while (role === 'pixels' && layout.roles[to + 1] === role) to += 1;
    const name = from === to ? nameOf(layout, from) : `${nameOf(layout, from)} … ${nameOf(layout, to)}`;
    const examples = body.slice(0, 3).map((row) => (row[from] ?? '').slice(0, 24));
    columns.push({ from, to, role, name, examples });
    from = to + 1;
  }
  // Between fields that commas part, a label's comma is its own.
  const mayBe = (role: ColumnRole): boolean => role === 'pixels' || (role !== 'ignored' && separator !== ',');
  const hasComma = body.some((row) => row.some((field, at) => mayBe(layout.roles[at]!) && isDecimalComma(field)));
  return { file, ...(hasComma ? { decimalComma: true } : {}), header: layout.header, columns };
}

/** What several tables look like together; undefined without any. A label says most: columns are chosen in that table. */
export function lookAtTables(looks: readonly TableLook[], files = looks.length): TablesLook | undefined {
  const kinds = new Map<string, TableLook>();
  for (const look of looks) {
    const kind = JSON.stringify([look.header, look.columns.map(({ from, to, role, name }) => [from, to, role, name])]);
    if (!kinds.has(kind)) kinds.set(kind, look);
  }
  const all = [...kinds.values()];
  const first = all.find(({ columns }) => columns.some(({ role }) => role === 'label')) ?? all[0];
  return first && { ...first, files, others: all.filter((look) => look !== first) };
}
