import { afterEach, describe, expect, test, vi } from 'vitest';
import { StudioError } from '../../electron/domain/errors.ts';
import type { Experiment } from '../../electron/domain/experiment.ts';
import { CompiledRunner } from '../../electron/engine/graph/compiled-runner.ts';
import { threadsInUse } from '../../electron/engine/threads.ts';
import { TemporaryFolder } from '../dataset/idx-bytes.ts';
import { expectNoLeak } from '../engine/no-leak.ts';
import { conv, residual } from '../engine/samples.ts';
import { leftBy } from './left-by.ts';
import { afterCalls, experiment, resumedRun, tinyRun, tinySet, train } from './samples.ts';

// As few compilations as can be: each takes XLA seconds. What else a state holds is test/training/resume.test.ts.
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

/** 130 steps an epoch, in calls of 50, 50 and 30; then one, where the last batch of a single image is kept. */
const set = tinySet(264);
const plan = { batchSize: 2, validationCount: 3, epochs: 2 } as const;

const cases: readonly ['xla-loop' | 'graph-loop', Experiment][] = [
  // Its code draws noise, a value for each image and unit: the state of what is drawn is resumed too. Each step is told its images'
  // labels, which stay in TensorFlow beside them.
  [
    'xla-loop',
    experiment(plan, { encoder: [], code: { size: 5, activation: 'linear', variational: true, classes: 3 } }),
  ],
  // Its vectors and how often each is taken are no weights that a gradient moves.
  [
    'graph-loop',
    experiment(plan, {
      encoder: [conv(2, 3, 2)],
      code: { size: 4, activation: 'linear', variational: false, map: { channels: 1, kernel: 1 }, codebook: 3 },
    }),
  ],
  // What is normalised has moving statistics, on either way to a sum; what an optimizer keeps is in the cases above.
  [
    'graph-loop',
    experiment(
      { ...plan, lastPartialBatch: 'keep', optimizer: { kind: 'sgd' } },
      {
        encoder: [conv(2, 3, 2, { batchNorm: true }), residual(2, 3, { channels: 3, batchNorm: true })],
        decoder: [],
      },
    ),
  ],
];

describe('a compiled run that was stopped within an epoch and taken up again', { timeout: 180_000 }, () => {
  test.each(cases)('by %s ends as one that never was', (kind, given) =>
    expectNoLeak(async () => {
      using whole = new TemporaryFolder();
      using parts = new TemporaryFolder();
      const one = tinyRun(whole.path, set, given, { path: kind });
      expect(await train(one)).toMatchObject({ status: 'finished' });
      const first = tinyRun(parts.path, set, given, { path: kind });
      afterCalls(5, () => first.run.stop());
      expect(await train(first)).toEqual({ runId: 'a-run', status: 'stopped' });
      vi.restoreAllMocks();
      // By the checkpoint's path, though a new run of so few steps would not be compiled by XLA.
      const second = await resumedRun(parts.path, set);
      expect(await train(second)).toMatchObject({ status: 'finished' });
      expect(await leftBy(second.folder)).toEqual(await leftBy(one.folder));
      expect((await second.folder.readState()).path?.kind).toBe(kind);
      const step = given.training.lastPartialBatch === 'keep' ? 181 : 230;
      const place = { runId: 'a-run', epoch: 2, step, problems: [] };
      expect(second.events).toContainEqual({ name: 'run:resumed', payload: place });
    }),
  );

  test('and that finds neither its path nor its threads goes on, and says where exactness ends', () =>
    expectNoLeak(async () => {
      using data = new TemporaryFolder();
      const given = experiment({ ...plan, epochs: 1 }, { encoder: [] });
      const first = tinyRun(data.path, set, given);
      afterCalls(2, () => first.run.stop());
      await train(first);
      vi.restoreAllMocks();
      const threads = threadsInUse();
      vi.stubEnv('TF_NUM_INTRAOP_THREADS', String(threads + 1));
      vi.spyOn(CompiledRunner, 'compile').mockRejectedValue(new StudioError('engine-failed', 'no compiler here'));
      const second = await resumedRun(data.path, set);
      expect(await train(second)).toMatchObject({ status: 'finished' });
      const was = threads === 1 ? '1 thread' : `${threads} threads`;
      const inexact = `From step 100 on this run may differ in its last bits from one never interrupted: graph-loop became eager, ${was} became ${threads + 1} threads.`;
      expect(await second.folder.readState()).toMatchObject({ inexact, path: { kind: 'eager' } });
      const resumed = second.events.find(({ name }) => name === 'run:resumed');
      expect(resumed?.payload).toEqual({ runId: 'a-run', epoch: 1, step: 100, inexact, problems: [] });
    }));
});
