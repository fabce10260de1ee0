import { StudioError } from '../../domain/errors.ts';
import { codeIndicesOf } from '../../domain/codebook.ts';
import type { ModelAnswers } from '../../contract/models.ts';
import { drawIndices, type IndexImages } from '../../engine/index-prior.ts';
import { codesOf, indicesOf, quantiserOf, type VectorQuantiser } from '../../engine/vector-quantiser.ts';
import type { TrainedModel } from './trained-model.ts';

/**
 * The vectors of a model's codebook, and how many places of its training images each stands for.
 * @throws StudioError `bad-request` without a codebook, `not-found` where the image set is gone
 */
export async function codebookOf(model: TrainedModel): Promise<ModelAnswers['model:codebook']> {
  const quantiser = expectQuantiser(model);
  const { indices } = await trainingIndices(model, quantiser);
  const uses = new Uint32Array(quantiser.codebook.shape[0]);
  for (const index of indices) uses[index]! += 1;
  return { uses };
}

/**
 * Codes drawn as the training images' indices hang together: float32 [count × code size].
 * @throws as `codebookOf`
 */
export async function drawnCodes(model: TrainedModel, count: number, seed: number): Promise<Float32Array> {
  const quantiser = expectQuantiser(model);
  const indices = await drawIndices(await trainingIndices(model, quantiser), count, seed, model.breathe);
  return codesOf(quantiser.values, quantiser.codebook.shape[1], indices);
}

function expectQuantiser({ network, place }: TrainedModel): VectorQuantiser {
  const quantiser = quantiserOf(network.codeLayers);
  if (quantiser !== undefined) return quantiser;
  throw new StudioError('bad-request', `${place.folder}: expected a model with a codebook, found one without.`);
}

function trainingIndices(model: TrainedModel, quantiser: VectorQuantiser): Promise<IndexImages> {
  return model.keep('training indices', async () => {
    const { height, width } = codeIndicesOf(model.spec)!;
    return { indices: indicesOf(quantiser, await model.codes('training')), height, width };
  });
}
