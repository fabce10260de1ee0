// `npm run test:mutants [-- --only NAME …]`: changes the code of a list of modules, one small change after the other, and counts those
// that a test notices. Fails below 80 % of the changes that are not equivalent; every change that is missed is printed.
// Stryker is installed into a cache at the first run: it is some 180 packages, which nothing else needs.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { projectRoot, runNode } from '../../scripts/step.ts';
import { modules, reasonFor, type MutatedModule } from './modules.ts';

const VERSION = '10.1.1';
const LEAST = 0.8;

const cache = join(projectRoot, 'node_modules', '.cache', 'mutants');
const stryker = (name: string): string => join(cache, 'node_modules', '@stryker-mutator', ...name.split('/'));
const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** One change, as Stryker's report tells it. */
interface Mutant {
  readonly status: string;
  readonly replacement: string;
  readonly location: { readonly start: Position; readonly end: Position };
}

interface Position {
  readonly line: number;
  readonly column: number;
}

interface Report {
  readonly files: Readonly<Record<string, { readonly source: string; readonly mutants: readonly Mutant[] }>>;
}

/** A change that no test noticed. */
interface Missed {
  readonly where: string;
  readonly original: string;
  readonly replacement: string;
  readonly why: string | undefined;
}

interface Score {
  readonly name: string;
  readonly noticed: number;
  readonly missed: readonly Missed[];
}

async function install(): Promise<void> {
  if (existsSync(stryker('core/package.json'))) return;
  say(`Stryker ${VERSION} is installed into ${cache} …`);
  await mkdir(cache, { recursive: true });
  await writeFile(join(cache, 'package.json'), '{ "private": true }\n');
  const packages = ['core', 'vitest-runner'].map((name) => `@stryker-mutator/${name}@${VERSION}`);
  // Vitest is the project's own.
  const args = ['install', '--no-audit', '--no-fund', '--legacy-peer-deps', ...packages];
  const { status } = spawnSync('npm', args, { cwd: cache, stdio: 'inherit', shell: process.platform === 'win32' });
  if (status !== 0) throw new Error('Stryker could not be installed.');
}

async function mutate(module: MutatedModule): Promise<Report> {
  const report = join(cache, 'report.json');
  const config = join(cache, 'stryker.json');
  await rm(report, { force: true });
  await writeFile(
    config,
    JSON.stringify({
      testRunner: 'vitest',
      plugins: [stryker('vitest-runner/dist/src/index.js')],
      vitest: {
        configFile: 'test/mutants/vitest.config.ts',
        related: false,
        // A thread is begun sooner than a process, but TensorFlow's addon cannot be loaded in a second one.
        pool: module.place === 'tensorflow' ? 'forks' : 'threads',
      },
      mutate: module.files,
      // Texts are no behaviour that a small change would tell of.
      mutator: { excludedMutations: ['StringLiteral'] },
      coverageAnalysis: 'perTest',
      concurrency: 1,
      timeoutMS: 10_000,
      dryRunTimeoutMinutes: 20,
      reporters: ['json'],
      jsonReporter: { fileName: report },
      ignorePatterns: ['out', 'release', 'docs', '.ci', 'test-results'],
    }),
  );
  const env = { MUTANT_TESTS: module.tests.join(','), MUTANT_PLACE: module.place };
  const status = await runNode(stryker('core/bin/stryker.js'), ['run', config], { env });
  if (status !== 0) throw new Error(`${module.name}: Stryker ended with status ${status}.`);
  return JSON.parse(await readFile(report, 'utf8')) as Report;
}

/** The text between two places, whose lines and columns are counted from 1. */
function textBetween(source: string, { start, end }: Mutant['location']): string {
  const lines = source.split('\n').slice(start.line - 1, end.line);
  lines[lines.length - 1] = lines.at(-1)!.slice(0, end.column - 1);
  lines[0] = lines[0]!.slice(start.column - 1);
  return lines.join('\n');
}

function scoreOf(name: string, report: Report): Score {
  let noticed = 0;
  const missed: Missed[] = [];
  for (const [file, { source, mutants }] of Object.entries(report.files)) {
    for (const { status, replacement, location } of mutants) {
      if (status === 'Killed' || status === 'Timeout') noticed++;
      if (status !== 'Survived' && status !== 'NoCoverage') continue;
      const original = textBetween(source, location);
      const where = `${file}:${location.start.line}`;
      missed.push({ where, original, replacement, why: reasonFor(file, original, replacement) });
    }
  }
  return { name, noticed, missed };
}

const unexplained = ({ missed }: Score): readonly Missed[] => missed.filter(({ why }) => why === undefined);
const shareOf = (score: Score): number => score.noticed / Math.max(1, score.noticed + unexplained(score).length);

function rowOf(score: Score): string {
  const equivalent = score.missed.length - unexplained(score).length;
  const share = `${(shareOf(score) * 100).toFixed(1)} %`;
  return `| ${score.name} | ${score.noticed} | ${unexplained(score).length} | ${equivalent} | ${share} |`;
}

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').slice(0, 100);

async function run(only: readonly string[]): Promise<number> {
  const unknown = only.filter((name) => !modules.some((module) => module.name === name));
  if (unknown.length > 0) {
    say(`No module "${unknown.join('", "')}": expected of ${modules.map(({ name }) => `"${name}"`).join(', ')}.`);
    return 2;
  }
  await install();
  const scores: Score[] = [];
  for (const module of modules) {
    if (only.length > 0 && !only.includes(module.name)) continue;
    const score = scoreOf(module.name, await mutate(module));
    scores.push(score);
    for (const { where, original, replacement } of unexplained(score))
      say(`missed ${where}: ${oneLine(original)} → ${oneLine(replacement)}`);
    say(rowOf(score));
  }
  process.stdout.write(
    [
      '| module | noticed | missed | equivalent | score |',
      '| --- | --: | --: | --: | --: |',
      ...scores.map(rowOf),
    ].join('\n') + '\n',
  );
  return scores.every((score) => shareOf(score) >= LEAST) ? 0 : 1;
}

const { values } = parseArgs({ options: { only: { type: 'string', multiple: true, default: [] } } });
process.exitCode = await run(values.only);
