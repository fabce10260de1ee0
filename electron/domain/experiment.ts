import * as v from 'valibot';
import { IdSchema } from './ids.ts';
import { LayerSchema, PlainActivationSchema } from './layer-spec.ts';
import { between, count, positive } from './numbers.ts';

export { activations, type Activation, type LayerSpec } from './layer-spec.ts';

/** The schema version of experiment files: older ones are migrated (migrate-experiment.ts), a newer one is refused by name. */
export const EXPERIMENT_VERSION = 2;

export const initialisers = [
  'standard-normal',
  'glorot-uniform',
  'glorot-normal',
  'he-uniform',
  'he-normal',
  'lecun-normal',
] as const;

export const losses = ['mse', 'bce', 'mae', 'huber', 'ssim'] as const;

export const ModelSpecSchema = v.strictObject({
  /** [height, width, channels] of one image, in pixels. */
  inputShape: v.strictTuple([count(1, 1_024), count(1, 1_024), v.picklist([1, 3])]),
  encoder: v.pipe(v.array(LayerSchema), v.maxLength(32, 'must hold at most 32 layers')),
  code: v.strictObject({
    /** Numbers in all. */
    size: count(1, 4_096),
    activation: PlainActivationSchema,
    /** A variational code is a mean and a log-variance; `decoder` then sees a sample in training, the mean elsewhere. */
    variational: v.boolean(),
    /**
     * The code is an image, made by a convolution of stride 1 of what the encoder leaves: `size` is its height × width × channels.
     * Left out, it is a row, made by a dense layer.
     */
    map: v.exactOptional(v.strictObject({ channels: count(1, 4_096), kernel: count(1, 15) })),
    /**
     * So many of the numbers, the last ones, are the probabilities of the image set's classes: the decoder is told the label in
     * training, and the encoder reads it from the image elsewhere (Kingma et al. 2014; Sohn et al. 2015).
     */
    classes: v.exactOptional(count(2, 256)),
    /**
     * Each place of a code that is an image becomes the nearest of so many vectors, which are learnt beside the weights (van den Oord
     * et al. 2017).
     */
    codebook: v.exactOptional(count(2, 4_096)),
  }),
  /** `mirror` turns the encoder's layers around. */
  decoder: v.union([v.literal('mirror'), v.pipe(v.array(LayerSchema), v.maxLength(32, 'must hold at most 32 layers'))]),
  /**
   * Of a decoder by hand that makes images: what its first image is made of, and its last convolution. Left out, that image has
   * the channels and the finish of the first convolution, and the last kernel is 3 × 3.
   */
  decoderEnds: v.exactOptional(
    v.union([
      v.strictObject({
        start: v.strictObject({
          channels: count(1, 4_096),
          activation: PlainActivationSchema,
          batchNorm: v.exactOptional(v.boolean()),
          dropout: v.exactOptional(between(0, 0.95)),
        }),
        output: v.strictObject({ kernel: count(1, 15), stride: count(1, 8) }),
      }),
      /** None: the layers are all that the decoder is, each taking what the one before leaves, and the last gives the image. */
      v.literal('none'),
    ]),
  ),
  /** Of the layer that makes the image: where the decoder's ends are none, of its last layer that has an activation. */
  outputActivation: PlainActivationSchema,
  initialiser: v.picklist(initialisers),
  /** Each decoder layer uses its encoder layer's weights, transposed; dense encoders and a mirrored decoder only. */
  tiedWeights: v.exactOptional(v.boolean()),
});

const OptimizerSchema = v.variant('kind', [
  v.strictObject({ kind: v.literal('sgd') }),
  v.strictObject({ kind: v.literal('momentum'), momentum: between(0, 0.9999), nesterov: v.boolean() }),
  v.strictObject({ kind: v.literal('adagrad'), initialAccumulator: between(0, 10) }),
  v.strictObject({
    kind: v.literal('rmsprop'),
    decay: between(0, 0.9999),
    epsilon: between(0, 1),
    initialMeanSquare: between(0, 10),
  }),
  v.strictObject({
    kind: v.literal('adam'),
    beta1: between(0, 0.9999),
    beta2: between(0, 0.99999),
    epsilon: positive(1),
  }),
  v.strictObject({
    kind: v.literal('adamw'),
    beta1: between(0, 0.9999),
    beta2: between(0, 0.99999),
    epsilon: positive(1),
    weightDecay: between(0, 1),
  }),
]);

