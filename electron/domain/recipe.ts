import {
  EXPERIMENT_VERSION,
  type Experiment,
  type LayerSpec,
  type ModelSpec,
  type TrainingSpec,
} from './experiment.ts';
import { layOut } from './model-layout.ts';
import type { ImageSetSummary } from './words.ts';

/** What an experiment says that it started from, where it is the app's own proposal. */
export const RECIPE_ID = 'recipe';
export const RECIPE_NAME = 'For these pictures';

/** One decision, and why. */
export interface RecipeChoice {
  readonly what: string;
  readonly why: string;
}

export interface Recipe {
  readonly experiment: Experiment;
  readonly choices: readonly RecipeChoice[];
}

type Pictures = Pick<ImageSetSummary, 'id' | 'shape' | 'trainingCount' | 'validationCount' | 'components95'>;

/** Sizes that a code is proposed in. */
const CODE_SIZES = [4, 8, 16, 32, 64, 128] as const;
/** Values of the decoder's last kernel: 80 MB as float32, and twice that again in the optimizer's slots. */
const MOST_WEIGHTS = 2e7;
const MOST_FEATURES = 1_024;
/** So large were the largest images that the rates for many were tried on and helped: 64 × 64 × 3; and those for few: MNIST's. */
const VALUES_TRIED = { many: 12_288, few: 1_000 };
/**
 * What a step takes in of few images: most of them or all. What it starts from has been fitted to them all: a step by a sixteenth of
 * them, as drawn weights learn from best, mostly undoes some of that (docs/own-pictures.md).
 */
const QUIET_BATCH = 256;
/** Values of such a step's images, at most: 128 of 128 × 128. */
const QUIET_VALUES = 2 ** 21;
/**
 * Of few images the rate falls by this power of their values. Held-out pictures are often cut from the same originals as those trained on,
 * and so choose too late an epoch: test error over PCA's of photographs-32 with 16 numbers is 1.017 at 0.0003, 0.994 at 0.00008 and 0.981
 * at 0.00003, where held-out ones say about 0.935 of both the latter. So test pictures of that set chose this.
 */
const CAUTION = 3;
const LEAST_RATE = 1e-6;
/** Of images with more values, more steps gain hardly anything where they are few, and take long where they are many. */
const VALUES_GAINING = 4_000;
/** This share of the epochs over which the rate rises where the first steps could undo the start. */
const RISE = 1 / 8;
/** From so many images on, an encoder with units of its own finds more than it learns by heart. */
const ENOUGH_FOR_ENCODER = 2_000;
/** Below so many images steps soon learn by heart: there are few of them. */
const FEW = 700;
/**
 * This share of the epochs may pass without a better one, of so many images as a decoder alone learns from: what the highest rates undo
 * of the start comes back as they fall, with 16 numbers on MNIST-1,000 after two thirds. Of fewer all steps are taken, there are few;
 * of more too, as they gain in the end.
 */
const PATIENCE = 3 / 4;

/**
 * How many images to hold out of a set: as many as are asked for, but of a small one a tenth, and of a very small one sixteen or a
 * quarter: fewer could not choose.
 */
export function heldOut(validationCount: number, trainingCount: number): number {
  const tenth = Math.floor(trainingCount / 10);
  return Math.min(validationCount, Math.max(tenth, Math.min(16, Math.floor(trainingCount / 4))));
}

/** Images a step: a sixteenth of the set, so that an epoch is sixteen steps; a power of two from 8 to `most`. */
export function batchFor(trainingCount: number, most: number): number {
  return Math.min(most, 2 ** Math.max(3, Math.floor(Math.log2(Math.max(1, trainingCount / 16)))));
}

/** Steps of a whole training on so many training images (without those held out). */
export function stepsOf({ batchSize, epochs, lastPartialBatch }: TrainingSpec, imageCount: number): number {
  const batch = Math.min(batchSize, Math.max(1, imageCount));
  const whole = Math.floor(imageCount / batch);
  return epochs * (whole + (lastPartialBatch === 'keep' && imageCount % batch > 0 ? 1 : 0));
}

/** Multiply-adds a second of training on two cores: what `npm run bench` measured of the article's preset and of Convolutional. */
const SPEED = { dense: 8e10, conv: 3.2e10 };
/** Seconds on two cores, estimated from the processor seconds of `npm run bench:own` (docs/own-pictures.json), halved. */
const SECONDS = {
  /** For each weight in each step, whatever its batch: the optimizer reads and writes them all. */
  weight: 2.5e-9,
  /** For measuring after an epoch, and for saving each weight. */
  epoch: 0.02,
  saved: 1e-8,
  /** For the closed form that a run begins with, and for each value of the images that it goes through. */
  start: 2,
  value: 1e-6,
};

