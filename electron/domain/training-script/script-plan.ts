import { classProblem } from '../conditional.ts';
import type { Experiment, ModelSpec, TrainingSpec } from '../experiment.ts';
import { checkExperiment } from '../experiment-problems.ts';
import { layOut, type LayoutLayer } from '../model-layout.ts';
import { literal } from './script-text.ts';
import { StudioError } from '../errors.ts';
import type { ImageSetSummary } from '../words.ts';

/** How a script finds its images. */
export const imageSources = ['idx', 'stored', 'pictures'] as const;
export type ImageSource = (typeof imageSources)[number];

/** The image set as a script needs to know it. */
export interface ScriptImages {
  /** `idx`: files named as MNIST's are; `stored`: an imported set's own folder; `pictures`: folders of picture files. */
  readonly source: ImageSource;
  readonly name: string;
  readonly trainingCount: number;
  readonly testCount: number;
  /** In the order of the label numbers; empty without labels. */
  readonly labelNames: readonly string[];
}

/** What a person chooses a source by. */
export const imageSourceNames: readonly { readonly id: ImageSource; readonly name: string }[] = [
  { id: 'idx', name: 'IDX files, as MNIST’s' },
  { id: 'stored', name: 'the set’s own folder' },
  { id: 'pictures', name: 'folders of pictures' },
];

/** @param source left out: as the app keeps the set; MNIST as IDX files, others in a folder of their own */
export function scriptImages(set: ImageSetSummary, source?: ImageSource): ScriptImages {
  const { name, trainingCount, testCount, labelNames } = set;
  return { source: source ?? (set.id === 'mnist' ? 'idx' : 'stored'), name, trainingCount, testCount, labelNames };
}

/** An experiment worked out: what every dialect writes down in its own words. */
export interface ScriptPlan {
  readonly experiment: Experiment;
  readonly images: ScriptImages;
  readonly model: ModelSpec;
  readonly training: TrainingSpec;
  /** Without the code. */
  readonly encoder: readonly LayoutLayer[];
  readonly code: LayoutLayer;
  readonly decoder: readonly LayoutLayer[];
  /** Values of one image: height × width × channels. */
  readonly values: number;
  /** As the app trains: a set smaller than one batch is one batch. */
  readonly batchSize: number;
}

/**
 * @throws StudioError `refused` where IDX files are to hold colours, `bad-spec` where the experiment's parts do not go together, where it holds out every image there is, or where a code has other classes than the images
 */
export function planScript(experiment: Experiment, images: ScriptImages): ScriptPlan {
  checkExperiment(experiment);
  const { model, training } = experiment;
  const trained = images.trainingCount - training.validationCount;
  if (trained < 1) {
    const expected = `training.validationCount must be less than the ${images.trainingCount} training images`;
    throw new StudioError('bad-spec', `${expected}, found ${training.validationCount}.`);
  }
  const problem = classProblem(model, images);
  if (problem !== undefined) throw new StudioError('bad-spec', `${problem.path}: ${problem.message}`);
  const [height, width, channels] = model.inputShape;
  if (images.source === 'idx' && channels !== 1) {
    const found = `found ${height} × ${width} × ${channels}`;
    throw new StudioError(
      'refused',
      `IDX files: expected grey images, ${found}. Let the script read the set’s own folder.`,
    );
  }
  const { layers } = layOut(model);
  return {
    experiment,
    images,
    model,
    training,
    encoder: layers.filter(({ part }) => part === 'encoder'),
    code: layers.find(({ part }) => part === 'code') as LayoutLayer,
    decoder: layers.filter(({ part }) => part === 'decoder'),
    values: model.inputShape.reduce((product, size) => product * size, 1),
    batchSize: Math.min(training.batchSize, trained),
  };
}

/** Whether what a layer gives of an image depends on the other images of its batch. */
export const normalisesBatches = (layer: LayoutLayer): boolean =>
  layer.kind === 'norm' ? layer.method === 'batch' : 'batchNorm' in layer && layer.batchNorm;

/** Whether a layer silences values while it is trained. */
export const drops = (layer: LayoutLayer): boolean =>
  layer.kind === 'dropout' || ('dropout' in layer && layer.dropout > 0);

/** Whether some layer has PReLU, whose slopes are learnt. */
export const hasLearntSlopes = ({ encoder, decoder }: ScriptPlan): boolean =>
  [...encoder, ...decoder].some((layer) => 'activation' in layer && layer.activation === 'prelu');

