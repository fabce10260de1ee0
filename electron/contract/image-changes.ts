import * as v from 'valibot';
import type { ImageSetSummary } from '../domain/words.ts';
import { IdSchema, Split } from '../domain/ids.ts';
import { LabelSchema, SetNameSchema } from './import-options.ts';

/** Places in the splits of a set. */
const Picks = v.pipe(
  v.array(
    v.strictObject({
      split: Split,
      indices: v.pipe(
        v.instance(Uint32Array, 'must be a Uint32Array'),
        v.check(({ length }) => length > 0, 'must hold at least one index'),
      ),
    }),
  ),
  v.minLength(1, 'must name images'),
  v.maxLength(2, 'must name each split once'),
);

/** `transpose` swaps rows and columns, as EMNIST's files need it. */
export const turns = ['left', 'right', 'half', 'mirror', 'transpose'] as const;
export const setSplits = ['training', 'validation', 'test'] as const;

const percent = v.pipe(v.number(), v.minValue(0, 'must be at least 0 %'), v.maxValue(90, 'must be at most 90 %'));

/** What a person does to the images of a set. */
export const ImageChangeSchema = v.variant('kind', [
  v.strictObject({ kind: v.literal('remove'), picks: Picks }),
  v.strictObject({ kind: v.literal('relabel'), picks: Picks, label: LabelSchema }),
  /** Without picks, all images. */
  v.strictObject({ kind: v.literal('turn'), picks: v.exactOptional(Picks), turn: v.picklist(turns) }),
  v.strictObject({ kind: v.literal('move'), picks: Picks, to: v.picklist(setSplits) }),
  /** Drawn anew, by chance and alike in every label: percent of all images. */
  v.strictObject({ kind: v.literal('split'), test: percent, validation: percent }),
  /** By the folders that the images' names say; those of other folders stay where they are. */
  v.strictObject({
    kind: v.literal('split-folders'),
    folders: v.pipe(
      v.array(v.strictObject({ folder: v.pipe(v.string(), v.maxLength(4_096)), split: v.picklist(setSplits) })),
      v.minLength(1, 'must name a folder'),
      v.maxLength(4_096, 'must be at most 4,096 folders'),
    ),
  }),
]);

export const imageChangeRequests = {
  /** Makes a version of the set with these changes, under an id of its own; the one before stays for the runs that used it. */
  'image-set:change': v.strictObject({ imageSet: IdSchema, change: ImageChangeSchema }),
  /** A new set of some of a set's images. */
  'image-set:take': v.strictObject({ imageSet: IdSchema, name: SetNameSchema, picks: Picks }),
  /** The version before takes its place again; the newest goes to the trash. */
  'image-set:undo': v.strictObject({ imageSet: IdSchema }),
  /** The folders that the images' names say. */
  'image-set:folders': v.strictObject({ imageSet: IdSchema }),
} as const;

export interface ImageChangeAnswers {
  'image-set:change': ImageSetSummary;
  'image-set:take': ImageSetSummary;
  'image-set:undo': ImageSetSummary;
  'image-set:folders': readonly SetFolder[];
}

/** Images of a set whose names begin with one folder, by the split they are in. */
export interface SetFolder {
  readonly folder: string;
  readonly counts: Readonly<Record<SetSplit, number>>;
}

export type ImageChange = v.InferOutput<typeof ImageChangeSchema>;
export type ImagePicks = v.InferOutput<typeof Picks>;
export type Turn = (typeof turns)[number];
export type SetSplit = (typeof setSplits)[number];