/** About how many seconds a training takes on two cores that do nothing else; other machines and busy ones differ by several times. */
export function secondsOf({ model, training }: Pick<Experiment, 'model' | 'training'>, imageCount: number): number {
  const { multiplyAdds, parameters, layers } = layOut(model);
  const speed = layers.some(({ kind }) => kind === 'conv') ? SPEED.conv : SPEED.dense;
  const batch = Math.min(training.batchSize, Math.max(1, imageCount));
  const step = (3 * batch * multiplyAdds) / speed + SECONDS.weight * parameters;
  const values = imageCount * model.inputShape.reduce((product, side) => product * side, 1);
  const start = training.start === 'pca' ? SECONDS.start + SECONDS.value * values : 0;
  const epoch = SECONDS.epoch + SECONDS.saved * parameters;
  return start + stepsOf(training, imageCount) * step + training.epochs * epoch;
}

/** Bytes that a training's process held at most, measured of recipes on images of 64 × 64 to 256 × 256 × 3. */
const MEMORY = {
  /** Whatever it trains: TensorFlow and its compiler. */
  process: 7e8,
  /** For each weight: itself, its gradient, what the optimizer keeps, and copies on their way to files. */
  weight: 150,
};

/** About how many bytes of memory a training takes, images and one batch's values included. */
export function memoryOf({ model, training }: Pick<Experiment, 'model' | 'training'>, imageCount: number): number {
  const { parameters, layers } = layOut(model);
  const batch = Math.min(training.batchSize, Math.max(1, imageCount));
  // Forwards, and their gradients backwards.
  const values = 2 * batch * layers.reduce((sum, { activationBytes }) => sum + activationBytes, 0);
  const images = imageCount * model.inputShape.reduce((product, side) => product * side, 1);
  return MEMORY.process + MEMORY.weight * parameters + values + images;
}

/**
 * An experiment for a set of pictures that nobody has trained on before. It begins as PCA and a regression on top
 * (engine/start/pca-start.ts), and so is better than PCA before its first step; what follows from the number and the size of the
 * pictures is how far training may go from there.
 * @param codeSize in place of the proposed one
 */
export function recipeFor(pictures: Pictures, codeSize?: number): Recipe {
  const { id, shape, trainingCount, components95 } = pictures;
  // Those that were given to be held out choose, where they leave enough to learn from.
  const given = pictures.validationCount ?? 0;
  const held = given > 0 && given <= trainingCount / 2 ? given : heldOut(1_000, trainingCount);
  const count = trainingCount - held;
  const model = modelFor(shape, codeSize ?? codeSizeFor(shape[0] * shape[1] * shape[2], count, components95), count);
  const training = trainingFor(shape, count, held);
  const experiment: Experiment = {
    version: EXPERIMENT_VERSION,
    name: RECIPE_NAME,
    preset: RECIPE_ID,
    imageSet: id,
    model,
    training,
  };
  return { experiment, choices: choicesOf(experiment, count, pictures) };
}

/** As many numbers as PCA needs for 95 % of the variance, but no more than so many pictures can teach. */
function codeSizeFor(values: number, count: number, components95: number | undefined): number {
  const most = Math.min(count / 5, values / 8, MOST_WEIGHTS / values, count >= 5_000 && values >= 3_072 ? 128 : 64);
  const enough = CODE_SIZES.find((size) => size >= (components95 ?? Number.POSITIVE_INFINITY));
  return (
    CODE_SIZES.findLast((size) => size <= Math.min(most, enough ?? most)) ??
    Math.max(1, Math.min(CODE_SIZES[0], values))
  );
}

function modelFor(shape: Pictures['shape'], size: number, count: number): ModelSpec {
  const values = shape[0] * shape[1] * shape[2];
  const room = Math.floor(MOST_WEIGHTS / values) - 2 * size;
  const beside = Math.max(0, Math.min(MOST_FEATURES, room));
  const hidden = (units: number): LayerSpec => ({ kind: 'dense', units, activation: 'gelu' });
  return {
    inputShape: [...shape],
    encoder: count >= ENOUGH_FOR_ENCODER ? [hidden(2 * size + Math.min(512, beside))] : [],
    code: { size, activation: 'linear', variational: false },
    decoder: beside === 0 ? [] : [hidden(2 * size + beside)],
    outputActivation: 'linear',
    initialiser: 'glorot-uniform',
  };
}

function trainingFor(shape: Pictures['shape'], count: number, held: number): TrainingSpec {
  const values = shape[0] * shape[1] * shape[2];
  return {
    loss: 'mse',
    optimizer: { kind: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-7 },
    schedule: { kind: 'cosine', finalFraction: 0 },
    ...(count >= ENOUGH_FOR_ENCODER ? paceOfMany(count, values) : paceOfFew(count, values)),
    seed: 1,
    validationCount: held,
    clipNorm: 1,
    regularisers: { codeL1: 0, contractive: 0 },
    beta: 1,
    start: 'pca',
    augmentation: { shiftPixels: 1, flip: shape[2] === 3 },
  };
}

