import { basename, resolve } from 'node:path';
import type { Command } from 'commander';
import type { ColumnSource } from 'hyparquet-writer';
import { StudioError } from '../domain/errors.ts';
import type { SplitName } from '../contract/models.ts';
import { writeWhole } from '../files/atomic.ts';
import { csvLine } from '../files/csv.ts';
import { npyPieces } from '../files/npy.ts';
import { parquetPieces } from '../files/parquet.ts';
import { engineEnvironment } from '../host/engine-environment.ts';
import { indicesIn } from './code-indices.ts';
import { readImages, type EncodedImages } from './image-arguments.ts';
import { dataOption, findModel, forceOption, modelWords, splitOption, weightsOption } from './model-options.ts';
import { checkFree } from './output.ts';

interface EncodeOptions {
  readonly out: string;
  /** Of a model with a codebook: which vectors, in place of their numbers. */
  readonly indices?: true;
  readonly split: SplitName;
  readonly weights: 'best' | 'last';
  readonly data: string;
  readonly force?: true;
  readonly json?: true;
}

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
    .option('--indices', 'of a model with a codebook: which vector each place of a code has, in place of its numbers')
    .addOption(splitOption())
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
  checkFree(out, options.force === true);
  const place = findModel(model, options.weights, options.data);
  Object.assign(process.env, engineEnvironment());
  const { openSession } = await import('./model-session.ts');
  const session = openSession(place, options.data);
  const images = await readImages(session, given, options.split, kind !== 'npy');
  const encoded = options.indices
    ? { ...images, codes: await session.models.use(place, (opened) => indicesIn(opened, images.codes)) }
    : images;
  const count = encoded.names.length;
  const size = encoded.codes.length / count;
  if (kind === 'parquet') await writeWhole(out, await parquetPieces(columnsOf(encoded, size)));
  else await writeWhole(out, kind === 'csv' ? csvOf(encoded, size) : npyPieces(encoded.codes, [count, size]));
  const answer = { file: out, count, codeSize: size };
  process.stdout.write(
    options.json
      ? `${JSON.stringify(answer)}\n`
      : `${count} codes of ${size} ${options.indices ? 'indices' : 'numbers'}\n${out}\n`,
  );
}

/** Rows that are written together. */
const ROWS_AT_ONCE = 1_000;

/** The table in pieces: as one text it would end at half a gigabyte. */
function* csvOf({ names, labels, codes, squaredErrors }: EncodedImages, size: number): Generator<Uint8Array> {
  yield Buffer.from(csvLine(['name', 'label', 'squared_error', ...unitNames(size)]));
  for (let first = 0; first < names.length; first += ROWS_AT_ONCE) {
    const lines = names.slice(first, first + ROWS_AT_ONCE).map((name, place) => {
      const row = first + place;
      const code = codes.subarray(row * size, (row + 1) * size);
      return csvLine([name, labels[row] ?? '', squaredErrors[row]!, ...code]);
    });
    yield Buffer.from(lines.join(''));
  }
}

const unitNames = (size: number): string[] => Array.from({ length: size }, (_, unit) => `code_${unit + 1}`);

/** A column a name, label, squared error and unit; without labels those are null. */
function columnsOf({ names, labels, codes, squaredErrors }: EncodedImages, size: number): ColumnSource[] {
  const units = unitNames(size).map((name, unit) => ({
    name,
    data: Float32Array.from(names, (_, row) => codes[row * size + unit]!),
    type: 'FLOAT' as const,
  }));
  return [
    { name: 'name', data: [...names], type: 'STRING' },
    { name: 'label', data: names.map((_, row) => labels[row] ?? null), type: 'STRING' },
    { name: 'squared_error', data: squaredErrors, type: 'FLOAT' },
    ...units,
  ];
}