const ScheduleSchema = v.variant('kind', [
  v.strictObject({ kind: v.literal('constant') }),
  /** Multiplied by `factor` every `everyEpochs` epochs. */
  v.strictObject({ kind: v.literal('step'), everyEpochs: count(1, 10_000), factor: positive(1) }),
  /** Half a cosine from the learning rate down to `finalFraction` of it. */
  v.strictObject({ kind: v.literal('cosine'), finalFraction: between(0, 1) }),
]);

const NoiseSchema = v.variant('kind', [
  /** Normal noise of this standard deviation (pixels are 0-1), then clipped to [0, 1]. */
  v.strictObject({ kind: v.literal('gaussian'), deviation: between(0, 2) }),
  v.strictObject({ kind: v.literal('salt-and-pepper'), fraction: between(0, 1) }),
  v.strictObject({ kind: v.literal('masking'), fraction: between(0, 1) }),
  /** So many squares of each image, `size` pixels a side, are black: what is missing is to be filled in (Pathak et al. 2016). */
  v.strictObject({ kind: v.literal('patches'), count: count(1, 64), size: count(1, 512) }),
]);

const RegularisersSchema = v.strictObject({
  /** L1 penalty on the code, per image. */
  codeL1: between(0, 100),
  /** Pulls each code unit's mean activation to `target` by their Kullback-Leibler divergence; the code must be sigmoid. */
  codeKl: v.exactOptional(v.strictObject({ target: between(0.001, 0.5), weight: between(0, 100) })),
  /** Weight of the squared Frobenius norm of the code's Jacobian, per image; the code must be the only layer. */
  contractive: between(0, 100),
  /** Draws the codes of neighbouring images together and drives all others apart; the code must be a plain one. */
  neighbours: v.exactOptional(
    v.strictObject({
      weight: positive(100),
      /** Nearest neighbours among which an image's partners are; those that are not mutual are left out. */
      count: count(1, 100),
      /** Distance between codes at which they are half as similar as at none. */
      radius: between(0.001, 1_000),
    }),
  ),
  /**
   * Weight of the codes' total correlation, beside the divergence of which it is a part: β − 1 of Chen et al. 2018; the code must
   * be variational.
   */
  totalCorrelation: v.exactOptional(between(0, 1_000)),
  /** Weight of the maximum mean discrepancy between the codes and N(0, 1) (Tolstikhin et al. 2018; Zhao et al. 2019). */
  mmd: v.exactOptional(between(0, 100_000)),
  /** Weight of half the code's squared length, per image (Ghosh et al. 2020). */
  codeL2: v.exactOptional(between(0, 100)),
  /** Weight of the sum of the decoder's squared weights (Ghosh et al. 2020). */
  decoderL2: v.exactOptional(between(0, 100)),
});

/** Layer by layer as restricted Boltzmann machines, before the whole is fine-tuned (Hinton & Salakhutdinov 2006). */
const PretrainingSchema = v.strictObject({
  kind: v.literal('rbm'),
  /** Of each layer. */
  epochs: count(1, 1_000),
  /** For layers of logistic units; the linear code takes a hundredth of it. */
  learningRate: positive(10),
  batchSize: count(1, 65_536),
  weightDecay: between(0, 1),
});

