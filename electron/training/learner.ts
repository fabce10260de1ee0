import type { Experiment } from '../domain/experiment.ts';
import type { ImageColumns, TrainingPath } from '../domain/words.ts';
import type { Inference } from '../engine/inference.ts';
import { makeInference } from '../engine/make-inference.ts';
import { makeRunner } from '../engine/make-runner.ts';
import { neighbourGraph, type NeighbourGraph } from '../engine/neighbour-graph.ts';
import { buildNetwork, type Network } from '../engine/network.ts';
import { makeTrainingStep } from '../engine/step.ts';
import { statePartsOf, type StatePart, type StepRunner } from '../engine/step-runner.ts';
import { loadWeights } from '../model/weights-file.ts';
import { pretrain, type PretrainingWork } from './pretraining.ts';

/** The native side of one run: the network, what trains it and what measures it. */
export class Learner {
  readonly network: Network;
  readonly runner: StepRunner;
  /** Where the experiment keeps neighbours: whose they are. */
  readonly graph: NeighbourGraph | undefined;
  private readonly report: (problem: string) => void;
  private measuring: Inference | undefined;

  private constructor(
    network: Network,
    runner: StepRunner,
    graph: NeighbourGraph | undefined,
    report: (problem: string) => void,
  ) {
    this.network = network;
    this.runner = runner;
    this.graph = graph;
    this.report = report;
  }

  /**
   * @param report is told why something had to be done in a slower way
   * @param path of a run resumed from a checkpoint, which keeps its own and has been pretrained
   * @param between awaited between the parts of what comes before training, told how far that has come; without it there is no pretraining
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
      const graph = await graphOf(experiment, images, between);
      const step = makeTrainingStep(network, training);
      const chosen = path === undefined ? {} : { path };
      const runner = await makeRunner({ network, step, images, experiment, batchSize, lastBatchSize, ...chosen });
      return new Learner(network, runner, graph, report);
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

/** Computed anew for a resumed run: it follows from the images alone. */
async function graphOf(
  { training }: Experiment,
  images: ImageColumns,
  between: PretrainingWork['between'] | undefined,
): Promise<NeighbourGraph | undefined> {
  const { neighbours } = training.regularisers;
  if (neighbours === undefined) return undefined;
  const message = `Looking for the ${neighbours.count} nearest neighbours of each of ${images.count.toLocaleString('en')} images`;
  return neighbourGraph(images, neighbours.count, (fraction) => between?.(fraction, message) ?? Promise.resolve());
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
