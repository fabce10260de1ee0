import { existsSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { Option, type Command } from 'commander';
import * as v from 'valibot';
import { StudioError } from '../contract/errors.ts';
import { IdSchema } from '../contract/ids.ts';
import { MOST_PICTURES, type Reconstructions, type SplitName } from '../contract/models.ts';
import type { ImageSet } from '../dataset/image-set.ts';
import { readStoredSet } from '../dataset/stored-set.ts';
import { writeWhole } from '../files/atomic.ts';
import { csvLine } from '../files/csv.ts';
import { isImageSetFolder } from '../files/image-set-folder.ts';
import { encodeNpy } from '../files/npy.ts';
import { engineEnvironment } from '../host/engine-environment.ts';
import { dataOption, existing, findModel, forceOption, modelWords, weightsOption } from './model-options.ts';
import type { ModelSession } from './model-session.ts';
import { checkFree, tellProblems } from './output.ts';

interface EncodeOptions {
  readonly out: string;
  readonly split: SplitName;
  readonly weights: 'best' | 'last';
  readonly data: string;
  readonly force?: true;
  readonly json?: true;
}

interface Encoded {
  readonly names: readonly string[];
  /** Empty without labels. */
  readonly labels: readonly string[];
  /** float32 [names × size] */
  readonly codes: Float32Array;
  /** Of each image's reconstruction. */
  readonly squaredErrors: Float32Array;
}

/** Names that are asked for at once. */
const NAMES_AT_ONCE = 1_000;

export function addEncode(program: Command): void {
  program
    .command('encode')
    .description('write the codes of an image set, or of pictures, as a NumPy array, CSV or Parquet')
    .argument('<model>', modelWords)
    .argument('<set...>', 'an image set by its id or folder, or pictures and folders, prepared as for the model')
    .requiredOption(
      '--out <file>',
      'codes.npy: float32 [count, code size]; codes.csv or codes.parquet: name, label, squared error, code_1, code_2, …',
    )
    .addOption(
      new Option('--split <name>', 'which images of an image set').choices(['training', 'test']).default('training'),
    )
    .addOption(weightsOption())
    .addOption(dataOption())
    .addOption(forceOption())
    .option('--json', 'one JSON object on stdout')
    .action((model: string, set: string[], options: EncodeOptions) => encode(model, set, options));
}

async function encode(model: string, given: readonly string[], options: EncodeOptions): Promise<void> {
  const out = resolve(options.out);
  const kind = /\.(npy|csv|parquet)$/i.exec(out)?.[1]?.toLowerCase();
  if (kind === undefined) {
    const found = `found ${basename(out)}`;
    throw new StudioError('bad-request', `--out: expected a name ending in .npy, .csv or .parquet, ${found}.`);
  }
  const asTable = kind !== 'npy';
  checkFree(out, options.force === true);
  const place = findModel(model, options.weights, options.data);
  Object.assign(process.env, engineEnvironment());
  const { openSession } = await import('./model-session.ts');
  const session = openSession(place, options.data);
  const set = await setNamed(session, given);
  const encoded =
    set === undefined ? await encodeFiles(session, given) : await encodeSet(session, set, options.split, asTable);
  const count = encoded.names.length;
  const size = encoded.codes.length / count;
  if (kind === 'parquet') await writeWhole(out, await parquetOf(encoded, size));
  else await writeWhole(out, kind === 'csv' ? csvOf(encoded, size) : encodeNpy(encoded.codes, [count, size]));
  const answer = { file: out, count, codeSize: size };
  process.stdout.write(options.json ? `${JSON.stringify(answer)}\n` : `${count} codes of ${size} numbers\n${out}\n`);
}

/** The image set that one argument names; a file or folder that is there comes before a set of that id. */
async function setNamed({ imageSets }: ModelSession, given: readonly string[]): Promise<ImageSet | undefined> {
  const [named = ''] = given;
  if (given.length > 1) return undefined;
  const folder = resolve(named);
  if (await isImageSetFolder(folder)) return readStoredSet(folder, basename(folder));
  return existsSync(folder) || !v.is(IdSchema, named) ? undefined : imageSets.get(named);
}

async function encodeSet(
  { models, place, imageSets, library }: ModelSession,
  set: ImageSet,
  split: SplitName,
  asTable: boolean,
): Promise<Encoded> {
  const { images, labels } = set[split];
  const { codes, squaredErrors } = await models.use(place, async (model) => ({
    codes: await model.encode(images),
    squaredErrors: asTable ? await model.squaredErrorsOf(images) : new Float32Array(0),
  }));
  const inLibrary = asTable && (await imageSets.get(set.id).catch(() => undefined)) === set;
  const names: string[] = [];
  for (let first = 0; first < images.count; first += NAMES_AT_ONCE) {
    const count = Math.min(NAMES_AT_ONCE, images.count - first);
    const indices = Uint32Array.from({ length: count }, (_, index) => first + index);
    const found = inLibrary
      ? await library.handlers['image-set:pick']({ imageSet: set.id, split, indices })
      : { names: Array.from(indices, (index) => `${split} ${index}`) };
    names.push(...found.names);
  }
  const labelTexts = labels === undefined ? [] : Array.from(labels, (label) => set.labelNames[label] ?? String(label));
  return { names, labels: labelTexts, codes, squaredErrors };
}

/** Codes of pictures; those that cannot be read are told on stderr. */
async function encodeFiles({ desk, staged }: ModelSession, files: readonly string[]): Promise<Encoded> {
  const { THE_FILES, THE_MODEL } = await import('./model-session.ts');
  staged.set(THE_FILES, existing(files));
  const names: string[] = [];
  const codes: Float32Array[] = [];
  const squaredErrors: Float32Array[] = [];
  const problems: Reconstructions['problems'][number][] = [];
  for (let [first, total] = [0, 1]; first < total; first += MOST_PICTURES) {
    const answer = await desk.handlers['model:reconstruct']({
      model: THE_MODEL,
      source: { kind: 'staged', staged: THE_FILES, first, count: MOST_PICTURES },
      options: { invert: 'auto', centre: 'auto' },
      neighbours: 0,
    });
    total = answer.total;
    names.push(...answer.names);
    codes.push(answer.codes);
    squaredErrors.push(answer.squaredErrors);
    problems.push(...answer.problems);
  }
  tellProblems(problems);
  if (names.length === 0) {
    throw new StudioError(
      'bad-file',
      `${files.join(', ')}: expected at least one picture, found none that can be read.`,
    );
  }
  return { names, labels: [], codes: joined(codes), squaredErrors: joined(squaredErrors) };
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let filled = 0;
  for (const part of parts) {
    all.set(part, filled);
    filled += part.length;
  }
  return all;
}

function csvOf({ names, labels, codes, squaredErrors }: Encoded, size: number): string {
  const lines = names.map((name, row) =>
    csvLine([name, labels[row] ?? '', squaredErrors[row]!, ...codes.subarray(row * size, (row + 1) * size)]),
  );
  return [csvLine(['name', 'label', 'squared_error', ...unitNames(size)]), ...lines].join('');
}

const unitNames = (size: number): string[] => Array.from({ length: size }, (_, unit) => `code_${unit + 1}`);

/** A column a name, label, squared error and unit; without labels those are null. */
async function parquetOf({ names, labels, codes, squaredErrors }: Encoded, size: number): Promise<Uint8Array> {
  const { parquetWriteBuffer } = await import('hyparquet-writer');
  const units = unitNames(size).map((name, unit) => ({
    name,
    data: Float32Array.from(names, (_, row) => codes[row * size + unit]!),
    type: 'FLOAT' as const,
  }));
  const columnData = [
    { name: 'name', data: [...names], type: 'STRING' as const },
    { name: 'label', data: names.map((_, row) => labels[row] ?? null), type: 'STRING' as const },
    { name: 'squared_error', data: squaredErrors, type: 'FLOAT' as const },
    ...units,
  ];
  return new Uint8Array(parquetWriteBuffer({ columnData }));
}
