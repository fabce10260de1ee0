import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { torchProblems } from '../../electron/domain/torch-limits.ts';
import { presets } from '../../electron/domain/presets.ts';
import type { Experiment } from '../../electron/domain/experiment.ts';
import { pythonIn } from '../../electron/host/torch/find-pythons.ts';
import { isWhole, makeEnvironment } from '../../electron/host/torch/make-environment.ts';
import { probePython } from '../../electron/host/torch/probe.ts';
import { compareFormulas } from '../cluster/real/formulas.ts';
import { compareCodeTerms } from './code-terms.ts';
import { traineeOf } from './processes.ts';
import { measuredHere, placeOf, presetOf, SOURCES, trained, type Around, type Trained } from './runs.ts';

/** MSE per pixel, of an epoch: two programs' float32. */
const MOST_DIFFERENCE = 1e-4;
/** The same, where noise is drawn by another generator, as a share. */
const MOST_BY_NOISE = 0.1;
/** Where codes are compared with draws: the engine's own curves of three seeds end between 0.063 and 0.078. */
const MOST_BY_DRAWS = 0.2;

/** Every end of an epoch is one that can be gone on from. */
const eachEpoch = { minutes: 5, leastSeconds: 0 } as const;
const eachCall = { minutes: 0, leastSeconds: 0 } as const;

const faults = (kind: string, argument: string): readonly string[] => [
  '-u',
  join(import.meta.dirname, 'faults.py'),
  kind,
  argument,
];

/** A quick one without noise. */
const quick = (): Experiment =>
  presetOf('modern', { batchSize: 100, epochs: 4, augmentation: { shiftPixels: 0, flip: false } });

const weightsOf = ({ folder }: Trained, weights: 'best' | 'last'): Buffer =>
  readFileSync(join(folder.modelFolder(weights), 'weights.safetensors'));

/** Ends the run's Python as the system does that is out of memory, at an epoch's end. */
function killer(epoch: number): (name: string, payload: unknown) => void {
  return (name, payload) => {
    if (name !== 'run:epoch-ended' || (payload as { metrics: { epoch: number } }).metrics.epoch !== epoch) return;
    process.kill(traineeOf(process.pid) ?? Number.NaN, 'SIGKILL');
  };
}

