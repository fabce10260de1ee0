import type { Job } from './jobs.ts';

/**
 * What a contender understands: one JSON object a line on stdin, one answer a line on stdout. Python peers answer the
 * same commands in peers/contender.py.
 */
export interface Commands {
  /** Builds the job's model, resident images and compiled step, then runs 20 steps, or as many as one call of
   * the contender's runs; their last loss is the first that could be drawn. May come again in one process. */
  readonly prepare: { readonly ask: { readonly job: Job }; readonly answer: Prepared };
  /** Trains on; `count` is a multiple of the job's block. The loss is the last step's. */
  readonly steps: { readonly ask: { readonly count: number }; readonly answer: Timed & { readonly lastLoss: number } };
  /** Codes of MNIST's 70,000 images, uint8 in, float32 out, timed; the first time after an untimed pass that compiles. */
  readonly encode: {
    readonly ask: { readonly side: number; readonly channels: number };
    readonly answer: Timed & { readonly count: number };
  };
  /** The largest resident set so far, in bytes. */
  readonly memory: { readonly ask: object; readonly answer: { readonly peakBytes: number } };
  /** Trains until the validation MSE, measured after each epoch, is at most `target`, or the job's epochs are over. */
  readonly timeToQuality: {
    readonly ask: { readonly job: Job; readonly target: number };
    readonly answer: Quality;
  };
  /** Reads a folder of labels' folders of pictures as uint8 [count, side, side, channels]; timed from its listing on. */
  readonly import: {
    readonly ask: { readonly folder: string; readonly side: number; readonly channels: 1 | 3 };
    readonly answer: Timed & { readonly count: number };
  };
  readonly quit: { readonly ask: object; readonly answer: object };
}

export type CommandName = keyof Commands;
export type Ask<Name extends CommandName> = Commands[Name]['ask'];
export type Answer<Name extends CommandName> = Commands[Name]['answer'];

export interface Timed {
  readonly seconds: number;
}

export interface Prepared {
  readonly prepareSeconds: number;
  readonly lastLoss: number;
  /** How it trains, for the report: compiled or not, steps a call. */
  readonly notes: readonly string[];
}

export interface Quality {
  readonly reached: boolean;
  /** Epochs trained. */
  readonly epoch: number;
  readonly validationMse: number;
  readonly notes: readonly string[];
}

/** A line of stdout. */
export type Reply = ({ readonly ok: true } & object) | { readonly ok: false; readonly message: string };

/** One engine under test, inside its own process; TypeScript contenders implement it and hand it to `serve`. */
export interface Contender {
  /** Filled by `prepare`. */
  readonly notes: readonly string[];
  /**
   * Builds everything but runs no step. `pixels` is uint8 [job.images, side × side × channels].
   * `forQuality`: the training runs once, to an error and not for long, so compiling may not pay.
   */
  prepare(job: Job, pixels: Uint8Array, forQuality: boolean): Promise<void>;
  /** Runs `count` steps, any multiple of the job's block or of its epoch; returns the last step's loss. */
  steps(count: number): Promise<number>;
  /** Codes [count, code size] of uint8 pixels [count, side × side × channels]. */
  encode(pixels: Uint8Array): Promise<Float32Array>;
  /** Mean squared error per pixel of the reconstructions of uint8 pixels [count, side × side]. */
  validationMse(pixels: Uint8Array): Promise<number>;
}
