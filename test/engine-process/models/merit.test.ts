import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Merit } from '../../../electron/contract/models.ts';
import type { ImageSet } from '../../../electron/dataset/image-set.ts';
import { stratifiedSample } from '../../../electron/dataset/stratified-sample.ts';
import { meritOf } from '../../../electron/engine-process/models/merit.ts';
import { TrainedModel } from '../../../electron/engine-process/models/trained-model.ts';
import type { PcaNeighbours } from '../../../electron/domain/words.ts';
import { writeNeighbours } from '../../../electron/files/merit-file.ts';
import { RunFolder } from '../../../electron/files/run-folder.ts';
import { TemporaryFolder } from '../../dataset/idx-bytes.ts';
import { expectNoLeak } from '../../engine/no-leak.ts';
import { noiseImages } from '../../engine/samples.ts';
import { experiment, tinySet, withoutCompiler } from '../../training/samples.ts';
import { MODEL, deskOver, saveRun, saveWeights } from './samples.ts';

const code = { size: 2, activation: 'linear', variational: false } as const;
const given = experiment({ validationCount: 5 }, { code });

function onService(set: ImageSet, body: (merit: () => Promise<unknown>, path: string) => Promise<void>): Promise<void> {
  return expectNoLeak(async () => {
    using data = new TemporaryFolder();
    await saveRun(data.path, given);
    const { service } = deskOver(data.path, set);
    try {
      await body(() => service.handlers['model:merit']({ model: MODEL }), data.path);
    } finally {
      await service.close();
    }
  });
}

withoutCompiler();

