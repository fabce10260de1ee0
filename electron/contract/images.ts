import * as v from 'valibot';
import type { ErrorData } from '../domain/errors.ts';
import { IdSchema, Index, Split } from '../domain/ids.ts';
import type { ImageColumns, ImageSetSummary } from '../domain/words.ts';

/** Bounds of an imported set's images, in pixels. */
export const LEAST_SIZE = 8;
export const MOST_SIZE = 256;
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
  /** Pictures whose content has been imported already. */
  duplicates: v.picklist(['skip', 'keep']),
});

/** Sentences a person keeps with a set. */
export const SetNotesSchema = v.pipe(v.string(), v.trim(), v.maxLength(2_000, 'must be at most 2,000 characters'));

export const MOST_PREVIEWS = 60;

export const imageRequests = {
  /** The browser host: a place for uploads of so many bytes, which calls may then name; refused where they are too many. */
  'files:open': v.strictObject({ bytes: Index }),
  /** Lets go of staged files; what was uploaded is removed. */
  'files:release': v.strictObject({ staged: IdSchema }),
  /** `name` is proposed for the set; left out, it is made from the files'. `reading`: what a person has decided. */
  'import:plan': v.strictObject({
    staged: IdSchema,
    name: v.optional(SetNameSchema),
    reading: v.exactOptional(ReadingSchema),
  }),
  'import:preview': v.strictObject({
    staged: IdSchema,
    options: ImportOptionsSchema,
    count: v.pipe(Index, v.maxValue(MOST_PREVIEWS)),
  }),
  /**
   * One at a time; `autoInverts` as the plan said. `into`: a set whose next version it becomes, its images first; new ones are
   * made as they were. `label`: of every picture, in place of what is found. Progress and end are told as events.
   */
  'import:start': v.strictObject({
    staged: IdSchema,
    options: ImportOptionsSchema,
    autoInverts: v.optional(v.boolean()),
    into: v.exactOptional(IdSchema),
    label: v.exactOptional(LabelSchema),
  }),
  'import:cancel': v.strictObject({ importId: IdSchema }),
  'image-set:problems': v.strictObject({}),
  'image-set:describe': v.strictObject({ imageSet: IdSchema }),
  'image-set:labels': v.strictObject({ imageSet: IdSchema, split: Split }),
  /** The images at these places of a split, at most 1,000. */
  'image-set:pick': v.strictObject({
    imageSet: IdSchema,
    split: Split,
    indices: v.pipe(
      v.instance(Uint32Array, 'must be a Uint32Array'),
      v.check(({ length }) => length <= 1_000, 'must hold at most 1,000 indices'),
    ),
  }),
  /** What is left out stays as it is. */
  'image-set:edit': v.strictObject({
    imageSet: IdSchema,
    name: v.optional(SetNameSchema),
    notes: v.optional(SetNotesSchema),
  }),
  /** To the app's own trash. */
  'image-set:delete': v.strictObject({ imageSet: IdSchema }),
  'image-set:restore': v.strictObject({ imageSet: IdSchema }),
  'image-set:trash': v.strictObject({}),
  'image-set:empty-trash': v.strictObject({}),
} as const;

export interface ImageAnswers {
  'files:open': { readonly staged: string };
  'files:release': Record<string, never>;
  'import:plan': ImportPlan;
  'import:preview': readonly PreviewImage[];
  'import:start': { readonly importId: string };
  'import:cancel': Record<string, never>;
  /** A sentence for each folder among the image sets that is not a whole one, naming the file. */
  'image-set:problems': readonly string[];
  'image-set:describe': ImageSetDetails;
  /** Empty without labels. */
  'image-set:labels': { readonly labels: Uint8Array };
  'image-set:pick': PickedImages;
  'image-set:edit': ImageSetSummary;
  'image-set:delete': Record<string, never>;
  'image-set:restore': Record<string, never>;
  'image-set:trash': readonly ImageSetSummary[];
  'image-set:empty-trash': Record<string, never>;
}

export interface ImportEvents {
  'import:progressed': { readonly importId: string; readonly progress: ImportProgress };
  'import:ended': { readonly importId: string } & (
    | { readonly kind: 'imported'; readonly report: ImportReport }
    | { readonly kind: 'cancelled' }
    | { readonly kind: 'failed'; readonly error: ErrorData }
  );
  /** A set came, went, or was renamed. */
  'image-sets:changed': Record<string, never>;
}

export interface PickedImages {
  readonly images: ImageColumns;
  /** What each file was called; for sets without file names, split and place. */
  readonly names: readonly string[];
}

export interface SetChange {
  /** ISO 8601. */
  readonly at: string;
  /** "3 images removed". */
  readonly words: string;
}

/** Everything about a set but its images. */
export interface ImageSetDetails {
  readonly summary: ImageSetSummary;
  /** Images of each label, training and test together. */
  readonly labelCounts: readonly number[];
  /** Of the training images, one image. */
  readonly meanImage: ImageColumns;
  readonly bytesOnDisk: number;
  readonly notes: string;
  /** Only of imported sets: the others are always there and are not edited. */
  readonly imported?: Pick<
    ImageSetDescription,
    'importedAt' | 'sources' | 'options' | 'inverted' | 'changes' | 'follows'
  >;
}