/** Penalties that need the code while the model is trained. */
export function hasCodePenalty({ regularisers }: TrainingSpec): boolean {
  const { codeL1, codeL2 = 0, codeKl, contractive, mmd = 0 } = regularisers;
  return codeL1 > 0 || codeL2 > 0 || (codeKl?.weight ?? 0) > 0 || contractive > 0 || mmd > 0;
}

/** Of half a code's squared length: what its whole one is weighed by. */
export const codeL2Weight = ({ regularisers: { codeL2 = 0 } }: TrainingSpec): number =>
  Number((codeL2 / 2).toPrecision(12));

/** Of a variational code: how many are drawn for an image whose importance-weighted bound is the cost; 1 where none is. */
export const drawnCodes = ({ training }: ScriptPlan): number => training.importanceSamples ?? 1;

/** A code that knows the label: so many of its numbers are the classes' probabilities, the others its style. */
export interface ClassCode {
  readonly classes: number;
  readonly style: number;
  /** Of −log q(y|x), the nats an image by which its class is missed. */
  readonly weight: number;
}

/** How a code knows the label; nothing where it does not. */
export function classCode({ model: { code }, training: { classWeight = 1 } }: ScriptPlan): ClassCode | undefined {
  if (code.classes === undefined) return undefined;
  return { classes: code.classes, style: code.size - code.classes, weight: classWeight };
}

/** Of how many nearest an image's neighbours are taken, how much they weigh, and at what distance codes are half as similar. */
export interface KeptNeighbours {
  readonly count: number;
  readonly weight: number;
  readonly radius: number;
  /** Principal components in which images are compared. */
  readonly components: number;
}

/** As the app has it (`neighbour-graph.ts`). */
const COMPONENTS = 50;

/** The neighbours that a script keeps together; nothing where there are none, or where the script leaves them out (`script-notes.ts`). */
export function keptNeighbours(plan: ScriptPlan): KeptNeighbours | undefined {
  const { training, images, encoder, values } = plan;
  const { neighbours } = training.regularisers;
  const others = images.trainingCount - training.validationCount - 1;
  if (neighbours === undefined || others < 1) return undefined;
  if (training.inputNoise !== undefined || training.dynamicBinarisation === true || hasCodePenalty(training))
    return undefined;
  if (encoder.some(normalisesBatches)) return undefined;
  const { weight, radius } = neighbours;
  return {
    weight,
    radius,
    count: Math.min(neighbours.count, others),
    components: Math.min(COMPONENTS, values, others + 1),
  };
}

export const isAugmented = ({ augmentation }: TrainingSpec): boolean =>
  augmentation.shiftPixels > 0 || augmentation.flip;

/** Whether the learning rate changes during the run. */
export const isScheduled = ({ schedule, warmupEpochs }: TrainingSpec): boolean =>
  schedule.kind !== 'constant' || warmupEpochs > 0;

/** Epochs as steps, one at least, in an expression of both languages; @param round the language's function for it */
export function inSteps(epochs: number, round: 'round' | 'Math.round'): string {
  if (epochs === 1) return 'steps';
  if (Number.isInteger(epochs)) return `${literal(epochs)} * steps`;
  return `${round.replace('round', 'max')}(1, ${round}(${literal(epochs)} * steps))`;
}

/** The steps after the warm-up, in an expression of both languages: never none, which a library's own cosine could not take. */
export const stepsAfterRise = ({ epochs, warmupEpochs }: TrainingSpec, max: string): string =>
  epochs > warmupEpochs ? 'EPOCHS * steps - rise' : `${max}(1, EPOCHS * steps - rise)`;

/** Whether the best epoch is chosen by images that are held out. */
export const isChosen = ({ validationCount }: TrainingSpec): boolean => validationCount > 0;

/** "784-256-128-256-784" of dense layers; else the shapes, "28×28×1 → 14×14×16 → 32 → …". */
export function shapeWords({ model, encoder, code, decoder, values }: ScriptPlan): string {
  const layers = [...encoder, code, ...decoder];
  if (layers.every(({ kind }) => kind === 'dense')) {
    const sizes = layers.slice(0, -1).map(({ shape }) => shape.reduce((product, size) => product * size, 1));
    return [values, ...sizes, values].join('-');
  }
  return [model.inputShape, ...layers.map(({ shape }) => shape)].map((shape) => shape.join('×')).join(' → ');
}

/** How many pixels an image's own take in a figure, each way: a row of ten small ones stays visible, of large ones the file small. */
export const figureScale = ({ model }: ScriptPlan): number => Math.max(1, Math.round(112 / model.inputShape[0]));

/** The article's own experiment, or one that has grown out of it. */
export const isArticle = ({ experiment }: ScriptPlan): boolean => experiment.preset === 'article';
