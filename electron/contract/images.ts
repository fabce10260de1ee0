import * as v from 'valibot';
import type { ImageColumns, ImageSetSummary } from './words.ts';

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

export const ImportOptionsSchema = v.strictObject({
  name: SetNameSchema,
  ...PreparationSchema.entries,
  /** `auto` inverts the whole set when most of its pictures are grey and dark on a light ground. */
  invert: v.picklist(['auto', 'on', 'off']),
  /** `folders`: by the first folder below what was given, or the labels that arrays bring along. */
  labels: v.picklist(['folders', 'none']),
  test: TestSplitSchema,
  /** Pictures whose content has been imported already. */
  duplicates: v.picklist(['skip', 'keep']),
});

export type Preparation = v.InferOutput<typeof PreparationSchema>;
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
}

export type PreviewImage = { readonly name: string; readonly label?: string } & (
  { readonly kind: 'image'; readonly image: ImageColumns } | { readonly kind: 'problem'; readonly message: string }
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
  readonly bytesOnDisk: number;
}
