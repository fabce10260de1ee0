import { writeFileSync } from 'node:fs';
import os from 'node:os';
import { StudioError, toErrorData } from '../../../electron/domain/errors.ts';
import { presets, type Preset } from '../../../electron/domain/presets.ts';
import { readMnist } from '../../../electron/dataset/mnist.ts';
import { trainingEnvironment } from '../../../electron/host/engine-environment.ts';
import { parseOptions, wholeNumber } from './options.ts';
import { writeReport } from './report.ts';
import { readResults, withResult, writeResults } from './results.ts';
import { rows, type Row } from './rows.ts';

const USAGE = `npm run bench:quality -- [options]
  --preset NAME   one row: ${rows.map(({ preset }) => preset).join(', ')}; may be given again
  --seeds N       seeds 1 to N (3)
  --from N        leaves out the seeds before N (1)
  --json FILE     writes the figures of the rows that were run
  --threads N     threads of the engine (one for each core)
Trains the presets on MNIST, keeps the figures in docs/quality.json and writes docs/quality.md from them.`;

const flags = {
  preset: { type: 'string', multiple: true, default: [] as string[] },
  seeds: { type: 'string', default: '3' },
  from: { type: 'string', default: '1' },
  json: { type: 'string' },
  threads: { type: 'string', default: String(os.availableParallelism()) },
  help: { type: 'boolean', default: false },
} as const;

interface Task {
  readonly row: Row;
  readonly preset: Preset;
}

const say = (line: string): void => void process.stderr.write(`${line}\n`);

function tasksOf(names: readonly string[]): Task[] {
  const known = rows.map(({ preset }) => preset);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new StudioError('bad-request', `--preset: expected one of ${known.join(', ')}, found ${unknown}`);
  }
  const chosen = rows.filter(({ preset }) => names.length === 0 || names.includes(preset));
  return chosen.map((row) => {
    const preset = presets.find(({ id }) => id === row.preset);
    if (preset === undefined) throw new StudioError('internal', `There is no preset "${row.preset}".`);
    return { row, preset };
  });
}

async function main(): Promise<void> {
  const options = parseOptions(flags, USAGE);
  if (options.help) {
    process.stdout.write(`${USAGE}\n`);
    return;
  }
  const tasks = tasksOf(options.preset);
  const seeds = wholeNumber('seeds', options.seeds, 1_000);
  const from = wholeNumber('from', options.from, seeds);
  const threads = wholeNumber('threads', options.threads, os.availableParallelism());
  Object.assign(process.env, trainingEnvironment(threads));
  // Only now: TensorFlow reads its number of threads when it is loaded.
  const { trainRow } = await import('./train.ts');
  const set = await readMnist();
  for (const { row, preset } of tasks) {
    for (let seed = from; seed <= seeds; seed += 1) {
      say(`${preset.id}, seed ${seed} …`);
      const result = await trainRow(row, preset, seed, set, threads, say);
      say(`  ${JSON.stringify(result.figures)}, ${(result.wallSeconds / 60).toFixed(1)} minutes`);
      // After each: what has been trained is not lost with what comes after it.
      await writeResults(withResult(readResults(), preset, result));
      await writeReport();
    }
  }
  if (options.json === undefined) return;
  const results = readResults();
  const ran = Object.fromEntries(tasks.map(({ preset }) => [preset.id, results[preset.id]]));
  writeFileSync(options.json, `${JSON.stringify(ran, undefined, 2)}\n`);
}

try {
  await main();
} catch (error) {
  const { message, detail } = toErrorData(error);
  say(detail === undefined ? message : `${message}\n${detail}`);
  process.exitCode = 1;
}
