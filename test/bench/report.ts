import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { OURS } from './entrants.ts';
import type { ImportResult } from './import-race.ts';
import type { Entry } from './rounds.ts';
import type { JobResult, Results, SweepName, SweepPoint } from './results.ts';
import { sweepNames } from './results.ts';
import type { Spread } from './spread.ts';
import { judge } from './targets.ts';

/** What a person has to say about the figures; added to the report as it stands. */
const notes = join(import.meta.dirname, 'notes.md');
/** What other commands and machines gave, which one run can't. */
const otherRuns = join(import.meta.dirname, 'other-runs.md');

/** What measures everything. */
export const WHOLE_COMMAND = 'npm run bench';

const sweepTitles: Readonly<Record<SweepName, string>> = {
  batch: 'Batch size',
  width: 'Width (units of every hidden layer and of the code, × the modern recipe)',
  size: 'Image size (pixels a side)',
  convolution: 'Convolutional: images and batch',
};

/** The benchmark's figures as Markdown. */
export function report(results: Results): string {
  const sections = [
    heading(results),
    targets(results),
    readFileSync(notes, 'utf8').trim(),
    ...[
      ...results.jobs.map(jobSection),
      quality(results),
      ...results.imports.map(importSection),
      ...sweepNames.map((name) =>
        sweep(
          name,
          results.sweeps.filter((point) => point.sweep === name),
        ),
      ),
    ].map(folded),
    results.command === WHOLE_COMMAND ? readFileSync(otherRuns, 'utf8').trim() : '',
    results.leftOut.length ? ['## Not measured', '', ...results.leftOut.map((line) => `- ${line}`)].join('\n') : '',
  ];
  return `${sections.filter(Boolean).join('\n\n')}\n`;
}

