import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Experiment } from '../../../electron/domain/experiment.ts';
import { presetExperiment, presets } from '../../../electron/domain/presets.ts';
import { torchProblems } from '../../../electron/domain/torch-limits.ts';
import type { RunEnded } from '../../../electron/domain/words.ts';
import { checkpointsIn } from '../../../electron/files/checkpoint-folder.ts';
import { decodeSafetensors } from '../../../electron/files/safetensors.ts';
import { traineeEnvironment } from '../../../electron/files/trainee-environment.ts';
import type { TorchPlace } from '../../../electron/training/torch/torch-runner.ts';
import { TemporaryFolder } from '../../dataset/idx-bytes.ts';
import { expectNoLeak } from '../../engine/no-leak.ts';
import { dense } from '../../engine/samples.ts';
import {
  eachCall,
  experiment,
  resumedRun,
  tinyRun,
  tinySet,
  train,
  withoutCompiler,
  type TinyRun,
} from '../samples.ts';

withoutCompiler();

const ROOT = join(import.meta.dirname, '../../..');

/** The recorded trainee, told so. */
function place(...args: readonly string[]): TorchPlace {
  const program = join(import.meta.dirname, 'recorded-trainee.ts');
  const sources = join(ROOT, 'resources/cluster');
  return {
    python: process.execPath,
    args: ['--no-warnings', program, ...args],
    sources,
    device: 'cuda:0',
    precision: 'float32',
  };
}

interface Around {
  readonly data: string;
  /** One that is begun anew, or taken up again. */
  run(
    args: readonly string[],
    how?: 'resume' | 'resume here' | 'impatient',
  ): Promise<{ readonly tiny: TinyRun; readonly ended: RunEnded }>;
}

async function around(given: Experiment, body: (around: Around) => Promise<void>): Promise<void> {
  await expectNoLeak(async () => {
    using data = new TemporaryFolder();
    await body({
      data: data.path,
      run: async (args, how) => {
        const torch = { ...place(...args), ...(how === 'impatient' ? { silenceMs: 2_000 } : {}) };
        const options = { policy: eachCall, retryMs: 20, ...(how === 'resume here' ? {} : { torch }) };
        const set = tinySet(45);
        const tiny =
          how === undefined || how === 'impatient'
            ? tinyRun(data.path, set, given, options)
            : await resumedRun(data.path, set, options);
        return { tiny, ended: await train(tiny) };
      },
    });
  });
}

const batchNormal = experiment({}, { encoder: [dense(6, { batchNorm: true })] });

const namesOf = ({ events }: TinyRun): string[] =>
  events.map(({ name }) => name).filter((name) => name !== 'run:progressed');

