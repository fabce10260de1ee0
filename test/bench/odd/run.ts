import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { format } from 'prettier';
import { StudioError, toErrorData } from '../../../electron/domain/errors.ts';
import { anomalibModels, measureBeside, type BesideResult } from './beside.ts';
import { measureOdd, type OddResult, type OddSet } from './measure.ts';
import { oddReport } from './report.ts';
import { ensureSets, mnistSet, solarSet, solarSets } from './sets.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const kept = join(root, 'docs', 'odd-ones.json');
const keptBeside = join(root, 'docs', 'odd-ones-anomalib.json');

const USAGE = `npm run bench:odd -- [options]
  --set NAME      ${solarSets.join(', ')}, mnist-rest or mnist-odd; may be given again (all)
  --splits N      random splits 1 to N of the solar cells (5)
  --digits N      MNIST's digits 0 to N - 1 (10)
  --epochs N      of the recipe's at most; 0 are the recipe's own (0)
  --anomalib      Anomalib's models in place of the app's, in an environment of their own: ${anomalibModels.join(' and ')}
  --missing       only what docs/odd-ones.json has no figures of
  --folder PATH   where the solar cells lie that make-sets.py has written; made in the cache when left out
Trains the recipe on normal pictures, keeps the figures in docs/odd-ones.json and writes docs/odd-ones.md.`;

const flags = {
  set: { type: 'string', multiple: true, default: [] as string[] },
  splits: { type: 'string', default: '5' },
  digits: { type: 'string', default: '10' },
  epochs: { type: 'string', default: '0' },
  anomalib: { type: 'boolean', default: false },
  missing: { type: 'boolean', default: false },
  folder: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const;

const say = (line: string): void => void process.stderr.write(`${line}\n`);

async function main(): Promise<void> {
  const { values } = parseArgs({ options: flags });
  if (values.help) return say(USAGE);
  const folder = values.folder ?? join(root, 'node_modules', '.cache', 'odd-ones');
  const isWanted = (name: string): boolean => values.set.length === 0 || values.set.includes(name);
  const makers: (() => Promise<OddSet>)[] = [];
  for (const id of solarSets.filter(isWanted)) {
    await ensureSets(folder, say);
    for (let split = 1; split <= Number(values.splits); split += 1)
      makers.push(async () => solarSet(folder, id, split));
  }
  for (const against of (['rest', 'odd'] as const).filter((name) => isWanted(`mnist-${name}`))) {
    for (let digit = 0; digit < Number(values.digits); digit += 1) makers.push(() => mnistSet(digit, against));
  }
  if (makers.length === 0)
    throw new StudioError('bad-request', `--set: expected ${solarSets.join(', ')}, mnist-rest or mnist-odd.`);
  for (const make of makers) {
    const set = await make();
    if (values.anomalib) {
      await keepBeside(set, values.missing);
      continue;
    }
    if (values.missing && results().some(isOf(set.id, set.split))) continue;
    const result = await measureOdd(set, Number(values.epochs) || Infinity);
    const { value, low, high } = result.interval;
    say(`${set.id}, split ${set.split}: ${result.chosen} ${value.toFixed(3)} (${low.toFixed(3)}-${high.toFixed(3)})`);
    await keep(result);
  }
}

const read = <T>(file: string): readonly T[] =>
  existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as T[]) : [];
const results = (): readonly OddResult[] => read<OddResult>(kept);

const isOf =
  (set: string, split: number) =>
  (other: { readonly set: string; readonly split: number }): boolean =>
    other.set === set && other.split === split;

/** One row in place of an older one of the same set and split. */
async function keep(result: OddResult): Promise<void> {
  const same = isOf(result.set, result.split);
  await write(kept, [...results().filter((other) => !same(other)), result]);
}

/** The rows of Anomalib's models on a set. */
async function keepBeside(set: OddSet, onlyMissing: boolean): Promise<void> {
  for (const model of anomalibModels) {
    const same = (other: BesideResult): boolean => other.model === model && isOf(set.id, set.split)(other);
    if (onlyMissing && read<BesideResult>(keptBeside).some(same)) continue;
    const result = await measureBeside(model, set, say);
    const { value, low, high } = result.interval;
    say(`${set.id}, split ${set.split}: ${model} ${value.toFixed(3)} (${low.toFixed(3)}-${high.toFixed(3)})`);
    await write(keptBeside, [...read<BesideResult>(keptBeside).filter((other) => !same(other)), result]);
  }
}

/** The figures, and the document anew. */
async function write(file: string, rows: readonly object[]): Promise<void> {
  const options = { printWidth: 120 };
  writeFileSync(file, await format(JSON.stringify(rows), { ...options, parser: 'json' }));
  const text = oddReport(results(), read<BesideResult>(keptBeside));
  writeFileSync(join(root, 'docs', 'odd-ones.md'), await format(text, { ...options, parser: 'markdown' }));
}

main().catch((error: unknown) => {
  say(toErrorData(error).message);
  process.exitCode = 1;
});
