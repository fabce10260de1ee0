import { StudioError } from '../domain/errors.ts';
import { readCodes, type NamedCodes } from '../dataset/read-codes.ts';
import type { TrainedModel } from '../engine-process/models/trained-model.ts';

/** The codes that a file tells by the indices of their vectors, a row of height × width of them an image. @throws as `readCodes` */
export async function readIndices(file: string, model: TrainedModel): Promise<NamedCodes> {
  const { codesOf } = await import('../engine/vector-quantiser.ts');
  const quantiser = await quantiserIn(model);
  const channels = quantiser.codebook.shape[1];
  const read = await readCodes(file, model.codeSize / channels);
  try {
    return { ...read, codes: codesOf(quantiser.values, channels, read.codes) };
  } catch (error) {
    if (error instanceof StudioError) throw new StudioError(error.code, `${file}: ${error.message}`, { cause: error });
    throw error;
  }
}

/** Which vector each place of these codes has: float32 [images × places], as codes are written. */
export async function indicesIn(model: TrainedModel, codes: Float32Array): Promise<Float32Array> {
  const { indicesOf } = await import('../engine/vector-quantiser.ts');
  return Float32Array.from(indicesOf(await quantiserIn(model), codes));
}

/** @throws StudioError `bad-request` where the model has no codebook */
async function quantiserIn({ network }: TrainedModel) {
  const { quantiserOf } = await import('../engine/vector-quantiser.ts');
  const quantiser = quantiserOf(network.codeLayers);
  if (quantiser !== undefined) return quantiser;
  throw new StudioError('bad-request', '--indices: expected a model with a codebook, found one without.');
}
