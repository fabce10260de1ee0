import type { Activation, Experiment, LayerSpec, ModelSpec, TrainingSpec } from '../experiment.ts';

/** What to try instead, ready to be trained. */
export interface Remedy {
  /** For a button, such as "Try the modern recipe". */
  readonly label: string;
  readonly experiment: Experiment;
}

/** What the schema of experiments takes. */
const MOST_EPOCHS = 100_000;

/** In pixels: what the schema of experiments takes. */
const MOST_SHIFT = 16;

const ADAM = { kind: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-7 } as const;

/** Steps that a small set is worth. */
const MORE_STEPS = 1_500;

export const remedies = {
  smallerSteps(experiment: Experiment, factor: number): Remedy {
    const { training } = experiment;
    const share = factor === 0.1 ? 'a tenth' : 'a third';
    return {
      label: `Try ${share} of the learning rate`,
      experiment: {
        ...experiment,
        training: {
          ...training,
          learningRate: rounded(training.learningRate * factor),
          clipNorm: training.clipNorm === 0 ? 1 : training.clipNorm,
          schedule: training.schedule.kind === 'constant' ? { kind: 'cosine', finalFraction: 0 } : training.schedule,
        },
      },
    };
  },

  /** A quarter of the images a step and as many epochs as make 1,500 steps; @param stepsAnEpoch as it is now */
  moreSteps(experiment: Experiment, stepsAnEpoch: number): Remedy {
    const { training } = experiment;
    const batchSize = Math.max(8, Math.min(training.batchSize, Math.round(training.batchSize / 4)));
    const perEpoch = (stepsAnEpoch * training.batchSize) / batchSize;
    const epochs = Math.max(training.epochs, Math.ceil(MORE_STEPS / perEpoch));
    const steps = Math.round(epochs * perEpoch).toLocaleString('en');
    return {
      label: `Try ${batchSize} images a step, about ${steps} steps`,
      experiment: { ...experiment, training: { ...training, batchSize, epochs, lastPartialBatch: 'keep' } },
    };
  },

  largerSteps(experiment: Experiment): Remedy {
    const { training } = experiment;
    const learningRate = Math.min(100, rounded(training.learningRate * 10));
    return {
      label: 'Try ten times the learning rate',
      experiment: { ...experiment, training: { ...training, learningRate } },
    };
  },

  /**
   * The same layer sizes with the initial weights, activation, optimizer and schedule of the preset of that name; the experiment as
   * it is where it has them already, whatever its learning rate.
   */
  modernRecipe(experiment: Experiment): Remedy {
    const { training } = experiment;
    const label = 'Try the modern recipe';
    const model = withFreshUnits(experiment);
    const isModern = training.optimizer.kind.startsWith('adam') && training.schedule.kind !== 'constant';
    if (isModern && JSON.stringify(model) === JSON.stringify(experiment.model)) return { label, experiment };
    return {
      label,
      experiment: {
        ...experiment,
        model,
        training: {
          ...withoutPretraining(training),
          optimizer: ADAM,
          learningRate: 0.002,
          schedule: { kind: 'cosine', finalFraction: 0 },
          clipNorm: 1,
        },
      },
    };
  },

  freshUnits(experiment: Experiment): Remedy {
    return {
      label: 'Try GELU and Glorot weights',
      experiment: {
        ...experiment,
        model: withFreshUnits(experiment),
        training: withoutPretraining(experiment.training),
      },
    };
  },

  /** Twice as many epochs. */
  longer(experiment: Experiment): Remedy {
    const { training } = experiment;
    const epochs = Math.min(MOST_EPOCHS, 2 * training.epochs);
    return {
      label: `Try ${epochs.toLocaleString('en')} epochs`,
      experiment: { ...experiment, training: { ...training, epochs } },
    };
  },

  /** The same experiment, begun at PCA (engine/start/pca-start.ts), which its model must allow. */
  startAtPca(experiment: Experiment): Remedy {
    const training: TrainingSpec = { ...withoutPretraining(experiment.training), start: 'pca' };
    return { label: 'Try to start at PCA', experiment: { ...experiment, training } };
  },

  gentlerPrior(experiment: Experiment): Remedy {
    const { training } = experiment;
    const warmed = (training.betaWarmupEpochs ?? 0) > 0 || training.betaCycles !== undefined;
    const epochs = Math.max(1, Math.ceil(training.epochs / 4));
    return {
      label: warmed ? 'Try half of β' : `Try ${epochs} epochs of warm-up of β`,
      experiment: {
        ...experiment,
        training: warmed ? { ...training, beta: training.beta / 2 } : { ...training, betaWarmupEpochs: epochs },
      },
    };
  },

  stopInTime(experiment: Experiment): Remedy {
    const { training } = experiment;
    const { augmentation, earlyStopping } = training;
    const shiftPixels = Math.min(MOST_SHIFT, augmentation.shiftPixels + 1);
    return {
      label: `Try ${augmentation.shiftPixels > 0 ? 'larger shifts' : 'shifts'}${earlyStopping ? '' : ' and early stopping'}`,
      experiment: {
        ...experiment,
        training: {
          ...training,
          augmentation: { ...augmentation, shiftPixels },
          earlyStopping: earlyStopping ?? { patience: 5, minimumImprovement: 0 },
        },
      },
    };
  },
} as const;

/**
 * A remedy where it changes anything, else another: nobody is sent to train once more what has just been trained.
 * @param otherwise one that always changes something
 */
export function ifNew(experiment: Experiment, remedy: Remedy, otherwise: Remedy): Remedy {
  return JSON.stringify(remedy.experiment) === JSON.stringify(experiment) ? otherwise : remedy;
}

function withFreshUnits({ model, training }: Experiment): ModelSpec {
  const { encoder, code, decoder } = model;
  // The sparse penalty is of activations between 0 and 1.
  const keepsCode = training.regularisers.codeKl !== undefined || !FLAT.has(code.activation);
  return {
    ...model,
    initialiser: 'glorot-uniform',
    encoder: encoder.map(fresh),
    code: keepsCode ? code : { ...code, activation: 'linear' },
    decoder: decoder === 'mirror' ? decoder : decoder.map(fresh),
  };
}

/** Only logistic units can be pretrained as restricted Boltzmann machines. */
function withoutPretraining(training: TrainingSpec): TrainingSpec {
  const { pretraining, ...direct } = training;
  return pretraining === undefined ? training : direct;
}

const FLAT: ReadonlySet<Activation> = new Set(['sigmoid', 'tanh', 'relu', 'softplus']);

function fresh(layer: LayerSpec): LayerSpec {
  return 'activation' in layer && FLAT.has(layer.activation) ? { ...layer, activation: 'gelu' } : layer;
}

const rounded = (value: number): number => Number(value.toPrecision(3));
