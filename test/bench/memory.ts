import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { presetExperiment, presets } from '../../electron/domain/presets.ts';
import { trainingEnvironment } from '../../electron/host/engine-environment.ts';
import { megabytes } from './megabytes.ts';

/**
 * `node --no-warnings scripts/run.js --native test/bench/memory.ts [PRESET] [EPOCHS]`: what is resident while a preset (modern) trains on
 * MNIST for a few epochs (3), as Linux counts it, in MB: with the pages of files, those of no file alone, and the peak.
 */
async function main(id = 'modern', epochs = '3'): Promise<void> {
  Object.assign(process.env, trainingEnvironment());
  await tell('Started');
  // Only now: TensorFlow reads its number of threads when it is loaded.
  const { readMnist } = await import('../../electron/dataset/mnist.ts');
  const { RunFolder } = await import('../../electron/files/run-folder.ts');
  const { TrainingRun } = await import('../../electron/training/training-run.ts');
  await tell('TensorFlow loaded');
  const set = await readMnist();
  await tell('Images read');
  const preset = presets.find((one) => one.id === id);
  if (preset === undefined) throw new Error(`Expected a preset, found "${id}".`);
  const base = presetExperiment(preset, set.id, [28, 28, 1]);
  const experiment = { ...base, training: { ...base.training, epochs: Number(epochs) } };
  const root = await mkdtemp(join(tmpdir(), 'autoencoder-studio-memory-'));
  try {
    const folder = new RunFolder(join(root, 'run'));
    const told: Promise<void>[] = [];
    const emit = (name: string): void => {
      if (name === 'run:path-chosen' || name === 'run:epoch-ended') told.push(tell(name));
    };
    // As the preset is trained, which has more epochs.
    const run = new TrainingRun({ id: 'memory', experiment, set, folder, emit, path: 'xla-loop' });
    await run.begin();
    const { test, problem } = await run.train();
    await Promise.all(told);
    await tell(test === undefined ? `Failed: ${problem ?? ''}` : 'Measured');
    process.stdout.write(`${await byFile()}\n`);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

async function tell(what: string): Promise<void> {
  const [all, ofNoFile, peak] = await Promise.all((['VmRSS', 'RssAnon', 'VmHWM'] as const).map(megabytes));
  const figures = `resident ${all!.toFixed(0)}, of no file ${ofNoFile!.toFixed(0)}, peak ${peak!.toFixed(0)}`;
  process.stdout.write(`${what.padEnd(20)} ${figures}\n`);
}

/** The files of which most is resident. */
async function byFile(): Promise<string> {
  const sizes = new Map<string, number>();
  let name = '';
  for (const line of (await readFile('/proc/self/smaps', 'utf8')).split('\n')) {
    const [, mapped] = /^[0-9a-f]+-[0-9a-f]+(?: \S+){4}\s*(.*)$/.exec(line) ?? [];
    if (mapped !== undefined) name = mapped.split('/').at(-1) || 'no file';
    const [, kilobytes] = /^Rss:\s+(\d+)/.exec(line) ?? [];
    if (kilobytes !== undefined) sizes.set(name, (sizes.get(name) ?? 0) + Number(kilobytes) / 1_024);
  }
  const largest = [...sizes].sort(([, a], [, b]) => b - a).slice(0, 6);
  return largest.map(([file, size]) => `${file} ${size.toFixed(0)}`).join(', ');
}

await main(...process.argv.slice(2));
process.exit();
