import { join } from 'node:path';
import type { ImageColumns } from '../domain/words.ts';
import type { EndedEpoch, EpochEnd } from './epoch-end.ts';
import { setFirstWeights } from './first-weights.ts';
import type { Between, MakeTrainer } from './learner.ts';
import type { RunGate } from './run-gate.ts';
import type { Measured, RunMeasures } from './run-measures.ts';
import type { RunOptions } from './run-options.ts';
import { TorchRunner } from './torch/torch-runner.ts';

interface RunStartParts {
  readonly options: Pick<RunOptions, 'experiment' | 'set' | 'folder' | 'emit' | 'startFrom' | 'torch' | 'cacheFolder'>;
  readonly data: { readonly training: ImageColumns; readonly validation: ImageColumns };
  readonly measures: RunMeasures;
  readonly ends: EpochEnd;
  readonly gate: RunGate;
  /** How many steps have been trained. */
  readonly step: () => number;
  readonly announce: (fraction: number, message: string) => Promise<void>;
  readonly tell: (ended: EndedEpoch) => void;
  readonly between: Between;
}

/** What a run does before its first step: gives the weights their first values, and shows what they make of the pictures. */
export class RunStart {
  private readonly parts: RunStartParts;

  constructor(parts: RunStartParts) {
    this.parts = parts;
  }

  /** @returns whether the images are to be changed in training (`setFirstWeights`) */
  async prepare(begun: Measured): Promise<boolean> {
    const { options, data, between, announce } = this.parts;
    const { experiment, startFrom, cacheFolder } = options;
    const { network } = begun;
    const onPca = (): Promise<void> => this.showPca(begun);
    const augments = await setFirstWeights({ network, experiment, ...data, startFrom, onPca, cacheFolder, between });
    // Pictures are there before what trains further is compiled, which takes longer the larger they are.
    if (experiment.training.start === 'pca') await this.measureStart(begun);
    await announce(0.9, 'Compiling the training steps');
    return augments;
  }

  /** Who trains it where that is not this process: `undefined` where it is. */
  get elsewhere(): MakeTrainer | undefined {
    const { options, between } = this.parts;
    const { experiment, set, folder, torch: place } = options;
    if (place === undefined) return undefined;
    const { imagesPath } = set.training;
    return (network, state, training) =>
      TorchRunner.start({
        place,
        network,
        experiment: { ...experiment, training },
        state,
        images: set.training.images,
        ...(imagesPath === undefined ? {} : { imagesPath }),
        folder: join(folder.path, 'trainee'),
        between: () => between(0.5, 'Starting PyTorch'),
      });
  }

  /** What PCA makes of the pictures is shown at once: of large ones the rest of the start takes ten times as long. */
  private async showPca(begun: Measured): Promise<void> {
    const { options, measures, gate } = this.parts;
    const snapshot = await measures.snapshot(begun, 0);
    await gate.persist(() => options.folder.writeSnapshot(snapshot));
    options.emit('run:snapshot-taken', snapshot);
  }

  /** A closed form is a model already: it is measured, shown and kept as epoch 0, and training has to do better. */
  private async measureStart(begun: Measured): Promise<void> {
    const { measures, ends, step, tell } = this.parts;
    const cost = await measures.trainingCost(begun);
    tell(await ends.write(begun, 0, step(), { last: cost, mean: cost, seconds: 0, rate: 0 }));
  }
}
