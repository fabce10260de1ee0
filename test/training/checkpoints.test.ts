import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { decodeSafetensors } from '../../electron/files/safetensors.ts';
import { epochsOf } from '../../electron/model/weights-file.ts';
import { TemporaryFolder } from '../dataset/idx-bytes.ts';
import { expectNoLeak } from '../engine/no-leak.ts';
import { afterCalls, eachEpoch, experiment, tinyRun, tinySet, train, withoutCompiler } from './samples.ts';
import { checkpointsOf, given, set, trainStopped } from './stopped-run.ts';

withoutCompiler();

describe('checkpoints', () => {
  test('of a run: the last two are kept, and none when it has finished', () =>
    expectNoLeak(async () => {
      using data = new TemporaryFolder();
      const seen: string[][] = [];
      const tiny = tinyRun(data.path, set, given, {
        policy: eachEpoch,
        listen: ({ name }) => {
          if (name === 'run:epoch-ended') seen.push(checkpointsOf(tiny.folder.path));
        },
      });
      await train(tiny);
      expect(seen).toEqual([
        ['checkpoint-0002-000000'],
        ['checkpoint-0002-000000', 'checkpoint-0003-000000'],
        ['checkpoint-0003-000000', 'checkpoint-0004-000000'],
      ]);
      expect(checkpointsOf(tiny.folder.path)).toEqual([]);
    }));

  test('hold the note, the state and the best weights, these without a second copy', () =>
    expectNoLeak(async () => {
      using data = new TemporaryFolder();
      const { path } = await trainStopped(data.path);
      const newest = join(path, 'checkpoint-0003-000002');
      expect(readdirSync(newest).sort()).toEqual(['best', 'checkpoint.json', 'state.safetensors']);
      const note = JSON.parse(readFileSync(join(newest, 'checkpoint.json'), 'utf8')) as Record<string, unknown>;
      expect(note).toMatchObject({ version: 1, runId: 'a-run', epoch: 3, done: 2, stepsPerEpoch: 5, imageCount: 40 });
      const { tensors } = decodeSafetensors(readFileSync(join(newest, 'state.safetensors')), 'state');
      // Two layers in, two out: four kernels and biases, two slots each, and Adam's two powers.
      expect(Object.keys(tensors)).toHaveLength(8 + 16 + 2);
      const weights = (folder: string): number => statSync(join(folder, 'weights.safetensors')).ino;
      expect(weights(join(newest, 'best'))).toBe(weights(join(path, 'model', 'best')));
      // Two of five steps into the third.
      expect(await epochsOf(join(path, 'model', 'last'))).toBe(2.4);
      expect(await epochsOf(join(newest, 'best'))).toBe((note['best'] as { readonly epoch: number }).epoch);
    }));

  test('take the weights along that they call the best, also where those of an epoch are not on the disk yet', () =>
    expectNoLeak(async () => {
      using data = new TemporaryFolder();
      // One that is killed finds what the newest checkpoint has; of the epochs' ends only the first writes by itself.
      const judged = experiment({ validationCount: 0 });
      const tiny = tinyRun(data.path, set, judged, { policy: { minutes: 0, leastSeconds: 0, mostShare: 1e-9 } });
      const { path } = tiny.folder;
      let found: readonly unknown[] = [];
      afterCalls(13, () => {
        const newest = join(path, checkpointsOf(path).sort().at(-1)!);
        const note = JSON.parse(readFileSync(join(newest, 'checkpoint.json'), 'utf8')) as { best: { epoch: number } };
        const best = join(newest, 'best', 'weights.safetensors');
        found = [note.best.epoch, decodeSafetensors(readFileSync(best), best).metadata['epochs']];
        tiny.run.stop();
      });
      await train(tiny);
      expect(found).toEqual([2, '2']);
    }));

  test('that nobody could go on from are not written: a run that diverges leaves none', () =>
    expectNoLeak(async () => {
      using data = new TemporaryFolder();
      const hot = experiment(
        { optimizer: { kind: 'sgd' }, learningRate: 100, epochs: 30 },
        { outputActivation: 'linear' },
      );
      const tiny = tinyRun(data.path, tinySet(405), hot, { policy: { minutes: 0, leastSeconds: 0 } });
      const ended = await train(tiny);
      expect(ended.status).toBe('failed');
      expect(ended.problem).toMatch(/no longer numbers|The cost became/);
      expect(checkpointsOf(tiny.folder.path)).toEqual([]);
    }));
});
