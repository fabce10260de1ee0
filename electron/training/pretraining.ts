import type { PretrainingSpec, TrainingSpec } from '../domain/experiment.ts';
import type { ImageColumns } from '../domain/words.ts';
import { firstThatWorks, stepsWithin } from '../engine/make-runner.ts';
import type { Network } from '../engine/network.ts';
import {
  initialMachine,
  machineOperations,
  machinesOf,
  makeMachineStep,
  MOMENTUM,
  unroll,
  type Machine,
} from '../engine/rbm.ts';
import type { StepRunner } from '../engine/step-runner.ts';
import { EpochPlan } from './epoch-plan.ts';

/** Steps of pretraining draw their noise beyond those of training and before the initial weights' (initial-weights.ts). */
const PRETRAINING_STREAM = 0x20000000;

/** Small while the weights still change their directions (Hinton & Salakhutdinov 2006, supporting material). */
const MOMENTA = { first: 0.5, then: 0.9, firstEpochs: 5 };

export interface PretrainingWork {
  readonly network: Network;
  readonly images: ImageColumns;
  readonly training: TrainingSpec;
  /** Awaited between calls, told how far pretraining has come, 0-1, and in words; what it throws ends it. */
  readonly between: (fraction: number, message: string) => Promise<void>;
}

/**
 * Gives a network the weights that a stack of restricted Boltzmann machines has learnt layer by layer, unrolled (Hinton &
 * Salakhutdinov, Science 313, 2006). Does nothing where the experiment wants none.
 */
export async function pretrain(work: PretrainingWork): Promise<void> {
  const { network, training } = work;
  const { pretraining } = training;
  if (pretraining === undefined) return;
  const machines = machinesOf(network);
  // An update is a mean over a whole batch, and a smaller last one would weigh as much.
  const plan = new EpochPlan(
    {
      ...training,
      batchSize: pretraining.batchSize,
      epochs: pretraining.epochs * machines.length,
      lastPartialBatch: 'drop',
      // A machine learns images, not pairs of them.
      regularisers: { codeL1: 0, contractive: 0 },
    },
    work.images.count,
  );
  for (const [index, machine] of machines.entries()) {
    initialMachine(machine, index, training.seed);
    await learn(work, pretraining, plan, machine, { index, of: machines.length });
  }
  unroll(machines);
}

async function learn(
  { images, training, between }: PretrainingWork,
  spec: PretrainingSpec,
  plan: EpochPlan,
  machine: Machine,
  layer: { readonly index: number; readonly of: number },
): Promise<void> {
  const { batchSize } = plan;
  const told = (epoch: number, done: number): [number, string] => [
    (layer.index + (epoch - 1 + done / plan.stepsPerEpoch) / spec.epochs) / layer.of,
    `Pretraining layer ${layer.index + 1} of ${layer.of}, epoch ${epoch} of ${spec.epochs}`,
  ];
  await between(...told(1, 0));
  const step = makeMachineStep(machine, spec);
  // Not XLA: its random words take five times as long as all the rest of the step.
  const runner = await firstThatWorks(['graph-loop'], {
    step,
    images,
    seed: training.seed,
    batchSize,
    stepsPerCall: stepsWithin(machineOperations(machine, batchSize), 'dense'),
    lastBatchSize: 0,
  });
  try {
    for (let epoch = 1; epoch <= spec.epochs; epoch += 1) {
      setMomentum(runner, epoch <= MOMENTA.firstEpochs ? MOMENTA.first : MOMENTA.then);
      // Counted over all layers, so that no two of them see the same orders and draws.
      const number = layer.index * spec.epochs + epoch;
      const order = plan.orderOf(number);
      for (let done = 0; done < plan.stepsPerEpoch;) {
        const call = plan.callAfter(order, number, done, runner.path.stepsPerCall);
        const learningRates = call.learningRates.fill(spec.learningRate);
        runner.run({ ...call, learningRates, firstStep: PRETRAINING_STREAM + call.firstStep });
        done += learningRates.length;
        await between(...told(epoch, done));
      }
    }
    runner.pull();
  } finally {
    runner.dispose();
  }
}

function setMomentum(runner: StepRunner, momentum: number): void {
  runner.write(
    runner.state.findIndex(({ name }) => name === MOMENTUM),
    Float32Array.of(momentum),
  );
}
