import { StudioError } from '../domain/errors.ts';
import type { EpochMetrics, ImageColumns, Snapshot, TestMetrics } from '../domain/words.ts';
import { pickImages, pixelsPerImage, sliceImages, type ImageSet, type LabelledImages } from '../dataset/image-set.ts';
import { exampleImages } from '../dataset/examples.ts';
import { mapSubset } from '../dataset/subset.ts';
import { reconstruct } from '../engine/inference.ts';
import { healthImages, healthOf } from '../engine/health.ts';
import type { Breathe, Inference } from '../engine/inference.ts';
import { neighbourAccuracy } from '../engine/neighbours.ts';
import type { Network } from '../engine/network.ts';
import { principalPlane } from '../engine/pca.ts';
import { tf, valuesOf } from '../engine/tensorflow.ts';
import { NEIGHBOURS } from './baseline.ts';

/** Thrown where what was learnt is no longer numbers: whoever goes on from there comes to the same end. */
export class Diverged extends StudioError {
  /** @param what such as "The cost became NaN in epoch 3" */
  constructor(what: string) {
    super('engine-failed', `${what}. Try a smaller learning rate.`);
  }
}

/** The validation part of an epoch's metrics; empty when no images are held out. */
export async function measureValidation(
  inference: Inference,
  validation: LabelledImages,
  breathe: Breathe,
): Promise<Pick<EpochMetrics, 'validationMse' | 'validationSquaredError'>> {
  if (validation.images.count === 0) return {};
  return validationOf(mean(await inference.errors(validation.images, breathe)), validation);
}

/** @param mse per pixel of the validation images; nothing where none are held out */
export function validationOf(
  mse: number | undefined,
  { images }: LabelledImages,
): Pick<EpochMetrics, 'validationMse' | 'validationSquaredError'> {
  return mse === undefined ? {} : { validationMse: mse, validationSquaredError: mse * pixelsPerImage(images) };
}

/** How the units behave on the first validation images; nothing where none are held out. */
export function measureHealth(
  network: Network,
  validation: LabelledImages,
  meanImageMse: number,
): Pick<EpochMetrics, 'health'> {
  const { images } = validation;
  if (images.count === 0) return {};
  return { health: { meanImageMse, ...healthOf(network, sliceImages(images, 0, healthImages(images))) } };
}

/** MSE per pixel of one image (the training split's mean) taken as the reconstruction of each of these. */
export function errorOfImage(image: ImageColumns, images: ImageColumns): number {
  const size = pixelsPerImage(images);
  let sum = 0;
  for (let at = 0; at < images.pixels.length; at += 1) sum += (images.pixels[at]! - image.pixels[at % size]!) ** 2;
  return sum / images.pixels.length / 255 ** 2;
}

/** Where no pictures show it. @throws Diverged where a weight is no number */
export function expectNumbers({ weights }: Network, epoch: number): void {
  const lost = weights.find(({ variable }) => valuesOf(() => tf.all(tf.isFinite(variable)))[0] !== 1);
  if (lost !== undefined) throw new Diverged(`The weights "${lost.name}" are no longer numbers after epoch ${epoch}`);
}

/**
 * Codes and reconstructions of the fixed test images as the model stands now.
 * @throws Diverged where the model gives no numbers any more.
 */
export async function takeSnapshot(
  network: Network,
  inference: Inference,
  set: ImageSet,
  runId: string,
  epoch: number,
  breathe: Breathe,
): Promise<Snapshot> {
  const places = exampleImages(set.test);
  const examples = reconstruct(network, pickImages(set.test.images, places));
  // The epoch's costs may all have been numbers: its last step can still have thrown the weights away.
  if (!examples.errors.every(Number.isFinite)) {
    throw new Diverged(`The reconstructions are no longer numbers after epoch ${epoch}`);
  }
  const codes = await inference.encode(pickImages(set.test.images, mapSubset(set.test).indices), breathe);
  const size = network.spec.code.size;
  return {
    runId,
    epoch,
    examples: places,
    reconstructions: examples.images,
    errors: examples.errors,
    map: principalPlane(codes, size),
    mapIs: size <= 2 ? 'code' : 'principal-plane',
  };
}

/** What is reported of the test images, which have chosen nothing. */
export async function measureTest(
  inference: Inference,
  set: ImageSet,
  training: LabelledImages,
  codeSize: number,
  epoch: number,
  breathe: Breathe,
): Promise<TestMetrics> {
  const mse = mean(await inference.errors(set.test.images, breathe));
  const metrics = { mse, squaredError: mse * pixelsPerImage(set.test.images), epoch };
  if (training.labels === undefined || set.test.labels === undefined) return metrics;
  const accuracy = await neighbourAccuracy(
    { codes: await inference.encode(training.images, breathe), labels: training.labels },
    { codes: await inference.encode(set.test.images, breathe), labels: set.test.labels },
    codeSize,
    NEIGHBOURS,
    breathe,
  );
  return { ...metrics, neighbourAccuracy: accuracy };
}

/** Summed in double precision. */
function mean(values: Float32Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
