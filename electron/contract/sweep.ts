import * as v from 'valibot';
import { IdSchema } from '../domain/ids.ts';

export const sweepRequests = {
  /** Finished runs on one image set, usually of several code sizes; what linear codes and image files make of the same images. */
  'sweep:compare': v.strictObject({ runIds: v.pipe(v.array(IdSchema), v.minLength(1), v.maxLength(50)) }),
} as const;

export interface SweepAnswers {
  'sweep:compare': Distortion;
}

/** Distortion against size, all on the same test images. Errors are squared errors per image. */
export interface Distortion {
  /** How many test images, from the first, the codecs' contact sheet and the quantised codes hold. */
  readonly images: number;
  readonly runs: readonly {
    readonly runId: string;
    readonly codeSize: number;
    /** On all test images, codes as they are. */
    readonly squaredError: number;
    /** PCA with as many components, on all test images; absent where so many were not computed. */
    readonly pcaSquaredError?: number;
    /** Codes of the contact sheet's images, each unit to 8 bits between its least and largest value there. */
    readonly codeBytes: number;
    readonly quantisedSquaredError: number;
    /** The decoder's weights as float32: whoever decodes needs them once. */
    readonly decoderBytes: number;
  }[];
  readonly codecs: readonly {
    readonly format: 'jpeg' | 'webp';
    /** As the encoder takes it, 1-100. */
    readonly quality: number;
    readonly bytes: number;
    readonly squaredError: number;
  }[];
}
