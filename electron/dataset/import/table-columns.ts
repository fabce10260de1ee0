import type { ColumnRole } from '../../contract/import-options.ts';
import { oneHotPlace } from './labels.ts';
import { isCalledPicture } from './listed-file.ts';
import { squareOf } from './npy-images.ts';

/** Of the images that rows are. */
export interface ImageShape {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
}

/** Fewer columns of one pattern are no pixels. */
export const LEAST_PIXELS = 16;
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
export const PACKED = /^\s*\[?\s*-?[\d.]+(?:[\s,;]+-?[\d.]+){15,}\s*\]?\s*$/;

/** "0,5": a number with a comma before its fraction. */
export const isDecimalComma = (field: string): boolean => /^\s*[-+]?\d+,\d+\s*$/.test(field);

/** A number as people and programs write it; NaN for everything else. */
export function numberIn(field: string): number {
  const text = field.trim();
  if (text === '') return NaN;
  const value = Number(text);
  return Number.isNaN(value) && isDecimalComma(text) ? Number(text.replace(',', '.')) : value;
}

/** 0 or 1 of a column that says whether something is so; NaN for everything else. */
export function flagIn(field: string): number {
  const word = /^\s*(?:(true)|false)\s*$/i.exec(field);
  const value = word === null ? numberIn(field) : Number(word[1] !== undefined);
  return value === 0 || value === 1 ? value : NaN;
}

export const isNumber = (field: string): boolean => Number.isFinite(numberIn(field));

/** "1x1", "1x2" … "28x20": rows and columns that the names count, where they count all of them. */
export function shapeInNames(names: readonly string[]): ImageShape | undefined {
  const numbers = names.map((name) => (name.match(/\d+/g) ?? []).map(Number));
  if (numbers.length === 0 || numbers.some(({ length }) => length !== 2)) return undefined;
  const span = (place: number): number => {
    const all = numbers.map((pair) => pair[place]!);
    return Math.max(...all) - Math.min(...all) + 1;
  };
  const [height, width] = [span(0), span(1)];
  return height * width === names.length && Math.min(height, width) >= 4 ? { width, height, channels: 1 } : undefined;
}

/** The columns of the first rows, and what their names and values say. */
export class ColumnsLook {
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
    // Without a name that says so, columns that are one-hot together are the label, else what has few values.
    const flags = roles.includes('label') ? [] : this.flagsAmong(roles);
    if (this.areOneHot(flags)) {
      return roles.map((role, at) => (flags.includes(at) ? 'label' : (role ?? 'ignored')));
    }
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

  /** Columns without a role that are noughts and ones, or false and true. */
  private flagsAmong(roles: readonly (ColumnRole | undefined)[]): number[] {
    const isFlag = (column: number): boolean => this.body.every((row) => !Number.isNaN(flagIn(row[column] ?? '')));
    return this.body.length === 0 ? [] : this.indices.filter((at) => roles[at] === undefined && isFlag(at));
  }

  private areOneHot(flags: readonly number[]): boolean {
    const rowOf = (row: readonly string[]): number[] => flags.map((at) => flagIn(row[at] ?? ''));
    return (
      flags.length > 1 && flags.length <= MOST_LABELS && this.body.every((row) => oneHotPlace(rowOf(row)) !== undefined)
    );
  }

  /** Columns of which each could be the label, all noughts and ones: the label is among them. Empty where it is told by its name. */
  flagsWith(roles: readonly ColumnRole[]): number[] {
    const label = roles.indexOf('label');
    if (label < 0 || this.roleByName(label) === 'label') return [];
    const flags = this.flagsAmong(roles.map((role) => (role === 'label' || role === 'ignored' ? undefined : role)));
    return flags.length > 1 && flags.includes(label) ? flags : [];
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