export const TrainingSpecSchema = v.strictObject({
  loss: v.picklist(losses),
  /** Where the Huber loss turns from squared to absolute, in pixel values; 0.1 when left out. */
  huberDelta: v.exactOptional(positive(1)),
  optimizer: OptimizerSchema,
  learningRate: positive(100),
  schedule: ScheduleSchema,
  /** Linear rise from zero, in epochs. */
  warmupEpochs: between(0, 10_000),
  batchSize: count(1, 65_536),
  epochs: count(1, 100_000),
  seed: count(0, 2_147_483_647),
  /** How many of the first training images are held out to choose by. */
  validationCount: count(0, 10_000_000),
  lastPartialBatch: v.picklist(['drop', 'keep']),
  /** Gradients are scaled down to this global norm; 0 leaves them. */
  clipNorm: between(0, 1e6),
  regularisers: RegularisersSchema,
  /** Weight of the Kullback-Leibler term of a variational code. */
  beta: between(0, 1_000),
  /** Linear rise of `beta` from zero, in epochs. */
  betaWarmupEpochs: v.exactOptional(between(0, 10_000)),
  /** `beta` rises from zero so many times, each time over this share of the cycle (Fu et al. 2019). */
  betaCycles: v.exactOptional(v.strictObject({ count: count(1, 1_000), rise: positive(1) })),
  /** Nats of divergence that each number of a variational code has for nothing (Kingma et al. 2016, eq. 15). */
  freeBits: v.exactOptional(between(0, 100)),
  /** Codes drawn an image, whose importance-weighted bound is the cost (Burda et al. 2016); 1 when left out. */
  importanceSamples: v.exactOptional(count(1, 256)),
  /**
   * Weight of −log q(y|x), the nats by which a conditional code's classes are missed: α of Kingma et al. 2014, eq. 9; 1 when left
   * out.
   */
  classWeight: v.exactOptional(between(0, 1_000)),
  /**
   * Weight of the mean squared distance from what the encoder gives to the codebook's vectors: β of van den Oord et al. 2017, eq. 3; 0.25
   * when left out.
   */
  commitment: v.exactOptional(between(0, 1_000)),
  /** Share of its moving averages that a codebook keeps at each step: γ of the same, appendix A.1; 0.99 when left out. */
  codebookDecay: v.exactOptional(between(0, 0.9999)),
  inputNoise: v.optional(NoiseSchema),
  /** Each pixel is drawn anew as 0 or 1, with the pixel as its probability, whenever an image is trained on. */
  dynamicBinarisation: v.exactOptional(v.boolean()),
  pretraining: v.exactOptional(PretrainingSchema),
  /**
   * What the drawn weights become before the first step. `data`: they are scaled and centred on the training images, the output
   * begins at their mean. `pca`: the model begins as PCA, and more, in closed form (engine/start/pca-start.ts).
   */
  start: v.exactOptional(v.picklist(['data', 'pca'])),
  /** Where neighbours are kept only what the encoder sees is moved: the decoder is asked for the image as it is. */
  augmentation: v.strictObject({ shiftPixels: count(0, 16), flip: v.boolean() }),
  earlyStopping: v.optional(
    v.strictObject({
      /** Epochs without an improvement after which training ends. */
      patience: count(1, 100_000),
      /** Share of the best error so far by which an epoch must fall below it to count as better. */
      minimumImprovement: between(0, 1),
    }),
  ),
});

export const ExperimentSchema = v.strictObject({
  version: v.literal(EXPERIMENT_VERSION),
  name: v.pipe(
    v.string(),
    v.trim(),
    v.minLength(1, 'must not be empty'),
    v.maxLength(120, 'must be at most 120 characters'),
  ),
  /** The preset this started from; only said, never looked up. */
  preset: v.optional(v.pipe(v.string(), v.maxLength(60))),
  /** The bottleneck sweep this is one size of; only said, never looked up. */
  sweep: v.exactOptional(IdSchema),
  imageSet: v.pipe(v.string(), v.minLength(1, 'must not be empty'), v.maxLength(120, 'must be at most 120 characters')),
  /** Training begins with the weights of this run, whose model is the same, and not with new ones drawn from the seed. */
  startFrom: v.exactOptional(v.strictObject({ runId: IdSchema, weights: v.picklist(['best', 'last']) })),
  model: ModelSpecSchema,
  training: TrainingSpecSchema,
});

export type ModelSpec = v.InferOutput<typeof ModelSpecSchema>;
export type OptimizerSpec = v.InferOutput<typeof OptimizerSchema>;
export type ScheduleSpec = v.InferOutput<typeof ScheduleSchema>;
export type PretrainingSpec = v.InferOutput<typeof PretrainingSchema>;
export type NoiseSpec = v.InferOutput<typeof NoiseSchema>;
export type TrainingSpec = v.InferOutput<typeof TrainingSpecSchema>;
export type Experiment = v.InferOutput<typeof ExperimentSchema>;
