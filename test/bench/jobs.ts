import { StudioError } from '../../electron/domain/errors.ts';
import type { Activation, LayerSpec, ModelSpec, TrainingSpec } from '../../electron/domain/experiment.ts';
import { presets } from '../../electron/domain/presets.ts';

export type Side = 28 | 64 | 128;

export const jobKinds = ['article', 'modern', 'deep', 'conv', 'vae'] as const;
export type JobKind = (typeof jobKinds)[number];

/** One training to be timed: what every contender gets, word for word. */
export interface Job {
  /** `conv, batch 128` */
  readonly name: string;
  readonly kind: JobKind;
  readonly model: ModelSpec;
  readonly training: TrainingSpec;
  /** How many images are trained on: MNIST's after the 5,000 held out, fewer where they are enlarged. */
  readonly images: number;
  /** Steps are asked for in multiples of this, so that whoever compiles a loop can fix its length. */
  readonly block: number;
}

export interface JobOptions {
  readonly batch?: number;
  /** Multiplies the units of hidden layers and code; dense models only. */
  readonly width?: number;
  /** Images of side × side pixels. */
  readonly side?: Side;
  /** Grey, or RGB; the latter for convolutional models only. */
  readonly channels?: 1 | 3;
}

const TRAINING_IMAGES = 55_000;

/** Enlarged images fill at most this many bytes, so that every contender's copy fits beside its own tensors. */
const LARGEST_SET = 64 * 1024 * 1024;

/** Forward multiply-adds per block, so that a block takes about as long whatever the model. */
const BLOCK_WORK = 12e9;

const adam = { kind: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-7 } as const;

const dense = (units: number, activation: Activation): LayerSpec => ({ kind: 'dense', units, activation });
const conv = (filters: number): LayerSpec => ({ kind: 'conv', filters, kernel: 3, stride: 2, activation: 'relu' });

/** Throws a StudioError when a convolutional model is to be widened, or a dense one to have colours. */
export function makeJob(kind: JobKind, options: JobOptions = {}): Job {
  const { batch = 256, width = 1, side = 28, channels = 1 } = options;
  if (kind === 'conv' && width !== 1) {
    throw new StudioError('bad-spec', `conv: expected width 1, found ${width}`);
  }
  if (kind !== 'conv' && channels !== 1) {
    throw new StudioError('bad-spec', `${kind}: expected grey images, found ${channels} channels`);
  }
  const model = widened({ inputShape: [side, side, channels], ...modelOf(kind) }, width);
  const changes = [
    width === 1 ? '' : `, width ${width}×`,
    side === 28 ? '' : `, ${side}² pixels`,
    channels === 1 ? '' : ' in colour',
    batch === 256 ? '' : `, batch ${batch}`,
  ];
  return {
    name: `${kind}${changes.join('')}`,
    kind,
    model,
    training: { ...trainingOf(kind), batchSize: batch },
    images: Math.min(TRAINING_IMAGES, Math.floor(LARGEST_SET / (side * side * channels))),
    block: blockOf(model, batch),
  };
}

function modelOf(kind: JobKind): Omit<ModelSpec, 'inputShape'> {
  const common = {
    decoder: 'mirror',
    outputActivation: 'sigmoid',
    initialiser: 'glorot-uniform',
  } as const;
  const linearCode = (size: number) => ({ size, activation: 'linear', variational: false }) as const;
  switch (kind) {
    case 'article':
    case 'modern':
      return preset(kind).model;
    case 'deep':
      return { ...common, encoder: [1_000, 500, 250].map((units) => dense(units, 'gelu')), code: linearCode(30) };
    case 'conv':
      return { ...common, encoder: [conv(16), conv(32)], code: linearCode(32) };
    case 'vae':
      return {
        ...common,
        encoder: [dense(400, 'relu')],
        code: { size: 20, activation: 'linear', variational: true },
      };
  }
}

function trainingOf(kind: JobKind): TrainingSpec {
  const { training } = preset('article');
  if (kind === 'article') return training;
  // Not today's preset, which is tuned from time to time: figures of years ago are to be compared with.
  if (kind === 'modern') {
    return { ...training, optimizer: adam, learningRate: 0.002, schedule: { kind: 'cosine', finalFraction: 0 } };
  }
  const base: TrainingSpec = { ...training, learningRate: 0.001 };
  if (kind === 'deep') return { ...base, optimizer: { ...adam, kind: 'adamw', weightDecay: 0.01 } };
  return kind === 'vae' ? { ...base, optimizer: adam, loss: 'bce' } : { ...base, optimizer: adam };
}

function preset(id: string): (typeof presets)[number] {
  const found = presets.find((one) => one.id === id);
  if (!found) throw new StudioError('internal', `presets: expected one called ${id}, found none`);
  return found;
}

function widened(model: ModelSpec, width: number): ModelSpec {
  const encoder = model.encoder.map((layer) =>
    layer.kind === 'dense' ? { ...layer, units: layer.units * width } : layer,
  );
  return { ...model, encoder, code: { ...model.code, size: model.code.size * width } };
}

function blockOf(model: ModelSpec, batch: number): number {
  const [height, width, channels] = model.inputShape;
  const pixels = height * width * channels;
  const sizes = [pixels, ...model.encoder.map((layer) => (layer.kind === 'dense' ? layer.units : 2 * pixels))];
  const weights = [...sizes, model.code.size].reduce((sum, size, at, all) => sum + size * (all[at - 1] ?? 0), 0);
  const steps = Math.round(BLOCK_WORK / (2 * weights * batch) / 10) * 10;
  return Math.min(200, Math.max(10, steps));
}
