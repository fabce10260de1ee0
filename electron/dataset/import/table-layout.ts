import { StudioError } from '../../domain/errors.ts';
import type { ColumnRole, Table } from '../../contract/import-options.ts';
import type { TableLook } from '../../contract/import-plan.ts';
import { isCalledPicture } from './listed-file.ts';
import { squareOf } from './npy-images.ts';

/** What the columns of a CSV file are. */
export interface TableLayout {
  readonly header: boolean;
  readonly columns: number;
  readonly roles: readonly ColumnRole[];
  readonly names: readonly string[];
  /** Of the images that its rows are; absent for a list of files. */
  readonly shape?: { readonly width: number; readonly height: number; readonly channels: 1 | 3 };
  /** One field holds all pixels of its row, between spaces or commas. */
  readonly packed: boolean;
}

/** Fewer columns of one pattern are no pixels. */
const LEAST_PIXELS = 16;
const MOST_COLUMNS = 8 + 512 * 512 * 3;
/** Different values beyond this are no labels. */
const MOST_LABELS = 256;
/** A column is numbers where so many of its fields are: the others are errors, told with their lines. */
const MOSTLY = 0.9;
/** Rows needed before counting up means an index. */
const LEAST_COUNTED = 5;

const NAMED: readonly (readonly [ColumnRole, RegExp])[] = [
  [
    'label',
    /^(?:labels?|class(?:es|_?(?:id|name|label))?|targets?|y|digits?|categor(?:y|ies)|emotions?|species|diagnos(?:is|es)|breeds?)$/i,
  ],
  ['split', /^(?:usage|splits?|sets?|subset|partition)$/i],
  [
    'file',
    /^(?:files?|file_?names?|file_?paths?|paths?|images?|image_?(?:name|path|id)|img|img_?(?:name|path)|pictures?|id_code)$/i,
  ],
  ['name', /^(?:|id|index|idx|names?|key|uid|uuid|row(?:_?id)?|unnamed: ?\d+)$/i],
];

/** A field that holds a row's pixels by itself. */
const PACKED = /^\s*\[?\s*-?[\d.]+(?:[\s,;]+-?[\d.]+){15,}\s*\]?\s*$/;

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
  const layout = { header, columns, roles, names, packed: packedAt !== undefined };
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
  const layout = { header: given.header, columns, roles, names, packed };
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