/** A section that is opened by its heading: the ratios come first, and are what most readers want. */
function folded(section: string): string {
  return section.replace(/^## (.*)\n([\s\S]*)$/, '<details><summary>$1</summary>\n$2\n\n</details>');
}

function heading({ machine, packages, date, command, minutes }: Results): string {
  return [
    '# Benchmarks',
    '',
    `Written by \`${command}\` on ${date.slice(0, 10)}, in ${minutes.toFixed(0)} minutes. The same model, batch, optimizer`,
    'and images in each; all contenders run in alternating rounds within one run. A figure is the median of the rounds,',
    'least and most behind it; a ratio is ours over theirs, of the medians. First loss: from the request, in a process that',
    'has imported everything, to the loss after 20 steps or one call of the contender’s own loop.',
    '',
    `- Machine: ${machine.processor}, ${machine.cores} cores, ${machine.memoryGb} GB, ${machine.system}, no graphics card used`,
    `- Threads: ${machine.threads}; Node ${machine.node.slice(1)}; ${packages.join(', ')}`,
    `- Load (processes wanting a core) before ${machine.loadBefore.toFixed(1)}, at the end ${machine.loadAfter.toFixed(1)}. ` +
      noiseNote(machine.loadBefore, machine.cores),
  ].join('\n');
}

function noiseNote(load: number, cores: number): string {
  return load > cores / 4
    ? '**The machine was busy: expect the spread to be wide, and only large ratios to mean anything.**'
    : 'On a shared machine absolute figures drift between runs; ratios within one run hold better.';
}

function targets(results: Results): string {
  // A run that was not asked for everything speaks only of what it measured.
  const whole = results.command === WHOLE_COMMAND;
  const rows = judge(results)
    .filter(({ reached }) => whole || reached !== undefined)
    .map(({ measure, mustReach, found, reached }) => [
      measure,
      mustReach,
      found,
      reached === undefined ? '' : reached ? 'reached' : '**missed**',
    ]);
  return rows.length === 0 ? '' : ['## Targets', '', ...table(['measure', 'must reach', 'found', ''], rows)].join('\n');
}

function jobSection({ job, batch, entries }: JobResult): string {
  const ours = entries.find((entry) => entry.contender === OURS);
  const encodes = entries.some((entry) => entry.encodedPerSecond);
  const again = entries.some((entry) => entry.prepareAgainSeconds !== undefined);
  const header = [
    'contender',
    'steps/s',
    'least-most',
    'ours ÷ theirs',
    'peak memory, MB',
    'first loss after, s',
    ...(again ? ['again, warm, s'] : []),
    ...(encodes ? ['images encoded/s', 'ours ÷ theirs'] : []),
    'how',
  ];
  const rows = entries.map((entry) => [
    entry.contender,
    ...rate(entry.stepsPerSecond),
    ratio(ours?.stepsPerSecond, entry.stepsPerSecond),
    figure(entry.peakBytes && entry.peakBytes / 1e6, 0),
    figure(entry.prepareSeconds, 1),
    ...(again ? [figure(entry.prepareAgainSeconds, 2)] : []),
    ...(encodes ? [rate(entry.encodedPerSecond)[0], ratio(ours?.encodedPerSecond, entry.encodedPerSecond)] : []),
    entry.problem ?? entry.notes?.join('; ') ?? '',
  ]);
  const title = job.includes('batch') ? job : `${job}, batch ${batch}`;
  return [`## ${title}`, '', ...table(header, rows)].join('\n');
}

function quality({ quality: measured }: Results): string {
  if (!measured) return '';
  const ours = measured.entries.find((entry) => entry.contender === OURS);
  const rows = measured.entries.map(({ contender, seconds, last, problem }) => [
    contender,
    ...rate(seconds),
    ratio(seconds, ours?.seconds),
    figure(last?.epoch, 0),
    problem ?? last?.notes.join('; ') ?? '',
  ]);
  return [
    `## Time to validation MSE ${measured.targetMse.toFixed(4)}, modern`,
    '',
    'Wall seconds from the start of the process: imports, data, compilation, training, and a validation each epoch.',
    '',
    ...table(['contender', 'seconds', 'least-most', 'theirs ÷ ours', 'epochs', 'how'], rows),
  ].join('\n');
}

function importSection({ title, entries }: ImportResult): string {
  const ours = entries.find((entry) => entry.contender === OURS);
  const rows = entries.map(({ contender, perSecond, peakBytes, problem }) => [
    contender,
    ...rate(perSecond),
    ratio(ours?.perSecond, perSecond),
    figure(peakBytes && peakBytes / 1e6, 0),
    problem ?? '',
  ]);
  return [
    `## Importing ${title}`,
    '',
    'Ours also looks for duplicates and writes the set to disk; the others keep their pictures in memory.',
    '',
    ...table(['contender', 'pictures/s', 'least-most', 'ours ÷ theirs', 'peak memory, MB', ''], rows),
  ].join('\n');
}

function sweep(name: SweepName, points: readonly SweepPoint[]): string {
  if (!points.length) return '';
  const contenders = points[0]!.entries.map((entry) => entry.contender);
  const rows = points.map(({ value, entries }) => [
    String(value),
    ...contenders.map((contender) => sweepCell(entries, contender)),
  ]);
  return [
    `## ${sweepTitles[name]}`,
    '',
    `Steps a second, ${name === 'convolution' ? 'two strided convolutions and a code of 32' : 'the modern recipe'}; ours over theirs in brackets.`,
    '',
    ...table([name, ...contenders], rows),
  ].join('\n');
}

function sweepCell(entries: readonly Entry[], contender: string): string {
  const of = (name: string): Spread | undefined => entries.find((entry) => entry.contender === name)?.stepsPerSecond;
  const [median] = rate(of(contender));
  return contender === OURS || !of(contender) ? median : `${median} (${ratio(of(OURS), of(contender))})`;
}

/** [median, least-most] */
function rate(values: Spread | undefined): readonly [string, string] {
  if (!values) return ['', ''];
  return [short(values.median), `${short(values.least)}-${short(values.most)}`];
}

function ratio(upper: Spread | undefined, lower: Spread | undefined): string {
  return upper && lower ? (upper.median / lower.median).toFixed(2) : '';
}

function figure(value: number | undefined, digits: number): string {
  return value === undefined ? '' : value.toFixed(digits);
}

/** Three significant digits, thousands in full. */
function short(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString('en-US') : value.toPrecision(3);
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '/')).join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)];
}
