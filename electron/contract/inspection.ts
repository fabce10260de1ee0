import * as v from 'valibot';
import { IdSchema, Index, Split } from '../domain/ids.ts';
import type { Box } from '../domain/inspection/boxes.ts';
import type { PixelFigures } from '../domain/inspection/pixel-figures.ts';
import { ScoreKindSchema, type Evening, type ScoreKind } from '../domain/inspection/scores.ts';
import { TruthSchema, type Truth } from '../domain/inspection/groups.ts';
import type { Size, Tiling } from '../domain/inspection/tile-places.ts';
import type { ThresholdFit } from '../domain/inspection/threshold.ts';
import type { ImageColumns, ImageSetSummary } from '../domain/words.ts';
import type { ExportAnswer } from './export-answer.ts';
import { PathSchema } from './files.ts';
import { SetNameSchema, TileSideSchema, TilingSchema } from './import-options.ts';
import { ModelRefSchema, type ModelRef } from './models.ts';

/** What is to be checked. */
export const InspectSourceSchema = v.variant('kind', [
  /** A split of an image set (of the model's shape), or those of its groups (folders) that are named. */
  v.strictObject({
    kind: v.literal('set'),
    imageSet: IdSchema,
    split: Split,
    groups: v.exactOptional(v.pipe(v.array(v.pipe(v.string(), v.maxLength(4_096))), v.maxLength(4_096))),
    /** The files that it was imported from: as long as they are there, pictures are shown as they came. */
    staged: v.exactOptional(IdSchema),
  }),
  /** Pictures, folders and archives, prepared as the model's images were. Their folders are their groups. */
  v.strictObject({
    kind: v.literal('staged'),
    staged: IdSchema,
    /** Only those of these folders, or of folders below what was given that are called so. */
    groups: v.exactOptional(v.pipe(v.array(v.pipe(v.string(), v.maxLength(4_096))), v.maxLength(4_096))),
  }),
]);

const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));

/** The part of every picture that counts, in shares of the width and height of what the model sees. Scores of the code see all of it. */
export const RegionSchema = v.pipe(
  v.strictObject({ left: share, top: share, width: share, height: share }),
  v.check(
    ({ left, top, width, height }) => width > 0 && height > 0 && left + width <= 1.000001 && top + height <= 1.000001,
    'must lie inside the picture and hold some of it',
  ),
);

/** What a person says of a picture: `fine` is normal whatever its score; `odd` the other way round. */
export const marks = ['fine', 'odd'] as const;

const Note = v.pipe(v.string(), v.maxLength(2_000, 'must be at most 2,000 characters'));

/** `job` is the window's own name for the work, by which progress is told and the work is cancelled. */
const job = { job: IdSchema } as const;
const model = { model: ModelRefSchema } as const;