describe('the figures of merit', () => {
  test('of a model and of PCA, kept with the run', () =>
    onService(tinySet(80, 60), async (merit, path) => {
      const found = await merit();
      const figures = {
        neighbourAccuracy: expect.closeTo(0.4, 0) as number,
        trustworthiness: expect.closeTo(0.6, 0) as number,
        silhouette: expect.closeTo(0, 0) as number,
      };
      expect(found).toEqual({ model: figures, pca: figures, sampled: 60 });
      const file = join(path, 'runs/a-run/merit.json');
      // Read, not computed again: a figure that was changed by hand comes back.
      const text = readFileSync(file, 'utf8');
      writeFileSync(file, text.replace(/"trustworthiness": [\d.]+/, '"trustworthiness": 0.125'));
      expect(await merit()).toMatchObject({ model: { trustworthiness: 0.125 } });
      // Damaged, or of other weights: computed again.
      writeFileSync(file, text.replace('"sampled": 60', '"sampled": "many"'));
      expect(await merit()).toEqual(found);
      await saveWeights(new RunFolder(join(path, 'runs/a-run')), given.model, 3);
      expect(await merit()).not.toEqual(found);
    }));

  test('of weights that a training run has replaced while they were measured are not taken for those of the new ones', () =>
    expectNoLeak(async () => {
      using data = new TemporaryFolder();
      const run = await saveRun(data.path, given);
      const { service, imageSets } = deskOver(data.path, tinySet(80, 60));
      const around = { imageSets, breathe: () => Promise.resolve(), report: () => undefined };
      const model = await TrainedModel.load({ folder: run.modelFolder('best'), run }, around);
      try {
        await saveWeights(run, given.model, 3);
        const before = await meritOf(model, 'best', join(data.path, 'cache'));
        expect(await service.handlers['model:merit']({ model: MODEL })).not.toEqual(before);
      } finally {
        model.dispose();
        await service.close();
      }
    }));

  test('tell how much of them is measured', () =>
    expectNoLeak(async () => {
      using data = new TemporaryFolder();
      const run = await saveRun(data.path, given);
      const { service, imageSets, told } = deskOver(data.path, tinySet(300, 200));
      const around = { imageSets, breathe: () => Promise.resolve(), report: () => undefined };
      const model = await TrainedModel.load({ folder: run.modelFolder('best'), run }, around);
      const shares: number[] = [];
      try {
        const breathe = async (done?: number) => void (done !== undefined && shares.push(done));
        await meritOf(model, 'best', join(data.path, 'cache'), breathe);
        expect(shares.length).toBeGreaterThan(6);
        expect(shares).toEqual(shares.toSorted((a, b) => a - b));
        expect(shares[0]).toBeLessThan(0.8);
        expect(shares.at(-1)).toBe(1);
        await saveWeights(run, given.model, 3);
        const { handlers } = service;
        const calls = {
          points: () => handlers['model:points']({ model: MODEL, split: 'test' }),
          measures: () => handlers['model:measures']({ model: MODEL, split: 'test' }),
          merit: () => handlers['model:merit']({ model: MODEL }),
        };
        for (const [kind, call] of Object.entries(calls)) {
          await call();
          expect(told.at(-1)).toEqual({ model: MODEL, kind, fraction: expect.any(Number) as number });
        }
      } finally {
        model.dispose();
        await service.close();
      }
    }));

  test('take how well PCA keeps the classes together from where a run’s page has it, and leave it there', () =>
    onService(tinySet(80, 60), async (merit, path) => {
      const found = (await merit()) as Merit;
      const cache = join(path, 'cache');
      const [name = ''] = readdirSync(cache).filter((file) => file.startsWith('pca-neighbours-'));
      const kept = JSON.parse(readFileSync(join(cache, name), 'utf8')) as PcaNeighbours;
      expect(kept).toEqual({ size: 2, accuracy: found.pca.neighbourAccuracy });
      writeFileSync(join(cache, name), JSON.stringify({ size: 2, accuracy: 0.125 }));
      rmSync(join(path, 'runs/a-run/merit.json'));
      expect(await merit()).toEqual({ ...found, pca: { ...found.pca, neighbourAccuracy: 0.125 } });
    }));

  test('take what the run has measured of its codes itself, of these weights alone', () =>
    onService(tinySet(80, 60), async (merit, path) => {
      const found = (await merit()) as Merit;
      const file = join(path, 'runs/a-run/merit.json');
      const { best } = JSON.parse(readFileSync(file, 'utf8')) as { readonly best: { readonly fingerprint: string } };
      rmSync(file);
      const run = new RunFolder(join(path, 'runs/a-run'));
      await writeNeighbours(run, best.fingerprint, 0.125);
      expect(await merit()).toEqual({ ...found, model: { ...found.model, neighbourAccuracy: 0.125 } });
      rmSync(file);
      await writeNeighbours(run, 'of others', 0.125);
      expect(await merit()).toEqual(found);
    }));

  test('without labels: how far neighbours are kept', () =>
    onService(tinySet(40, 30, false), async (merit) => {
      expect(await merit()).toEqual({
        model: { trustworthiness: expect.any(Number) as number },
        pca: { trustworthiness: expect.any(Number) as number },
        sampled: 30,
      });
    }));

  test('of two images, each alone in its class, say nothing of how far classes lie apart', () =>
    onService(tinySet(40, 2), async (merit) => {
      const measured = await merit();
      expect(measured).toMatchObject({ sampled: 2 });
      expect(JSON.stringify(measured)).not.toContain('silhouette');
    }));

  test('of one class have no silhouette; of one image no trustworthiness either, read back as well', () =>
    onService(
      { ...tinySet(40, 1), training: { ...tinySet(40).training, labels: new Uint8Array(40) } },
      async (merit) => {
        const one = { neighbourAccuracy: 1, trustworthiness: Number.NaN };
        expect(await merit()).toEqual({ model: one, pca: one, sampled: 1 });
        expect(await merit()).toEqual({ model: one, pca: one, sampled: 1 });
      },
    ));
});

describe('a stratified sample', () => {
  const images = noiseImages(1_000, [1, 1, 1]);

  test('has each class’s share, spread over it, the same every time', () => {
    const labels = Uint8Array.from({ length: 1_000 }, (_, index) => (index < 700 ? 0 : index < 900 ? 5 : 9));
    const sample = stratifiedSample({ images, labels }, 100);
    expect(sample).toHaveLength(100);
    const shares = [0, 5, 9].map((label) => sample.filter((index) => labels[index] === label).length);
    expect(shares).toEqual([70, 20, 10]);
    expect([sample[0], sample[1], sample[70], sample[90]]).toEqual([0, 10, 700, 900]);
    expect(stratifiedSample({ images, labels }, 100)).toEqual(sample);
  });

  test('without labels is spread over all; all of them where there are no more', () => {
    expect(Array.from(stratifiedSample({ images }, 4))).toEqual([0, 250, 500, 750]);
    expect(stratifiedSample({ images }, 1_000)).toHaveLength(1_000);
  });
});