export type Preparation = v.InferOutput<typeof PreparationSchema>;
export type NumberRange = v.InferOutput<typeof NumberRangeSchema>;
export type Reading = v.InferOutput<typeof ReadingSchema>;
export type Table = v.InferOutput<typeof TableSchema>;
export type ColumnRole = (typeof columnRoles)[number];
export type FolderSplit = (typeof folderSplits)[number];
export type TestSplit = v.InferOutput<typeof TestSplitSchema>;
export type ImportOptions = v.InferOutput<typeof ImportOptionsSchema>;
export type Fit = Preparation['fit'];

/** What stands in files before anything is written: what a drop would do. */
export interface ImportPlan {
  /** Pictures found, or promised by the headers of arrays. */
  readonly count: number;
  /** The labels in the order of their numbers; empty without labels. */
  readonly labels: readonly { readonly name: string; readonly count: number }[];
  /** Chosen from a sample of the files. */
  readonly options: ImportOptions;
  /** Whether `auto` inverts. */
  readonly autoInverts: boolean;
  /** Files that are left out already, each with its reason. */
  readonly skipped: readonly SkippedFile[];
  /** Pictures of the same content as others, where that could be told: a folder of very many is not read for it. */
  readonly duplicates?: number;
  /** Of the few pictures that were looked at, those that cannot be read; an import leaves them out. */
  readonly unreadable: readonly SkippedFile[];
  /** Files that are no pictures and are not called so. */
  readonly others: OtherFiles;
  /** Masks that go with pictures; they are no pictures of the set. */
  readonly masks: number;
  /** Folders in which pictures lie, by what becomes of them; empty where one holds all. */
  readonly folders: readonly FolderLook[];
  /** Of numbers that are not 0 to 255 by their kind; `options.range` says what becomes of them. */
  readonly numbers?: NumberLook;
  readonly table?: TableLook;
  /** Bands of pictures that have more than colour and transparency. */
  readonly bands?: number;
  /** How rows that hold colours are read: as the data suggest, or as was asked. */
  readonly order?: 'interleaved' | 'planar';
  /** Columns of labels that have several. */
  readonly labelColumns?: number;
}

/** Files that were left out because they are no pictures, by the ends of their names, the most frequent first. */
export interface OtherFiles {
  readonly count: number;
  readonly endings: readonly { readonly ending: string; readonly count: number }[];
}

export interface FolderLook {
  /** "train/cats"; empty for what lies beside the folders. */
  readonly folder: string;
  readonly count: number;
  /** Absent where the rule for test images decides. */
  readonly split?: FolderSplit;
}

/** What numbers were found, and why they are scaled as they are. */
export interface NumberLook {
  readonly least: number;
  readonly most: number;
  /** "whole numbers of 0 to 16". */
  readonly words: string;
}

/** The columns of the CSV files, in runs of one role. */
export interface TableLook {
  readonly files: number;
  readonly header: boolean;
  readonly columns: readonly {
    readonly from: number;
    readonly to: number;
    readonly role: ColumnRole;
    /** "pixel0 … pixel783", or "column 1" without a header. */
    readonly name: string;
    /** The first fields of the run's first column. */
    readonly examples: readonly string[];
  }[];
}

export type PreviewImage = { readonly name: string; readonly label?: string } & (
  | {
      readonly kind: 'image';
      readonly image: ImageColumns;
      /** The picture as it was found, RGB, its longer side at most 64 pixels. */
      readonly before: ImageColumns;
    }
  | { readonly kind: 'problem'; readonly message: string }
);

export interface SkippedFile {
  readonly name: string;
  /** What was expected and what was found. */
  readonly reason: string;
}

export type ImportProgress =
  | { readonly kind: 'listing'; readonly found: number }
  | {
      readonly kind: 'reading';
      /** 0-1. */
      readonly fraction: number;
      readonly done: number;
      readonly total: number;
      readonly imagesPerSecond: number;
      readonly secondsLeft: number;
    }
  | { readonly kind: 'arranging'; readonly fraction: number };

export interface ImportReport {
  readonly set: ImageSetSummary;
  readonly folder: string;
  readonly imported: number;
  readonly skipped: readonly SkippedFile[];
  readonly others: OtherFiles;
  readonly masks: number;
  /** Pictures of the same content, and the name of the first; left out or kept, as the options say. */
  readonly duplicates: readonly { readonly name: string; readonly of: string; readonly kept: boolean }[];
  /** What was done that a person may not expect, such as taking an animation's first frame. */
  readonly notes: readonly SkippedFile[];
  readonly inverted: boolean;
  readonly seconds: number;
}

/** An imported set as its folder describes it. */
export interface ImageSetDescription extends ImageSetSummary {
  readonly importedAt: string;
  readonly sources: readonly string[];
  readonly options: ImportOptions;
  readonly inverted: boolean;
  /** Images of each label, training and test together, in the order of `labelNames`. */
  readonly labelCounts: readonly number[];
  /** Images that have a mask. */
  readonly maskCount: number;
  /** What was done to the images since they were imported, oldest first. */
  readonly changes: readonly SetChange[];
  /** The version before. */
  readonly follows?: string;
  readonly bytesOnDisk: number;
  readonly notes: string;
}
