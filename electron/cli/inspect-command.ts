import { appendFile, readFile, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { InvalidArgumentError, Option, type Command } from 'commander';
import * as v from 'valibot';
import { RegionSchema, type Region } from '../contract/inspection.ts';
import { StudioError, toErrorData, type ErrorCode } from '../domain/errors.ts';
import { groupOf } from '../domain/inspection/groups.ts';
import { scoreKinds, scoreWords, type ScoreKind } from '../domain/inspection/scores.ts';
import { thresholdWords, fitThreshold } from '../domain/inspection/threshold.ts';
import { makeFolder } from '../files/atomic.ts';
import { engineEnvironment } from '../host/engine-environment.ts';
import { folderLines, type Verdict } from './folder-lines.ts';
import { dataOption, existing, findModel, modelWords, weightsOption } from './model-options.ts';
import { filesIn, type DoneFiles, type NewFile } from './watch-folder.ts';
import type { Inspector, Judged } from './inspector.ts';

export interface InspectOptions {
  readonly out: string;
  readonly score?: ScoreKind;
  readonly threshold?: number;
  readonly region?: Region;
  readonly tiles?: number;
  readonly watch?: true;
  readonly weights: 'best' | 'last';
  readonly data: string;
  /** Only pictures of these folders. */
  readonly groups?: readonly string[];
}

const VERDICTS = 'verdicts.jsonl';

const exitStatus = `
What is normal is learnt from the pictures that the run held out of training, once, and kept in the model's folder; score and
threshold are those that were chosen there, in the window too. Every picture is one JSON line on stdout and in ${VERDICTS}:
name, group, verdict (normal or odd), score, threshold, kind, boxes. Odd ones have a mask and an overlay in the folder.
With --tiles, a picture is as odd as its worst tile; the model should have been trained on pictures of that scale. Where it was trained
on tiles, pictures are judged by such tiles without being asked. With --region, what
is normal is learnt for that part anew, and kept.
With --watch, a picture that stands in ${VERDICTS} already is not checked again, also after a restart or under a new name; what is
still written (.part, .tmp, …) is left until it has its name. Ctrl-C ends it.
Exit status: 0 all are normal, 2 at least one is odd, 1 failed, refused, or none could be read.`;

export function addInspect(program: Command): void {
  program
    .command('inspect')
    .description('tell odd pictures from normal ones, by a model that was trained on normal ones')
    .argument('<model>', modelWords)
    .argument('<paths...>', 'pictures, folders and zip files; with --watch one folder')
    .requiredOption('--out <folder>', 'folder of verdicts, masks and overlays')
    .addOption(new Option('--score <kind>', 'what to tell them apart by (default: as was chosen)').choices(scoreKinds))
    .option('--threshold <number>', 'above which a picture is odd (default: as was chosen)', numberOf)
    .option('--region <left,top,width,height>', 'the part of every picture that counts, in hundredths of it', regionOf)
    .option('--tiles <side>', 'judge large pictures by overlapping tiles of so many of their pixels a side', sideOf)
    .option('--watch', 'go on checking what comes into the folder')
    .addOption(weightsOption())
    .addOption(dataOption())
    .addHelpText('after', exitStatus)
    .action((model: string, paths: string[], options: InspectOptions) => inspectPaths(model, paths, options));
}

/** Throws as `openInspector` and `checkPlaces`. */
export async function inspectPaths(model: string, paths: readonly string[], options: InspectOptions): Promise<void> {
  const place = findModel(model, options.weights, options.data);
  const given = existing(paths);
  const out = resolve(options.out);
  await checkPlaces(given, out, options.watch === true);
  if (options.tiles !== undefined && options.region !== undefined) {
    throw new StudioError(
      'bad-request',
      '--tiles: expected no --region beside it, for tiles lie all over the picture.',
    );
  }
  Object.assign(process.env, engineEnvironment());
  const { openInspector } = await import('./inspector.ts');
  await makeFolder(out);
  const inspector = await openInspector(place, options.data, {
    out,
    ...(options.score === undefined ? {} : { score: options.score }),
    ...(options.threshold === undefined ? {} : { threshold: options.threshold }),
    ...(options.region === undefined ? {} : { region: options.region }),
    ...(options.tiles === undefined ? {} : { tiles: options.tiles }),
  });
  const { kind, threshold, heldOut, tiles } = inspector;
  const fit = fitThreshold(heldOut);
  const by = tiles === undefined ? '' : `by tiles of ${tiles} pixels`;
  // What is known of the fitted one says nothing of another.
  const words = tiles === undefined && threshold === fit.threshold ? ` ${thresholdWords(fit)}` : '';
  const how =
    threshold === undefined
      ? `${by}: the threshold rises with their number, so that two in a hundred pictures are false alarms; ${heldOut.length} held-out tiles say little of so rare ones.`
      : `${by === '' ? '' : `${by}, `}odd above ${threshold.toPrecision(4)}.${words}`;
  process.stderr.write(`${scoreWords[kind].name}, ${how}\n`);
  const counts =
    options.watch === true
      ? await watch(inspector, given[0]!, out)
      : await checkAll(inspector, given, out, options.groups);
  process.stderr.write(`${counts.odd} odd, ${counts.normal} normal, ${counts.unread} could not be read\n${out}\n`);
  if (counts.odd > 0) process.exitCode = 2;
  else if (counts.normal === 0 && options.watch !== true) process.exitCode = 1;
}

/**
 * What is written must not be taken for pictures to be checked.
 * @throws StudioError `bad-request` where it would be, or where what is watched is not one folder
 */
export async function checkPlaces(given: readonly string[], out: string, watches: boolean): Promise<void> {
  const areFolders = await Promise.all(given.map(async (path) => (await stat(path)).isDirectory()));
  if (watches && (given.length !== 1 || !areFolders[0]!)) {
    const found = given.length === 1 ? `the file ${given[0]!}` : `${given.length} paths`;
    throw new StudioError('bad-request', `--watch: expected one folder, found ${found}.`);
  }
  const around = given.find((path, at) => areFolders[at]! && (watches ? path === out : holds(path, out)));
  if (around === undefined) return;
  throw new StudioError(
    'bad-request',
    `--out: expected a folder ${watches ? 'other than' : 'outside'} ${around}, found ${out}: its masks and overlays would be checked as pictures.`,
  );
}

/** Whether a path is this folder or lies in it. */
function holds(folder: string, path: string): boolean {
  const inner = relative(folder, path);
  return inner.split(sep)[0] !== '..' && !isAbsolute(inner);
}

interface Counts {
  odd: number;
  normal: number;
  unread: number;
}

/** One line, on stdout and in the file of verdicts. */
async function tell(out: string, line: object): Promise<void> {
  const text = `${JSON.stringify(line)}\n`;
  await appendFile(join(out, VERDICTS), text);
  process.stdout.write(text);
}

async function tellJudged(out: string, judged: Judged, counts: Counts, more: object = {}): Promise<void> {
  if ('problem' in judged) {
    counts.unread += 1;
    process.stderr.write(`${judged.name}: ${judged.problem}\n`);
  } else counts[judged.verdict] += 1;
  await tell(out, { ...judged, ...more });
}

async function checkAll(
  inspector: Inspector,
  paths: readonly string[],
  out: string,
  groups?: readonly string[],
): Promise<Counts> {
  const counts: Counts = { odd: 0, normal: 0, unread: 0 };
  const verdicts: Verdict[] = [];
  for await (const judged of inspector.judge(paths, groups)) {
    await tellJudged(out, judged, counts);
    if ('verdict' in judged) verdicts.push(judged);
  }
  for (const line of folderLines(verdicts)) process.stderr.write(`${line}\n`);
  return counts;
}

async function watch(inspector: Inspector, folder: string, out: string): Promise<Counts> {
  const counts: Counts = { odd: 0, normal: 0, unread: 0 };
  const done = await doneBefore(out);
  const stopping = new AbortController();
  const stop = (): void => stopping.abort();
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  for await (const file of filesIn(folder, stopping.signal, done)) {
    // What is written here may lie in the folder.
    if (dirname(file.path) === out) continue;
    const found = await judgeFile(inspector, file);
    const { name, version, id } = file;
    for (const [at, judged] of found.entries()) {
      // A file that a crash has cut off in the middle of its pictures is checked again.
      const more = at === found.length - 1 ? { file: name, version, ...(id === '' ? {} : { id }) } : {};
      await tellJudged(out, judged, counts, more);
    }
  }
  return counts;
}

/** What the trouble is of one file alone. */
const OF_FILES: readonly ErrorCode[] = ['bad-file', 'not-found', 'refused'];

/** The pictures in a file of the watched folder, by the file's name below it; a file that holds none ends nothing. */
async function judgeFile(inspector: Inspector, { path, name }: NewFile): Promise<Judged[]> {
  const [own, group] = [basename(path), groupOf(name)];
  const found: Judged[] = [];
  try {
    for await (const judged of inspector.judge([path])) {
      // "scan.tif[2]" of a file of several pages, "crack/7.png" in an archive.
      const inner = judged.name.startsWith(own) ? judged.name.slice(own.length) : `/${judged.name}`;
      const all = { ...judged, name: `${name}${inner}` };
      found.push('problem' in all ? all : { ...all, group: inner.startsWith('/') ? groupOf(all.name) : group });
    }
  } catch (error) {
    const { code, message } = toErrorData(error);
    if (!OF_FILES.includes(code)) throw error;
    // The name is said beside it.
    const said = [path, own].map((each) => `${each}: `).find((each) => message.startsWith(each)) ?? '';
    found.push({ name, problem: message.slice(said.length) });
  }
  return found;
}

/** What earlier starts have dealt with: each file's name and version. A line that a crash tore is passed over. */
async function doneBefore(out: string): Promise<DoneFiles> {
  const text = await readFile(join(out, VERDICTS), 'utf8').catch(() => '');
  const versions = new Map<string, string>();
  const names = new Map<string, string>();
  for (const line of text.split('\n')) {
    try {
      const { name, file = name, version, id } = JSON.parse(line) as Readonly<Record<string, unknown>>;
      if (typeof file !== 'string' || typeof version !== 'string') continue;
      versions.set(file, version);
      if (typeof id === 'string') names.set(id, file);
    } catch {
      continue;
    }
  }
  return { has: (name, version) => versions.get(name) === version, nameOf: (id) => names.get(id) };
}

/** "10,20,50,60": from 10 % of the width and 20 % of the height on, 50 % wide and 60 % high. */
function regionOf(text: string): Region {
  const numbers = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part) / 100));
  const [left = Number.NaN, top, width, height] = numbers;
  const region = { left, top, width, height };
  if (numbers.length === 4 && v.is(RegionSchema, region)) return region;
  throw new InvalidArgumentError(
    'Expected left,top,width,height in hundredths of the picture, inside it: 10,20,50,60.',
  );
}

export function sideOf(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 8 && value <= 4_096) return value;
  throw new InvalidArgumentError('Expected a whole number from 8 to 4096.');
}

function numberOf(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value)) return value;
  throw new InvalidArgumentError('Expected a number.');
}
