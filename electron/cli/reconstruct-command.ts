import { join, resolve } from 'node:path';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { StudioError } from '../domain/errors.ts';
import { MOST_PICTURES, type AddedNoise, type PictureOptions, type Reconstructions } from '../contract/models.ts';
import { writeWhole } from '../files/atomic.ts';
import { csvLine } from '../files/csv.ts';
import { engineEnvironment } from '../host/engine-environment.ts';
import { dataOption, existing, findModel, forceOption, modelWords, weightsOption } from './model-options.ts';
import { fillFolder, tellProblems } from './output.ts';

type WithoutSeed<T> = T extends unknown ? Omit<T, 'seed'> : never;
type Noise = WithoutSeed<AddedNoise>;

interface ReconstructOptions {
  readonly out: string;
  readonly invert: PictureOptions['invert'];
  readonly centre: PictureOptions['centre'];
  readonly fit?: NonNullable<PictureOptions['fit']>;
  readonly noise?: Noise;
  readonly seed: number;
  readonly weights: 'best' | 'last';
  readonly data: string;
  readonly force?: true;
  readonly json?: true;
}

/** What is told of one picture. */
interface Told {
  readonly number: number;
  readonly name: string;
  readonly mse: number;
  readonly squaredError: number;
  /** Absent without the image set. */
  readonly percentile?: number;
  readonly psnrBefore?: number;
  readonly psnrAfter?: number;
  readonly inverted: boolean;
  readonly centred: boolean;
  readonly code: readonly number[];
}

const whenOption = (flags: string, what: string): Option =>
  new Option(flags, what).choices(['auto', 'on', 'off']).default('auto');

export function addReconstruct(program: Command): void {
  program
    .command('reconstruct')
    .description('show what a model makes of pictures: prepared and reconstructed PNGs, and errors.csv')
    .argument('<model>', modelWords)
    .argument('<files...>', 'pictures, folders, zip files and arrays')
    .requiredOption('--out <folder>', 'folder of the results, new or empty')
    .addOption(whenOption('--invert <when>', 'turn dark on light into light on dark'))
    .addOption(whenOption('--centre <when>', 'centre by mass, as MNIST is'))
    .addOption(
      new Option('--fit <way>', 'how pictures fill the image (default: as the image set was made)').choices([
        'contain',
        'cover',
        'stretch',
      ]),
    )
    .option(
      '--noise <kind:amount>',
      'put on top: gaussian:0.5, salt-and-pepper:0.2, masking:0.3, or patches:2x7 for two black squares of 7 pixels a side',
      noiseOf,
    )
    .option('--seed <number>', 'of the noise', seedOf, 1)
    .addOption(weightsOption())
    .addOption(dataOption())
    .addOption(forceOption())
    .option('--json', 'one JSON object on stdout')
    .addHelpText('after', '\nExit status: 0 at least one picture was read, 1 failed, refused, or none could be read.')
    .action((model: string, files: string[], options: ReconstructOptions) => reconstruct(model, files, options));
}

async function reconstruct(model: string, files: readonly string[], options: ReconstructOptions): Promise<void> {
  const place = findModel(model, options.weights, options.data);
  const folder = resolve(options.out);
  Object.assign(process.env, engineEnvironment());
  const { openSession, THE_FILES, THE_MODEL } = await import('./model-session.ts');
  const { service, staged } = openSession(place, options.data);
  staged.set(THE_FILES, existing(files));
  const { invert, centre, fit, noise, seed } = options;
  const chosen = { invert, centre, ...(fit === undefined ? {} : { fit }), ...(noise && { noise: { ...noise, seed } }) };
  const told: Told[] = [];
  const problems: Reconstructions['problems'][number][] = [];
  const page = (first: number): Promise<Reconstructions> =>
    service.handlers['model:reconstruct']({
      model: THE_MODEL,
      source: { kind: 'staged', staged: THE_FILES, first, count: MOST_PICTURES },
      options: chosen,
      neighbours: 0,
    });
  // Before anything is written: what is wrong with the model or with all files is said by the first.
  let answer = await page(0);
  await fillFolder(folder, options.force === true, async (temporary) => {
    for (let first = 0; ; answer = await page(first)) {
      problems.push(...answer.problems);
      told.push(...(await writePage(temporary, answer, told.length)));
      first += MOST_PICTURES;
      if (first >= answer.total) break;
    }
    if (told.length === 0) throw nothingRead(problems);
    await writeWhole(join(temporary, 'errors.csv'), csvOf(told));
  });
  tellProblems(problems);
  if (options.json === true) {
    process.stdout.write(`${JSON.stringify({ folder, pictures: told, problems })}\n`);
    return;
  }
  const mean = told.reduce((sum, { squaredError }) => sum + squaredError, 0) / told.length;
  process.stdout.write(
    `${told.length} ${told.length === 1 ? 'picture' : 'pictures'} reconstructed, ${problems.length} could not be read; mean squared error per image ${mean.toFixed(4)}\n${folder}\n`,
  );
}

