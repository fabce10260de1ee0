import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { splitTraining, summarise, type ImageSet } from '../../../electron/dataset/image-set.ts';
import { StudioError } from '../../../electron/domain/errors.ts';
import { bestByFaults } from '../../../electron/domain/inspection/choose-score.ts';
import { aurocInterval, auroc, type Interval } from '../../../electron/domain/inspection/ranking.ts';
import { scoreKinds, type Evening, type ScoreKind } from '../../../electron/domain/inspection/scores.ts';
import { fitThreshold } from '../../../electron/domain/inspection/threshold.ts';
import { recipeFor } from '../../../electron/domain/recipe.ts';
import { scorePictures } from '../../../electron/engine/inspection/inspect-pictures.ts';
import {
  combine,
  learnNormal,
  mappedBy,
  MOST_HELD_OUT,
  MOST_TRAINING,
} from '../../../electron/engine/inspection/learn-normal.ts';
import { faultKinds, type FaultKind } from '../../../electron/engine/inspection/made-faults.ts';
import type { Shape } from '../../../electron/engine/inspection/pieces.ts';
import { ofPicturesAlone } from '../../../electron/engine/inspection/score-picture.ts';
import { passThrough, type Through } from '../../../electron/engine/inspection/through.ts';
import { floatsOf } from '../../../electron/engine-process/inspection/normality-of.ts';
import { RunFolder } from '../../../electron/files/run-folder.ts';
import { loadModel } from '../../../electron/model/weights-file.ts';
import { breathe } from '../../../electron/training/emit.ts';
import { TrainingRun } from '../../../electron/training/training-run.ts';
import { pcaThrough } from './pca-through.ts';

/** Normal pictures to train on, and pictures of both kinds to tell apart. */
export interface OddSet {
  readonly id: string;
  readonly split: number;
  readonly normal: ImageSet;
  /** The test images: 1 where one is odd. */
  readonly odd: Uint8Array;
}

export interface OddResult {
  readonly set: string;
  readonly split: number;
  /** Epochs of the recipe's that were trained. */
  readonly epochs: number;
  readonly wholeEpochs: number;
  /** AUROC of each score, and the evening that was chosen for it. */
  readonly scores: Readonly<Record<ScoreKind, { readonly auroc: number; readonly evening: Evening }>>;
  /** The score that made faults chose; no odd picture had a say. */
  readonly chosen: ScoreKind;
  readonly interval: Interval;
  readonly madeFaults: number;
  /** AUROC of each score on made faults, by which the chosen one was; nothing in earlier results. */
  readonly foundFaults?: Readonly<Record<ScoreKind, number>>;
  /** What faults were drawn; nothing in results from before they were large ones. */
  readonly faultKinds?: readonly FaultKind[];
  /** Whether held-out pictures were scaled by others alone, in _Usual variations_; nothing in earlier results. */
  readonly scaledByOthers?: true;
  /** The same scores of PCA with as many numbers, and of brightness alone. */
  readonly pca: Readonly<Record<ScoreKind, number>>;
  readonly brightness: number;
  /** At the fitted threshold. */
  readonly caught: number;
  readonly oddCount: number;
  readonly falseAlarms: number;
  readonly normalCount: number;
  readonly processorSeconds: number;
}