export const inspectionRequests = {
  /** The folders that a set's pictures came from. */
  'inspection:groups': v.strictObject({ imageSet: IdSchema }),
  /**
   * Imports staged pictures and begins a run of the recipe on the normal ones alone: of folders, those called normal (or all, where
   * none or only those of training are); the others go into the set's test images, their masks with them. Import and run tell their
   * own progress; answered when the run has begun.
   */
  'inspection:train': v.strictObject({
    staged: IdSchema,
    name: v.exactOptional(SetNameSchema),
    /** Large pictures are cut; those that are to be checked are then no part of the set. */
    tiles: v.exactOptional(TilingSchema),
  }),
  /**
   * Learns what is normal for a model's scores, where that is not known yet, and scores pictures. Answered when it is done; kept with
   * the run, in place of what was inspected with these weights before.
   */
  'inspection:start': v.strictObject({
    ...job,
    ...model,
    /** Left out: what was inspected last with these weights. */
    source: v.exactOptional(InspectSourceSchema),
    /** Left out: the whole picture. */
    region: v.exactOptional(RegionSchema),
    /**
     * The side of the tiles that large pictures are judged by, in their pixels: each picture is as odd as its worst tile. `null`: whole
     * pictures. Left out: as the model's image set was made. Images of a set are never cut, and with tiles there is no region.
     */
    tiles: v.exactOptional(v.nullable(TileSideSchema)),
    /** Chosen by what separates, unless it is named. */
    score: v.exactOptional(ScoreKindSchema),
  }),
  /** The work then fails as `stopped`. */
  'inspection:cancel': v.strictObject(job),
  /** What was inspected last with a model, as it was left. */
  'inspection:open': v.strictObject(model),
  /** Where a picture of the last inspection is odd, over its original. `score` left out: the chosen one, if it has a map. */
  'inspection:map': v.strictObject({ ...model, picture: Index, score: v.exactOptional(ScoreKindSchema) }),
  /** Some pictures of the last inspection, small. */
  'inspection:pictures': v.strictObject({
    ...model,
    pictures: v.pipe(v.array(Index), v.maxLength(256, 'must be at most 256 pictures')),
  }),
  /** Changes what is given of the settings and keeps it; threshold and score go into exports of the model too. */
  'inspection:settle': v.strictObject({
    ...model,
    score: v.exactOptional(ScoreKindSchema),
    /** `null`: the fitted one again. */
    threshold: v.exactOptional(v.nullable(v.pipe(v.number(), v.finite()))),
    /** False alarms that the fitted threshold allows, as a share of normal pictures. */
    rate: v.exactOptional(v.pipe(v.number(), v.minValue(0.0001), v.maxValue(0.5))),
    truths: v.exactOptional(
      v.pipe(
        v.array(v.strictObject({ group: v.pipe(v.string(), v.maxLength(4_096)), truth: TruthSchema })),
        v.maxLength(4_096),
      ),
    ),
    /** Of these pictures; `null` takes a mark back. */
    marks: v.exactOptional(
      v.pipe(
        v.array(
          v.strictObject({
            picture: Index,
            mark: v.exactOptional(v.nullable(v.picklist(marks))),
            note: v.exactOptional(Note),
          }),
        ),
        v.maxLength(100_000),
      ),
    ),
  }),
  /** The last inspection as files in a folder that the person names: table, masks, overlays, boxes (CSV, COCO JSON). */
  'inspection:export': v.strictObject({ ...job, ...model }),
} as const;

/** Host → engine only: the host has asked where. */
export const inspectionEngineRequests = {
  'engine:inspection-export': v.strictObject({ ...job, ...model, folder: PathSchema }),
} as const;

export type InspectSource = v.InferOutput<typeof InspectSourceSchema>;
export type Region = v.InferOutput<typeof RegionSchema>;
export type Mark = (typeof marks)[number];

export interface InspectionAnswers {
  'inspection:groups': readonly SetGroup[];
  'inspection:train': TrainedOnNormal;
  'inspection:start': Inspection;
  'inspection:cancel': Record<string, never>;
  /** Absent where nothing was inspected. */
  'inspection:open': { readonly inspection?: Inspection };
  'inspection:map': HeatMap;
  /** In the order asked, RGB, each of its own proportions, the longer side at most 96 pixels; empty (count 0) where one cannot be read any more. */
  'inspection:pictures': { readonly originals: readonly ImageColumns[] };
  'inspection:settle': InspectionSettings;
  'inspection:export': ExportAnswer;
}

export interface InspectionEngineAnswers {
  'engine:inspection-export': Record<string, never>;
}

export interface InspectionEvents {
  'inspection:progressed': InspectionProgress;
}

export interface InspectionProgress {
  readonly job: string;
  /** `learning`: what is normal for each score; `choosing`: which one separates. */
  readonly kind: 'reading' | 'learning' | 'choosing' | 'scoring' | 'measuring' | 'writing';
  /** Of this part of the work, 0-1. */
  readonly fraction: number;
}

