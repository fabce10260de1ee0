import type { Experiment } from '../domain/experiment.ts';
import type { ImageColumns, TrainingPath } from '../domain/words.ts';
import type { Inference } from '../engine/inference.ts';
import { makeInference } from '../engine/make-inference.ts';
import { makeRunner } from '../engine/make-runner.ts';
import { buildNetwork, type Network } from '../engine/network.ts';
import { makeTrainingStep } from '../engine/step.ts';
import { statePartsOf, type StatePart, type StepRunner } from '../engine/step-runner.ts';
import { loadWeights } from '../model/weights-file.ts';
import { pretrain, type PretrainingWork } from './pretraining.ts';

/** The native side of one run: the network, what trains it and what measures it. */
export class Learner {
  readonly network: Network;
  readonly runner: StepRunner;
  private readonly report: (problem: string) => void;
  private measuring: Inference | undefined;

  private constructor(network: Network, runner: StepRunner, report: (problem: string) => void) {
    this.network = network;
    this.runner = runner;
    this.report = report;
  }

  /**
   * @param report is told why something had to be done in a slower way
   * @param path of a run resumed from a checkpoint, which keeps its own and has been pretrained
   * @param between awaited between the calls of pretraining; without it there is none
   * @param startFrom folder of the model whose weights are taken in place of drawn ones
   * @throws StudioError `bad-spec`; `not-found` or `bad-file` naming the file of those weights
   */
  static async create(
    experiment: Experiment,
    images: ImageColumns,
    batchSize: number,
    lastBatchSize: number,
    report: (problem: string) => void,
    path?: TrainingPath['kind'],
    between?: PretrainingWork['between'],
    startFrom?: string,
  ): Promise<Learner> {
    const network = buildNetwork(experiment.model, experiment.training.seed);
    try {
      const { training } = experiment;
      if (startFrom !== undefined && path === undefined) await loadWeights(network, startFrom);
      else if (between !== undefined && path === undefined) await pretrain({ network, images, training, between });
      const step = makeTrainingStep(network, training);
      const chosen = path === undefined ? {} : { path };
      const runner = await makeRunner({ network, step, images, experiment, batchSize, lastBatchSize, ...chosen });
      return new Learner(network, runner, report);
    } catch (error) {
      network.dispose();
      throw error;
    }
  }

  /** The network as it stands now, ready to be measured: compiled when it is first wanted, so that training starts at once. */
  async inference(): Promise<Inference> {
    if (this.measuring === undefined) this.measuring = await makeInference(this.network, this.report);
    else this.measuring.refresh();
    return this.measuring;
  }

  dispose(): void {
    this.measuring?.dispose();
    this.runner.dispose();
    this.network.dispose();
  }
}

/** What the training state of an experiment is made of, found without compiling anything. @throws StudioError `bad-spec` */
export function stateOf({ model, training }: Experiment): StatePart[] {
  const network = buildNetwork(model, training.seed);
  try {
    const step = makeTrainingStep(network, training);
    const parts = statePartsOf(step);
    step.dispose();
    return parts;
  } finally {
    network.dispose();
  }
}
