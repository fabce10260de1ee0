import { mkdtemp, rm } from 'node:fs/promises';
import os, { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Events } from '../../../electron/contract/contract.ts';
import { hasPrior } from '../../../electron/domain/code-prior.ts';
import { StudioError, toErrorData } from '../../../electron/domain/errors.ts';
import type { NoiseSpec } from '../../../electron/domain/experiment.ts';
import { presetExperiment, type Preset } from '../../../electron/domain/presets.ts';
import type { ImageColumns } from '../../../electron/domain/words.ts';
import { sliceImages, type ImageSet, type LabelledImages } from '../../../electron/dataset/image-set.ts';
import { healthOf } from '../../../electron/engine/health.ts';
import { encodeImages } from '../../../electron/engine/inference.ts';
import type { Network } from '../../../electron/engine/network.ts';
import { RunFolder } from '../../../electron/files/run-folder.ts';
import { loadModel } from '../../../electron/model/weights-file.ts';
import { TrainingRun } from '../../../electron/training/training-run.ts';
import { describeMachine } from '../results.ts';
import { denoisingFigures, gains, meanOf, meanSquaredErrors, withNoise } from './denoising.ts';
import { TrainedModel } from '../../../electron/engine-process/models/trained-model.ts';
import { ImageSets } from '../../../electron/engine-process/image-sets.ts';
import { meritOf } from '../../../electron/engine-process/models/merit.ts';
import { breathe } from '../../../electron/training/emit.ts';
import { gapFigures } from './gaps.ts';
import { likelihoodFigures, priorOf } from './likelihood.ts';
import type { SeedResult } from './results.ts';
import type { Row } from './rows.ts';
import { sampleFigures } from './samples.ts';
import { nonLocalMeans } from './scikit-image.ts';

/** Images that a codebook's use is measured on. */
const CODEBOOK_IMAGES = 2_000;

/** Trains a preset as the app does, then measures its best weights on the test images. */
export async function trainRow(
  row: Row,
  preset: Preset,
  seed: number,
  set: ImageSet,
  threads: number,
  say: (line: string) => void,
): Promise<SeedResult> {
  const { height, width, channels } = set.training.images;
  const base = presetExperiment(preset, set.id, [height, width, channels === 3 ? 3 : 1]);
  const experiment = { ...base, training: { ...base.training, seed } };
  const root = await mkdtemp(join(tmpdir(), 'autoencoder-studio-quality-'));
  try {
    const folder = new RunFolder(join(root, 'run'));
    const machine = describeMachine(threads, os.loadavg()[0]!);
    const began = { wall: performance.now(), processor: process.cpuUsage() };
    const run = new TrainingRun({
      id: `${preset.id}-${seed}`,
      experiment,
      set,
      folder,
      emit: (name, payload) => {
        if (name !== 'run:epoch-ended') return;
        const { epoch, validationSquaredError, secondsSinceStart } = (payload as Events['run:epoch-ended']).metrics;
        const error = validationSquaredError?.toFixed(3) ?? 'not measured';
        say(`  epoch ${epoch}/${preset.training.epochs}: validation ${error}, ${secondsSinceStart.toFixed(0)} s`);
      },
    });
    await run.begin();
    const { status, problem, test } = await run.train();
    const wallSeconds = (performance.now() - began.wall) / 1_000;
    const { user, system } = process.cpuUsage(began.processor);
    if (status !== 'finished' || test === undefined) {
      throw new StudioError('engine-failed', `${preset.id}, seed ${seed}: ${status}. ${problem ?? ''}`);
    }
    const network = await loadModel(folder.modelFolder('best'));
    try {
      const wants = (name: Row['figures'][number]['name']): boolean =>
        row.figures.some((figure) => figure.name === name);
      const { inputNoise } = preset.training;
      const { images } = set.test;
      return {
        seed,
        figures: {
          squaredError: test.squaredError,
          ...(test.neighbourAccuracy === undefined ? {} : { neighbourAccuracy: test.neighbourAccuracy }),
          ...(wants('silhouette') ? await mapFigures(folder, root, say) : {}),
          ...(wants('psnrGain') && inputNoise ? await denoisingFigures(network, inputNoise, images) : {}),
          ...(wants('nonLocalMeansGain') && inputNoise ? await filterFigures(inputNoise, images, say) : {}),
          ...(wants('gapError') && inputNoise?.kind === 'patches'
            ? await gapFigures(network, inputNoise, images, say)
            : {}),
          ...(wants('negativeElbo')
            ? await likelihoodFigures(network, images, {
                samples: row.samples,
                labels: set.test.labels,
                prior: wants('fittedNegativeElbo') ? await priorOf(network, set.training.images) : undefined,
              })
            : {}),
          ...(wants('classesRead') ? { classesRead: await classesRead(network, set.test) } : {}),
          ...(wants('perplexity') ? perplexity(network, images) : {}),
          ...(wants('frechet') ? await sampleFigures(network, set, hasPrior(preset.model, preset.training)) : {}),
        },
        epochs: experiment.training.epochs,
        bestEpoch: test.epoch,
        wallSeconds,
        processorSeconds: (user + system) / 1e6,
        date: new Date().toISOString(),
        machine: { ...machine, loadAfter: os.loadavg()[0]! },
      };
    } finally {
      network.dispose();
    }
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

/** Share of the images whose likeliest class in the code is their label. */
async function classesRead(network: Network, { images, labels }: LabelledImages): Promise<number> {
  const { size, classes = 0 } = network.spec.code;
  const codes = await encodeImages(network, images, breathe);
  const right = labels?.reduce((sum, label, index) => {
    const read = codes.subarray((index + 1) * size - classes, (index + 1) * size);
    return sum + Number(read.indexOf(Math.max(...read)) === label);
  }, 0);
  return (right ?? 0) / images.count;
}

/** Of the vectors that the first images have. */
function perplexity(network: Network, images: ImageColumns): { readonly perplexity?: number } {
  const { codebook } = healthOf(network, sliceImages(images, 0, CODEBOOK_IMAGES));
  return codebook === undefined ? {} : { perplexity: codebook.perplexity };
}

/** How the codes lie as a map: what the app shows as figures of merit. */
async function mapFigures(
  run: RunFolder,
  dataFolder: string,
  report: (line: string) => void,
): Promise<{ readonly silhouette?: number; readonly trustworthiness: number }> {
  const place = { folder: run.modelFolder('best'), run };
  const model = await TrainedModel.load(place, { imageSets: new ImageSets(dataFolder), breathe, report });
  try {
    const { silhouette, trustworthiness } = (await meritOf(model, 'best', join(dataFolder, 'cache'))).model;
    return { trustworthiness, ...(silhouette === undefined ? {} : { silhouette }) };
  } finally {
    model.dispose();
  }
}

/** What non-local means gain on the same noisy images; nothing, and why, where Python cannot be had. */
async function filterFigures(
  noise: NoiseSpec,
  images: ImageColumns,
  say: (line: string) => void,
): Promise<{ readonly nonLocalMeansGain?: number }> {
  if (noise.kind !== 'gaussian') return {};
  try {
    const noisy = withNoise(images, noise);
    const filtered = await nonLocalMeans(images, noisy, noise.deviation, say);
    const [before, after] = [noisy, filtered].map((set) => meanSquaredErrors(set, images)) as [
      Float32Array,
      Float32Array,
    ];
    return { nonLocalMeansGain: meanOf(gains(before, after)) };
  } catch (error) {
    say(`  non-local means are left out. ${toErrorData(error).message}`);
    return {};
  }
}