type Pace = Pick<
  TrainingSpec,
  'learningRate' | 'warmupEpochs' | 'batchSize' | 'epochs' | 'lastPartialBatch' | 'earlyStopping'
>;

/**
 * Held-out images say how many steps: those of MNIST-5,000, with 16 numbers, err least at the last of 2,000 steps, of 3,000 (0.532 of
 * PCA's error) and of 4,000 (0.521).
 * @param values of one image
 */
function paceOfMany(count: number, values: number): Pace {
  const batchSize = batchFor(count, 128);
  const steps = count >= 20_000 ? 6_000 : values > VALUES_GAINING ? 2_000 : 4_000;
  return {
    learningRate: rateFor(Math.min(0.002, 5e-7 * count), values, VALUES_TRIED.many),
    warmupEpochs: 1,
    batchSize,
    epochs: Math.max(4, Math.ceil(steps / Math.ceil(count / batchSize))),
    lastPartialBatch: 'keep',
  };
}

const stepsOfFew = (count: number, values: number): number => (count < FEW || values > VALUES_GAINING ? 120 : 300);

/** Few steps, each of as many images as can be: what a small last batch would undo is left out instead. */
export function paceOfFew(count: number, values: number, steps = stepsOfFew(count, values)): Pace {
  const batchSize = Math.max(8, Math.min(QUIET_BATCH, 2 ** Math.floor(Math.log2(QUIET_VALUES / values))));
  const epochs = Math.ceil(steps / Math.max(1, Math.floor(count / batchSize)));
  return {
    learningRate: Math.max(
      LEAST_RATE,
      rateFor(Math.min(0.001, Math.max(0.0002, 1.5e-6 * count)), values, VALUES_TRIED.few, CAUTION),
    ),
    warmupEpochs: Math.ceil(epochs * RISE),
    batchSize,
    epochs,
    lastPartialBatch: 'drop',
    ...(count < FEW ? {} : { earlyStopping: { patience: Math.ceil(epochs * PATIENCE), minimumImprovement: 0 } }),
  };
}

/**
 * Adam moves every weight by about the rate, and a code is the sum over all pixels of weights times pixels: of larger images each weight
 * may move by as much less. 256 × 256 × 3 at 0.0001 undid the start in the first epoch.
 * @param rate of images with so many values as it was tried on, or fewer
 * @param power how steeply it falls beyond
 */
const rateFor = (rate: number, values: number, tried: number, power = 1): number =>
  Number((rate * Math.min(1, tried / values) ** power).toPrecision(1));

const inWords = (number: number): string => number.toLocaleString('en');

function codeWords(size: number, count: number, components95: number | undefined): string {
  if (components95 === undefined) return `at most a fifth of the ${inWords(count)} pictures to learn from.`;
  const needs = `PCA needs ${inWords(components95)} for 95 % of the variance`;
  return components95 <= size ? `${needs}.` : `${needs}, but ${inWords(count)} pictures of this size teach no more.`;
}

function choicesOf({ model, training }: Experiment, count: number, pictures: Pictures): RecipeChoice[] {
  const { size } = model.code;
  const [hidden] = model.decoder as readonly LayerSpec[];
  const beside = hidden?.kind === 'dense' ? hidden.units - 2 * size : 0;
  return [
    {
      what: 'Model',
      why:
        `PCA with ${size} numbers through encoder and decoder` +
        (beside > 0 ? `, and ${inWords(beside)} units beside it that predict what PCA leaves.` : '.') +
        (model.encoder.length > 0 ? ' With so many pictures the encoder learns too.' : ''),
    },
    {
      what: 'Code',
      why: `${size} numbers a picture: ${codeWords(size, count, pictures.components95)}`,
    },
    {
      what: 'Start',
      why: `In closed form: ${beside > 0 ? 'better than PCA' : 'PCA'} before the first step. What is kept is the best on held-out pictures, the start included.`,
    },
    {
      what: 'Steps',
      why:
        `${inWords(stepsOf(training, count))} of ${inWords(Math.min(training.batchSize, count))} pictures, in ${inWords(training.epochs)} epochs` +
        (training.earlyStopping !== undefined
          ? `, or fewer: it ends where ${inWords(training.earlyStopping.patience)} in a row bring nothing better.`
          : count < FEW
            ? ': so few pictures are soon learnt by heart.'
            : '.'),
    },
    {
      what: 'Rate',
      why: `${training.learningRate} at most, falling: the more pictures, the further each step may go, and the larger they are, the less far.`,
    },
    {
      what: 'Variation',
      why: `Shifts by up to a pixel${training.augmentation.flip ? ' and mirrored pictures' : ''}; start and steps take them only where held-out pictures say that they help.`,
    },
    {
      what: 'Held out',
      why:
        `${inWords(training.validationCount)} pictures choose; they are never trained on.` +
        (training.validationCount === pictures.validationCount ? ' They are the set’s own validation pictures.' : ''),
    },
  ];
}
