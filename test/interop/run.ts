// `npm run test:interop`: every reader of every export format against the app's own output, and every training script against the
// app's own training, as tables. `--torch` adds PyTorch, `--scripts` leaves the exports out, `--exports` the scripts;
// `--only NAME` runs the scripts of the experiments whose names begin so, and may be said again; `--counts FILE` writes how many
// readings passed and failed, as JSON, for `npm test`.
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { toErrorData } from '../../electron/domain/errors.ts';
import { exportFormats, exportLimit, type ExportFormatId } from '../../electron/domain/export-formats.ts';
import { formatWriters } from '../../electron/model/export/formats.ts';
import { MOST_DIFFERENCE } from '../../electron/model/export/verify-script.ts';
import { ensurePython } from '../bench/python.ts';
import { architectures } from '../model/export/architectures.ts';
import { plain, withTorch } from './environments.ts';
import { exportArchitecture, IMAGES } from './export-all.ts';
import { readInNode, readInPython, type Reading } from './readers.ts';
import { trialTable, tryScripts } from './scripts/try-scripts.ts';

/** One column of the table. */
interface Column {
  readonly title: string;
  readonly format: ExportFormatId;
  readonly scalingInside: boolean;
}

const columns: readonly Column[] = exportFormats.flatMap(({ id, name, scalesInside }) => [
  { title: name, format: id, scalingInside: false },
  ...(scalesInside ? [{ title: `${name}, bytes in`, format: id, scalingInside: true }] : []),
]);

const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** @returns the readings, column by column, each in the order of the architectures; none where the format says that it cannot hold one */
async function readAll(
  wanted: readonly Column[],
  folder: string,
): Promise<readonly (readonly (Reading | undefined)[])[]> {
  const specs = Object.values(architectures);
  const placeOf = (column: number, row: number): string => join(folder, String(column), String(row));
  for (const [column, { format, scalingInside }] of wanted.entries()) {
    for (const [row, spec] of specs.entries()) {
      if (limitOf(format, spec) !== undefined) continue;
      await exportArchitecture(spec, format, scalingInside, placeOf(column, row));
    }
  }
  const all = wanted.flatMap(({ format }, column) =>
    specs.flatMap((spec, row) =>
      limitOf(format, spec) === undefined ? [{ reader: readerOf(format), place: placeOf(column, row) }] : [],
    ),
  );
  const readings = new Map<string, Reading>();
  for (const reader of ['node', 'python', 'torch'] as const) {
    const places = all.filter((each) => each.reader === reader).map(({ place }) => place);
    if (places.length === 0) continue;
    say(`${places.length} exports are read in ${readerNames[reader]} …`);
    const found = reader === 'node' ? await readEachInNode(places) : await readByPython(places, reader);
    found.forEach((reading, place) => readings.set(place, reading));
  }
  return wanted.map((_, column) => specs.map((__, row) => readings.get(placeOf(column, row))));
}

/** Why a format cannot hold a model, in its own words. */
const limitOf = (format: ExportFormatId, spec: (typeof architectures)[string]): string | undefined =>
  exportLimit(
    exportFormats.find(({ id }) => id === format)!,
    spec,
  );

type Reader = keyof typeof readerNames;
const readerNames = { node: 'Node', python: 'Python', torch: 'Python with PyTorch' } as const;

function readerOf(format: ExportFormatId): Reader {
  if (format === 'pytorch') return 'torch';
  return formatWriters[format].language === 'javascript' ? 'node' : 'python';
}

async function readEachInNode(places: readonly string[]): Promise<ReadonlyMap<string, Reading>> {
  const readings = new Map<string, Reading>();
  for (const place of places) readings.set(place, await readInNode(place));
  return readings;
}

/** All of them in one process: loading TensorFlow takes longer than reading. */
async function readByPython(places: readonly string[], reader: 'python' | 'torch') {
  const { python } = await ensurePython(say, reader === 'torch' ? withTorch : plain);
  return readInPython(python, places);
}

