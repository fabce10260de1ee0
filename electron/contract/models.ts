import * as v from 'valibot';
import type { ModelSpec } from '../domain/experiment.ts';
import { PreparationSchema, type Preparation } from './import-options.ts';
import type { ImageColumns, MapColumns } from '../domain/words.ts';
import { IdSchema, Index, Split } from '../domain/ids.ts';

/** The largest answer of decoding: a grid of 64 × 64. */
export const MOST_DECODED = 4_096;
/** And its pixels: 64 × 64 images of up to 90 × 90; a gigabyte would be a window's end. */
export const MOST_DECODED_PIXELS = 2 ** 25;
/** Pictures that one call prepares and reconstructs; more are asked for in several calls. */
export const MOST_PICTURES = 64;

/** Codes that one call draws. */
export const MOST_DRAWN = 64;

/** Of one picture that crosses as bytes; larger ones are staged. */
export const MOST_PICTURE_BYTES = 2 ** 25;

const Floats = v.instance(Float32Array, 'must be a Float32Array');

/** A trained model: a run's best or last weights. */
export const ModelRefSchema = v.strictObject({ runId: IdSchema, weights: v.picklist(['best', 'last']) });

const NoiseSeed = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(2 ** 31 - 1));
const NoiseCount = (most: number) => v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(most));

/** What is put on top of prepared pictures (pixels 0-1) before they are encoded, then clipped to [0, 1]. */
export const AddedNoiseSchema = v.variant('kind', [
  v.strictObject({
    kind: v.picklist(['gaussian', 'salt-and-pepper', 'masking']),
    /** Gaussian: its standard deviation; else the fraction of the pixels. */
    amount: v.pipe(v.number(), v.minValue(0), v.maxValue(2)),
    seed: NoiseSeed,
  }),
  /** Black squares of `size` pixels a side; as large as the image at most. */
  v.strictObject({ kind: v.literal('patches'), count: NoiseCount(64), size: NoiseCount(512), seed: NoiseSeed }),
]);

/** How pictures become the model's images; `undefined` leaves a choice to the model's own image set and to each picture. */
export const PictureOptionsSchema = v.strictObject({
  /** `auto`: where a picture is dark on light and the model's images are light on dark, or the other way round. */
  invert: v.picklist(['auto', 'on', 'off']),
  centre: v.picklist(['auto', 'on', 'off']),
  fit: v.optional(PreparationSchema.entries.fit),
  noise: v.optional(AddedNoiseSchema),
});

/** Which images a call is about. */
export const ImageSourceSchema = v.variant('kind', [
  /** Staged files and folders, in the order of their names: pictures [first, first + count). */
  v.strictObject({
    kind: v.literal('staged'),
    staged: IdSchema,
    first: Index,
    count: v.pipe(Index, v.maxValue(MOST_PICTURES)),
  }),
  /** Encoded pictures (PNG, JPEG, ...) themselves: pasted, drawn, or a few dropped ones. */
  v.strictObject({
    kind: v.literal('pictures'),
    pictures: v.pipe(
      v.array(
        v.strictObject({
          name: v.pipe(v.string(), v.maxLength(4_096)),
          bytes: v.pipe(
            v.instance(Uint8Array),
            v.check(({ length }) => length <= MOST_PICTURE_BYTES, 'must hold at most 32 MiB'),
          ),
        }),
      ),
      v.maxLength(MOST_PICTURES),
    ),
  }),
  /** Images of the model's own image set; they are taken as they are. */
  v.strictObject({
    kind: v.literal('set'),
    split: Split,
    indices: v.pipe(
      v.instance(Uint32Array),
      v.check(({ length }) => length <= MOST_PICTURES, `must hold at most ${MOST_PICTURES} indices`),
    ),
  }),
]);

export const modelRequests = {
  /** `withErrors`: with those of the validation images, and with the training codes' search made ready; unless told, so it is. */
  'model:open': v.strictObject({ model: ModelRefSchema, withErrors: v.exactOptional(v.boolean()) }),
  'model:reconstruct': v.strictObject({
    model: ModelRefSchema,
    source: ImageSourceSchema,
    options: PictureOptionsSchema,
    /** Nearest training images to find for each, by code. */
    neighbours: v.pipe(Index, v.maxValue(100)),
  }),
  /** Codes float32 [n × code size], n at most 4,096. */
  'model:decode': v.strictObject({ model: ModelRefSchema, codes: Floats }),
  /** What of the map is there first. */
  'model:points': v.strictObject({ model: ModelRefSchema, split: Split }),
  /** What of it takes longer; the points are not sent again. */
  'model:measures': v.strictObject({ model: ModelRefSchema, split: Split }),
  /** All codes of a split. */
  'model:codes': v.strictObject({ model: ModelRefSchema, split: Split }),
  'model:neighbours': v.strictObject({
    model: ModelRefSchema,
    codes: Floats,
    split: Split,
    count: v.pipe(Index, v.minValue(1), v.maxValue(100)),
  }),
  'model:merit': v.strictObject({ model: ModelRefSchema }),
  /** Of a model with a codebook: how its training images use it. */
  'model:codebook': v.strictObject({ model: ModelRefSchema }),
  /** Of the same: new codes, their indices drawn as those of the training images hang together. */
  'model:draw': v.strictObject({
    model: ModelRefSchema,
    count: v.pipe(Index, v.minValue(1), v.maxValue(MOST_DRAWN)),
    seed: v.pipe(Index, v.maxValue(2 ** 31 - 1)),
  }),
} as const;

export type ModelRef = v.InferOutput<typeof ModelRefSchema>;
export type ImageSource = v.InferOutput<typeof ImageSourceSchema>;
export type PictureOptions = v.InferOutput<typeof PictureOptionsSchema>;
export type AddedNoise = v.InferOutput<typeof AddedNoiseSchema>;
export type SplitName = v.InferOutput<typeof Split>;

