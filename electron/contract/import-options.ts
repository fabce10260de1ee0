import * as v from 'valibot';
import { Index } from '../domain/ids.ts';

/** Different images of a set: one alone is none. */
export const LEAST_IMAGES = 2;
/** Bounds of an imported set's images, in pixels. */
export const LEAST_SIZE = 8;
export const MOST_SIZE = 512;
/** Labels are kept as one byte an image. */
export const MOST_LABELS = 256;

const side = v.pipe(
  v.number(),
  v.integer('must be a whole number'),
  v.minValue(LEAST_SIZE, `must be at least ${LEAST_SIZE}`),
  v.maxValue(MOST_SIZE, `must be at most ${MOST_SIZE}`),
);

/** The number that becomes black and the one that becomes white; what lies beyond them is cut off. */
export const NumberRangeSchema = v.pipe(
  v.strictObject({ black: v.pipe(v.number(), v.finite()), white: v.pipe(v.number(), v.finite()) }),
  v.check(({ black, white }) => white > black, 'must have a white above its black'),
);

/** How one picture, of any size and kind, becomes an image of the set: also what a dropped picture goes through. */
export const PreparationSchema = v.strictObject({
  /** Pixels. */
  width: side,
  height: side,
  /** 1: grey; 3: RGB. */
  channels: v.picklist([1, 3]),
  /** `contain` keeps the whole picture, `cover` fills the image and cuts, `stretch` changes the proportions. */
  fit: v.picklist(['contain', 'cover', 'stretch']),
  /** What shows through transparency and beside a contained picture, before inversion: "#rrggbb". */
  background: v.pipe(v.string(), v.regex(/^#[0-9a-f]{6}$/, 'must be a colour such as #ffffff')),
  invert: v.boolean(),
  /** As MNIST was made: what stands out is scaled into 20/28 of the image, its centre of mass moved to the middle. */
  centre: v.boolean(),
  /** Of arrays, tables and pictures of more than 8 bits; left out, it is chosen from all their numbers together. */
  range: v.exactOptional(NumberRangeSchema),
  /** Which bands of a picture of several are grey, or red, green and blue, counted from 0; left out, the first. */
  bands: v.exactOptional(v.union([v.strictTuple([Index]), v.strictTuple([Index, Index, Index])])),
});

/** What a column of a CSV holds. `pixels`: one number a pixel, or all of them in one field; `file`: the picture's file. */
export const columnRoles = ['pixels', 'label', 'split', 'name', 'file', 'ignored'] as const;

/** What the columns of the CSV files are, in runs that cover all of them. */
export const TableSchema = v.strictObject({
  /** The first row names the columns. */
  header: v.boolean(),
  columns: v.pipe(
    v.array(v.strictObject({ from: Index, to: Index, role: v.picklist(columnRoles) })),
    v.minLength(1, 'must name at least one column'),
    v.maxLength(4_096, 'must be at most 4,096 runs of columns'),
  ),
});

/** What becomes of the pictures of a folder. */
export const folderSplits = ['training', 'validation', 'test', 'out'] as const;

/** How what was given is read, where more than one way is possible; what is left out is told from the files. */
export const ReadingSchema = v.strictObject({
  table: v.exactOptional(TableSchema),
  /** Rows of an array or table that hold colours: R G B R G B … or all of R, then G, then B. */
  order: v.exactOptional(v.picklist(['interleaved', 'planar'])),
  /** The column of labels that have several, counted from 0. */
  labelColumn: v.exactOptional(Index),
  /** By their names in the plan; the others go as they are called. */
  folders: v.exactOptional(
    v.pipe(
      v.array(v.strictObject({ folder: v.pipe(v.string(), v.maxLength(4_096)), split: v.picklist(folderSplits) })),
      v.maxLength(4_096, 'must be at most 4,096 folders'),
    ),
  ),
});

/** Pixels of a large picture a side. */
export const TileSideSchema = v.pipe(
  v.number(),
  v.integer('must be a whole number'),
  v.minValue(LEAST_SIZE, `must be at least ${LEAST_SIZE}`),
  v.maxValue(4_096, 'must be at most 4,096'),
);

/** How large pictures are cut. */
export const TilingSchema = v.strictObject({
  side: TileSideSchema,
  most: v.pipe(v.number(), v.integer('must be a whole number'), v.minValue(1), v.maxValue(10_000)),
});

export const TestSplitSchema = v.variant('kind', [
  /** By the folders (or array names) called train and test. */
  v.strictObject({ kind: v.literal('folders') }),
  /** In each class every n-th image, the first place differing from class to class. */
  v.strictObject({
    kind: v.literal('every'),
    n: v.pipe(v.number(), v.integer('must be a whole number'), v.minValue(2, 'must be at least 2'), v.maxValue(1_000)),
  }),
]);

export const SetNameSchema = v.pipe(
  v.string(),
  v.trim(),
  v.minLength(1, 'must not be empty'),
  v.maxLength(120, 'must be at most 120 characters'),
);

/** A label as it is shown: a folder's name, or what a person has typed. */
export const LabelSchema = v.pipe(
  v.string(),
  v.trim(),
  v.minLength(1, 'must not be empty'),
  v.maxLength(200, 'must be at most 200 characters'),
);

export const ImportOptionsSchema = v.strictObject({
  name: SetNameSchema,
  ...PreparationSchema.entries,
  ...ReadingSchema.entries,
  /** `auto` inverts the whole set when most of its pictures are grey and dark on a light ground. */
  invert: v.picklist(['auto', 'on', 'off']),
  /** `folders`: by the first folder below what was given, or the labels that arrays bring along. */
  labels: v.picklist(['folders', 'none']),
  test: TestSplitSchema,
  /** Large pictures are cut into overlapping tiles of so many of their pixels a side, at most so many a picture. */
  tiles: v.exactOptional(TilingSchema),
  /** Pictures whose content has been imported already. */
  duplicates: v.picklist(['skip', 'keep']),
});

export type Preparation = v.InferOutput<typeof PreparationSchema>;
export type NumberRange = v.InferOutput<typeof NumberRangeSchema>;
export type Reading = v.InferOutput<typeof ReadingSchema>;
export type Table = v.InferOutput<typeof TableSchema>;
export type ColumnRole = (typeof columnRoles)[number];
export type FolderSplit = (typeof folderSplits)[number];
export type TestSplit = v.InferOutput<typeof TestSplitSchema>;
export type ImportOptions = v.InferOutput<typeof ImportOptionsSchema>;
export type Fit = Preparation['fit'];

/** The part of the options that says how files are read: what a plan is made anew for. */
export function readingOf({ table, order, labelColumn, folders }: ImportOptions): Reading {
  return {
    ...(table === undefined ? {} : { table }),
    ...(order === undefined ? {} : { order }),
    ...(labelColumn === undefined ? {} : { labelColumn }),
    ...(folders === undefined ? {} : { folders }),
  };
}
