import type { Experiment } from '../../../electron/domain/experiment.ts';
import { layOut } from '../../../electron/domain/model-layout.ts';
import type { ImageColumns } from '../../../electron/domain/words.ts';
import { sliceImages } from '../../../electron/dataset/image-set.ts';
import { buildNetwork } from '../../../electron/engine/network.ts';
import { shuffled } from '../../../electron/engine/shuffle.ts';
import { EpochLoop, startOf } from '../../../electron/training/epoch-loop.ts';
import { EpochPlan } from '../../../electron/training/epoch-plan.ts';
import { setFirstWeights } from '../../../electron/training/first-weights.ts';
import { Learner } from '../../../electron/training/learner.ts';

/** One of the app's first weights, for a script to begin with. */
export interface FirstWeight {
  readonly name: string;
  readonly shape: readonly number[];
  /** [height, width, channels] of the image that a dense layer takes in, or gives; absent where it is none. */
  readonly imageIn?: readonly number[];
  readonly imageOut?: readonly number[];
}

export interface AppSide {
  /** Cost of each epoch's last batch. */
  readonly costs: readonly number[];
  readonly weights: readonly FirstWeight[];
  /** float32, one weight after the other. */
  readonly values: Float32Array;
  /** The order of the images in each epoch. */
  readonly orders: readonly (readonly number[])[];
}

/** Trains an experiment as the app does, op by op, and keeps what it began with. */
export async function trainInApp(experiment: Experiment, images: ImageColumns, labels: Uint8Array): Promise<AppSide> {
  const { training } = experiment;
  const validation = sliceImages(images, 0, training.validationCount);
  const trained = sliceImages(images, training.validationCount, images.count - training.validationCount);
  const first = firstWeights(experiment);
  const plan = new EpochPlan(training, trained.count);
  const between = (): Promise<void> => Promise.resolve();
  const learner = await Learner.create(
    experiment,
    { images: trained, labels: labels.subarray(training.validationCount) },
    plan,
    () => undefined,
    'eager',
    between,
    ({ network }) =>
      setFirstWeights({ network, experiment, training: trained, validation, startFrom: undefined, between }),
  );
  try {
    const loop = new EpochLoop(learner, plan, startOf(1), { seconds: 0 }, () => Promise.resolve());
    const costs: number[] = [];
    for (let epoch = 1; epoch <= training.epochs; epoch += 1) {
      costs.push((await loop.finishEpoch()).last);
      loop.advance();
    }
    const orders = costs.map((_, epoch) => [...shuffled(trained.count, training.seed, epoch + 1)]);
    return { ...first, costs, orders };
  } finally {
    await learner.dispose();
  }
}

function firstWeights({ model, training }: Experiment): Pick<AppSide, 'weights' | 'values'> {
  const network = buildNetwork(model, training.seed);
  const layers = new Map(layOut(model).layers.map((layer) => [layer.name, layer]));
  try {
    const weights = network.weights.map(({ name, variable }) => {
      const layer = layers.get(name.split('/')[0]!.replace(/-log-variance$/, ''));
      const dense = layer?.kind === 'dense';
      return {
        name,
        shape: variable.shape,
        ...(dense && layer.inputShape.length === 3 ? { imageIn: layer.inputShape } : {}),
        ...(dense && layer.shape.length === 3 ? { imageOut: layer.shape } : {}),
      };
    });
    const values = network.weights.map(({ variable }) => variable.dataSync() as Float32Array);
    return { weights, values: Float32Array.from(values.flatMap((each) => [...each])) };
  } finally {
    network.dispose();
  }
}
