import { basename, resolve } from 'node:path';
import { InvalidArgumentError, type Command } from 'commander';
import { StudioError } from '../domain/errors.ts';
import type { ModelSpec } from '../domain/experiment.ts';
import type { TrainedModel } from '../engine-process/models/trained-model.ts';
import { readCodes } from '../dataset/read-codes.ts';
import { writeWhole } from '../files/atomic.ts';
import { engineEnvironment } from '../host/engine-environment.ts';
import { readIndices } from './code-indices.ts';
import { dataOption, findModel, forceOption, modelWords, weightsOption } from './model-options.ts';
import { checkFree, fillFolder } from './output.ts';

interface DecodeOptions {
  readonly out: string;
  /** Columns of the sheet; true: as many as rows. */
  readonly grid?: number | true;
  /** A class by its name in the image set, or its number. */
  readonly class?: string;
  /** What is read is which vectors of a codebook each code has. */
  readonly indices?: true;
  readonly weights: 'best' | 'last';
  readonly data: string;
  readonly force?: true;
  readonly json?: true;
}

export function addDecode(program: Command): void {
  program
    .command('decode')
    .description('write the images of codes as PNG files, called as the codes’ names say')
    .argument('<model>', modelWords)
    .argument('<codes>', 'a NumPy array [count, code size], or CSV as encode writes it')
    .requiredOption('--out <place>', 'folder of the images, new or empty; with --grid the PNG file')
    .option('--grid [columns]', 'one sheet of all images in rows (default: as many columns as rows)', columnsOf)
    .option(
      '--class <name>',
      'of a model whose code has classes: this one in place of what the codes say, by name or number',
    )
    .option(
      '--indices',
      'of a model with a codebook: which vector each place of a code has, as encode --indices writes',
    )
    .addOption(weightsOption())
    .addOption(dataOption())
    .addOption(forceOption())
    .option('--json', 'one JSON object on stdout')
    .action((model: string, codes: string, options: DecodeOptions) => decode(model, codes, options));
}

async function decode(model: string, file: string, options: DecodeOptions): Promise<void> {
  const place = findModel(model, options.weights, options.data);
  const out = resolve(options.out);
  if (options.grid !== undefined) {
    if (!/\.png$/i.test(out)) {
      throw new StudioError('bad-request', `--out: expected a name ending in .png, found ${basename(out)}.`);
    }
    checkFree(out, options.force === true);
  }
  Object.assign(process.env, engineEnvironment());
  const { openSession } = await import('./model-session.ts');
  const { decodeCodes } = await import('../engine/apply.ts');
  const { sheetOf } = await import('./png.ts');
  const { breathe } = await import('../training/emit.ts');
  const { writePictures } = await import('../engine-process/models/write-pictures.ts');
  const { models } = openSession(place, options.data);
  const { images, names } = await models.use(place, async (opened) => {
    const read = options.indices
      ? await readIndices(resolve(file), opened)
      : await readCodes(resolve(file), opened.codeSize);
    if (options.class !== undefined) holdClass(read.codes, await classOf(opened, options.class), opened.spec);
    return { images: await decodeCodes(opened.network, read.codes, opened.breathe), names: read.names };
  });
  if (options.grid === undefined) {
    await fillFolder(out, options.force === true, (folder) =>
      writePictures(folder, images, names ?? Array<string>(images.count).fill(''), breathe),
    );
  } else {
    const columns = options.grid === true ? Math.ceil(Math.sqrt(images.count)) : options.grid;
    await writeWhole(out, sheetOf(images, columns));
  }
  const { count, width, height } = images;
  const answer = { place: out, count, width, height };
  process.stdout.write(
    options.json ? `${JSON.stringify(answer)}\n` : `${count} images of ${width} × ${height} pixels\n${out}\n`,
  );
}

/** The number of a class that is asked for by name or number. @throws StudioError `bad-request` */
async function classOf(model: TrainedModel, asked: string): Promise<number> {
  const { classes } = model.spec.code;
  const refuse = (expected: string, found: string): StudioError =>
    new StudioError('bad-request', `--class: expected ${expected}, found ${found}.`);
  if (classes === undefined) throw refuse('a model whose code has classes', 'one without');
  const names = (await model.imageSetIfThere())?.labelNames ?? [];
  const byName = names.indexOf(asked);
  const index = byName >= 0 ? byName : /^\d+$/.test(asked) ? Number(asked) : classes;
  if (index < classes) return index;
  throw refuse(names.length > 0 ? `one of ${names.join(', ')}` : `a number of 0 to ${classes - 1}`, asked);
}

/** Sets the classes of codes [count × size], and leaves their styles. */
function holdClass(codes: Float32Array, held: number, { code: { size, classes = 0 } }: ModelSpec): void {
  for (let start = 0; start < codes.length; start += size) {
    codes.fill(0, start + size - classes, start + size);
    codes[start + size - classes + held] = 1;
  }
}

function columnsOf(text: string): number {
  const columns = Number(text);
  if (Number.isInteger(columns) && columns >= 1 && columns <= 4_096) return columns;
  throw new InvalidArgumentError('Expected a whole number of 1 to 4096.');
}