export interface ModelAnswers {
  'model:open': ModelDetails;
  'model:reconstruct': Reconstructions;
  'model:decode': ImageColumns;
  'model:points': CodePoints;
  'model:measures': CodeMeasures;
  'model:codes': { readonly codes: Float32Array; readonly size: number };
  'model:neighbours': Neighbours;
  'model:merit': Merit;
  /** Places of all training images that each vector stands for: [vectors]. */
  'model:codebook': { readonly uses: Uint32Array };
  /** float32 [count × code size] */
  'model:draw': { readonly codes: Float32Array };
}

export interface ModelEvents {
  'model:progressed': ModelProgress;
}

/** How far the answer to a call is. */
export interface ModelProgress {
  readonly model: ModelRef;
  /** The call: `points`, `measures` or `merit`. */
  readonly kind: 'points' | 'measures' | 'merit';
  /** Of that call's work, 0-1. */
  readonly fraction: number;
}

export interface ModelDetails {
  readonly spec: ModelSpec;
  readonly imageSet: string;
  /** Whether the image set is still there and of the model's shape: without it there are no maps, percentiles, neighbours. */
  readonly hasImageSet: boolean;
  /** Whether new codes can be drawn from the standard normal, without a density that is fitted to codes. */
  readonly hasPrior: boolean;
  /** Of a code of a codebook's vectors: these, float32 [vectors × channels]. */
  readonly codebook?: Float32Array;
  /** How dropped pictures are prepared when nothing is chosen: as the image set's were. */
  readonly preparation: Preparation;
  /** Squared error per image of the validation images (of the test images where none are held out), ascending; empty unless asked for. */
  readonly errors: Float32Array;
}

/** Nearest images by code (Euclidean), k a query, the nearest first: columns [n × k]. */
export interface Neighbours {
  readonly split: SplitName;
  readonly k: number;
  readonly indices: Uint32Array;
  readonly distances: Float32Array;
  /** Empty where the set has no labels. */
  readonly labels: Uint8Array;
}

/** What a model makes of pictures, in their order. Pictures that could not be read are in `problems` only. */
export interface Reconstructions {
  /** How many pictures the whole source holds. */
  readonly total: number;
  readonly names: readonly string[];
  readonly problems: readonly { readonly name: string; readonly message: string }[];
  /** The pictures as they came, small enough to be shown (at most 256 pixels a side), each an RGB image of its own size. */
  readonly originals: readonly ImageColumns[];
  /** As prepared, without noise. */
  readonly prepared: ImageColumns;
  /** What the model saw: `prepared` and noise; the same column where there is no noise. */
  readonly seen: ImageColumns;
  readonly reconstructions: ImageColumns;
  /** MSE per pixel, reconstruction against `prepared`. */
  readonly mse: Float32Array;
  /** MSE × values. */
  readonly squaredErrors: Float32Array;
  /** Share of the validation images with a smaller squared error, 0-100; NaN where the image set is gone. */
  readonly percentiles: Float32Array;
  /** PSNR in dB (peak 1) of `seen` and of the reconstruction, against `prepared`; empty without noise. */
  readonly psnrBefore: Float32Array;
  readonly psnrAfter: Float32Array;
  /** float32 [n × code size] */
  readonly codes: Float32Array;
  /** On the map's plane; NaN where the image set is gone. */
  readonly places: MapColumns;
  /** Whether each was inverted and centred. */
  readonly inverted: readonly boolean[];
  readonly centred: readonly boolean[];
  readonly neighbours?: Neighbours;
}

/** Every image of a split on the plane, and what the plane is. */
export interface CodePoints {
  readonly points: MapColumns;
  /** `code`: 1-D or 2-D codes themselves. */
  readonly mapIs: 'code' | 'principal-plane';
  /** A point (x, y) of the plane is the code origin + x · axes[0] + y · axes[1]; each float32 [code size]. */
  readonly origin: Float32Array;
  readonly axes: readonly [Float32Array, Float32Array];
  /** Empty without labels. */
  readonly labels: Uint8Array;
  /** Differs between two loadings of a model: its weights may have been written anew. */
  readonly loading: string;
}

/** And what takes longer: the images reconstructed, all training images encoded. */
export interface CodeMeasures {
  /** Squared error per image; [count]. */
  readonly squaredErrors: Float32Array;
  /** Of each code unit over the training images; [code size] each. */
  readonly units: {
    readonly least: Float32Array;
    readonly most: Float32Array;
    readonly mean: Float32Array;
    readonly deviation: Float32Array;
    /** Of a variational code's units, without its classes: the divergence from N(0, 1) in nats, averaged over some training images. */
    readonly nats?: Float32Array;
  };
  /** As of the points: those of another loading may be of other weights. */
  readonly loading: string;
}

/** Both, of the same weights. */
export interface CodeMap extends CodePoints, CodeMeasures {}

/** How well codes keep what images have in common, next to PCA's codes of the same size. */
export interface Merit {
  readonly model: MeritFigures;
  readonly pca: MeritFigures;
  /** Test images that trustworthiness and silhouette were computed on. */
  readonly sampled: number;
}

export interface MeritFigures {
  /** Share of test codes whose ten nearest training codes vote for the right label; absent without labels. */
  readonly neighbourAccuracy?: number;
  /** Venna & Kaski (2001), 10 neighbours, against the pixels; 0-1. */
  readonly trustworthiness: number;
  /** Mean silhouette by label (Rousseeuw 1987), -1 to 1; absent with fewer than two labels. */
  readonly silhouette?: number;
}