/** Trains the recipe on a set's normal pictures, learns what is normal, and tells its test pictures apart. */
export async function measureOdd({ id, split, normal, odd }: OddSet, mostEpochs: number): Promise<OddResult> {
  const base = recipeFor(summarise(normal)).experiment;
  const epochs = Math.min(mostEpochs, base.training.epochs);
  const experiment = { ...base, training: { ...base.training, epochs } };
  const { training, validation } = splitTraining(normal.training, experiment.training.validationCount);
  const [height, width, channels] = experiment.model.inputShape;
  const shape: Shape = [height, width, channels];
  const began = process.cpuUsage();
  const root = await mkdtemp(join(tmpdir(), 'autoencoder-studio-odd-'));
  try {
    const folder = new RunFolder(join(root, 'run'));
    const run = new TrainingRun({ id: 'odd', experiment, set: normal, folder, emit: () => undefined });
    await run.begin();
    const ended = await run.train();
    if (ended.status !== 'finished')
      throw new StudioError('engine-failed', `${id}: ${ended.status}. ${ended.problem ?? ''}`);
    const network = await loadModel(folder.modelFolder('best'));
    const given = {
      shape,
      training: floatsOf(training.images, 0, Math.min(MOST_TRAINING, training.images.count)),
      heldOut: floatsOf(validation.images, 0, Math.min(MOST_HELD_OUT, validation.images.count)),
      test: floatsOf(normal.test.images),
    };
    const own = await judge(given, (pictures) => passThrough(network, pictures, breathe));
    network.dispose();
    const { user, system } = process.cpuUsage(began);
    const size = height * width * channels;
    const pca = await judge(given, pcaThrough(given.training, size, experiment.model.code.size), own.columns);
    const parts = (values: ArrayLike<number>) => ({
      normal: Array.from(values).filter((_, at) => odd[at] === 0),
      odd: Array.from(values).filter((_, at) => odd[at] === 1),
    });
    const areaOf = (values: ArrayLike<number>): number => auroc(parts(values).normal, parts(values).odd);
    const chosen = bestByFaults(
      (kind) => own.normality.madeFaults[kind],
      own.normality.heldOut['squared-error'].length,
    );
    const told = parts(own.columns[chosen]);
    const { threshold } = fitThreshold(own.normality.heldOut[chosen]);
    const over = (scores: readonly number[]): number => scores.filter((score) => score > threshold).length;
    const brightness = Float32Array.from(odd, (_, at) => {
      const values = given.test.subarray(at * size, (at + 1) * size);
      return -values.reduce((sum, value) => sum + value, 0) / size;
    });
    const each = <T>(of: (kind: ScoreKind) => T) =>
      Object.fromEntries(scoreKinds.map((kind) => [kind, of(kind)])) as Record<ScoreKind, T>;
    return {
      set: id,
      split,
      epochs,
      wholeEpochs: base.training.epochs,
      scores: each((kind) => ({
        auroc: areaOf(own.columns[kind]),
        evening: own.normality.statistics.find((one) => one.kind === mappedBy(kind))!.evening,
      })),
      chosen,
      interval: aurocInterval(told.normal, told.odd),
      madeFaults: own.normality.madeFaults[chosen],
      foundFaults: own.normality.madeFaults,
      scaledByOthers: true,
      faultKinds,
      pca: each((kind) => areaOf(pca.columns[kind])),
      brightness: areaOf(brightness),
      caught: over(told.odd),
      oddCount: told.odd.length,
      falseAlarms: over(told.normal),
      normalCount: told.normal.length,
      processorSeconds: (user + system) / 1e6,
    };
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

async function judge(
  {
    shape,
    training,
    heldOut,
    test,
  }: {
    readonly shape: Shape;
    readonly training: Float32Array;
    readonly heldOut: Float32Array;
    readonly test: Float32Array;
  },
  through: (pictures: Float32Array) => Promise<Through>,
  known?: Readonly<Record<ScoreKind, Float32Array>>,
) {
  const normality = await learnNormal({ shape, training, heldOut, through, breathe, told: () => undefined });
  if (known === undefined) return { normality, columns: await scorePictures(normality, test, through) };
  // What looks at pictures alone says the same beside any model.
  const { parts } = normality;
  const statistics = normality.statistics.filter(({ kind }) => !ofPicturesAlone.includes(kind));
  const others = await scorePictures({ ...normality, statistics, parts: [] }, test, through);
  const columns = { ...others };
  for (const kind of ofPicturesAlone) columns[kind] = known[kind];
  const combined = columns.variations.map((_, at) => combine(parts, (kind) => columns[kind][at]!));
  return { normality, columns: { ...columns, combined } };
}