/** Why a reading does not pass; nothing where it does. */
function faultIn({ differences, images, problem }: Reading): string | undefined {
  if (problem !== undefined) return problem;
  if (Object.keys(differences).length !== 3)
    return `expected three parts, found ${Object.keys(differences).join(', ')}`;
  if (images !== IMAGES) return `expected ${IMAGES} images, found ${images}`;
  const largest = Math.max(...Object.values(differences));
  return largest <= MOST_DIFFERENCE ? undefined : `largest difference ${largest}`;
}

function tableOf(wanted: readonly Column[], readings: readonly (readonly (Reading | undefined)[])[]): string {
  const cell = (reading: Reading | undefined): string => {
    if (reading === undefined) return 'not held';
    return faultIn(reading) === undefined ? Math.max(...Object.values(reading.differences)).toExponential(1) : 'FAILED';
  };
  const rows = [
    ['architecture', ...wanted.map(({ title }) => title)],
    ['---', ...wanted.map(() => '---')],
    ...Object.keys(architectures).map((name, row) => [name, ...readings.map((column) => cell(column[row]))]),
  ];
  return rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

interface Counts {
  readonly passed: number;
  readonly failed: number;
}

async function readExports(wanted: readonly Column[], folder: string): Promise<Counts> {
  const readings = await readAll(wanted, folder);
  process.stdout.write(`Largest difference from the app on ${IMAGES} images, of all parts:\n\n`);
  process.stdout.write(`${tableOf(wanted, readings)}\n`);
  let faults = 0;
  for (const [column, { title }] of wanted.entries()) {
    Object.keys(architectures).forEach((name, row) => {
      const reading = readings[column]![row];
      const fault = reading === undefined ? undefined : faultIn(reading);
      if (fault === undefined) return;
      faults += 1;
      say(`${title}, ${name}: ${fault}`);
    });
  }
  const read = readings.flat().filter((reading) => reading !== undefined).length;
  return { passed: read - faults, failed: faults };
}

async function runScripts(torch: boolean, only: readonly string[] | undefined, folder: string): Promise<Counts> {
  const keras = (await ensurePython(say, plain)).python;
  const pythons = { keras, ...(torch ? { pytorch: (await ensurePython(say, withTorch)).python } : {}) };
  const trials = await tryScripts(folder, pythons, only, say);
  process.stdout.write('\nLargest difference of an epoch’s last cost from the app’s, by training script:\n\n');
  process.stdout.write(`${trialTable(trials)}\n`);
  const faulty = trials.filter(({ fault }) => fault !== undefined);
  for (const { dialect, name, fault } of faulty) say(`${dialect}, ${name}: ${fault}`);
  return { passed: trials.length - faulty.length, failed: faulty.length };
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      torch: { type: 'boolean', default: false },
      scripts: { type: 'boolean', default: false },
      exports: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true },
      counts: { type: 'string' },
    },
  });
  const wanted = columns.filter(({ format }) => values.torch || format !== 'pytorch');
  const folder = await mkdtemp(join(tmpdir(), 'studio-interop-'));
  try {
    await symlink(resolve(import.meta.dirname, '../../node_modules'), join(folder, 'node_modules'), 'junction');
    const none: Counts = { passed: 0, failed: 0 };
    const read = values.scripts ? none : await readExports(wanted, folder);
    const run = values.exports ? none : await runScripts(values.torch, values.only, join(folder, 'scripts'));
    const counts: Counts = { passed: read.passed + run.passed, failed: read.failed + run.failed };
    if (values.counts !== undefined) await writeFile(values.counts, JSON.stringify(counts));
    return counts.failed === 0 ? 0 : 1;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  const { message, detail } = toErrorData(error);
  say([message, ...(detail === undefined ? [] : [detail])].join('\n'));
  process.exitCode = 1;
}
