import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { StudioError } from '../../electron/domain/errors.ts';
import { GraphSession } from '../../electron/engine/graph/session.ts';
import { EagerRunner } from '../../electron/engine/step-runner.ts';
import { threadsInUse } from '../../electron/engine/threads.ts';
import { loadModel } from '../../electron/model/weights-file.ts';
import { TemporaryFolder } from '../dataset/idx-bytes.ts';
import { expectNoLeak } from '../engine/no-leak.ts';
import { weightsByName } from '../engine/samples.ts';
import { experiment, tinyRun, tinySet, train } from '../training/samples.ts';

const refused = new StudioError('engine-failed', 'TensorFlow refused the compiled graph: too old.');
const outOfMemory = new StudioError('engine-failed', 'TensorFlow could not run the compiled graph: out of memory');
const threads = threadsInUse();

beforeEach(() => {
  // What could not be compiled is said there too.
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
});
afterEach(() => {
  vi.restoreAllMocks();
});

describe('a run that cannot be compiled', () => {
  test.each([
    [1, { kind: 'graph-loop', stepsPerCall: 50, threads, reason: `xla-loop: ${refused.message}` }],
    [
      Number.POSITIVE_INFINITY,
      {
        kind: 'eager',
        stepsPerCall: 1,
        threads,
        reason: `xla-loop: ${refused.message} graph-loop: ${refused.message}`,
      },
    ],
  ])('because %d graphs are refused finishes, and its record says how and why', (refusals, path) =>
    expectNoLeak(async () => {
      using data = new TemporaryFolder();
      const load = vi.spyOn(GraphSession, 'load');
      if (refusals === 1) load.mockRejectedValueOnce(refused);
      else load.mockRejectedValue(refused);
      const tiny = tinyRun(data.path, tinySet(45), experiment(), { path: 'xla-loop' });
      expect(await train(tiny)).toMatchObject({ status: 'finished', test: { mse: expect.any(Number) as number } });
      expect((await tiny.folder.readState()).path).toEqual(path);
      expect(tiny.events).toContainEqual({ name: 'run:path-chosen', payload: { runId: 'a-run', path } });
      const { metrics } = await tiny.folder.readMetrics();
      expect(metrics.map(({ epoch }) => epoch)).toEqual([1, 2, 3]);
      expect(metrics[2]!.trainingCost).toBeLessThan(metrics[0]!.trainingCost);
    }),
  );
});

describe('a run whose engine fails in the middle', () => {
  test('ends as failed; the weights of the last epoch are kept', () =>
    expectNoLeak(async () => {
      using data = new TemporaryFolder();
      const tiny = tinyRun(data.path, tinySet(45), experiment(), {
        listen: ({ name }) => {
          if (name === 'run:epoch-ended') {
            vi.spyOn(GraphSession.prototype, 'run').mockImplementation(() => {
              throw outOfMemory;
            });
          }
        },
      });
      const ended = await train(tiny);
      const problem = `Training failed in epoch 2, after 5 steps; the weights of epoch 1 are kept. ${outOfMemory.message}`;
      expect(ended).toEqual({ runId: 'a-run', status: 'failed', problem });
      expect(await tiny.folder.readState()).toMatchObject({ status: 'failed', problem, path: { kind: 'graph-loop' } });
      expect((await tiny.folder.readMetrics()).metrics.map(({ epoch }) => epoch)).toEqual([1]);
      for (const weights of ['best', 'last'] as const) {
        const network = await loadModel(tiny.folder.modelFolder(weights));
        const values = Object.values(weightsByName(network));
        expect(values.every((each) => each.every(Number.isFinite))).toBe(true);
        network.dispose();
      }
    }));

  test('before an epoch has ended says that nothing is kept', () =>
    expectNoLeak(async () => {
      using data = new TemporaryFolder();
      vi.spyOn(GraphSession, 'load').mockRejectedValue(refused);
      vi.spyOn(EagerRunner.prototype, 'run').mockImplementation(() => {
        throw new Error('out of memory');
      });
      const tiny = tinyRun(data.path, tinySet(45), experiment());
      const problem =
        'Training failed in epoch 1, after 0 steps; no epoch had ended, so no weights are kept. out of memory';
      expect(await train(tiny)).toEqual({ runId: 'a-run', status: 'failed', problem });
      expect((await tiny.folder.readState()).problem).toBe(problem);
      expect(existsSync(join(tiny.folder.path, 'model'))).toBe(false);
    }));
});