describe('a run through PyTorch', () => {
  test('is told and kept as any other', () =>
    around(batchNormal, async ({ run }) => {
      const { tiny, ended } = await run([]);
      expect(ended.problem).toBeUndefined();
      expect(ended.status).toBe('finished');
      expect(namesOf(tiny).slice(0, 2)).toEqual(['run:started', 'run:path-chosen']);
      expect(namesOf(tiny).filter((name) => name === 'run:epoch-ended')).toHaveLength(3);
      // The last epoch has its pictures, however little time there was.
      expect((await tiny.folder.snapshotEpochs()).at(-1)).toBe(3);
      const { metrics } = await tiny.folder.readMetrics();
      expect(metrics.map(({ validationMse }) => validationMse)).toEqual([0.125, 0.125, 0.125]);
      expect(metrics[0]?.lastBatchCost).toBe(Math.fround(1 / 5));
      const { path } = await tiny.folder.readState();
      expect(path?.kind).toBe('torch');
      expect(path?.torch).toEqual({
        version: '2.15.0',
        device: 'cuda:0',
        name: 'Card',
        precision: 'float32',
        activations: 'float32',
      });
      expect(existsSync(join(tiny.folder.path, 'trainee'))).toBe(false);
      expect(existsSync(join(tiny.folder.modelFolder('best'), 'weights.safetensors'))).toBe(true);
    }));

  test('whose process dies is interrupted, and goes on from its checkpoint with all of its state', () =>
    around(batchNormal, async ({ data, run }) => {
      const { ended, tiny } = await run(['--dieAt', '8']);
      expect(ended.status).toBe('interrupted');
      expect(ended.problem).toContain('CUDA error: the launch timed out');
      expect((await tiny.folder.readState()).status).toBe('interrupted');
      const before = await newestIn(tiny);

      // One step on, that changes nothing: what the checkpoint holds went there and came back.
      const log = join(data, 'asked.jsonl');
      const again = await run(['--frozen', '--log', log, '--dieAt', String(before.step + 1)], 'resume');
      expect(again.ended.status).toBe('interrupted');
      const asked = readFileSync(log, 'utf8').trim().split('\n');
      expect(JSON.parse(asked[0]!)).toMatchObject({ do: 'load' });
      expect(asked.find((line) => line.includes('"steps"'))).toContain(`"first":${before.step},`);
      const after = await newestIn(tiny);
      expect(after.step).toBe(before.step + 1);
      expect(after.tensors).toEqual(before.tensors);

      const last = await run([], 'resume');
      expect(last.ended.status).toBe('finished');
      expect(last.tiny.events.find(({ name }) => name === 'run:resumed')?.payload).toMatchObject({ problems: [] });
      expect((await tiny.folder.readState()).inexact).toBeUndefined();
    }));

  test('whose card is lost is interrupted too, and goes on when it is back', () =>
    around(batchNormal, async ({ run }) => {
      const { ended } = await run(['--lostAt', '8']);
      expect(ended.status).toBe('interrupted');
      expect(ended.problem).toContain('The graphics card no longer answers: CUDA error: unspecified launch failure.');
      expect((await run([], 'resume')).ended.status).toBe('finished');
    }));

  test('whose process answers no more is interrupted, not waited for', () =>
    around(batchNormal, async ({ run }) => {
      const { ended } = await run(['--silentAt', '12'], 'impatient');
      expect(ended.status).toBe('interrupted');
      expect(ended.problem).toContain('did not answer in 2 s: it was ended.');
      expect((await run([], 'resume')).ended.status).toBe('finished');
    }));

  test('goes on here where a person wants that, and says so', () =>
    around(batchNormal, async ({ run }) => {
      const { tiny } = await run(['--dieAt', '8']);
      const { ended } = await run([], 'resume here');
      expect(ended.status).toBe('finished');
      const { inexact, path } = await tiny.folder.readState();
      expect(path?.kind).toBe('eager');
      expect(inexact).toContain('PyTorch 2.15.0 on Card, float32 became TensorFlow');
    }));

  test('that the card has no room for says what would fit', () =>
    around(batchNormal, async ({ run }) => {
      const { ended, tiny } = await run(['--fullAt', '0']);
      expect(ended).toMatchObject({ status: 'failed', batchThatFits: 2 });
      expect(ended.problem).toBe(
        'The graphics card has no room for a batch of 8 images (1.0 GB of 8.0 GB free for it). A batch of 2 fits.',
      );
      expect(existsSync(join(tiny.folder.path, 'trainee'))).toBe(false);
    }));

  test('waits while the disk is full', () =>
    around(batchNormal, async ({ data, run }) => {
      const full = join(data, 'full');
      writeFileSync(full, '');
      const going = run(['--noSpace', full]);
      const events = await Promise.race([going.then(() => 'ended'), pausedIn(data)]);
      expect(events).toBe('paused');
      rmSync(full);
      const { ended, tiny } = await going;
      expect(ended.status).toBe('finished');
      expect(namesOf(tiny)).toContain('run:resumed');
    }));

  test('by a Python that lacks something, or is none, fails by name', () =>
    around(batchNormal, async ({ data, run }) => {
      const { ended } = await run(['--lacks', 'safetensors']);
      expect(ended).toMatchObject({ status: 'failed' });
      expect(ended.problem).toContain("safetensors: No module named 'safetensors'");
      const torch = { ...place(), python: join(data, 'no such python') };
      const none = await train(tinyRun(data, tinySet(45), batchNormal, { id: 'another', torch }));
      expect(none.status).toBe('interrupted');
      expect(none.problem).toContain('the program could not be started');
    }));

  test('ends with what its Python has started, and that holds its output open', () =>
    around(batchNormal, async ({ run }) => {
      expect((await run(['--leaves'])).ended.status).toBe('finished');
    }));

  test('fails where fewer costs come back than steps were asked for', () =>
    around(batchNormal, async ({ run }) => {
      const { ended } = await run(['--costs', '0']);
      expect(ended).toMatchObject({ status: 'failed' });
      expect(ended.problem).toMatch(/expected the costs of 1 steps, found 0/);
    }));

  test('is refused beforehand where PyTorch does not train it, by name', () => {
    using data = new TemporaryFolder();
    const dropping = experiment({}, { encoder: [dense(6, { dropout: 0.2 })] });
    expect(() => tinyRun(data.path, tinySet(45), dropping, { torch: place() })).toThrow(
      'model.encoder.0: PyTorch does not train with dropout here. Train this experiment on the processor.',
    );
  });

  test('is refused of no preset but those that miss squares, or whose codes know the label or are of a codebook’s vectors', () => {
    const problems = presets.flatMap((preset) => {
      const given = presetExperiment(preset, 'mnist', [28, 28, 1]);
      return torchProblems(given).map(({ path, message }) => [preset.id, path, message]);
    });
    const message = (what: string): string =>
      `PyTorch does not train ${what} here. Train this experiment on the processor.`;
    expect(problems).toEqual([
      ['denoising-squares', 'training.inputNoise', message('on images with squares missing')],
      ['conditional', 'model.code.classes', message('a code that knows the label')],
      ['vq', 'model.code.codebook', message('a code of a codebook’s vectors')],
    ]);
  });
});

/** The newest checkpoint: the steps before it, and all of its state but what follows from their number. */
async function newestIn({ folder }: TinyRun): Promise<{ readonly step: number; readonly tensors: object }> {
  const [newest] = await checkpointsIn(folder.path);
  const { epoch, done, stepsPerEpoch } = await newest!.readNote('a-run');
  const path = join(newest!.path, 'state.safetensors');
  const entries = Object.entries(decodeSafetensors(readFileSync(path), path).tensors);
  expect(entries.some(([name]) => name.endsWith('/slot-2'))).toBe(true);
  const tensors = Object.fromEntries(entries.filter(([name]) => !name.startsWith('optimizer/')));
  return { step: (epoch - 1) * stepsPerEpoch + done, tensors };
}

/** Resolves when the run's file says that it is paused. */
async function pausedIn(data: string): Promise<string> {
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, 10));
    const path = join(data, 'runs', 'a-run', 'run.json');
    if (existsSync(path) && readFileSync(path, 'utf8').includes('"paused"')) return 'paused';
  }
}

test('Python is started without what would have it load other code, and without tokens', () => {
  const own = { PATH: '/bin', PYTHONPATH: '/tmp/evil', PythonHome: 'x', AUTOENCODER_STUDIO_CLUSTER_TOKEN: 'secret' };
  expect(traineeEnvironment(own)).toEqual({ PATH: '/bin', PYTHONUTF8: '1', PYTHONDONTWRITEBYTECODE: '1' });
});