/** "1x1", "1x2" … "28x20": rows and columns that the names count, where they count all of them. */
function shapeInNames(names: readonly string[]): TableLayout['shape'] | undefined {
  const numbers = names.map((name) => (name.match(/\d+/g) ?? []).map(Number));
  if (numbers.length === 0 || numbers.some(({ length }) => length !== 2)) return undefined;
  const span = (place: number): number => {
    const all = numbers.map((pair) => pair[place]!);
    return Math.max(...all) - Math.min(...all) + 1;
  };
  const [height, width] = [span(0), span(1)];
  return height * width === names.length && Math.min(height, width) >= 4 ? { width, height, channels: 1 } : undefined;
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

/** A number as people and programs write it; NaN for everything else. */
export function numberIn(field: string): number {
  const text = field.trim();
  if (text === '') return NaN;
  const value = Number(text);
  return Number.isNaN(value) && /^[-+]?\d+,\d+$/.test(text) ? Number(text.replace(',', '.')) : value;
}

const isNumber = (field: string): boolean => Number.isFinite(numberIn(field));

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

/** The columns of the first rows, and what their names and values say. */
class ColumnsLook {
  readonly indices: readonly number[];
  private readonly body: readonly (readonly string[])[];
  private readonly names: readonly string[];
  private readonly isGiven: (field: string) => boolean;

  constructor(
    body: readonly (readonly string[])[],
    columns: number,
    names: readonly string[],
    isGiven: (field: string) => boolean,
  ) {
    this.body = body;
    this.names = names;
    this.isGiven = isGiven;
    this.indices = Array.from({ length: columns }, (_, column) => column);
  }

  isPacked(column: number): boolean {
    return this.body.length > 0 && this.body.every((row) => PACKED.test(row[column] ?? ''));
  }

  /** The columns that are pixels; none where no number of them is an image. */
  pixelColumns(): number[] {
    const numeric = this.indices.filter((column) => this.isNumeric(column));
    const group = this.largestGroup(numeric);
    const unnamed = numeric.filter((column) => this.roleByName(column) === undefined);
    for (const candidates of [group, unnamed, numeric]) {
      if (candidates.length < LEAST_PIXELS) continue;
      if (this.isImage(candidates)) return candidates;
      const others = this.withoutExtras(candidates);
      if (others !== undefined) return others;
    }
    return [];
  }

  /** The roles of all columns, `pixels` being these. */
  rolesBeside(pixels: readonly number[]): ColumnRole[] {
    const isPixel = new Set(pixels);
    const roles = this.indices.map((column): ColumnRole | undefined =>
      isPixel.has(column) ? 'pixels' : (this.roleByName(column) ?? this.roleByValues(column, pixels.length > 0)),
    );
    // An id may be all that pictures are called: "17" for 17.png.
    if (pixels.length === 0 && !roles.includes('file')) {
      const column = this.indices.find((at) => this.namesPictures(at));
      if (column !== undefined) roles[column] = 'file';
    }
    // Without a name that says so, what has few values is the label.
    if (!roles.includes('label')) {
      const column = roles.findIndex((role, at) => role === undefined && this.distinct(at) <= MOST_LABELS);
      if (column >= 0) roles[column] = 'label';
    }
    let labels = 0;
    return roles.map((role) => {
      if (role === 'label') labels += 1;
      return role === undefined || (role === 'label' && labels > 1) ? 'ignored' : role;
    });
  }

  private namesPictures(column: number): boolean {
    const named = this.body.filter((row) => this.isGiven(row[column] ?? '')).length;
    return named > 0 && named >= this.body.length * MOSTLY;
  }

  private roleByName(column: number): ColumnRole | undefined {
    const name = this.names[column];
    if (name === undefined) return undefined;
    const role = NAMED.find(([, pattern]) => pattern.test(name))?.[0];
    // Only texts are names of files; a number is what a row is known by.
    return role === 'file' && this.isNumeric(column) ? 'name' : role;
  }

  private roleByValues(column: number, hasPixels: boolean): ColumnRole | undefined {
    if (this.isIndex(column)) return 'name';
    const values = this.body.map((row) => row[column] ?? '');
    return !hasPixels && values.some(isCalledPicture) ? 'file' : undefined;
  }

  /** The largest number of columns whose names differ in numbers only. */
  private largestGroup(columns: readonly number[]): number[] {
    const groups = new Map<string, number[]>();
    if (this.names.length === 0) return [];
    for (const column of columns) {
      const pattern = this.names[column]!.replaceAll(/\d+/g, '#');
      const known = groups.get(pattern);
      if (known === undefined) groups.set(pattern, [column]);
      else known.push(column);
    }
    return [...groups.values()].reduce((most, group) => (group.length > most.length ? group : most), []);
  }

  private isImage(columns: readonly number[]): boolean {
    const named = this.names.length === 0 ? undefined : shapeInNames(columns.map((column) => this.names[column]!));
    return named !== undefined || squareOf(columns.length) !== undefined;
  }

  /** Without the label, or an index and the label, at the ends; of two ways the one whose columns have fewer values. */
  private withoutExtras(columns: readonly number[]): number[] | undefined {
    const ways: readonly (readonly [number, number])[] = [
      [1, 0],
      [0, 1],
      [2, 0],
      [1, 1],
      [0, 2],
    ];
    for (const extras of [1, 2]) {
      if (!this.isImage(columns.slice(extras))) continue;
      const fitting = ways
        .filter(([before, behind]) => before + behind === extras)
        .map(([before, behind]) => {
          const inside = columns.slice(before, columns.length - behind);
          const outside = columns.filter((column) => !inside.includes(column));
          return { inside, cost: outside.reduce((sum, column) => sum + this.costAsLabel(column), 0) };
        });
      return fitting.reduce((best, way) => (way.cost < best.cost ? way : best)).inside;
    }
    return undefined;
  }

  /** How unlike a label or an index a column is: a few different whole numbers are like one, one value alone is not. */
  private costAsLabel(column: number): number {
    if (this.isIndex(column) && numberIn(this.body[0]![column]!) <= 1) return 1;
    const distinct = this.distinct(column);
    return distinct < 2 || !this.isWhole(column) ? 1e6 : distinct;
  }

  private isNumeric(column: number): boolean {
    const numbers = this.body.filter((row) => row[column] === undefined || isNumber(row[column])).length;
    return numbers >= this.body.length * MOSTLY;
  }

  private isWhole(column: number): boolean {
    return this.body.every((row) => Number.isInteger(numberIn(row[column] ?? '')));
  }

  /** Counts its rows. */
  private isIndex(column: number): boolean {
    const values = this.body.map((row) => numberIn(row[column] ?? ''));
    return values.length >= LEAST_COUNTED && values.every((value, at) => at === 0 || value === values[at - 1]! + 1);
  }

  private distinct(column: number): number {
    return new Set(this.body.map((row) => row[column])).size;
  }
}

/** The layout in runs of columns of one role, with the first fields of each. */
export function lookAtTable(layout: TableLayout, rows: readonly (readonly string[])[], files: number): TableLook {
  const body = rows.slice(layout.header ? 1 : 0);
  const nameOf = (column: number): string => layout.names[column] || `column ${column + 1}`;
  const columns: TableLook['columns'][number][] = [];
  for (let from = 0; from < layout.columns;) {
    let to = from;
    const role = layout.roles[from]!;
    // Only pixels come in runs: every other column is looked at by itself.
    while (role === 'pixels' && layout.roles[to + 1] === role) to += 1;
    const name = from === to ? nameOf(from) : `${nameOf(from)} … ${nameOf(to)}`;
    const examples = body.slice(0, 3).map((row) => (row[from] ?? '').slice(0, 24));
    columns.push({ from, to, role, name, examples });
    from = to + 1;
  }
  return { files, header: layout.header, columns };
}
