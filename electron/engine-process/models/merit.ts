import { createHash } from 'node:crypto';
import type { Merit, MeritFigures } from '../../contract/models.ts';
import { pickImages, pixelsPerImage, type ImageSet, type LabelledImages } from '../../dataset/image-set.ts';
import { stratifiedSample } from '../../dataset/stratified-sample.ts';
import { breathsOf } from '../../engine/breaths.ts';
import { pairDistances } from '../../engine/distances.ts';
import { checkFinite } from '../../engine/finite.ts';
import type { Breathe } from '../../engine/inference.ts';
import { pcaCodes } from '../../engine/leading-components.ts';
import { neighbourAccuracy } from '../../engine/neighbours.ts';
import { meanSilhouette } from '../../engine/silhouette.ts';
import { trustworthiness } from '../../engine/trustworthiness.ts';
import { readMerit, writeMerit, type Weights } from '../../files/merit-file.ts';
import { NEIGHBOURS } from '../../training/baseline.ts';
import type { TrainedModel } from './trained-model.ts';

/** Test images whose distances are all compared. */
const MOST_SAMPLED = 1_000;
/** Of large images fewer, so that comparing their pixels takes some seconds at most: multiply-adds. */
const MOST_OPERATIONS = 4e9;

/** Multiply-adds a second, about, by which the parts of the work are held against each other. */
const SPEED = { pairs: 5e8, products: 2e10 };
/** Seconds to find one code's neighbours on a plane, and those that all codes together take to be encoded. */
const SECONDS = { onPlane: 2e-5, encoded: 1e-4 };

/** All that figures are computed from, for one kind of code. */
interface Compared {
  readonly size: number;
  readonly trainingCodes: Float32Array;
  readonly testCodes: Float32Array;
  readonly training: LabelledImages;
  readonly test: LabelledImages;
  readonly sample: Uint32Array;
  /** Between the sample's pixels. */
  readonly pixelDistances: Float64Array;
}

/**
 * The figures of merit of a model and of PCA with as many components; computed once for its weights, then kept with its run.
 * @param breathe is told how much is done
 * @throws StudioError `not-found` where the image set is gone, `engine-failed` where codes are not finite.
 */
export async function meritOf(model: TrainedModel, weights: Weights, breathe = model.breathe): Promise<Merit> {
  const set = await model.imageSet();
  const { run } = model.place;
  const fingerprint = fingerprintOf(model, set);
  const stored = run === undefined ? undefined : await readMerit(run, weights, fingerprint);
  if (stored !== undefined) return stored;
  const merit = await compute(model, set, breathe);
  if (run !== undefined) await writeMerit(run, weights, fingerprint, merit);
  return merit;
}

async function compute(model: TrainedModel, set: ImageSet, breathe: Breathe): Promise<Merit> {
  const { training } = await model.parts();
  const { test } = set;
  const held = set.training.images.count - training.images.count;
  const values = pixelsPerImage(test.images);
  const sample = stratifiedSample(test, Math.min(MOST_SAMPLED, Math.floor(Math.sqrt((2 * MOST_OPERATIONS) / values))));
  const breaths = breathsOf(costsOf(model, set, sample.length), breathe);
  const pixelDistances = await pairDistances(pickImages(test.images, sample).pixels, values, breaths.pixels);
  const shared = { training, test, sample, pixelDistances };
  const trainingCodes = (await model.codes('training', breaths.training)).subarray(held * model.codeSize);
  const testCodes = await model.codes('test', breaths.test);
  checkFinite(trainingCodes);
  checkFinite(testCodes);
  const ours = await figuresOf({ ...shared, size: model.codeSize, trainingCodes, testCodes }, breaths.ours);
  const pca = await pcaCodes(training.images, [training.images, test.images], model.codeSize, breaths.pca);
  const [pcaTraining, pcaTest] = pca.codes as [Float32Array, Float32Array];
  const theirs = await figuresOf(
    { ...shared, size: pca.size, trainingCodes: pcaTraining, testCodes: pcaTest },
    breaths.theirs,
  );
  return { model: ours, pca: theirs, sampled: sample.length };
}

/** About how many seconds each part takes, on two cores that do nothing else. */
function costsOf(model: TrainedModel, { training, test }: ImageSet, sampled: number) {
  const values = pixelsPerImage(test.images);
  const { codeSize } = model;
  const [known, asked] = [training.images.count, test.images.count];
  const pairs = (size: number): number => (sampled ** 2 * size) / 2 / SPEED.pairs;
  const near = codeSize <= 2 ? asked * SECONDS.onPlane : (asked * known * (codeSize + 1)) / SPEED.products;
  const figures = pairs(codeSize) + near;
  const encoding = (split: 'training' | 'test', count: number): number =>
    model.keeps(`codes ${split}`) ? 0 : count * SECONDS.encoded;
  return {
    pixels: pairs(values),
    training: encoding('training', known),
    test: encoding('test', asked),
    ours: figures,
    pca: (known * values ** 2) / SPEED.products,
    theirs: figures,
  };
}

async function figuresOf(compared: Compared, breathe: Breathe): Promise<MeritFigures> {
  const { size, trainingCodes, testCodes, training, test, sample } = compared;
  const sampled = new Float32Array(sample.length * size);
  sample.forEach((index, row) => sampled.set(testCodes.subarray(index * size, (index + 1) * size), row * size));
  const distances = await pairDistances(sampled, size, breathe);
  const trust = trustworthiness(compared.pixelDistances, distances, NEIGHBOURS);
  if (training.labels === undefined || test.labels === undefined) return { trustworthiness: trust };
  const labels = test.labels;
  const silhouette = meanSilhouette(
    distances,
    Uint8Array.from(sample, (index) => labels[index]!),
  );
  const accuracy = await neighbourAccuracy(
    { codes: trainingCodes, labels: training.labels },
    { codes: testCodes, labels },
    size,
    NEIGHBOURS,
    breathe,
  );
  return {
    neighbourAccuracy: accuracy,
    trustworthiness: trust,
    ...(silhouette === undefined ? {} : { silhouette }),
  };
}

/**
 * Of the weights and the test images: other weights and a replaced set have another. Of those in memory: a run that trains may have
 * put others on the disk since.
 */
function fingerprintOf({ network }: TrainedModel, { id, test, training }: ImageSet): string {
  const hash = createHash('sha256');
  for (const { name, variable } of network.weights) hash.update(name).update(variable.dataSync());
  hash.update(`${id} ${training.images.count}`).update(test.images.pixels);
  return hash.digest('hex').slice(0, 32);
}
