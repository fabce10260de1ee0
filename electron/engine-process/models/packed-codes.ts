import { codeIndicesOf, type CodeIndices } from '../../domain/codebook.ts';
import { StudioError } from '../../domain/errors.ts';
import type { Network } from '../../engine/network.ts';
import { codesOf, indicesOf, quantiserOf } from '../../engine/vector-quantiser.ts';
import { bytesOfIndex, type CompressedImages } from '../../files/compressed-images.ts';
import type { StoredTensor } from '../../files/safetensors.ts';
import { fromSteps, toSteps } from '../sweep/quantise.ts';

/** Codes as a file of compressed images holds them, and as whoever reads it has them again. */
export interface PackedCodes extends Pick<CompressedImages, 'steps' | 'ranges'> {
  /** float32 [count × code size] */
  readonly codes: Float32Array;
}

/** @param codes float32 [count × code size] */
export function packCodes({ spec, codeLayers }: Network, codes: Float32Array): PackedCodes {
  const quantiser = quantiserOf(codeLayers);
  if (quantiser === undefined) {
    const steps = toSteps(codes, spec.code.size);
    return { ...steps, codes: fromSteps(steps) };
  }
  const [vectors, channels] = quantiser.codebook.shape;
  const indices = indicesOf(quantiser, codes);
  const places = spec.code.size / channels;
  return {
    steps: planesOf(indices, places, bytesOfIndex(vectors)),
    codes: codesOf(quantiser.values, channels, indices),
  };
}

/** Place by place, as neighbours are alike, which packs better; the low bytes of all before the high ones. */
function planesOf(indices: Uint16Array, places: number, bytes: number): Uint8Array {
  const count = indices.length / places;
  const planes = new Uint8Array(indices.length * bytes);
  indices.forEach((index, at) => {
    const to = (at % places) * count + Math.floor(at / places);
    for (let byte = 0; byte < bytes; byte += 1) planes[byte * indices.length + to] = (index >> (8 * byte)) & 255;
  });
  return planes;
}

/**
 * The codes of a file: float32 [count × code size].
 * @param file named in errors
 * @throws StudioError `bad-file` where an index or the codebook is not the model's
 */
export function unpackCodes({ spec, steps, ranges, weights }: CompressedImages, file: string): Float32Array {
  const wanted = codeIndicesOf(spec);
  if (wanted === undefined) return fromSteps({ steps, ranges: ranges ?? new Float32Array(0) });
  const codebook = codebookIn(weights, wanted, file);
  const [places, bytes] = [wanted.height * wanted.width, bytesOfIndex(wanted.vectors)];
  const values = steps.length / bytes;
  const count = values / places;
  const indices = Uint16Array.from({ length: values }, (_, at) => {
    const from = (at % places) * count + Math.floor(at / places);
    return steps[from]! + (bytes === 1 ? 0 : 256 * steps[values + from]!);
  });
  try {
    return codesOf(codebook, wanted.channels, indices);
  } catch (error) {
    if (error instanceof StudioError) throw new StudioError(error.code, `${file}: ${error.message}`, { cause: error });
    throw error;
  }
}

/** What the codebook is called among the weights. */
export const CODEBOOK = 'code-vectors/codebook';

function codebookIn(
  weights: Readonly<Record<string, StoredTensor>>,
  { vectors, channels }: CodeIndices,
  file: string,
): Float32Array {
  const stored = weights[CODEBOOK];
  if (stored?.data instanceof Float32Array && stored.shape.join() === [vectors, channels].join()) return stored.data;
  const found = stored === undefined ? 'none' : stored.shape.join(' × ');
  const expected = `"${CODEBOOK}" of shape ${vectors} × ${channels}`;
  throw new StudioError('bad-file', `${file}: expected ${expected}, found ${found}.`);
}
