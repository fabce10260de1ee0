import type { Experiment } from '../domain/experiment.ts';
import type { ImageColumns } from '../domain/words.ts';
import type { Network } from '../engine/network.ts';
import { startOnData } from '../engine/start/data-start.ts';
import { startAtPca } from '../engine/start/pca-start.ts';
import { loadWeights } from '../model/weights-file.ts';
import { pretrain } from './pretraining.ts';

export interface FirstWeights {
  /** With weights drawn from the seed. */
  readonly network: Network;
  readonly experiment: Experiment;
  readonly training: ImageColumns;
  readonly validation: ImageColumns;
  /** Folder of the model whose weights are taken in place of drawn ones. */
  readonly startFrom?: string | undefined;
  /** Awaited once the network computes PCA, of a start that goes on from there. */
  readonly onPca?: () => Promise<void>;
  /** Where the axes of the training images are kept; without it they are fitted. */
  readonly cacheFolder?: string | undefined;
  /** Awaited between parts of the work, told how far it has come, 0-1, and in words; what it throws ends it. */
  readonly between: (fraction: number, message: string) => Promise<void>;
}

/**
 * Gives a network the weights that its training begins with, as the experiment says.
 * @returns whether training should change images as the experiment says: a start that has tried it may say no
 * @throws StudioError `not-found` or `bad-file` naming the file of the weights
 */
export async function setFirstWeights(work: FirstWeights): Promise<boolean> {
  const { network, experiment, startFrom, between } = work;
  const { training } = experiment;
  if (startFrom !== undefined) await loadWeights(network, startFrom);
  else if (training.pretraining !== undefined) await pretrain({ network, images: work.training, training, between });
  else if (training.start === 'data') startOnData(network, work.training, training.seed);
  else if (training.start === 'pca') {
    const breathe = (): Promise<void> => between(0.5, 'Starting at PCA, in closed form');
    return startAtPca({ ...work, spec: training, breathe });
  }
  return true;
}
