import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { format } from 'prettier';
import { StudioError, toErrorData } from '../../electron/domain/errors.ts';
import type { Entrant } from './contender.ts';
import { FIT, type Listed, listEntrants, listImporters } from './entrants.ts';
import { raceToImport, type ImportResult } from './import-race.ts';
import { photographs, smallPhotographs, smallPngs } from './pictures.ts';
import { plan, TARGET_MSE, type Task, taskNames } from './plan.ts';
import { ensurePython } from './python.ts';
import { raceToQuality } from './quality.ts';
import { report, WHOLE_COMMAND } from './report.ts';
import { describeMachine, type JobResult, type Results, type SweepPoint } from './results.ts';
import { race } from './rounds.ts';

const root = join(import.meta.dirname, '..', '..');
const document = join(root, 'docs', 'benchmarks.md');

const USAGE = `npm run bench -- [options]
  --quick         under six minutes: fewer jobs and rounds, no sweeps; prints, leaves docs/benchmarks.md alone
  --only NAME     ${taskNames.join(', ')}; may be given again; prints, leaves docs/benchmarks.md alone
  --json FILE     writes the figures for scripts
  --out FILE      writes the report there, whatever else was asked for
  --threads N     confines every contender to N threads (all cores by default)
  --no-python     ours against tfjs's fit only; makes no Python environment`;

/** When a quick run asks nothing more, making the Python environment not counted; six minutes are promised. */
const QUICK_SECONDS = 335;

/** With less time left a quick run starts no further task. */
const LEAST_SECONDS = 45;

const makers = { 'small-png': smallPngs, 'small-photographs': smallPhotographs, photographs } as const;

/** Load per thread above which the machine counts as busy. */
const BUSY = 0.5;

interface Options {
  readonly quick: boolean;
  readonly only: readonly string[];
  readonly json: string | undefined;
  readonly out: string | undefined;
  readonly threads: number;
  readonly python: boolean;
}

interface Pace {
  readonly rounds: number;
  readonly seconds: number;
  readonly limit: number;
}

const paces = {
  quick: { rounds: 3, seconds: 0.7, limit: 120 },
  full: { rounds: 7, seconds: 2, limit: 600 },
  sweep: { rounds: 5, seconds: 1, limit: 600 },
} as const satisfies Record<string, Pace>;

const say = (line: string): void => void process.stderr.write(`${line}\n`);