export interface SetGroup {
  /** "test/crack"; empty for pictures of no folder. */
  readonly group: string;
  readonly split: 'training' | 'test';
  readonly pictures: number;
  /** Of them, those with a mask. */
  readonly masks: number;
  /** As its name says. */
  readonly truth: Truth;
}

export interface TrainedOnNormal {
  readonly imageSet: ImageSetSummary;
  readonly runId: string;
  /** Folders whose pictures are trained on, and those that were put aside to be checked. */
  readonly normal: readonly string[];
  readonly checked: readonly string[];
}

/** What became of pictures that were checked: columns of one entry a picture. */
export interface Inspection {
  readonly model: ModelRef;
  /** ISO 8601. */
  readonly inspectedAt: string;
  /** The image set they are of; absent for files. */
  readonly imageSet?: string;
  readonly names: readonly string[];
  readonly groups: readonly string[];
  /** 1 where a picture has a mask of what is odd in it. */
  readonly masked: Uint8Array;
  /** The most telling first. */
  readonly scores: readonly ScoreColumn[];
  /** Where there are masks: of the map of the score that was chosen when they were checked. */
  readonly pixels?: PixelFigures & { readonly score: ScoreKind };
  readonly region?: Region;
  /** Pictures were judged by tiles of so many of their pixels a side, at most so many a picture. */
  readonly tiles?: Tiling;
  /** Of the first picture as it came, in pixels. */
  readonly pictureSize?: Size;
  readonly settings: InspectionSettings;
  /** Pictures that could not be read. */
  readonly problems: readonly { readonly name: string; readonly message: string }[];
}

export interface ScoreColumn {
  readonly kind: ScoreKind;
  /** What it looks at. */
  readonly evening: Evening;
  /** One a picture; larger is odder. NaN where none could be computed. */
  readonly values: Float32Array;
  /** Of held-out normal pictures, each scored with statistics in which it takes no part; empty where pictures are judged by tiles, which these are. */
  readonly heldOut: Float32Array;
  /** AUROC of held-out normal pictures against the same with faults drawn into them: by which a score is chosen when no odd ones are known. */
  readonly madeFaults: number;
}

/** What a person may change; the rest is measured. */
export interface InspectionSettings {
  readonly score: ScoreKind;
  /** Why this score, in a sentence. */
  readonly why: string;
  /** A picture is odd whose score is above it, unless a mark says otherwise. */
  readonly threshold: number;
  /** Whether a person has moved it. */
  readonly moved: boolean;
  /** What held-out normal pictures (and those marked as fine) say of it. */
  readonly fit: ThresholdFit;
  /** By group. */
  readonly truths: Readonly<Record<string, Truth>>;
  readonly marks: readonly { readonly picture: number; readonly mark?: Mark; readonly note?: string }[];
}

/** Where one picture is odd. */
export interface HeatMap {
  readonly score: ScoreKind;
  /** Of the picture as it came, in pixels: those that boxes are told in. Of one that was centred, as the model sees it. */
  readonly size: Size;
  /** Of original, map and mask: the original's own size, halved until it has at most 16 million pixels. */
  readonly width: number;
  readonly height: number;
  /** RGB. */
  readonly original: ImageColumns;
  /** What of the original the model sees, in its pixels; it may reach beyond it. */
  readonly seen: { readonly left: number; readonly top: number; readonly width: number; readonly height: number };
  /** What the model makes of it: RGB; what the model does not see of a picture is black. */
  readonly reconstruction: ImageColumns;
  /** [height × width], in the score's own units; what the model does not see of a picture is 0. */
  readonly map: Float32Array;
  /** Values above it are odd: those of held-out normal pictures hardly ever reach it. */
  readonly threshold: number;
  /** The map's own range over held-out normal pictures and this one: what black and white stand for. */
  readonly range: readonly [least: number, most: number];
  /** The regions above the threshold, the worst first, in pixels of `size`. */
  readonly boxes: readonly Box[];
  /** 255 where a given mask marks a pixel; absent without one. */
  readonly mask?: Uint8Array;
}
