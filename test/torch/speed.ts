import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { presets } from '../../electron/domain/presets.ts';
import { buildNetwork } from '../../electron/engine/network.ts';
import { threadsInUse } from '../../electron/engine/threads.ts';
import { trainingModule } from '../../electron/model/training-module.ts';
import { makeTraineeFolder } from '../../electron/training/torch/trainee-folder.ts';
import type { Experiment } from '../../electron/domain/experiment.ts';
import type { ImageSet } from '../../electron/dataset/image-set.ts';
import { traineeOf } from './processes.ts';
import { placeOf, presetOf, SOURCES, trained, type Around, type Trained } from './runs.ts';

interface Job {
  readonly name: string;
  readonly preset: string;
  readonly shape: readonly [height: number, width: number, channels: 1 | 3];
  readonly batch: number;
  readonly steps: number;
}

const modern = { name: 'modern (dense), 28 × 28', preset: 'modern', shape: [28, 28, 1] } as const;
const conv = { name: 'convolutions, 64 × 64 grey', preset: 'conv', shape: [64, 64, 1] } as const;
const colour = { name: 'convolutions, 128 × 128 RGB', preset: 'conv-rgb', shape: [128, 128, 3] } as const;

/** What a card is measured by; a processor would take hours for it. */
const forCards: readonly Job[] = [256, 1_024].flatMap((batch) =>
  [modern, conv, colour].map((job) => ({ ...job, batch, steps: 8_192 / batch })),
);
const forProcessors: readonly Job[] = [
  { ...modern, batch: 256, steps: 60 },
  { ...conv, batch: 64, steps: 8 },
  { ...colour, batch: 16, steps: 4 },
];

const EPOCHS = 4;
const ROUNDS = 3;

/** Images a second of each way to train the same model, in one run; how long a run waits for its first cost; memory. */
export async function measureSpeed(around: Around): Promise<void> {
  const { say, device } = around;
  const jobs = device === 'cpu' ? forProcessors : forCards;
  say(
    '| model | batch | engine, images/s | PyTorch here | plain loop | ratio | first cost, engine | here | memory here |',
  );
  say(
    '| ----- | ----- | ---------------- | ------------ | ---------- | ----- | ------------------ | ---- | ----------- |',
  );
  for (const job of jobs) {
    const given = experimentOf(job);
    const set = imagesOf(job);
    const engine = await trained(given, set, { data: around.folder });
    const memory = new PeakMemory();
    // Between epochs: looking takes a while.
    const listen = (name: string): void => {
      if (name === 'run:epoch-ended') memory.look();
    };
    const here = await trained(given, set, { data: around.folder, torch: placeOf(around), listen });
    assert.equal(here.ended.status, 'finished', here.ended.problem);
    const plain = await plainLoop(job, given, set, around);
    const each = (found: Trained): number => found.mostStepsPerSecond * job.batch;
    const cells = [
      job.name,
      job.batch,
      each(engine).toFixed(0),
      each(here).toFixed(0),
      plain.imagesPerSecond.toFixed(0),
      (each(here) / plain.imagesPerSecond).toFixed(2),
      `${(engine.firstMs / 1_000).toFixed(1)} s`,
      `${(here.firstMs / 1_000).toFixed(1)} s`,
      `${(memory.bytes / 1e9).toFixed(1)} GB`,
    ];
    say(`| ${cells.join(' | ')} |`);
  }
}

function experimentOf({ preset: id, shape, batch }: Job): Experiment {
  assert.ok(presets.some((preset) => preset.id === id));
  return presetOf(id, { batchSize: batch, epochs: EPOCHS, validationCount: 0 }, [...shape]);
}

/** Noise: how quick a step is does not follow from what it sees. */
function imagesOf({ shape: [height, width, channels], batch, steps }: Job): ImageSet {
  const images = (count: number) => {
    let state = 1;
    const next = (): number => (state = (state * 48_271) % 0x7fffffff) & 255;
    const pixels = Uint8Array.from({ length: count * height * width * channels }, next);
    return { images: { count, height, width, channels, pixels } };
  };
  return { id: 'noise', name: 'Noise', labelNames: [], training: images(batch * steps), test: images(2) };
}

interface Plain {
  readonly imagesPerSecond: number;
}

async function plainLoop(job: Job, given: Experiment, set: ImageSet, around: Around): Promise<Plain> {
  const folder = join(around.folder, `plain-${job.preset}-${job.batch}`);
  const network = buildNetwork(given.model, given.training.seed);
  const { source, state } = trainingModule(network);
  network.dispose();
  await makeTraineeFolder(folder, { sources: SOURCES, model: source, initial: state, spec: {} });
  const images = join(folder, 'images.u8');
  await writeFile(images, set.training.images.pixels);
  await mkdir(folder, { recursive: true });
  const { count, height, width, channels } = set.training.images;
  const { batch, steps } = job;
  const told = { folder, images, count, height, width, channels, batch, steps, rounds: ROUNDS };
  const { device, precision } = placeOf(around);
  const how = { device, precision, threads: device === 'cpu' ? threadsInUse() : 0 };
  const script = join(import.meta.dirname, 'plain_loop.py');
  const { status, stdout, stderr } = spawnSync(around.python, [script, JSON.stringify({ ...told, ...how })], {
    encoding: 'utf8',
    env: { ...process.env, OMP_WAIT_POLICY: 'PASSIVE' },
  });
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout) as Plain;
}

/** Of the process that trains: on a card its share of that, as NVIDIA's driver says it, else what it holds of the machine's (Linux). */
class PeakMemory {
  bytes = 0;

  look(): void {
    const pid = traineeOf(process.pid);
    if (pid === undefined) return;
    this.bytes = Math.max(this.bytes, onCard(pid) ?? resident(pid));
  }
}

function onCard(pid: number): number | undefined {
  const query = ['--query-compute-apps=pid,used_memory', '--format=csv,noheader,nounits'];
  const { stdout } = spawnSync('nvidia-smi', query, { encoding: 'utf8' });
  const line = (stdout ?? '').split('\n').find((each) => each.startsWith(`${pid},`));
  return line === undefined ? undefined : Number(line.split(',')[1]) * 2 ** 20;
}

function resident(pid: number): number {
  try {
    return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1_024;
  } catch {
    // It has ended, or this is no Linux.
    return 0;
  }
}
