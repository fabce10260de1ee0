import type { Experiment, TrainingSpec } from '../domain/experiment.ts';
import type { LabelledImages } from '../dataset/image-set.ts';
import type { ImageColumns, TrainingPath } from '../domain/words.ts';
import type { Inference } from '../engine/inference.ts';
import { makeInference } from '../engine/make-inference.ts';
import { makeRunner } from '../engine/make-runner.ts';
import { neighbourGraph, type NeighbourGraph } from '../engine/neighbour-graph.ts';
import { buildNetwork, type Network } from '../engine/network.ts';
import { makeTrainingStep } from '../engine/step.ts';
import { statePartsOf, type StatePart, type Trainer } from '../engine/step-runner.ts';
import type { EpochPlan } from './epoch-plan.ts';

/** Lets messages in, and says what comes before training: a fraction, 0-1, and words. What it throws ends the work. */
export type Between = (fraction: number, message: string) => Promise<void>;

const UNCHANGED = { shiftPixels: 0, flip: false } as const;

/**
 * Makes what trains a network in place of this process's own ways.
 * @param state what it is asked for by its parts
 * @param training the experiment's, as its start has left it
 */
export type MakeTrainer = (network: Network, state: readonly StatePart[], training: TrainingSpec) => Promise<Trainer>;

/** A network as it stands when it is asked, ready to be measured: compiled when it is first wanted. */
class Measuring {
  private readonly network: Network;
  private readonly report: (problem: string) => void;
  private compiled: Inference | undefined;

  constructor(network: Network, report: (problem: string) => void) {
    this.network = network;
    this.report = report;
  }

  /** @param counts images in the sets that it is mostly used on */
  readonly inference = async (counts: readonly number[] = []): Promise<Inference> => {
    if (this.compiled === undefined) this.compiled = await makeInference(this.network, this.report, counts);
    else this.compiled.refresh();
    return this.compiled;
  };

  dispose(): void {
    this.compiled?.dispose();
  }
}

/** The native side of one run: the network, what trains it and what measures it. */
export class Learner {
  readonly network: Network;
  readonly runner: Trainer;
  /** Where the experiment keeps neighbours: whose they are. */
  readonly graph: NeighbourGraph | undefined;
  /** Whether images are changed as the experiment says; its start may have found that it does not help. */
  readonly augments: boolean;
  /** The network as it stands now, so that training starts at once. */
  readonly inference: Measuring['inference'];
  private readonly measuring: Measuring;

  private constructor(
    network: Network,
    runner: Trainer,
    graph: NeighbourGraph | undefined,
    augments: boolean,
    measuring: Measuring,
  ) {
    this.network = network;
    this.runner = runner;
    this.graph = graph;
    this.augments = augments;
    this.inference = measuring.inference;
    this.measuring = measuring;
  }

  /**
   * @param report is told why something had to be done in a slower way
   * @param path the fastest to try: a run resumed from a checkpoint keeps its own; without it model and steps decide
   * @param between awaited between the parts of what comes before training, told how far that has come
   * @param prepare sets the weights that training begins with, which may be measured before what trains them is compiled; it answers
   * whether images are to be changed as the experiment says. Without it weights stay as they are drawn
   * @param elsewhere makes what trains, where that is not this process
   * @throws StudioError `bad-spec`, and what `prepare` throws
   */
  static async create(
    experiment: Experiment,
    { images, labels }: Pick<LabelledImages, 'images' | 'labels'>,
    plan: Pick<EpochPlan, 'batchSize' | 'lastBatchSize' | 'steps'>,
    report: (problem: string) => void,
    path?: TrainingPath['kind'],
    between?: Between,
    prepare?: (begun: Pick<Learner, 'network' | 'inference'>) => Promise<boolean>,
    elsewhere?: MakeTrainer,
  ): Promise<Learner> {
    const network = buildNetwork(experiment.model, experiment.training.seed);
    const measuring = new Measuring(network, report);
    try {
      const augments = (await prepare?.({ network, inference: measuring.inference })) ?? true;
      const training = augments ? experiment.training : { ...experiment.training, augmentation: UNCHANGED };
      const graph = await graphOf(experiment, images, between);
      const step = makeTrainingStep(network, training);
      if (elsewhere !== undefined) {
        const state = statePartsOf(step);
        step.dispose();
        return new Learner(network, await elsewhere(network, state, training), graph, augments, measuring);
      }
      const chosen = path === undefined ? {} : { path };
      const classes = experiment.model.code.classes === undefined || labels === undefined ? {} : { labels };
      const { batchSize, lastBatchSize, steps } = plan;
      const sizes = { batchSize, lastBatchSize, steps };
      const runner = await makeRunner({ network, step, images, ...classes, experiment, ...sizes, ...chosen });
      return new Learner(network, runner, graph, augments, measuring);
    } catch (error) {
      measuring.dispose();
      network.dispose();
      throw error;
    }
  }

  async dispose(): Promise<void> {
    this.measuring.dispose();
    this.network.dispose();
    await this.runner.dispose();
  }
}

/** Computed anew for a resumed run: it follows from the images alone. */
async function graphOf(
  { training }: Experiment,
  images: ImageColumns,
  between: Between | undefined,
): Promise<NeighbourGraph | undefined> {
  const { neighbours } = training.regularisers;
  if (neighbours === undefined) return undefined;
  const count = Math.min(neighbours.count, images.count - 1);
  const nearest = count === 1 ? 'nearest neighbour' : `${count} nearest neighbours`;
  const message = `Looking for the ${nearest} of each of ${images.count.toLocaleString('en')} images`;
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
