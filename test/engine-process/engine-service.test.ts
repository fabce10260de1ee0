import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { IdSchema } from '../../electron/domain/ids.ts';
import { RunFolder } from '../../electron/files/run-folder.ts';
import { saveModel } from '../../electron/model/weights-file.ts';
import { EngineService } from '../../electron/engine-process/engine-service.ts';
import { ImageSets } from '../../electron/engine-process/image-sets.ts';
import { newRunId } from '../../electron/files/run-id.ts';
import { throttled } from '../../electron/training/emit.ts';
import { TemporaryFolder } from '../dataset/idx-bytes.ts';
import { modelSpec, onNetwork } from '../engine/samples.ts';
import { experiment, tinySet } from '../training/samples.ts';

describe('the engine', () => {
  test('describes itself', async () => {
    using data = new TemporaryFolder();
    const { handlers } = new EngineService(data.path, () => undefined);
    const described = await handlers['engine:describe']({});
    expect(described.tensorflow).toMatch(/^\d+\.\d+\.\d+/);
    expect(described.threads).toBeGreaterThan(0);
    expect(described.residentBytes).toBeGreaterThan(1e6);
  });

  test('tells of MNIST’s test images the first of each digit', async () => {
    using data = new TemporaryFolder();
    const { handlers } = new EngineService(data.path, () => undefined);
    const { indices } = await handlers['image-set:examples']({ imageSet: 'mnist' });
    expect([...indices]).toEqual([3, 2, 1, 18, 4, 8, 11, 0, 61, 7]);
  });

  test('gives MNIST’s images in pieces of their own memory', async () => {
    using data = new TemporaryFolder();
    const { handlers } = new EngineService(data.path, () => undefined);
    const request = { imageSet: 'mnist', split: 'test', first: 9_998, count: 10 } as const;
    const images = await handlers['image-set:images'](request);
    expect(images).toMatchObject({ count: 2, height: 28, width: 28, channels: 1 });
    expect(images.pixels.buffer.byteLength).toBe(2 * 784);
  });

  test('refuses a run on a set that is not there, and the stop of a run that is not training', async () => {
    using data = new TemporaryFolder();
    const { handlers } = new EngineService(data.path, () => undefined);
    await expect(handlers['run:start']({ experiment: { ...experiment(), imageSet: 'cats' } })).rejects.toMatchObject({
      code: 'not-found',
      message: 'There is no image set "cats"; there are: mnist.',
    });
    await expect(handlers['run:stop']({ runId: 'a-run' })).rejects.toMatchObject({
      code: 'not-found',
      message: 'The run "a-run" is not training.',
    });
    expect(readdirSync(data.path)).toEqual([]);
  });

  test('a run that does not fit leaves the way free for the next', async () => {
    using data = new TemporaryFolder();
    const { handlers } = new EngineService(data.path, () => undefined);
    const start = (): Promise<unknown> => handlers['run:start']({ experiment: { ...experiment(), imageSet: 'mnist' } });
    await expect(start()).rejects.toMatchObject({ code: 'bad-spec' });
    await expect(start()).rejects.toMatchObject({ code: 'bad-spec' });
  });

  test('exports a saved model, and names the file of one that is not there', () =>
    onNetwork(modelSpec(), async (network) => {
      using data = new TemporaryFolder();
      const { handlers } = new EngineService(data.path, () => undefined);
      const folder = RunFolder.under(data.path, 'a-run');
      await saveModel(network, folder.modelFolder('best'));
      mkdirSync(join(data.path, 'out'));
      const place = join(data.path, 'out', 'model');
      const { files } = await handlers['engine:export']({ runId: 'a-run', weights: 'best', folder: place });
      expect(files).toContain('model.json');
      expect(readdirSync(place)).toContain('weights.bin');
      const missing = handlers['engine:export']({ runId: 'a-run', weights: 'last', folder: place });
      await expect(missing).rejects.toMatchObject({
        code: 'not-found',
        message: `${join(folder.modelFolder('last'), 'model-spec.json')}: the file cannot be read.`,
      });
    }));
});

describe('the image sets', () => {
  test('are MNIST and what was added, each read once', async () => {
    using data = new TemporaryFolder();
    const sets = new ImageSets(data.path);
    sets.add(tinySet(4));
    expect((await sets.list()).map(({ id, trainingCount }) => [id, trainingCount])).toEqual([
      ['mnist', 60_000],
      ['tiny', 4],
    ]);
    expect(await sets.get('tiny')).toBe(await sets.get('tiny'));
    await expect(sets.get('none')).rejects.toMatchObject({
      code: 'not-found',
      message: 'There is no image set "none"; there are: mnist, tiny.',
    });
  });
});

describe('a run’s id', () => {
  const now = new Date('2026-11-23T14:15:03.999Z');

  test.each([
    ['article', '2026-11-23-141503-article-'],
    ['My *best* run / №1', '2026-11-23-141503-my-best-run-1-'],
    ['../..', '2026-11-23-141503-run-'],
    ['x'.repeat(200), `2026-11-23-141503-${'x'.repeat(40)}-`],
  ])('of %j begins with its time and names a folder anywhere', (word, expected) => {
    const id = newRunId(word, now);
    expect(id.startsWith(expected)).toBe(true);
    expect(id).toHaveLength(expected.length + 4);
    expect(v.is(IdSchema, id)).toBe(true);
  });

  test('two of one second differ', () => {
    expect(new Set(Array.from({ length: 5 }, () => newRunId('run', now))).size).toBeGreaterThan(1);
  });
});

test('a throttled message comes at once, the next within a thirtieth of a second does not', () => {
  const sent: number[] = [];
  const send = throttled((message: number) => sent.push(message));
  [1, 2, 3].forEach(send);
  expect(sent).toEqual([1]);
});