export const scenarios: Readonly<Record<string, (around: Around) => Promise<void>>> = {
  'formulas (on the processor): every loss, penalty, optimizer and layer, step by step': async ({
    python,
    folder,
    say,
  }) => {
    const [count, most] = await compareFormulas(python, join(folder, 'cases'), 1, torchProblems);
    say(`        ${count} cases, weights within ${most.toExponential(1)} of their size`);
  },

  'what is drawn of codes costs, and moves them, as in the engine': async ({ python, folder, say }) => {
    const most = await compareCodeTerms(python, folder);
    say(`        costs and gradients within ${most.toExponential(1)} of their size`);
  },

  'presets: the curve of each is the engine’s': async (around) => {
    const { set, folder, say } = around;
    for (const { id } of presets) {
      const given = presetOf(id);
      // What PyTorch does not train is refused beforehand.
      if (torchProblems(given).length > 0) continue;
      const [here, there] = [
        await trained(given, set, { data: folder }),
        await trained(given, set, { data: folder, torch: placeOf(around) }),
      ];
      assert.equal(there.ended.status, 'finished', there.ended.problem);
      const differences = there.curve.map((mse, epoch) => Math.abs(mse - (here.curve[epoch] ?? Number.NaN)));
      const most = Math.max(...differences);
      const { training, model } = given;
      const { shiftPixels, flip } = training.augmentation;
      const compares = (training.regularisers.mmd ?? 0) > 0;
      const draws =
        compares ||
        model.code.variational ||
        training.inputNoise !== undefined ||
        training.dynamicBinarisation === true ||
        shiftPixels > 0 ||
        flip;
      const share = compares ? MOST_BY_DRAWS : MOST_BY_NOISE;
      const allowed = draws ? share * Math.max(...here.curve) : MOST_DIFFERENCE;
      const best = Math.min(...there.curve);
      const measured = await measuredHere(there, set, given);
      const words = `${most.toExponential(1)}${draws ? ' (other noise)' : ''}, weights here ${Math.abs(measured - best).toExponential(1)}`;
      say(
        `        ${id.padEnd(24)} ${words}, ${here.stepsPerSecond.toFixed(0)} and ${there.stepsPerSecond.toFixed(0)} steps/s`,
      );
      assert.ok(
        most <= allowed,
        `${id}: expected the engine's curve ${here.curve.join(' ')}, found ${there.curve.join(' ')}`,
      );
      assert.ok(
        Math.abs(measured - best) <= 1e-6,
        `${id}: expected ${best} of the best weights here, found ${measured}`,
      );
    }
  },

  'killed, resumed: the same weights, bit for bit': async (around) => {
    const { set, folder } = around;
    const torch = placeOf(around);
    const whole = await trained(quick(), set, { data: folder, torch });
    const cut = await trained(quick(), set, { data: folder, torch, policy: eachEpoch, listen: killer(2) });
    assert.equal(cut.ended.status, 'interrupted');
    assert.match(cut.ended.problem ?? '', /ended by signal SIGKILL/);
    const again = await trained(quick(), set, { data: folder, torch, resume: cut.folder });
    assert.equal(again.ended.status, 'finished', again.ended.problem);
    assert.deepEqual(again.curve, whole.curve);
    assert.ok(weightsOf(again, 'last').equals(weightsOf(whole, 'last')));
    assert.equal((await again.folder.readState()).inexact, undefined);
  },

  'stopped within an epoch, resumed: the same; then on the engine': async (around) => {
    const { set, folder } = around;
    const torch = placeOf(around);
    const noisy = presetOf('denoising', { batchSize: 100 });
    const whole = await trained(noisy, set, { data: folder, torch });
    let steps = 0;
    const stopped = await trained(noisy, set, {
      data: folder,
      torch,
      policy: eachCall,
      listen: (name, payload, run) => {
        if (name === 'run:progressed' && (payload as { kind: string }).kind === 'training' && (steps += 1) === 6)
          run.stop();
      },
    });
    assert.equal(stopped.ended.status, 'stopped');
    const again = await trained(noisy, set, { data: folder, torch, resume: stopped.folder });
    assert.deepEqual(again.curve, whole.curve);
    assert.ok(weightsOf(again, 'last').equals(weightsOf(whole, 'last')));
    const cut = await trained(noisy, set, { data: folder, torch, policy: eachEpoch, listen: killer(2) });
    const here = await trained(noisy, set, { data: folder, resume: cut.folder });
    assert.equal(here.ended.status, 'finished', here.ended.problem);
    assert.match((await here.folder.readState()).inexact ?? '', /became TensorFlow/);
  },

  'early stopping is the engine’s': async (around) => {
    const { set, folder } = around;
    const given = presetOf('modern', { epochs: 12, earlyStopping: { patience: 2, minimumImprovement: 0.9 } });
    const found = await trained(given, set, { data: folder, torch: placeOf(around) });
    assert.equal(found.ended.status, 'finished', found.ended.problem);
    assert.equal(found.curve.length, 3);
  },

  'a full disk is waited for': async (around) => {
    const { set, folder } = around;
    const full = join(folder, 'full');
    await writeFile(full, '');
    let paused = false;
    const torch = { ...placeOf(around), args: faults('full-disk', full) };
    const found = await trained(quick(), set, {
      data: folder,
      torch,
      listen: (name) => {
        if (name !== 'run:paused') return;
        paused = true;
        void rm(full);
      },
    });
    assert.ok(paused);
    assert.equal(found.ended.status, 'finished', found.ended.problem);
  },

  'no room in the card’s memory: what would fit is really tried': async (around) => {
    const { set, folder } = around;
    const torch = { ...placeOf(around), args: faults('no-room', '30') };
    const found = await trained(quick(), set, { data: folder, torch });
    assert.equal(found.ended.status, 'failed', found.ended.problem);
    assert.equal(found.ended.batchThatFits, 25);
    const smaller = await trained(presetOf('modern', { batchSize: 25, epochs: 1 }), set, { data: folder, torch });
    assert.equal(smaller.ended.status, 'finished', smaller.ended.problem);
  },

  'the card is lost: interrupted, and resumed to the same weights': async (around) => {
    const { set, folder } = around;
    const lost = join(folder, 'lost');
    const whole = await trained(quick(), set, { data: folder, torch: placeOf(around) });
    const cut = await trained(quick(), set, {
      data: folder,
      torch: { ...placeOf(around), args: faults('lost', lost) },
      policy: eachEpoch,
      listen: (name, payload) => {
        if (name === 'run:epoch-ended' && (payload as { metrics: { epoch: number } }).metrics.epoch === 2)
          writeFileSync(lost, '');
      },
    });
    assert.equal(cut.ended.status, 'interrupted', cut.ended.problem);
    assert.match(cut.ended.problem ?? '', /no longer answers: CUDA error: unspecified launch failure/);
    const again = await trained(quick(), set, { data: folder, torch: placeOf(around), resume: cut.folder });
    assert.equal(again.ended.status, 'finished', again.ended.problem);
    assert.ok(weightsOf(again, 'last').equals(weightsOf(whole, 'last')));
  },

  'images as a card has them, all at once or each batch fetched: the same weights': async (around) => {
    const { set, folder } = around;
    const usual = await trained(quick(), set, { data: folder, torch: placeOf(around) });
    for (const how of ['whole', 'fetched']) {
      const found = await trained(quick(), set, {
        data: folder,
        torch: { ...placeOf(around), args: faults('card', how) },
      });
      assert.equal(found.ended.status, 'finished', found.ended.problem);
      assert.ok(weightsOf(found, 'last').equals(weightsOf(usual, 'last')), how);
    }
  },

  'mixed precision in float16, its costs scaled, learns': async (around) => {
    const { set, folder } = around;
    const torch = { ...placeOf(around), precision: 'mixed', args: faults('half', '-') } as const;
    const [exact, half] = [
      await trained(quick(), set, { data: folder, torch: placeOf(around) }),
      await trained(quick(), set, { data: folder, torch }),
    ];
    assert.equal(half.ended.status, 'finished', half.ended.problem);
    const [one, other] = [exact.curve.at(-1) ?? 0, half.curve.at(-1) ?? 0];
    assert.ok(Math.abs(one - other) < 0.05 * one, `expected about ${one}, found ${other}`);
    assert.equal((await half.folder.readState()).path?.torch?.activations, 'float16');
  },

  'mixed precision learns, and says that it repeats nothing': async (around) => {
    const { set, folder } = around;
    const torch = { ...placeOf(around), precision: 'mixed' } as const;
    const [exact, mixed] = [
      await trained(quick(), set, { data: folder, torch: placeOf(around) }),
      await trained(quick(), set, { data: folder, torch }),
    ];
    assert.equal(mixed.ended.status, 'finished', mixed.ended.problem);
    const [one, other] = [exact.curve.at(-1) ?? 0, mixed.curve.at(-1) ?? 0];
    assert.ok(Math.abs(one - other) < 0.05 * one, `expected about ${one}, found ${other}`);
    const { activations } = (await mixed.folder.readState()).path?.torch ?? {};
    // A card may have no bfloat16.
    assert.ok(activations === 'bfloat16' || (around.device !== 'cpu' && activations === 'float16'), activations);
  },

  'a path with spaces and letters of other scripts': async (around) => {
    const { python, folder, set } = around;
    const place = join(folder, 'Мои данные – 数据 ü');
    await mkdir(place);
    const environment = join(place, 'Umgebung mit Wörtern');
    const made = spawnSync(python, ['-m', 'venv', '--without-pip', environment], { encoding: 'utf8' });
    assert.equal(made.status, 0, made.stderr);
    // It sees the packages of the one that has them.
    const packages = pathsOf(python);
    await writeFile(join(pathsOf(pythonIn(environment)), 'torch.pth'), `${packages}\n`);
    const torch = { ...placeOf(around), python: pythonIn(environment) };
    assert.deepEqual((await probePython(torch.python, { sources: SOURCES })).problem, undefined);
    const found = await trained(presetOf('modern', { epochs: 1 }), set, { data: place, torch });
    assert.equal(found.ended.status, 'finished', found.ended.problem);
  },

  'an environment is made, tells how far it is, and leaves nothing where it is cancelled': async ({
    python,
    folder,
  }) => {
    const own = join(folder, 'made here', 'torch');
    const told: string[] = [];
    // Small packages in place of PyTorch.
    const make = (signal: AbortSignal, onProgress = (_: number, message: string) => void told.push(message)) =>
      makeEnvironment({
        python,
        folder: own,
        installs: [['numpy'], ['six']],
        downloadBytes: 17e6,
        onProgress,
        signal,
      });
    const program = await make(new AbortController().signal);
    assert.ok(isWhole(own));
    assert.ok(told.includes('Fetching numpy') && told.includes('Unpacking'), told.join(', '));
    assert.equal((await probePython(program, { sources: SOURCES })).problem, 'It has no PyTorch.');
    const stop = new AbortController();
    const cancelled = make(stop.signal, (fraction) => {
      if (fraction > 0) stop.abort();
    });
    await assert.rejects(cancelled, /cancelled; nothing of it is left/);
    assert.ok(!existsSync(own));
    await assert.rejects(
      makeEnvironment({
        python,
        folder: own,
        installs: [['safetensors==99.0']],
        downloadBytes: 1e6,
        onProgress: () => undefined,
        signal: new AbortController().signal,
      }),
      /There is no safetensors==99.0 for this system/,
    );
    assert.ok(!existsSync(own));
  },

  'Pythons that cannot train say why': async ({ python, folder }) => {
    const bare = join(folder, 'bare');
    assert.equal(spawnSync(python, ['-m', 'venv', '--without-pip', bare]).status, 0);
    const look = (path: string, patienceMs = 60_000) => probePython(path, { sources: SOURCES, patienceMs });
    assert.equal((await look(pythonIn(bare))).problem, 'It has no PyTorch.');
    const old = join(pathsOf(pythonIn(bare)), 'torch');
    await mkdir(join(old, 'backends'), { recursive: true });
    const source = `from types import SimpleNamespace as N
__version__ = "1.13.1"
version = N(cuda=None)
cuda = N(is_available=lambda: False)
backends = N(mps=N(is_available=lambda: False))
`;
    await writeFile(join(old, '__init__.py'), source);
    assert.equal((await look(pythonIn(bare))).problem, 'Expected PyTorch 2.5 or newer, below 3.0; found 1.13.1.');
    const none = join(folder, 'python');
    await writeFile(none, '#!/bin/sh\necho I am no Python\nexit 3\n');
    await chmod(none, 0o755);
    assert.match((await look(none)).problem ?? '', /found a program that ended with exit code 3/);
    await writeFile(none, '#!/bin/sh\nsleep 60\n');
    assert.match((await look(none, 500)).problem ?? '', /did not answer in 0.5 s/);
    assert.match((await look(join(folder, 'nowhere'))).problem ?? '', /no program that can be started/);
  },
};

/** Where a Python's packages are installed. */
function pathsOf(python: string): string {
  const probe = 'import sysconfig; print(sysconfig.get_paths()["purelib"])';
  const folder = spawnSync(python, ['-c', probe], { encoding: 'utf8' }).stdout.trim();
  assert.ok(existsSync(folder), folder);
  return folder;
}