async function writePage(folder: string, answer: Reconstructions, before: number): Promise<Told[]> {
  const { pngOf } = await import('../dataset/picture/write-png.ts');
  const told = answer.names.map((_, row) => toldOf(answer, row, before + row + 1));
  const writeOne = async (one: Told, row: number): Promise<void> => {
    const write = async (kind: string, images: Reconstructions['prepared']): Promise<void> =>
      writeWhole(join(folder, `${fileStem(one)}-${kind}.png`), pngOf(images, row));
    await write('prepared', answer.prepared);
    if (answer.psnrBefore.length > 0) await write('seen', answer.seen);
    await write('reconstruction', answer.reconstructions);
  };
  // Beside each other: each waits for the disk.
  await Promise.all(told.map(writeOne));
  return told;
}

function toldOf(answer: Reconstructions, row: number, number: number): Told {
  const { names, mse, squaredErrors, percentiles, psnrBefore, psnrAfter, codes, inverted, centred } = answer;
  const size = codes.length / names.length;
  const percentile = percentiles[row]!;
  return {
    number,
    name: names[row]!,
    mse: mse[row]!,
    squaredError: squaredErrors[row]!,
    ...(Number.isNaN(percentile) ? {} : { percentile }),
    ...(psnrBefore.length === 0 ? {} : { psnrBefore: psnrBefore[row]!, psnrAfter: psnrAfter[row]! }),
    inverted: inverted[row]!,
    centred: centred[row]!,
    code: Array.from(codes.subarray(row * size, (row + 1) * size)),
  };
}

/** Such as "00012-cats_three": sorts as the pictures came, and is a file's name on every system. */
function fileStem({ number, name }: Told): string {
  const plain = name
    .replace(/\.[a-z0-9]{1,5}$/i, '')
    .replaceAll(/[^\p{L}\p{N}-]+/gu, '_')
    .slice(0, 60);
  return `${String(number).padStart(5, '0')}-${plain}`;
}

function csvOf(told: readonly Told[]): string {
  const units = told[0]!.code.map((_, unit) => `code_${unit + 1}`);
  const columns = ['number', 'name', 'mse', 'squared_error', 'percentile', 'psnr_before', 'psnr_after'];
  const lines = told.map((one) => {
    const { number, name, mse, squaredError, percentile = '', psnrBefore = '', psnrAfter = '' } = one;
    const seen = [one.inverted, one.centred].map(String);
    return csvLine([number, name, mse, squaredError, percentile, psnrBefore, psnrAfter, ...seen, ...one.code]);
  });
  return [csvLine([...columns, 'inverted', 'centred', ...units]), ...lines].join('');
}

function nothingRead(problems: Reconstructions['problems']): StudioError {
  const [first] = problems;
  const why = first === undefined ? '' : ` (${first.name}: ${first.message.replace(/\.$/, '')})`;
  return new StudioError('bad-file', `Expected at least one picture, found none that can be read${why}.`);
}

function noiseOf(text: string): Noise {
  const [kind, rest = ''] = text.split(':');
  if (kind === 'patches') {
    const [, count, size] = /^(\d+)x(\d+)$/.exec(rest)?.map(Number) ?? [];
    if (count! >= 1 && count! <= 64 && size! >= 1 && size! <= 512) return { kind, count: count!, size: size! };
  }
  const amount = Number(rest);
  const known = kind === 'gaussian' || kind === 'salt-and-pepper' || kind === 'masking';
  if (known && rest.trim() !== '' && amount >= 0 && amount <= (kind === 'gaussian' ? 2 : 1)) return { kind, amount };
  throw new InvalidArgumentError(
    'Expected gaussian:0 to gaussian:2, salt-and-pepper:0 to :1, masking:0 to :1, or patches:1x1 to :64x512.',
  );
}

function seedOf(text: string): number {
  const seed = Number(text);
  if (/^\d+$/.test(text) && seed <= 2 ** 31 - 1) return seed;
  throw new InvalidArgumentError('Expected a whole number of 0 to 2147483647.');
}
