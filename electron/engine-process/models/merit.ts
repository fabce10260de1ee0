import type { Merit, MeritFigures } from '../../contract/models.ts';
import { pickImages, pixelsPerImage, type ImageSet } from '../../dataset/image-set.ts';
import { stratifiedSample } from '../../dataset/stratified-sample.ts';
import { breathsOf } from '../../engine/breaths.ts';
import { pairDistances } from '../../engine/distances.ts';
import { checkFinite } from '../../engine/finite.ts';
import type { Breathe } from '../../engine/inference.ts';
import { pcaCodes } from '../../engine/leading-components.ts';
import { neighbourAccuracy } from '../../engine/neighbours.ts';
import { meanSilhouette } from '../../engine/silhouette.ts';
import { trustworthiness } from '../../engine/trustworthiness.ts';
import { readMerit, readNeighbours, writeMerit, type Weights } from '../../files/merit-file.ts';
import { NEIGHBOURS } from '../../training/baseline.ts';
import { fingerprintOf } from '../../training/measured-weights.ts';
import { pcaNeighboursOf } from '../../training/pca-neighbours.ts';
import type { TrainedModel } from './trained-model.ts';

/** At most so many. */
const MOST_SAMPLED = 1_000;
/** Of large images fewer, so that comparing their pixels takes some seconds at most: multiply-adds. */
const MOST_OPERATIONS = 4e9;

/** Multiply-adds a second, about, by which the parts of the work are held against each other. */
const SPEED = { pairs: 5e8, products: 2e10 };
/** Seconds to find one code's neighbours on a plane, and to encode one image. */
const SECONDS = { onPlane: 2e-5, encoded: 1e-4 };

/** Test images whose distances are all compared. */
interface Sample {
  /** One number a class; none where not all images of the set have one. */
  readonly labels: Uint8Array | undefined;
  /** Between their pixels. */
  readonly pixelDistances: Float64Array;
}

/**
 * The figures of merit of a model and of PCA with as many components; computed once for its weights, then kept with its run.
 * @param cacheFolder where PCA's axes are kept, and how well they keep the classes together
 * @param breathe is told how much is done
 * @throws StudioError `not-found` where the image set is gone, `engine-failed` where codes are not finite.
 */
export async function meritOf(
  model: TrainedModel,
  weights: Weights,
  cacheFolder: string,
  breathe = model.breathe,
): Promise<Merit> {
  const set = await model.imageSet();
  const { run } = model.place;
  const fingerprint = fingerprintOf(model.network, set);
  const stored = run === undefined ? undefined : await readMerit(run, weights, fingerprint);
  if (stored !== undefined) return stored;
  const measured = run === undefined ? undefined : await readNeighbours(run, fingerprint);
  const merit = await compute(model, set, cacheFolder, measured, breathe);
  if (run !== undefined) await writeMerit(run, weights, fingerprint, merit);
  return merit;
}

/** @param measured how well the codes keep the classes together, where the run has measured that of these weights */
async function compute(
  model: TrainedModel,
  set: ImageSet,
  cacheFolder: string,
  measured: number | undefined,
  breathe: Breathe,
): Promise<Merit> {
  const { codeSize } = model;
  const { training } = await model.parts();
  const { test } = set;
  const held = set.training.images.count - training.images.count;
  const values = pixelsPerImage(test.images);
  const places = stratifiedSample(test, Math.min(MOST_SAMPLED, Math.floor(Math.sqrt((2 * MOST_OPERATIONS) / values))));
  const breaths = breathsOf(costsOf(model, set, places.length, measured !== undefined), breathe);
  const images = pickImages(test.images, places);
  const labels = training.labels && test.labels ? { training: training.labels, test: test.labels } : undefined;
  const sample = {
    labels: labels && Uint8Array.from(places, (index) => labels.test[index]!),
    pixelDistances: await pairDistances(images.pixels, values, breaths.pixels),
  };
  const testCodes = await model.codes('test', breaths.test);
  checkFinite(testCodes);
  const sampled = new Float32Array(places.length * codeSize);
  places.forEach((index, row) =>
    sampled.set(testCodes.subarray(index * codeSize, (index + 1) * codeSize), row * codeSize),
  );
  const figures = await figuresOf(sampled, codeSize, sample, breaths.pairs);
  const accuracy = measured ?? (labels && (await accuracyOf(labels)));
  const pca = await pcaCodes(training.images, [images], codeSize, breaths.pca, { cacheFolder });
  const pcaFigures = await figuresOf(pca.codes[0]!, pca.size, sample, breaths.pcaPairs);
  const linear = await pcaNeighboursOf(set, held, codeSize, cacheFolder, breaths.pcaNear);
  return {
    model: withAccuracy(figures, accuracy),
    pca: withAccuracy(pcaFigures, linear.accuracy),
    sampled: places.length,
  };

  async function accuracyOf({ training: known, test: wanted }: Record<'training' | 'test', Uint8Array>) {
    const codes = (await model.codes('training', breaths.training)).subarray(held * codeSize);
    checkFinite(codes);
    return neighbourAccuracy(
      { codes, labels: known },
      { codes: testCodes, labels: wanted },
      codeSize,
      NEIGHBOURS,
      breaths.near,
    );
  }
}

/** About how many seconds each part takes, on two cores that do nothing else. */
function costsOf(model: TrainedModel, { training, test }: ImageSet, sampled: number, isMeasured: boolean) {
  const values = pixelsPerImage(test.images);
  const { codeSize } = model;
  const [known, asked] = [training.images.count, test.images.count];
  const pairs = (size: number): number => (sampled ** 2 * size) / 2 / SPEED.pairs;
  const near = codeSize <= 2 ? asked * SECONDS.onPlane : (asked * known * (codeSize + 1)) / SPEED.products;
  const pca = (known * values ** 2) / SPEED.products;
  const encoding = (split: 'training' | 'test', count: number): number =>
    model.keeps(`codes ${split}`) ? 0 : count * SECONDS.encoded;
  return {
    pixels: pairs(values),
    test: encoding('test', asked),
    pairs: pairs(codeSize),
    training: isMeasured ? 0 : encoding('training', known),
    near: isMeasured ? 0 : near,
    pca,
    pcaPairs: pairs(codeSize),
    pcaNear: pca + near,
  };
}

/** What is told by how far the sample's codes (float32 [count × size]) lie from each other. */
async function figuresOf(
  codes: Float32Array,
  size: number,
  { labels, pixelDistances }: Sample,
  breathe: Breathe,
): Promise<MeritFigures> {
  const distances = await pairDistances(codes, size, breathe);
  const trust = trustworthiness(pixelDistances, distances, NEIGHBOURS);
  const silhouette = labels && meanSilhouette(distances, labels);
  return { trustworthiness: trust, ...(silhouette === undefined ? {} : { silhouette }) };
}

const withAccuracy = (figures: MeritFigures, accuracy: number | undefined): MeritFigures =>
  accuracy === undefined ? figures : { ...figures, neighbourAccuracy: accuracy };
