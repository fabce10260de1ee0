import type { ImageColumns } from '../../../electron/domain/words.ts';
import { pixelsPerImage, sliceImages, type ImageSet } from '../../../electron/dataset/image-set.ts';
import { decodeCodes } from '../../../electron/engine/apply.ts';
import { imageTensor } from '../../../electron/engine/images.ts';
import { encodeImages } from '../../../electron/engine/inference.ts';
import { searchCodes } from '../../../electron/engine/neighbours.ts';
import type { Network } from '../../../electron/engine/network.ts';
import { tf, valuesOf } from '../../../electron/engine/tensorflow.ts';
import { breathe } from '../../../electron/training/emit.ts';
import { codePartsOf, withClasses } from '../../../renderer/maths/classes.ts';
import { fitMixture, sampleMixture, samplePrior } from '../../../renderer/maths/mixture.ts';
import { frechetDistance } from './frechet.ts';

const SEED = 2017;
/** Units of the classifier's last hidden layer. */
const FEATURES = 64;
const EPOCHS = 3;
const BATCH = 128;
/** Drawn images whose nearest training images are looked for. */
const COMPARED = 1_000;
const AT_ONCE = 1_000;

export interface SampleFigures {
  /** Of as many drawn images as there are test images, to those, in the features of the classifier. */
  readonly frechet: number;
  /** Mean distance of drawn images to their nearest training image, in units of the same of test images: copies are at 0. */
  readonly novelty: number;
}

/**
 * How like the test images images are that a model draws: from N(0, 1) where its code is variational or was drawn to it, else from a
 * density fitted to its training codes, as the app's own Generate does; of a code with classes each in turn.
 */
export async function sampleFigures(network: Network, set: ImageSet, isPrior: boolean): Promise<SampleFigures> {
  const { size } = network.spec.code;
  const parts = codePartsOf(network.spec);
  const { count } = set.test.images;
  const codes = parts
    ? withClasses(parts, samplePrior(parts.style, count, SEED), (row) => row % parts.classes)
    : isPrior
      ? samplePrior(size, count, SEED)
      : sampleMixture(fitMixture(await encodeImages(network, set.training.images, breathe), size, SEED), count, SEED);
  const drawn = await decodeCodes(network, codes, breathe);
  const features = await classifier(set);
  return {
    frechet: frechetDistance(await features(drawn), await features(set.test.images), FEATURES),
    novelty: await noveltyOf(drawn, set),
  };
}

type Features = (images: ImageColumns) => Promise<Float32Array>;

let made: Promise<Features> | undefined;

/** Features of images by a classifier that is trained once a program: 784-256-64-10, three epochs in the set's own order. */
function classifier(set: ImageSet): Promise<Features> {
  made ??= trained(set);
  return made;
}

async function trained({ training }: ImageSet): Promise<Features> {
  const { images, labels } = training;
  if (labels === undefined) throw new Error('Expected labels to train the evaluator with, found none.');
  const hidden = (units: number, seed: number): tf.layers.Layer =>
    tf.layers.dense({ units, activation: 'relu', kernelInitializer: tf.initializers.glorotUniform({ seed }) });
  const body = [tf.layers.flatten({ inputShape: [images.height, images.width, images.channels] }), hidden(256, 1)];
  const last = hidden(FEATURES, 2);
  const out = tf.layers.dense({
    units: 10,
    activation: 'softmax',
    kernelInitializer: tf.initializers.glorotUniform({ seed: 3 }),
  });
  const model = tf.sequential({ layers: [...body, last, out] });
  model.compile({ optimizer: tf.train.adam(0.001), loss: 'sparseCategoricalCrossentropy' });
  for (let epoch = 0; epoch < EPOCHS; epoch += 1) {
    for (let first = 0; first + BATCH <= images.count; first += BATCH) {
      const x = imageTensor(sliceImages(images, first, BATCH));
      const y = tf.tensor1d(Float32Array.from(labels.subarray(first, first + BATCH)));
      await model.trainOnBatch(x, y);
      tf.dispose([x, y]);
    }
  }
  const layers = [...body, last];
  return async (given) => {
    const features = new Float32Array(given.count * FEATURES);
    for (let first = 0; first < given.count; first += AT_ONCE) {
      const part = sliceImages(given, first, Math.min(AT_ONCE, given.count - first));
      const found = valuesOf(() =>
        layers.reduce<tf.Tensor>((x, layer) => layer.apply(x) as tf.Tensor, imageTensor(part)),
      );
      features.set(found, first * FEATURES);
      await breathe();
    }
    return features;
  };
}

async function noveltyOf(drawn: ImageColumns, { training, test }: ImageSet): Promise<number> {
  const size = pixelsPerImage(drawn);
  const known = Float32Array.from(training.images.pixels);
  const search = searchCodes(known, size);
  const meanDistance = ({ pixels }: ImageColumns): number => {
    const queries = Float32Array.from(pixels.subarray(0, COMPARED * size));
    const nearest = search.nearest(queries, 1);
    const distances = nearest.map((places, row) => {
      const place = places[0] ?? 0;
      let squares = 0;
      for (let at = 0; at < size; at += 1) squares += (queries[row * size + at]! - known[place * size + at]!) ** 2;
      return Math.sqrt(squares);
    });
    return distances.reduce((sum, value) => sum + value, 0) / distances.length;
  };
  try {
    const [own, others] = [meanDistance(drawn), meanDistance(test.images)];
    await breathe();
    return own / others;
  } finally {
    search.dispose();
  }
}
