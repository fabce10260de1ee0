import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { StudioError, toErrorData } from '../domain/errors.ts';
import type { FoundModel } from '../contract/imported-models.ts';
import { MOST_SIZE } from '../contract/import-options.ts';
import { RunFolder } from '../files/run-folder.ts';
import { engineEnvironment } from '../host/engine-environment.ts';
import { describeFound } from '../model/import/found-model.ts';
import type { ImportChoices } from '../model/import/input-choices.ts';
import { modelEndings, readModel } from '../model/import/read-model.ts';
import { specAndWeights } from '../model/import/to-spec.ts';
import type { ModelSurroundings } from '../engine-process/models/trained-model.ts';
import { dataOption } from './model-options.ts';
import { readSet } from './read-set.ts';
import { STOPPED, untilStopped } from './until-stopped.ts';

interface ImportModelOptions {
  readonly code?: string;
  readonly shape?: NonNullable<ImportChoices['inputShape']>;
  readonly order?: NonNullable<ImportChoices['order']>;
  readonly pixels?: NonNullable<ImportChoices['pixels']>;
  readonly dataset?: string;
  readonly name?: string;
  readonly data: string;
  readonly plan?: true;
  readonly json?: true;
}

export function addImportModel(program: Command): void {
  program
    .command('import-model')
    .description('take in an autoencoder of TensorFlow.js, Keras or ONNX; prints its id')
    .argument('<file>', `a folder with model.json, or a file ending in ${modelEndings.slice(1).join(', ')}`)
    .option('--code <layer>', 'name of the layer whose output is the code (default: the narrowest)')
    .option(
      '--shape <size>',
      'height×width×channels of the images, of a model that takes rows of values or leaves the size open',
      shape,
    )
    .addOption(
      new Option('--order <how>', 'how rows of values lie over images of several channels').choices([
        'channels-last',
        'channels-first',
      ]),
    )
    .addOption(
      new Option('--pixels <range>', 'what the model takes and gives pixels as (default: 0..1)').choices([
        '0..1',
        '-1..1',
      ]),
    )
    .option(
      '--dataset <set>',
      'the image set it is measured on: the id of one, or a folder as for train (default: the first with images of its shape)',
    )
    .option('--name <text>', 'what it is called (default: as its file)')
    .addOption(dataOption())
    .option('--plan', 'only say what was found')
    .option('--json', 'one JSON object on stdout')
    .addHelpText(
      'after',
      '\nNothing in the file is executed. It is then a run like others: reconstruct, encode, export.',
    )
    .addHelpText(
      'after',
      'Exit status: 0 imported, 1 failed or refused, 130 stopped by Ctrl-C (nothing is kept). --plan: 0, or 1 where it would be refused.',
    )
    .action((file: string, options: ImportModelOptions) => importOne(file, options));
}

/** What the window has a field for. */
function sayHow(error: unknown): never {
  if (!(error instanceof StudioError) || error.code !== 'size-open') throw error;
  throw new StudioError(error.code, `${error.message} Say it: --shape 28x28x1`, { cause: error });
}

