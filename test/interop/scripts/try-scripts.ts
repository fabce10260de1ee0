import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { decodePicture } from '../../../electron/dataset/picture/decode.ts';
import { StudioError, toErrorData } from '../../../electron/domain/errors.ts';
import { scriptDialects, type ScriptDialect } from '../../../electron/domain/training-script/dialects.ts';
import { trainingScript } from '../../../electron/domain/training-script/training-script.ts';
import { runOnce } from '../readers.ts';
import { trainInApp, type AppSide } from './app-side.ts';
import { scriptCases, toleranceOf, type ScriptCase } from './cases.ts';
import { runNodeScript } from './run-node-script.ts';
import { makeSmallSets, type SmallSet } from './small-sets.ts';

/** One script's training beside the app's. */
export interface Trial {
  readonly dialect: string;
  readonly name: string;
  /** Largest share by which a cost is off. */
  readonly off?: number;
  readonly fault?: string;
}

interface Answer {
  readonly costs?: readonly number[];
  readonly problem?: string;
}

interface Job {
  readonly dialect: ScriptDialect;
  readonly one: ScriptCase;
  readonly set: SmallSet;
  readonly app: AppSide;
  readonly folder: string;
}

/** Smallest standard deviation of a figure's bytes: an empty one is of one colour. */
const LEAST_CONTENT = 10;

/**
 * Trains every case in the app and by a script of each dialect.
 * @param pythons interpreter of each dialect in Python that is to be tried
 * @param folder empty; what is made stays there
 * @param only the experiments whose names begin so; all where it is left out
 */
export async function tryScripts(
  folder: string,
  pythons: Readonly<Record<string, string>>,
  only: readonly string[] | undefined,
  say: (line: string) => void,
): Promise<readonly Trial[]> {
  const sets = await makeSmallSets(join(folder, 'sets'));
  const dialects = scriptDialects.filter(({ id, language }) => language === 'javascript' || id in pythons);
  const jobs: Job[] = [];
  const isAsked = ({ name }: ScriptCase): boolean => only?.some((begin) => name.startsWith(begin)) ?? true;
  for (const [index, one] of scriptCases.filter(isAsked).entries()) {
    say(`${one.name} is trained in the app …`);
    const set = sets[one.source];
    const app = await trainInApp(one.experiment, set.training, set.labels);
    for (const dialect of dialects.filter(({ id }) => !one.without?.includes(id))) {
      const place = join(folder, dialect.id, String(index));
      await writeScript(one, dialect, set, app, place);
      jobs.push({ dialect, one, set, app, folder: place });
    }
  }
  const answers = new Map<string, Answer>();
  for (const dialect of dialects) {
    const own = jobs.filter((job) => job.dialect === dialect);
    say(`${own.length} scripts are run in ${dialect.name} …`);
    const found = dialect.language === 'javascript' ? await inNode(own) : await inPython(pythons[dialect.id]!, own);
    found.forEach((answer, place) => answers.set(place, answer));
  }
  return Promise.all(jobs.map((job) => judge(job, answers.get(job.folder) ?? { problem: 'it gave no answer' })));
}

async function writeScript(
  one: ScriptCase,
  dialect: ScriptDialect,
  set: SmallSet,
  app: AppSide,
  place: string,
): Promise<void> {
  await mkdir(place, { recursive: true });
  for (const { name, text } of trainingScript(one.experiment, set.images, dialect.id).files) {
    await writeFile(join(place, name), text);
  }
  // Of picture files the order is another; what is pretrained has weights of its own.
  const equal = one.source !== 'pictures' && one.experiment.training.pretraining === undefined;
  const { weights, orders, values } = app;
  await writeFile(join(place, 'begin.json'), JSON.stringify({ dialect: dialect.id, equal, weights, orders }));
  await writeFile(join(place, 'weights.f32'), values);
}

