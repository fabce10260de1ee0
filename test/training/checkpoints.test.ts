import { cpSync, existsSync, readFileSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { tf } from '../../electron/engine/tensorflow.ts';
import { RunFolder } from '../../electron/files/run-folder.ts';
import { decodeSafetensors, encodeSafetensors, type StoredTensor } from '../../electron/files/safetensors.ts';
import { epochsOf } from '../../electron/model/weights-file.ts';
import { readResumption } from '../../electron/training/resumption.ts';
import { TemporaryFolder } from '../dataset/idx-bytes.ts';
import { expectNoLeak } from '../engine/no-leak.ts';
import { dense } from '../engine/samples.ts';
import { leftBy } from './left-by.ts';
import { afterCalls, eachEpoch, experiment, resumedRun, tinyRun, tinySet, train, withoutCompiler } from './samples.ts';

withoutCompiler();

const set = tinySet(45);
const given = experiment();

/** Runs that are trained once, in folders of data of their own. */
const once = { stopped: new TemporaryFolder(), whole: new TemporaryFolder() };
afterAll(() => Object.values(once).forEach((folder) => folder[Symbol.dispose]()));

/** Stops a run in its third epoch: checkpoints at the end of the second, and after two steps of the third. */
async function trainStopped(data: string): Promise<RunFolder> {
  const tiny = tinyRun(data, set, given, { policy: eachEpoch });
  afterCalls(12, () => tiny.run.stop());
  expect(await train(tiny)).toEqual({ runId: 'a-run', status: 'stopped' });
  return tiny.folder;
}

let stopped: Promise<RunFolder> | undefined;

/** A copy of that run, in which no two files are one. */
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

const checkpoints = (path: string): string[] => readdirSync(path).filter((name) => name.startsWith('checkpoint-'));

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

describe('checkpoints', () => {
  test('of a run: the last two are kept, and none when it has finished', () =>
    expectNoLeak(async () => {
      using data = new TemporaryFolder();
      const seen: string[][] = [];
      const tiny = tinyRun(data.path, set, given, {
        policy: eachEpoch,
        listen: ({ name }) => {
          if (name === 'run:epoch-ended') seen.push(checkpoints(tiny.folder.path));
        },
      });
      await train(tiny);
      expect(seen).toEqual([
        ['checkpoint-0002-000000'],
        ['checkpoint-0002-000000', 'checkpoint-0003-000000'],
        ['checkpoint-0003-000000', 'checkpoint-0004-000000'],
      ]);
      expect(checkpoints(tiny.folder.path)).toEqual([]);
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
        const newest = join(path, checkpoints(path).sort().at(-1)!);
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
      expect(checkpoints(tiny.folder.path)).toEqual([]);
    }));
});

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
      const { newest } = await stoppedRun(data.path);
      damage(newest);
      const again = await resumedRun(data.path, set);
      expect(await train(again)).toMatchObject({ status: 'finished' });
      const [resumed] = again.events.flatMap((event) => (event.name === 'run:resumed' ? [event.payload] : []));
      expect(resumed).toMatchObject({ epoch: 3, step: 10, problems: [expect.stringMatching(problem)] });
      expect(resumed?.problems[0]).toContain(newest);
      expect(await leftBy(again.folder)).toEqual(await leftByWhole());
    }),
  );

  test('an infinite slot is none: an optimizer may live with it', () =>
    expectNoLeak(async () => {
      using data = new TemporaryFolder();
      const { path, newest } = await stoppedRun(data.path);
      rewriteState(newest, (tensors) => {
        (tensors['code/kernel/slot-2']?.data as Float32Array)[0] = Number.POSITIVE_INFINITY;
      });
      const { from, problems } = await readResumption((await resumedRun(data.path, set)).folder);
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
      for (const name of checkpoints(path)) rmSync(join(path, name), { recursive: true });
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
      for (const name of checkpoints(path)) rmSync(join(path, name), { recursive: true });
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
