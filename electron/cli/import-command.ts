import { existsSync } from 'node:fs';
import { basename, extname, resolve } from 'node:path';
import { InvalidArgumentError, Option, type Command } from 'commander';
import * as v from 'valibot';
import { StudioError, toErrorData } from '../domain/errors.ts';
import {
  ImportOptionsSchema,
  LEAST_SIZE,
  MOST_SIZE,
  type ImportOptions,
  type NumberRange,
  type Reading,
  type TestSplit,
} from '../contract/import-options.ts';
import type { ImportPlan } from '../contract/import-plan.ts';
import { describeIssue } from '../domain/describe-issue.ts';
import { importImages } from '../dataset/import/import-images.ts';
import { planImport } from '../dataset/import/plan-import.ts';
import { defaultDataFolder } from '../files/data-folder.ts';
import { ImageSetStore, slugOf } from '../files/image-set-store.ts';
import { ImportReporter } from './import-report.ts';
import {
  addReadingOptions,
  changedTable,
  checkFolders,
  plainReading,
  type ReadingArguments,
} from './reading-options.ts';

interface ImportArguments extends ReadingArguments {
  readonly name?: string;
  readonly size?: Pick<ImportOptions, 'width' | 'height'>;
  readonly channels?: 1 | 3;
  readonly fit?: string;
  readonly background?: string;
  readonly range?: NumberRange;
  readonly bands?: readonly number[];
  readonly invert?: string;
  readonly centre?: true;
  readonly labels?: string;
  readonly test?: TestSplit;
  readonly duplicates?: string;
  readonly out?: string;
  readonly data: string;
  readonly plan?: true;
  readonly json?: true;
}

export function addImport(program: Command): void {
  const dataFolder = new Option('--data <folder>', 'folder of the app’s image sets');
  const command = program
    .command('import')
    .description('make an image set of pictures, folders (subfolder = label), zip, IDX, .npy, .npz, CSV and tar files')
    .argument('<paths...>', 'files and folders')
    .option('--name <text>', 'name of the set (default: that of the first path)')
    .option('--size <pixels>', `side of the images, or width×height; ${LEAST_SIZE} to ${MOST_SIZE}`, size)
    .option('--channels <kind>', 'grey or rgb', channels)
    .addOption(new Option('--fit <way>', 'how pictures fill the images').choices(['contain', 'cover', 'stretch']))
    .option('--background <colour>', 'shown through transparency and at the sides, such as #ffffff', colour)
    .option('--range <black,white>', 'the numbers of arrays, tables and TIFF files that become black and white', range)
    .option('--bands <numbers>', 'the bands that are grey, or red, green and blue, such as 4,3,2', bands);
  addReadingOptions(command)
    .addOption(new Option('--invert <when>', 'dark on light becomes light on dark').choices(['auto', 'on', 'off']))
    .option('--centre', 'centre by mass in 20/28 of the image, as MNIST does')
    .addOption(new Option('--labels <from>', 'what labels come from').choices(['folders', 'none']))
    .option('--test <rule>', 'the test images: folders (called test), or a number n for every n-th', testSplit)
    .addOption(new Option('--duplicates <what>', 'pictures of the same content').choices(['skip', 'keep']))
    .option('--out <folder>', 'folder of the set, not there yet (default: in the app’s data folder)')
    .addOption(dataFolder.default(defaultDataFolder(), 'the app’s data folder'))
    .option('--plan', 'only say what would be done')
    .option('--json', 'one JSON object on stdout')
    .addHelpText('after', '\nWhat is not given is guessed from the files.')
    .addHelpText(
      'after',
      'Exit status: 0 imported, 1 failed or refused, 130 stopped by Ctrl-C (nothing is kept). --plan: 0, or 1 where pictures are too few for a set.',
    )
    .action((paths: string[], given: ImportArguments) => importPaths(paths, given));
}

