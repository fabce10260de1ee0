import { codeIndicesOf } from '../../electron/domain/codebook.ts';
import type { ModelSpec } from '../../electron/domain/experiment.ts';

/** The vectors of a codebook: float32 [vectors × channels]. */
export interface Codebook {
  readonly vectors: Float32Array;
  readonly channels: number;
}

/** Which vector each place of a code has, the nearest where it has none exactly: [code size / channels]. */
export function indicesIn({ vectors, channels }: Codebook, code: Float32Array): Uint16Array {
  const indices = new Uint16Array(code.length / channels);
  for (let place = 0; place < indices.length; place++) {
    let least = Infinity;
    for (let index = 0; index < vectors.length / channels; index++) {
      let distance = 0;
      for (let channel = 0; channel < channels; channel++) {
        distance += (code[place * channels + channel]! - vectors[index * channels + channel]!) ** 2;
      }
      if (distance >= least) continue;
      least = distance;
      indices[place] = index;
    }
  }
  return indices;
}

/** Codes of one vector in all their places, a code for each of these indices: [indices × places × channels]. */
export function uniformCodes(
  { vectors, channels }: Codebook,
  indices: ArrayLike<number>,
  places: number,
): Float32Array<ArrayBuffer> {
  const codes = new Float32Array(indices.length * places * channels);
  for (let row = 0; row < indices.length; row++) {
    const vector = vectors.subarray(indices[row]! * channels, (indices[row]! + 1) * channels);
    for (let place = 0; place < places; place++) codes.set(vector, (row * places + place) * channels);
  }
  return codes;
}

/** A code with another vector at one of its places. */
export function withVector(
  { vectors, channels }: Codebook,
  code: Float32Array,
  place: number,
  index: number,
): Float32Array<ArrayBuffer> {
  const changed = Float32Array.from(code);
  changed.set(vectors.subarray(index * channels, (index + 1) * channels), place * channels);
  return changed;
}

export type ModelCodebook = NonNullable<ReturnType<typeof codebookOf>>;

/** The codebook of an opened model, and how its images are laid out in indices; nothing of a model without. */
export function codebookOf({ spec, codebook }: { readonly spec: ModelSpec; readonly codebook?: Float32Array }) {
  const layout = codeIndicesOf(spec);
  if (!layout || !codebook) return undefined;
  const { height, width, channels } = layout;
  return { vectors: codebook, channels, height, width, places: height * width };
}
