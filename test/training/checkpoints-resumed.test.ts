import { createHash } from 'node:crypto';
import { cpSync, existsSync, readFileSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { tf } from '../../electron/engine/tensorflow.ts';
import { RunFolder } from '../../electron/files/run-folder.ts';
import { decodeSafetensors, encodeSafetensors, type StoredTensor } from '../../electron/files/safetensors.ts';
import { readResumption } from '../../electron/training/resumption.ts';
import { TemporaryFolder } from '../dataset/idx-bytes.ts';
import { expectNoLeak } from '../engine/no-leak.ts';
import { dense } from '../engine/samples.ts';
import { leftBy } from './left-by.ts';
import { experiment, resumedRun, tinyRun, tinySet, train, withoutCompiler } from './samples.ts';
import { checkpointsOf, given, set, trainStopped } from './stopped-run.ts';

withoutCompiler();

/** Runs that are trained once, in folders of data of their own. */
const once = { stopped: new TemporaryFolder(), whole: new TemporaryFolder() };
afterAll(() => Object.values(once).forEach((folder) => folder[Symbol.dispose]()));

let stopped: Promise<RunFolder> | undefined;

/** A copy of a run that was stopped in its third epoch, in which no two files are one. */
async function stoppedRun(data: string): Promise<{ path: string; newest: string; older: string }> {
  await (stopped ??= trainStopped(once.stopped.path));
  cpSync(once.stopped.path, data, { recursive: true });
  const { path } = RunFolder.under(data, 'a-run');
  return { path, newest: join(path, 'checkpoint-0003-000002'), older: join(path, 'checkpoint-0003-000000') };
}

let whole: Promise<Record<string, unknown>> | undefined;

/** What the same run leaves where nobody stops it. */
function leftByWhole(): Promise<Record<string, unknown>> {
  const trained = async () => {
    const tiny = tinyRun(once.whole.path, set, given);
    await train(tiny);
    return leftBy(tiny.folder);
  };
  return (whole ??= trained());
}

/** Writes a state file that its note vouches for. */
function rewriteState(checkpoint: string, change: (tensors: Record<string, StoredTensor>) => void): void {
  const path = join(checkpoint, 'state.safetensors');
  const tensors = { ...decodeSafetensors(readFileSync(path), path).tensors };
  change(tensors);
  const bytes = encodeSafetensors(tensors);
  writeFileSync(path, bytes);
  const notePath = join(checkpoint, 'checkpoint.json');
  const note = JSON.parse(readFileSync(notePath, 'utf8')) as object;
  const stateSha256 = createHash('sha256').update(bytes).digest('hex');
  writeFileSync(notePath, JSON.stringify({ ...note, stateSha256 }));
}

describe('a damaged checkpoint', () => {
  const shortened = (checkpoint: string): string => {
    const path = join(checkpoint, 'state.safetensors');
    truncateSync(path, 1_000);
    return path;
  };
  test.each<[string, (newest: string) => void, RegExp]>([
    [
      'torn',
      shortened,
      /state\.safetensors: expected a file with the SHA-256 the [0-9a-f]{12}… that checkpoint\.json names, found [0-9a-f]{12}… \(1000 bytes\)\.$/,
    ],
    [
      'without its note',
      (newest) => rmSync(join(newest, 'checkpoint.json')),
      /checkpoint\.json: the file cannot be read\.$/,
    ],
    [
      'with a note that is no JSON',
      (newest) => writeFileSync(join(newest, 'checkpoint.json'), '{"version":1,'),
      /checkpoint\.json: expected JSON, found text that is not JSON\.$/,
    ],
    [
      'of another run',
      (newest) => {
        const path = join(newest, 'checkpoint.json');
        writeFileSync(path, readFileSync(path, 'utf8').replace('"a-run"', '"b-run"'));
      },
      /checkpoint\.json: expected a checkpoint of run "a-run", found one of "b-run"\.$/,
    ],
    [
      'without its state',
      (newest) => rmSync(join(newest, 'state.safetensors')),
      /state\.safetensors: the file cannot be read\.$/,
    ],
    [
      'without a slot',
      (newest) => rewriteState(newest, (tensors) => delete tensors['encoder-1/kernel/slot-2']),
      /state\.safetensors: expected "encoder-1\/kernel\/slot-2" of shape 12 × 5, found none\.$/,
    ],
    [
      'with a slot of another shape',
      (newest) =>
        rewriteState(newest, (tensors) => {
          tensors['encoder-1/bias/slot-1'] = { shape: [4], data: new Float32Array(4) };
        }),
      /state\.safetensors: expected "encoder-1\/bias\/slot-1" of shape 5, found 4\.$/,
    ],
    [
      'with a weight that is no number',
      (newest) =>
        rewriteState(newest, (tensors) => {
          (tensors['code/kernel']?.data as Float32Array)[3] = Number.NaN;
        }),
      /state\.safetensors: expected numbers in "code\/kernel", found NaN at 3\.$/,
    ],
    [
      'with bytes for numbers',
      (newest) =>
        rewriteState(newest, (tensors) => {
          tensors['code/bias'] = { shape: [3], data: new Uint8Array(3) };
        }),
      /state\.safetensors: expected "code\/bias" of type F32, found U8\.$/,
    ],
    [
      'without the best weights',
      (newest) => rmSync(join(newest, 'best'), { recursive: true }),
      /best\/model-spec\.json: the file cannot be read\.$/,
    ],
  ])('%s is named, and the one before it is gone on from', (_, damage, problem) =>
    expectNoLeak(async () => {
      using data = new TemporaryFolder();
      const { path, newest, older } = await stoppedRun(data.path);
      damage(newest);
      const { from, problems } = await readResumption(new RunFolder(path));
      expect([from?.folder.path, problems]).toEqual([older, [expect.stringMatching(problem)]]);
      expect(problems[0]).toContain(newest);
    }),
  );

  test('is told of when the run goes on, which ends as one that never was stopped', () =>
    expectNoLeak(async () => {
      using data = new TemporaryFolder();
      const { newest } = await stoppedRun(data.path);
      const path = shortened(newest);
      const again = await resumedRun(data.path, set);
      expect(await train(again)).toMatchObject({ status: 'finished' });
      const [resumed] = again.events.flatMap((event) => (event.name === 'run:resumed' ? [event.payload] : []));
      expect(resumed).toMatchObject({ epoch: 3, step: 10, problems: [expect.stringContaining(path)] });
      expect(await leftBy(again.folder)).toEqual(await leftByWhole());
    }));

  test('an infinite slot is none: an optimizer may live with it', () =>
    expectNoLeak(async () => {
      using data = new TemporaryFolder();
      const { path, newest } = await stoppedRun(data.path);
      rewriteState(newest, (tensors) => {
        (tensors['code/kernel/slot-2']?.data as Float32Array)[0] = Number.POSITIVE_INFINITY;
      });
      const { from, problems } = await readResumption(new RunFolder(path));
      expect([from?.folder.path, problems]).toEqual([join(path, 'checkpoint-0003-000002'), []]);
    }));

  test('of far more weights than they hold: no network is made of what a few words ask for', () =>
    expectNoLeak(async () => {
      using data = new TemporaryFolder();
      const { path } = await stoppedRun(data.path);
      const wide = experiment({}, { encoder: [dense(4_000), dense(4_000)] });
      writeFileSync(join(path, 'experiment.json'), JSON.stringify(wide));
      const made = vi.spyOn(tf.layers, 'dense');
      const message = `${path}: expected 128,5`;
      await expect(resumedRun(data.path, set)).rejects.toMatchObject({
        code: 'bad-file',
        message: expect.stringContaining(message) as string,
      });
      expect(made).not.toHaveBeenCalled();
    }));

  test('where none is whole, nothing is changed and each is named', () =>
    expectNoLeak(async () => {
      using data = new TemporaryFolder();
      const { path, newest, older } = await stoppedRun(data.path);
      rmSync(join(newest, 'checkpoint.json'));
      rmSync(join(older, 'state.safetensors'));
      const before = readFileSync(join(path, 'metrics.jsonl'));
      const sentence = `None of the run's checkpoints can be used. ${join(newest, 'checkpoint.json')}: the file cannot be read. ${join(older, 'state.safetensors')}: the file cannot be read.`;
      await expect(resumedRun(data.path, set)).rejects.toMatchObject({ code: 'bad-file', message: sentence });
      expect(readFileSync(join(path, 'metrics.jsonl'))).toEqual(before);
    }));
});

describe('what a resumed run finds', () => {
  test('more epochs than its checkpoint has: those after it are taken back', () =>
    expectNoLeak(async () => {
      using data = new TemporaryFolder();
      const { path, newest } = await stoppedRun(data.path);
      const { folder } = await resumedRun(data.path, set);
      const { metrics } = await folder.readMetrics();
      await folder.addMetrics({ ...metrics[1]!, epoch: 3 });
      writeFileSync(join(path, 'snapshots', 'epoch-0003.safetensors'), 'of a time that never was');
      writeFileSync(join(path, 'metrics.jsonl'), '{"epoch": 4, "st', { flag: 'a' });
      for (const left of ['.writing-a', '.replaced-b', 'model/.writing-c', 'snapshots/.writing-d']) {
        writeFileSync(join(path, left), '');
      }
      const again = await resumedRun(data.path, set);
      await again.run.begin();
      const started = again.events.find(({ name }) => name === 'run:started')?.payload;
      expect(started).toMatchObject({ summary: { epochsDone: 2, status: 'running' }, snapshotEpochs: [1, 2] });
      expect(await folder.readMetrics()).toEqual({ metrics, problems: [] });
      expect(readdirSync(join(path, 'snapshots'))).toEqual(['epoch-0001.safetensors', 'epoch-0002.safetensors']);
      const names = ['checkpoint-0003-000000', 'checkpoint-0003-000002', 'experiment.json', 'metrics.jsonl'];
      expect(readdirSync(path).sort()).toEqual([...names, 'model', 'run.json', 'snapshots']);
      expect(existsSync(join(newest, 'best'))).toBe(true);
    }));

  test('best weights of an epoch that it has lost: those of the checkpoint stand again', () =>
    expectNoLeak(async () => {
      using data = new TemporaryFolder();
      const { path } = await stoppedRun(data.path);
      const best = join(path, 'model', 'best', 'weights.safetensors');
      const before = readFileSync(best);
      rmSync(best);
      const again = await resumedRun(data.path, set);
      await again.run.begin();
      expect(readFileSync(best)).toEqual(before);
    }));

  test('no checkpoint, because it was cut off before its first: it begins again and ends alike', () =>
    expectNoLeak(async () => {
      using data = new TemporaryFolder();
      const { path } = await stoppedRun(data.path);
      for (const name of checkpointsOf(path)) rmSync(join(path, name), { recursive: true });
      const lines = readFileSync(join(path, 'metrics.jsonl'), 'utf8').split('\n');
      writeFileSync(join(path, 'metrics.jsonl'), `${lines[0]}\n`);
      const again = await resumedRun(data.path, set);
      expect(await train(again)).toMatchObject({ status: 'finished' });
      expect(await leftBy(again.folder)).toEqual(await leftByWhole());
    }));

  test('no checkpoint after many epochs: they are not thrown away', () =>
    expectNoLeak(async () => {
      using data = new TemporaryFolder();
      const { path } = await stoppedRun(data.path);
      for (const name of checkpointsOf(path)) rmSync(join(path, name), { recursive: true });
      const message = `${path}: expected a checkpoint to go on from, found none.`;
      await expect(resumedRun(data.path, set)).rejects.toMatchObject({ code: 'not-found', message });
    }));

  test('another number of images: it does not go on with them', () =>
    expectNoLeak(async () => {
      using data = new TemporaryFolder();
      await stoppedRun(data.path);
      const message = 'Tiny: expected the 40 images that the run was begun with, found 43.';
      await expect(resumedRun(data.path, tinySet(48))).rejects.toMatchObject({ code: 'bad-spec', message });
    }));

  test('a process that still trains it, or that it has finished', () =>
    expectNoLeak(async () => {
      using data = new TemporaryFolder();
      await stoppedRun(data.path);
      const { folder } = await resumedRun(data.path, set);
      const state = await folder.readState();
      // Its number lives, but that process is another one: it began after the machine had started anew.
      await folder.writeState({ ...state, status: 'running', processId: process.ppid, processMark: 'began 0' });
      await expect(readResumption(folder)).resolves.toMatchObject({ state: { status: 'running' } });
      const unmarked = { ...state, status: 'paused', processId: process.ppid } as const;
      delete (unmarked as { processMark?: string }).processMark;
      await folder.writeState(unmarked);
      await expect(readResumption(folder)).rejects.toMatchObject({
        code: 'busy',
        message: `The run "a-run" is in the hands of process ${process.ppid}. Stop it there first.`,
      });
      await folder.writeState({ ...state, status: 'finished' });
      await expect(readResumption(folder)).rejects.toMatchObject({
        code: 'refused',
        message: 'The run "a-run" has finished: there is nothing to resume.',
      });
    }));
});
