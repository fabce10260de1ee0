import { cpSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import type { Experiment } from '../../electron/domain/experiment.ts';
import { EagerRunner } from '../../electron/engine/step-runner.ts';
import type { RunFolder } from '../../electron/files/run-folder.ts';
import { Patience } from '../../electron/training/epoch-loop.ts';
import { TemporaryFolder } from '../dataset/idx-bytes.ts';
import { expectNoLeak } from '../engine/no-leak.ts';
import { fillDisk } from './full-disk.ts';
import { leftBy } from './left-by.ts';
import {
  afterCalls,
  eachCall,
  eachEpoch,
  experiment,
  resumedRun,
  tinyRun,
  tinySet,
  train,
  withoutCompiler,
  type TinyRun,
} from './samples.ts';
import { readWhole } from './whole-files.ts';

withoutCompiler();

const set = tinySet(45);
const given = experiment();

const ranThrough = new Map<Experiment, Promise<Record<string, unknown>>>();

/** Each is trained once. */
function leftByOneThatRanThrough(what: Experiment): Promise<Record<string, unknown>> {
  const trained = async () => {
    using data = new TemporaryFolder();
    const one = tinyRun(data.path, set, what);
    await train(one);
    return await leftBy(one.folder);
  };
  const left = ranThrough.get(what) ?? trained();
  ranThrough.set(what, left);
  return left;
}

const told = ({ events }: TinyRun): string[] =>
  events.map(({ name }) => name).filter((name) => name !== 'run:progressed' && name !== 'run:snapshot-taken');

describe('a pause', () => {
  test('stops computing within a call, is noted with a checkpoint, and changes nothing of what comes after', () =>
    expectNoLeak(async () => {
      using data = new TemporaryFolder();
      const paused: unknown[] = [];
      const tiny = tinyRun(data.path, set, given, {
        listen: ({ name, payload }, run) => {
          if (name !== 'run:paused') return;
          const calls = vi.mocked(EagerRunner.prototype.run).mock.calls.length;
          void tiny.folder.readState().then(async ({ status }) => {
            paused.push(
              payload,
              status,
              readdirSync(tiny.folder.path).filter((entry) => entry.includes('point')),
            );
            paused.push(vi.mocked(EagerRunner.prototype.run).mock.calls.length - calls);
            run.resume();
          });
        },
      });
      afterCalls(7, () => tiny.run.pause());
      expect(await train(tiny)).toMatchObject({ status: 'finished' });
      const place = { runId: 'a-run', epoch: 2, step: 7 };
      expect(paused).toEqual([place, 'paused', ['checkpoint-0002-000000', 'checkpoint-0002-000002'], 0]);
      const epoch = 'run:epoch-ended';
      const around = ['run:started', 'run:path-chosen', epoch, 'run:paused', 'run:resumed', epoch, epoch, 'run:ended'];
      expect(told(tiny)).toEqual(around);
      expect(tiny.events).toContainEqual({ name: 'run:resumed', payload: { ...place, problems: [] } });
      afterCalls(Number.POSITIVE_INFINITY, () => undefined);
      expect(await leftBy(tiny.folder)).toEqual(await leftByOneThatRanThrough(given));
    }));

  test('outlives its process: another takes the run up where it paused', () =>
    expectNoLeak(async () => {
      using data = new TemporaryFolder();
      using later = new TemporaryFolder();
      const tiny = tinyRun(data.path, set, given, {
        listen: ({ name }, run) => {
          if (name !== 'run:paused') return;
          cpSync(data.path, later.path, { recursive: true });
          run.stop();
        },
      });
      afterCalls(8, () => tiny.run.pause());
      expect(await train(tiny)).toEqual({ runId: 'a-run', status: 'stopped' });
      afterCalls(Number.POSITIVE_INFINITY, () => undefined);
      const again = await resumedRun(later.path, set);
      expect(await train(again)).toMatchObject({ status: 'finished' });
      expect(told(again).slice(0, 3)).toEqual(['run:started', 'run:path-chosen', 'run:resumed']);
      expect(await leftBy(again.folder)).toEqual(await leftByOneThatRanThrough(given));
    }));

  test('asked for and taken back before the next call does not happen', () =>
    expectNoLeak(async () => {
      using data = new TemporaryFolder();
      const tiny = tinyRun(data.path, set, given);
      tiny.run.pause();
      tiny.run.resume();
      expect(await train(tiny)).toMatchObject({ status: 'finished' });
      expect(told(tiny)).not.toContain('run:paused');
    }));
});

describe('a stop after the epoch', () => {
  test('lets the epoch end, and the run can be taken up with the next', () =>
    expectNoLeak(async () => {
      using data = new TemporaryFolder();
      const tiny = tinyRun(data.path, set, given);
      afterCalls(7, () => tiny.run.stop('after-epoch'));
      expect(await train(tiny)).toEqual({ runId: 'a-run', status: 'stopped' });
      expect((await tiny.folder.readMetrics()).metrics).toHaveLength(2);
      afterCalls(Number.POSITIVE_INFINITY, () => undefined);
      const again = await resumedRun(data.path, set);
      expect(await train(again)).toMatchObject({ status: 'finished' });
      expect(again.events).toContainEqual({
        name: 'run:resumed',
        payload: { runId: 'a-run', epoch: 3, step: 10, problems: [] },
      });
      expect(await leftBy(again.folder)).toEqual(await leftByOneThatRanThrough(given));
    }));

  test('in the last epoch is no stop: the run finishes', () =>
    expectNoLeak(async () => {
      using data = new TemporaryFolder();
      const tiny = tinyRun(data.path, set, given);
      afterCalls(14, () => tiny.run.stop('after-epoch'));
      expect(await train(tiny)).toMatchObject({ status: 'finished' });
    }));
});

describe('early stopping', () => {
  // So small a rate that no epoch is a tenth better than the first.
  const idle = experiment({ learningRate: 1e-6, epochs: 9, earlyStopping: { patience: 3, minimumImprovement: 0.1 } });

  test('ends the run as finished when its patience is out, also when it was interrupted meanwhile', () =>
    expectNoLeak(async () => {
      using data = new TemporaryFolder();
      using parts = new TemporaryFolder();
      const one = tinyRun(data.path, set, idle);
      expect(await train(one)).toMatchObject({ status: 'finished', test: { epoch: 4 } });
      expect((await one.folder.readMetrics()).metrics).toHaveLength(4);
      const first = tinyRun(parts.path, set, idle, { policy: eachEpoch });
      afterCalls(16, () => first.run.stop());
      expect(await train(first)).toMatchObject({ status: 'stopped' });
      afterCalls(Number.POSITIVE_INFINITY, () => undefined);
      const again = await resumedRun(parts.path, set);
      await train(again);
      expect(await leftBy(again.folder)).toEqual(await leftBy(one.folder));
    }));

  test('measures each epoch against the last that was better by enough', () => {
    const patience = new Patience({ patience: 2, minimumImprovement: 0.1 });
    const out = [1, 0.95, 0.89, 0.85, 0.81, 0.8].map((error, index) => {
      patience.tell(index + 1, error);
      return patience.isOutAfter(index + 1);
    });
    // 0.89 is better than 1 by a tenth; 0.85 is not than 0.89, 0.81 and 0.8 are hardly: 0.801 is the border.
    expect(out).toEqual([false, false, false, false, true, false]);
    expect(patience.measuredAgainst).toEqual({ error: 0.8, epoch: 6 });
    const without = new Patience(undefined);
    without.tell(1, 1);
    expect(without.isOutAfter(1_000)).toBe(false);
  });
});

describe('a full disk', () => {
  /** Full from its nth write on, until the run has paused and its files have been looked at. */
  async function onFullDisk(
    data: string,
    write: number,
  ): Promise<{ tiny: TinyRun; damaged: string[]; paused: number }> {
    let writes = 0;
    let full = false;
    const looked: Promise<void>[] = [];
    const damaged: string[] = [];
    const tiny = tinyRun(data, set, given, {
      policy: eachCall,
      retryMs: 5,
      listen: ({ name }) => {
        if (name !== 'run:paused') return;
        const look = readWhole(tiny.folder).then((found) => {
          damaged.push(...found.damaged);
          full = false;
        });
        looked.push(look);
      },
    });
    await tiny.run.begin();
    const makeRoom = await fillDisk(() => {
      writes += 1;
      if (writes === write) full = true;
      return full;
    });
    expect(await tiny.run.train()).toMatchObject({ status: 'finished' });
    makeRoom();
    await Promise.all(looked);
    return { tiny, damaged, paused: looked.length };
  }

  test('pauses the run with a message at whatever it writes, leaves no half of a file, and goes on when there is room', () =>
    expectNoLeak(async () => {
      const expected = await leftByOneThatRanThrough(given);
      for (const write of [1, 2, 12, 23, 33, 44]) {
        using data = new TemporaryFolder();
        const { tiny, damaged, paused } = await onFullDisk(data.path, write);
        expect([damaged, paused]).toEqual([[], 1]);
        const [event] = tiny.events.flatMap(({ name, payload }) => (name === 'run:paused' ? [payload] : []));
        expect(event).toMatchObject({
          problem: expect.stringMatching(
            /^\/.*: cannot be written: the disk is full\. The run waits, and goes on by itself when there is room\.$/,
          ) as string,
        });
        expect(told(tiny).filter((name) => name === 'run:resumed')).toHaveLength(1);
        expect(await leftBy(tiny.folder)).toEqual(expected);
        expect(await hiddenIn(tiny.folder)).toEqual([]);
      }
    }));

  test('tries again at once when somebody resumes the run', () =>
    expectNoLeak(async () => {
      using data = new TemporaryFolder();
      let full = false;
      const makeRoom = await fillDisk(() => full, 'EDQUOT');
      const tiny = tinyRun(data.path, set, given, {
        retryMs: 3_600_000,
        listen: ({ name }, run) => {
          if (name !== 'run:paused') return;
          full = false;
          run.resume();
        },
      });
      afterCalls(5, () => (full = true));
      expect(await train(tiny)).toMatchObject({ status: 'finished' });
      makeRoom();
      expect(told(tiny).filter((name) => name === 'run:paused')).toHaveLength(1);
    }));

  test('does not keep anybody from stopping: the run says what it could not keep', () =>
    expectNoLeak(async () => {
      using data = new TemporaryFolder();
      let full = false;
      const makeRoom = await fillDisk(() => full);
      const tiny = tinyRun(data.path, set, given, {
        policy: eachEpoch,
        listen: ({ name }, run) => {
          if (name === 'run:paused') run.stop();
        },
      });
      afterCalls(10, () => (full = true));
      await tiny.run.begin();
      const training = tiny.run.train();
      const ended = await training;
      makeRoom();
      const path = join(tiny.folder.path, 'run.json');
      expect(ended).toMatchObject({ status: 'failed', problem: `${path}: cannot be written: the disk is full.` });
      // What it could write before stands, and is gone on from.
      afterCalls(Number.POSITIVE_INFINITY, () => undefined);
      const again = await resumedRun(data.path, set);
      expect(await train(again)).toMatchObject({ status: 'finished' });
      expect(await leftBy(again.folder)).toEqual(await leftByOneThatRanThrough(given));
    }));

  test('on which the best weights had no room leaves those of the epoch that is called the best', () =>
    expectNoLeak(async () => {
      using data = new TemporaryFolder();
      const two = experiment({ epochs: 2, learningRate: 0.003 });
      let full = false;
      const makeRoom = await fillDisk(() => full);
      const tiny = tinyRun(data.path, set, two, {
        policy: eachEpoch,
        listen: ({ name, payload }, run) => {
          if (name !== 'run:paused') return;
          expect(payload).toMatchObject({ problem: expect.stringContaining(join('model', 'best')) as string });
          full = false;
          run.stop();
        },
      });
      // The first thing that the second epoch's end writes, which is the better one, are the best weights.
      afterCalls(10, () => (full = true));
      expect(await train(tiny)).toMatchObject({ status: 'stopped' });
      makeRoom();
      afterCalls(Number.POSITIVE_INFINITY, () => undefined);
      const again = await resumedRun(data.path, set);
      expect(await train(again)).toMatchObject({ status: 'finished', test: { epoch: 2 } });
      expect(await leftBy(again.folder)).toEqual(await leftByOneThatRanThrough(two));
    }));
});

async function hiddenIn({ path }: RunFolder): Promise<string[]> {
  return readdirSync(path, { recursive: true, encoding: 'utf8' }).filter((name) => /(^|\/)\./.test(name));
}