const flags = {
  quick: { type: 'boolean', default: false },
  only: { type: 'string', multiple: true, default: [] as string[] },
  json: { type: 'string' },
  out: { type: 'string' },
  threads: { type: 'string', default: String(os.availableParallelism()) },
  'no-python': { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

function parse() {
  try {
    return parseArgs({ options: flags }).values;
  } catch (error) {
    throw new StudioError('bad-request', `${(error as Error).message}\n\n${USAGE}`, { cause: error });
  }
}

function readOptions(): Options {
  const values = parse();
  if (values.help) {
    process.stdout.write(`${USAGE}\n`);
    process.exit(0);
  }
  const unknown = values.only.find((name) => !(taskNames as readonly string[]).includes(name));
  if (unknown) {
    throw new StudioError('bad-request', `--only: expected one of ${taskNames.join(', ')}, found ${unknown}`);
  }
  const threads = Number(values.threads);
  if (!Number.isInteger(threads) || threads < 1 || threads > os.availableParallelism()) {
    const most = os.availableParallelism();
    throw new StudioError('bad-request', `--threads: expected 1 to ${most}, found ${values.threads}`);
  }
  const { quick, only, json, out } = values;
  return { quick, only, json, out, threads, python: !values['no-python'] };
}

/** Collects figures as tasks end, so that a quick run can stop anywhere. */
class Bench {
  readonly jobs: JobResult[] = [];
  readonly sweeps: SweepPoint[] = [];
  quality: Results['quality'];
  readonly imports: ImportResult[] = [];
  readonly leftOut: string[] = [];
  readonly #listed: readonly Listed[];
  readonly #importers: readonly Entrant[];
  readonly #quick: boolean;

  constructor(listed: readonly Listed[], importers: readonly Entrant[], quick: boolean) {
    this.#listed = listed;
    this.#importers = importers;
    this.#quick = quick;
  }

  async run(tasks: readonly Task[], began: number): Promise<void> {
    const deadline = this.#quick ? began + QUICK_SECONDS * 1_000 : Infinity;
    for (const task of tasks) {
      const title = titleOf(task);
      if (performance.now() + LEAST_SECONDS * 1_000 > deadline) {
        this.leftOut.push(`${title}: no time left in a quick run`);
        continue;
      }
      say(`${title} …`);
      await this.#measure(task, deadline);
    }
  }

  async #measure(task: Task, deadline: number): Promise<void> {
    if (task.kind === 'import') return this.#import(task, deadline);
    const { job } = task;
    const pace = this.#quick ? paces.quick : task.kind === 'sweep' ? paces.sweep : paces.full;
    if (task.kind === 'quality') {
      // fit takes half a minute or more; in a quick run that is a whole job's time.
      const able = this.#listed.filter((one) => one.reachesQuality && !(this.#quick && one.entrant.name === FIT));
      const entrants = able.map((one) => one.entrant);
      const entries = await raceToQuality(job, TARGET_MSE, entrants, {
        rounds: task.times,
        limit: pace.limit,
        deadline,
        say,
      });
      this.quality = { targetMse: TARGET_MSE, entries };
      return;
    }
    const able = this.#listed.filter((one) => one.jobs.includes(job.kind));
    const { encode, prepareAgain } = task.kind === 'job' ? task : { encode: false, prepareAgain: false };
    const entries = await race(job, able, { ...pace, encode, prepareAgain, deadline, say });
    const result = { job: job.name, kind: job.kind, batch: job.training.batchSize, entries };
    if (task.kind === 'job') this.jobs.push(result);
    else this.sweeps.push({ ...result, sweep: task.sweep, value: task.value });
  }

  async #import({ name, count, rounds }: Task & { kind: 'import' }, deadline: number): Promise<void> {
    const pictures = await makers[name](count);
    try {
      const { limit } = this.#quick ? paces.quick : paces.full;
      const entries = await raceToImport(pictures, this.#importers, { rounds, limit, deadline, say });
      this.imports.push({ name, title: pictures.title, entries });
    } finally {
      await pictures.remove();
    }
  }
}

function titleOf(task: Task): string {
  if (task.kind === 'import') return `import of ${task.name}`;
  if (task.kind === 'quality') return `time to MSE ${TARGET_MSE}`;
  return task.kind === 'sweep' ? `${task.sweep} ${task.value}` : task.job.name;
}

function commandOf({ quick, only, python }: Options): string {
  const asked = [
    ...(quick ? ['--quick'] : []),
    ...only.flatMap((name) => ['--only', name]),
    ...(python ? [] : ['--no-python']),
  ];
  return asked.length ? `${WHOLE_COMMAND} -- ${asked.join(' ')}` : WHOLE_COMMAND;
}

function ownPackages(): readonly string[] {
  const folder = join(root, 'node_modules', '@tensorflow', 'tfjs-node', 'package.json');
  const { version } = JSON.parse(readFileSync(folder, 'utf8')) as { version: string };
  return [`tfjs-node==${version}`];
}

async function main(): Promise<void> {
  const options = readOptions();
  const loadBefore = os.loadavg()[0]!;
  const peers = options.python ? await ensurePython(say) : undefined;
  const began = performance.now();
  const { threads } = options;
  const surroundings = { threads, python: peers?.python, busy: loadBefore > BUSY * threads };
  const bench = new Bench(listEntrants(surroundings), listImporters(surroundings), options.quick);
  await bench.run(plan(options.quick, options.only), began);
  const { jobs, sweeps, imports, quality, leftOut } = bench;
  const results: Results = {
    version: 1,
    date: new Date().toISOString(),
    command: commandOf(options),
    minutes: (performance.now() - began) / 60_000,
    machine: describeMachine(threads, loadBefore),
    packages: [...ownPackages(), ...(peers?.packages ?? [])],
    jobs,
    sweeps,
    imports,
    leftOut,
    ...(quality ? { quality } : {}),
  };
  await publish(results, options);
}

async function publish(results: Results, { json, out }: Options): Promise<void> {
  const text = await format(report(results), { parser: 'markdown', printWidth: 120 });
  process.stdout.write(text);
  if (json) write(json, `${JSON.stringify(results, null, 2)}\n`);
  if (out) write(out, text);
  else if (results.command === WHOLE_COMMAND) write(document, text);
}

function write(file: string, text: string): void {
  const path = resolve(file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  say(`Written: ${path}`);
}

main().catch((error: unknown) => {
  const { message, detail } = toErrorData(error);
  say(message);
  if (detail) say(detail);
  process.exitCode = 1;
});
