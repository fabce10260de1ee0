import * as v from 'valibot';
import type { ErrorData } from '../domain/errors.ts';
import { IdSchema, Index, Split } from '../domain/ids.ts';
import type { ImageColumns, ImageSetSummary } from '../domain/words.ts';
import {
  ImportOptionsSchema,
  LabelSchema,
  ReadingSchema,
  SetNameSchema,
  type ImportOptions,
} from './import-options.ts';
import type { ImportPlan, ImportProgress, ImportReport, PreviewImage } from './import-plan.ts';

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
  /** How much of a set's plane (`image-set:plane`) is computed, 0-1. */
  'image-set:plane-progressed': {
    readonly imageSet: string;
    readonly validationCount: number;
    readonly fraction: number;
  };
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