async function inNode(jobs: readonly Job[]): Promise<Map<string, Answer>> {
  const answers = new Map<string, Answer>();
  for (const { folder, set } of jobs) {
    await symlink(resolve(import.meta.dirname, '../../../node_modules'), join(folder, 'node_modules'), 'junction');
    answers.set(folder, await runNodeScript(folder, set.folder));
  }
  return answers;
}

/** All of them in one process: loading TensorFlow or PyTorch takes longer than training. */
async function inPython(python: string, jobs: readonly Job[]): Promise<Map<string, Answer>> {
  const runner = join(import.meta.dirname, 'run_scripts.py');
  const input = jobs.map(({ folder, set }) => `${folder}\t${set.folder}`).join('\n');
  const { stdout, stderr } = await runOnce(python, [runner], input);
  const lines = stdout.split('\n').filter((line) => line.startsWith('{'));
  if (lines.length !== jobs.length) {
    const message = `run_scripts.py: expected ${jobs.length} answers, found ${lines.length}.`;
    throw new StudioError('internal', message, { detail: stderr.slice(-4_000) });
  }
  return new Map(
    lines.map((line) => {
      const { folder, ...answer } = JSON.parse(line) as Answer & { readonly folder: string };
      return [folder, answer];
    }),
  );
}

async function judge({ dialect, one, app, folder }: Job, { costs, problem }: Answer): Promise<Trial> {
  const trial = { dialect: dialect.name, name: one.name };
  if (problem !== undefined) return { ...trial, fault: problem };
  if (costs?.length !== app.costs.length) {
    return { ...trial, fault: `expected ${app.costs.length} epochs, found ${costs?.length}` };
  }
  const off = Math.max(...costs.map((cost, epoch) => Math.abs(cost / app.costs[epoch]! - 1)));
  const fault =
    off <= toleranceOf(one)
      ? await faultInFigures(folder, dialect)
      : `${costs.join(', ')} beside ${app.costs.join(', ')}`;
  return { ...trial, off, ...(fault === undefined ? {} : { fault }) };
}

async function faultInFigures(folder: string, { language }: ScriptDialect): Promise<string | undefined> {
  const pictures = language === 'python' ? ['reconstructions.png', 'codes.png'] : ['reconstructions.png'];
  try {
    for (const name of pictures) {
      const { picture } = await decodePicture(await readFile(join(folder, name)), name, 4_096);
      const deviation = deviationOf(picture.pixels);
      if (deviation < LEAST_CONTENT) return `${name}: expected a picture, found a deviation of ${deviation}`;
    }
    if (language === 'python') return undefined;
    const dots = (await readFile(join(folder, 'codes.svg'), 'utf8')).match(/<circle [^>]*>/g) ?? [];
    return new Set(dots).size >= 200 ? undefined : `codes.svg: expected points, found ${new Set(dots).size}`;
  } catch (error) {
    return toErrorData(error).message;
  }
}

function deviationOf(values: ArrayLike<number>): number {
  let [sum, squares] = [0, 0];
  for (let at = 0; at < values.length; at += 1) {
    const value = values[at]!;
    sum += value;
    squares += value * value;
  }
  const mean = sum / values.length;
  return Math.sqrt(squares / values.length - mean * mean);
}

/** A table of how far each script was off, in percent. */
export function trialTable(trials: readonly Trial[]): string {
  const dialects = [...new Set(trials.map(({ dialect }) => dialect))];
  const names = [...new Set(trials.map(({ name }) => name))];
  const cell = (name: string, dialect: string): string => {
    const trial = trials.find((each) => each.name === name && each.dialect === dialect);
    if (trial === undefined) return 'refused';
    return trial.fault === undefined && trial.off !== undefined ? `${(100 * trial.off).toFixed(3)} %` : 'FAILED';
  };
  const rows = [
    ['experiment', ...dialects],
    ['---', ...dialects.map(() => '---')],
    ...names.map((name) => [name, ...dialects.map((dialect) => cell(name, dialect))]),
  ];
  return rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
