import * as v from 'valibot';
import type { ExportAnswer } from './export-answer.ts';
import { PathSchema } from './files.ts';
import { IdSchema, Split } from '../domain/ids.ts';
import { ModelRefSchema } from './models.ts';
import type { Distortion } from './sweep.ts';
import type { ImageColumns } from '../domain/words.ts';

/** Images to be compressed. */
export const CompressSourceSchema = v.variant('kind', [
  v.strictObject({ kind: v.literal('set'), imageSet: IdSchema, split: Split }),
  /** Pictures, folders and archives, prepared as the model's images were. */
  v.strictObject({ kind: v.literal('staged'), staged: IdSchema }),
]);

/** `job` is the window's own name for the work, by which progress is told and the work is cancelled. */
const task = { job: IdSchema, model: ModelRefSchema, source: CompressSourceSchema } as const;

export const compressionRequests = {
  /** What compressing gains and loses; writes nothing. */
  'compression:measure': v.strictObject(task),
  /** Writes one file where the person says. */
  'compression:write': v.strictObject(task),
  /** The images of such a file as PNG files, in a folder that the person names. */
  'compression:unpack': v.strictObject({ job: IdSchema, staged: IdSchema }),
  /** The work then fails as `stopped`. */
  'compression:cancel': v.strictObject({ job: IdSchema }),
} as const;

/** Host → engine only: the host has asked where. */
export const compressionEngineRequests = {
  'engine:compress': v.strictObject({ ...task, file: PathSchema }),
  'engine:decompress': v.strictObject({ job: IdSchema, staged: IdSchema, folder: PathSchema }),
} as const;

export type CompressSource = v.InferOutput<typeof CompressSourceSchema>;

export interface CompressionAnswers {
  'compression:measure': MeasuredCompression;
  'compression:write': ExportAnswer;
  'compression:unpack': ExportAnswer;
  'compression:cancel': Record<string, never>;
}

export interface CompressionEngineAnswers {
  'engine:compress': Record<string, never>;
  'engine:decompress': Record<string, never>;
}

export interface CompressionEvents {
  'compression:progressed': CompressionProgress;
}

export interface CompressionProgress {
  readonly job: string;
  readonly kind: 'reading' | 'encoding' | 'comparing' | 'decoding' | 'writing';
  /** Of this part of the work, 0-1. */
  readonly fraction: number;
}

/** Bytes and faithfulness of compressed images. PSNR in dB (peak 255), infinite where nothing differs. */
export interface CompressionFigures {
  /** Of codes: numbers in 8 bits, or which vectors of a codebook. */
  readonly keptAs: 'steps' | 'indices';
  readonly images: number;
  /** Of the images themselves, a byte a value. */
  readonly pixelBytes: number;
  /** Of packed codes, and of numbers their ranges; a codebook is of the decoder. */
  readonly codeBytes: number;
  /** Of the decoder's weights: needed once for any number of images, and counted by themselves. */
  readonly decoderBytes: number;
  /** Of the whole file: codes, decoder and names. */
  readonly fileBytes: number;
  readonly psnr: number;
  /** The first images alone, beside what JPEG and WebP make of them, on one contact sheet, in as many bytes as their codes take. */
  readonly compared: {
    readonly images: number;
    readonly pixelBytes: number;
    readonly codeBytes: number;
    readonly psnr: number;
    readonly codecs: readonly (Pick<Distortion['codecs'][number], 'format' | 'quality' | 'bytes'> & {
      readonly psnr: number;
    })[];
  };
}

/** The first images, and what each way makes of them. */
export interface CompressedExamples {
  readonly originals: ImageColumns;
  readonly decoded: ImageColumns;
  readonly codecs: readonly { readonly format: 'jpeg' | 'webp'; readonly images: ImageColumns }[];
}

export interface MeasuredCompression {
  readonly figures: CompressionFigures;
  readonly examples: CompressedExamples;
  /** Pictures that could not be read. */
  readonly problems: readonly { readonly name: string; readonly message: string }[];
}