async function importPaths(paths: readonly string[], given: ImportArguments): Promise<void> {
  const stopping = new AbortController();
  const stop = (): void => stopping.abort();
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  const reporter = new ImportReporter(given.json === true);
  const hooks = { signal: stopping.signal, onProgress: reporter.progressed };
  try {
    const first = resolve(paths[0]!);
    const planAs = (reading: Reading): Promise<ImportPlan> =>
      planImport(paths, basename(first, extname(first)) || 'Images', hooks, reading);
    const reading = plainReading(given);
    const found = await planAs(reading);
    checkFolders(found.folders, given);
    const table = changedTable(found.table, given);
    const plan = table === undefined ? found : await planAs({ ...reading, table });
    const options = optionsOf(plan.options, given);
    if (given.plan === true) {
      if (!reporter.planned({ ...plan, options })) process.exitCode = 1;
      return;
    }
    const store = new ImageSetStore(resolve(given.data));
    const id = given.out === undefined ? store.newId(options.name) : slugOf(basename(resolve(given.out)));
    const folder = given.out === undefined ? store.at(id).path : resolve(given.out);
    if (existsSync(folder)) {
      throw new StudioError('refused', `${folder}: expected no such folder, found one. Name another with --out.`);
    }
    await store.sweep();
    const report = await importImages({ paths, options, folder, id, autoInverts: plan.autoInverts }, hooks);
    reporter.imported(report, { ...plan, options });
  } catch (error) {
    reporter.clearBar();
    if (toErrorData(error).code !== 'stopped') throw error;
    process.stderr.write(`${toErrorData(error).message}\n`);
    process.exitCode = 130;
  } finally {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  }
}

/** What was guessed, and over it what was given. @throws StudioError `bad-spec` naming the option. */
function optionsOf(guessed: ImportOptions, given: ImportArguments): ImportOptions {
  const names = [
    'name',
    'channels',
    'fit',
    'background',
    'range',
    'bands',
    'invert',
    'centre',
    'labels',
    'test',
    'duplicates',
  ] as const;
  const chosen = names.filter((key) => given[key] !== undefined).map((key) => [key, given[key]]);
  const parsed = v.safeParse(ImportOptionsSchema, { ...guessed, ...given.size, ...Object.fromEntries(chosen) });
  if (!parsed.success) throw new StudioError('bad-spec', describeIssue(parsed.issues[0]));
  return parsed.output;
}

function size(text: string): Pick<ImportOptions, 'width' | 'height'> {
  const [, width = '', height = width] = /^(\d+)(?:[x×](\d+))?$/.exec(text) ?? [];
  const sides = { width: Number(width), height: Number(height) };
  const fits = (side: number): boolean => side >= LEAST_SIZE && side <= MOST_SIZE;
  if (width !== '' && fits(sides.width) && fits(sides.height)) return sides;
  throw new InvalidArgumentError(`Expected ${LEAST_SIZE} to ${MOST_SIZE}, or two such as 64x48.`);
}

function range(text: string): NumberRange {
  const [black = NaN, white = NaN, ...more] = text.split(',').map((part) => (part.trim() === '' ? NaN : Number(part)));
  if (more.length === 0 && Number.isFinite(black) && white > black) return { black, white };
  throw new InvalidArgumentError('Expected two numbers, the smaller first, such as -1,1.');
}

/** Counted from 1, as people count. */
function bands(text: string): number[] {
  const places = text.split(',').map((part) => Number(part) - 1);
  if ((places.length === 1 || places.length === 3) && places.every((at) => Number.isInteger(at) && at >= 0))
    return places;
  throw new InvalidArgumentError('Expected one or three numbers of bands, such as 4,3,2.');
}

function channels(text: string): 1 | 3 {
  if (/^(?:grey|gray|1)$/i.test(text)) return 1;
  if (/^(?:rgb|3)$/i.test(text)) return 3;
  throw new InvalidArgumentError('Expected grey or rgb.');
}

function colour(text: string): string {
  const named: Readonly<Record<string, string>> = { black: '#000000', white: '#ffffff' };
  const value = named[text.toLowerCase()] ?? text.toLowerCase();
  if (/^#[0-9a-f]{6}$/.test(value)) return value;
  throw new InvalidArgumentError('Expected black, white or a colour such as #ffffff.');
}

function testSplit(text: string): TestSplit {
  if (text === 'folders') return { kind: 'folders' };
  const n = Number(text);
  if (Number.isInteger(n) && n >= 2 && n <= 1_000) return { kind: 'every', n };
  throw new InvalidArgumentError('Expected folders, or a whole number of 2 to 1000.');
}
