import type { ModelSpec, TrainingSpec } from './experiment.ts';
import { encodedShape } from './model-layout.ts';

/** What a training says that does not say them: as van den Oord et al. 2017 train, §3.2 and appendix A.1. */
export const CODEBOOK_TRAINING = {
  commitment: 0.25,
  codebookDecay: 0.99,
} as const satisfies Pick<TrainingSpec, 'commitment' | 'codebookDecay'>;

/** How an image is said by a codebook: which of the vectors each place of the code has, row by row. */
export interface CodeIndices {
  readonly height: number;
  readonly width: number;
  /** Numbers of each vector. */
  readonly channels: number;
  /** Indices are from 0 to below this. */
  readonly vectors: number;
}

/** Of a code of a codebook's vectors; nothing of another. */
export function codeIndicesOf({ code, ...model }: ModelSpec): CodeIndices | undefined {
  const { map, codebook: vectors } = code;
  if (map === undefined || vectors === undefined) return undefined;
  const [height = 1, width = 1] = encodedShape(model);
  return { height, width, channels: map.channels, vectors };
}

/** Whole bits that an index takes unpacked. */
export const bitsOfIndex = (vectors: number): number => Math.ceil(Math.log2(vectors));

/** A model whose code is an image, with the size that images of its shape give it. */
export function withSizeOfMap<Model extends ModelSpec>(model: Model): Model {
  const { map } = model.code;
  const [height, width] = encodedShape(model);
  if (map === undefined || height === undefined || width === undefined) return model;
  return { ...model, code: { ...model.code, size: height * width * map.channels } };
}
