// `npm run test:mutants [-- --only NAME …]`: changes the code of a list of modules, one small change after the other, and counts those
// that a test notices. Fails below 80 % of the changes that are not equivalent; every change that is missed is printed.
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { projectRoot, runNode, tools } from '../../scripts/step.ts';
import { cache, changesOf, install, type Changed, type Mutant } from './changed.ts';
import { NO_CHANGE, modules, reasonFor, type MutatedModule } from './modules.ts';

const LEAST = 0.8;

const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** Vitest's report, as far as it is read. */
interface Report {
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly ancestorTitles: readonly string[]; readonly status: string }[];
  }[];
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

async function measure(module: MutatedModule): Promise<Score> {
  const changed = await changesOf(module);
  const [input, output] = [join(cache, 'changed.json'), join(cache, 'report.json')];
  await rm(output, { force: true });
  await writeFile(input, JSON.stringify(changed));
  const args = ['run', '--config', 'test/mutants/vitest.config.ts', '--reporter=json', `--outputFile=${output}`];
  await runNode(tools.vitest, args, { env: { MUTANTS: input }, quiet: true });
  const report = JSON.parse(await readFile(output, 'utf8')) as Report;
  return scoreOf(module.name, changed, report);
}

async function scoreOf(name: string, { mutants }: Changed, { testResults }: Report): Promise<Score> {
  const ran = new Set<string | undefined>();
  const noticed = new Set<string | undefined>();
  for (const { ancestorTitles, status } of testResults.flatMap(({ assertionResults }) => assertionResults)) {
    ran.add(ancestorTitles[0]);
    if (status === 'failed') noticed.add(ancestorTitles[0]);
  }
  if (noticed.has(NO_CHANGE)) throw new Error(`${name}: its tests fail without a change.`);
  if (mutants.some(({ id }) => !ran.has(id))) throw new Error(`${name}: the tests ended before all changes were made.`);
  const missed = mutants.filter(({ id }) => !noticed.has(id)).map(missedOf);
  return { name, noticed: mutants.length - missed.length, missed: await Promise.all(missed) };
}

async function missedOf({ fileName, replacement, location }: Mutant): Promise<Missed> {
  const file = relative(projectRoot, fileName).replaceAll('\\', '/');
  const original = textBetween(await readFile(fileName, 'utf8'), location);
  return {
    where: `${file}:${location.start.line + 1}`,
    original,
    replacement,
    why: reasonFor(file, original, replacement),
  };
}

function textBetween(source: string, { start, end }: Mutant['location']): string {
  const lines = source.split('\n').slice(start.line, end.line + 1);
  lines[lines.length - 1] = lines.at(-1)!.slice(0, end.column);
  lines[0] = lines[0]!.slice(start.column);
  return lines.join('\n');
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
  await install(say);
  const scores: Score[] = [];
  for (const module of modules) {
    if (only.length > 0 && !only.includes(module.name)) continue;
    const score = await measure(module);
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