async function importOne(file: string, options: ImportModelOptions): Promise<void> {
  const onStep = (what: string): void => void process.stderr.write(`${what}\n`);
  onStep(`Reading ${file} …`);
  const model = await readModel([resolve(file)], options.shape).catch(sayHow);
  const shaped = {
    ...(options.shape === undefined ? {} : { inputShape: options.shape }),
    ...(options.order === undefined ? {} : { order: options.order }),
    ...(options.pixels === undefined ? {} : { pixels: options.pixels }),
  };
  const guessed = describeFound(model.chain, model.name, shaped);
  const code = options.code === undefined ? {} : { codeLayer: layerNamed(guessed, options.code) };
  const choices = { ...shaped, ...code };
  const found = describeFound(model.chain, model.name, choices);
  if (options.plan === true) {
    process.stdout.write(options.json ? `${JSON.stringify(found)}\n` : describe(found, options.order));
    // What the import would refuse, the plan does too.
    if (found.inputShape !== undefined) specAndWeights(model.chain, choices);
    return;
  }
  Object.assign(process.env, engineEnvironment());
  const { openSession } = await import('./model-session.ts');
  const { importModel } = await import('../engine-process/models/import-model.ts');
  const dataFolder = resolve(options.data);
  const { surroundings } = openSession({ folder: '' }, dataFolder);
  const chosen = options.dataset === undefined ? {} : { imageSet: await offered(options.dataset, surroundings) };
  const task = { model, choices, name: options.name ?? found.name, ...chosen, dataFolder, onStep };
  const runId = await stoppable((signal) => importModel({ ...task, signal }, surroundings));
  if (runId === undefined) return;
  const { test } = await RunFolder.under(dataFolder, runId).readState();
  const measured = test === undefined ? '' : `test: squared error per image ${test.squaredError.toFixed(4)}\n`;
  process.stdout.write(
    options.json
      ? `${JSON.stringify({ runId, ...found, ...(test === undefined ? {} : { test }) })}\n`
      : `${describe(found, options.order)}${measured}${runId}\n`,
  );
}

/** Ctrl-C ends it, and nothing is kept. @returns nothing where that was so */
async function stoppable<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T | undefined> {
  return untilStopped(work).catch((error: unknown) => {
    const { code, message } = toErrorData(error);
    if (code !== 'stopped') throw error;
    process.stderr.write(`${message}\n`);
    process.exitCode = STOPPED;
    return undefined;
  });
}

/** @param dataset an id, or a folder: its set is then offered under its own id. @returns the id */
async function offered(dataset: string, { imageSets }: ModelSurroundings): Promise<string> {
  if (!existsSync(resolve(dataset))) return dataset;
  const set = await readSet(dataset);
  imageSets.add(set);
  return set.id;
}

function layerNamed({ layers }: FoundModel, name: string): number {
  const index = layers.findIndex((layer) => layer.name === name && layer.canBeCode);
  if (index >= 0) return index;
  const names = layers.filter(({ canBeCode }) => canBeCode).map((layer) => layer.name);
  throw new StudioError('bad-request', `--code: expected one of ${names.join(', ')}, found "${name}".`);
}

/** A line a layer; the code's is marked. @param order as it was said */
function describe(found: FoundModel, order: ImportModelOptions['order']): string {
  const { format, layers, codeLayer, parameters, inputShape, notes } = found;
  const images = inputShape === undefined ? 'rows of values' : `images of ${inputShape.join(' × ')}`;
  const widest = Math.max(...layers.map(({ name }) => name.length));
  const lines = layers.map(({ name, kind, shape: own, activation }, index) => {
    const words = [name.padEnd(widest), kind.padEnd(8), own.join(' × '), activation].filter((word) => word !== '');
    return `${index === codeLayer ? '* ' : '  '}${words.join('  ')}${index === codeLayer ? '  (the code)' : ''}\n`;
  });
  const isOpen = order === undefined && found.takesRows && inputShape?.[2] === 3;
  const told = [...notes, ...(isOpen ? [ORDER_OPEN] : [])].map((note) => `${note}\n`);
  return [`${format}, ${images}, ${parameters.toLocaleString('en')} parameters\n`, ...lines, ...told].join('');
}

/** What the window asks. */
const ORDER_OPEN =
  'Its rows are taken with a picture’s channels last; where they lie one channel after another, as PyTorch’s do: --order channels-first';

function shape(text: string): NonNullable<ImportChoices['inputShape']> {
  const [height = 0, width = 0, channels = 1] = text.split(/[x×]/).map(Number);
  const fits = (side: number): boolean => Number.isInteger(side) && side >= 1 && side <= MOST_SIZE;
  if (fits(height) && fits(width) && (channels === 1 || channels === 3)) return [height, width, channels];
  throw new InvalidArgumentError('Expected such as 28x28x1.');
}
