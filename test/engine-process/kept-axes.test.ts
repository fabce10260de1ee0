import { readdirSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Emit } from '../../electron/contract/contract.ts';
import type { ImageSet } from '../../electron/dataset/image-set.ts';
import type { ModelSpec } from '../../electron/domain/experiment.ts';
import { ImageSets } from '../../electron/engine-process/image-sets.ts';
import { pixelPlaneOf } from '../../electron/engine-process/pixel-plane.ts';
import { RunService } from '../../electron/engine-process/run-service.ts';
import { baselineOf } from '../../electron/training/baseline.ts';
import { pcaNeighboursOf } from '../../electron/training/pca-neighbours.ts';
import { TemporaryFolder } from '../dataset/idx-bytes.ts';
import { expectNoLeak } from '../engine/no-leak.ts';
import { breathe, dense, noiseImages } from '../engine/samples.ts';
import { experiment, tinySet, withoutCompiler } from '../training/samples.ts';
import { deskOver, MODEL, saveRun } from './models/samples.ts';

withoutCompiler();

const HELD_OUT = 5;
const LONG_AGO = new Date('2001-01-01');
const model: Partial<ModelSpec> = {
  inputShape: [16, 16, 1],
  encoder: [],
  code: { size: 2, activation: 'linear', variational: false },
  decoder: [dense(9, { activation: 'gelu' })],
  outputActivation: 'linear',
};

/** Of images whose axes take long enough to be kept, in memory of its own: as another process reads it. */
function setAgain(): ImageSet {
  const { training, test: held, ...rest } = tinySet(45);
  const images = (count: number, seed: number) => noiseImages(count, [16, 16, 1], seed);
  return {
    ...rest,
    training: { ...training, images: images(45, 1) },
    test: { ...held, images: images(held.images.count, 2) },
  };
}

async function startedAtPca(dataFolder: string): Promise<void> {
  const imageSets = new ImageSets(dataFolder);
  imageSets.add(setAgain());
  const { promise: ended, resolve } = Promise.withResolvers<unknown>();
  const emit: Emit = (name, payload) => (name === 'run:ended' ? resolve(payload) : undefined);
  const { handlers } = new RunService({ dataFolder, imageSets, emit });
  const training = { start: 'pca', epochs: 1, validationCount: HELD_OUT } as const;
  await handlers['run:start']({ experiment: experiment(training, model) });
  expect(await ended).toMatchObject({ status: 'finished' });
}

async function measured(dataFolder: string): Promise<void> {
  await saveRun(dataFolder, experiment({ validationCount: HELD_OUT }, model));
  const { service } = deskOver(dataFolder, setAgain());
  await service.handlers['model:merit']({ model: MODEL });
  await service.close();
}

const cacheIn = (dataFolder: string): string => join(dataFolder, 'cache');

test.each<[string, (dataFolder: string) => Promise<unknown>]>([
  ['what PCA reaches', (data) => baselineOf(setAgain(), HELD_OUT, cacheIn(data), breathe)],
  ['how it keeps classes together', (data) => pcaNeighboursOf(setAgain(), HELD_OUT, 2, cacheIn(data), breathe)],
  ['the plane of the pixels', (data) => pixelPlaneOf(setAgain(), HELD_OUT, 'test', cacheIn(data), breathe)],
  ['a run that starts there', startedAtPca],
  ['the figures of merit', measured],
])('%s: keeps the axes for the next, and takes those that are kept', (_, ask) =>
  expectNoLeak(async () => {
    using filled = new TemporaryFolder();
    using empty = new TemporaryFolder();
    await baselineOf(setAgain(), HELD_OUT, cacheIn(filled.path), breathe);
    const [axes = '', ...others] = readdirSync(cacheIn(filled.path));
    expect(axes).toMatch(/^axes-/);
    for (const other of others) rmSync(join(cacheIn(filled.path), other));
    const path = join(cacheIn(filled.path), axes);
    utimesSync(path, LONG_AGO, LONG_AGO);
    await ask(filled.path);
    // Whoever takes them marks them as asked for; whoever fits them writes others.
    expect(readdirSync(cacheIn(filled.path)).filter((name) => name.startsWith('axes-'))).toEqual([axes]);
    expect(statSync(path).mtimeMs).toBeGreaterThan(LONG_AGO.getTime());

    await ask(empty.path);
    expect(readdirSync(cacheIn(empty.path))).toContain(axes);
  }),
);
