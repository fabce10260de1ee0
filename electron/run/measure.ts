import type { EpochMetrics, Snapshot, TestMetrics } from '../contract/words.ts';
import { pickImages, pixelsPerImage, sliceImages, type ImageSet, type LabelledImages } from '../dataset/image-set.ts';
import { mapSubset } from '../dataset/subset.ts';
import { encodeImages, reconstruct, reconstructionErrors } from '../engine/evaluate.ts';
import { neighbourAccuracy } from '../engine/neighbours.ts';
import type { Network } from '../engine/network.ts';
import { principalPlane } from '../engine/pca.ts';
import { NEIGHBOURS } from './baseline.ts';
import { breathe } from './emit.ts';

/** As in the article's figure. */
const EXAMPLES = 10;

/** The validation part of an epoch's metrics; empty when no images are held out. */
export async function measureValidation(
  network: Network,
  validation: LabelledImages,
): Promise<Pick<EpochMetrics, 'validationMse' | 'validationSquaredError'>> {
  if (validation.images.count === 0) return {};
  const mse = mean(await reconstructionErrors(network, validation.images, breathe));
  return { validationMse: mse, validationSquaredError: mse * pixelsPerImage(validation.images) };
}

/** Codes and reconstructions of the fixed test images as the model stands now. */
export async function takeSnapshot(network: Network, set: ImageSet, runId: string, epoch: number): Promise<Snapshot> {
  const examples = reconstruct(network, sliceImages(set.test.images, 0, EXAMPLES));
  const codes = await encodeImages(network, pickImages(set.test.images, mapSubset(set.test).indices), breathe);
  const size = network.spec.code.size;
  return {
    runId,
    epoch,
    reconstructions: examples.images,
    errors: examples.errors,
    map: principalPlane(codes, size),
    mapIs: size <= 2 ? 'code' : 'principal-plane',
  };
}

/** What is reported of the test images, which have chosen nothing. */
export async function measureTest(
  network: Network,
  set: ImageSet,
  training: LabelledImages,
  epoch: number,
): Promise<TestMetrics> {
  const mse = mean(await reconstructionErrors(network, set.test.images, breathe));
  const metrics = { mse, squaredError: mse * pixelsPerImage(set.test.images), epoch };
  if (training.labels === undefined || set.test.labels === undefined) return metrics;
  const accuracy = await neighbourAccuracy(
    { codes: await encodeImages(network, training.images, breathe), labels: training.labels },
    { codes: await encodeImages(network, set.test.images, breathe), labels: set.test.labels },
    network.spec.code.size,
    NEIGHBOURS,
    breathe,
  );
  return { ...metrics, neighbourAccuracy: accuracy };
}

/** Summed in double precision. */
function mean(values: Float32Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
