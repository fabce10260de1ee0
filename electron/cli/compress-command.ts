import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { CompressionFigures } from '../contract/compression.ts';
import type { SplitName } from '../contract/models.ts';
import { writeWhole } from '../files/atomic.ts';
import { decodeCompressed } from '../files/compressed-images.ts';
import { engineEnvironment } from '../host/engine-environment.ts';
import { readBytes } from '../model/import/read-bytes.ts';
import { readImages } from './image-arguments.ts';
import { dataOption, findModel, forceOption, modelWords, splitOption, weightsOption } from './model-options.ts';
import { checkFree, fillFolder } from './output.ts';

interface CompressOptions {
  readonly out: string;
  readonly split: SplitName;
  readonly weights: 'best' | 'last';
  readonly data: string;
  readonly force?: true;
  readonly json?: true;
}

type DecompressOptions = Pick<CompressOptions, 'out' | 'force' | 'json'>;

export function addCompress(program: Command): void {
  program
    .command('compress')
    .description('write images as one file of codes and the decoder; prints bytes and PSNR beside JPEG and WebP')
    .argument('<model>', modelWords)
    .argument('<set...>', 'an image set by its id or folder, or pictures and folders, prepared as for the model')
    .requiredOption('--out <file>', 'the file')
    .addOption(splitOption())
    .addOption(weightsOption())
    .addOption(dataOption())
    .addOption(forceOption())
    .option('--json', 'one JSON object on stdout')
    .action((model: string, set: string[], options: CompressOptions) => compressImages(model, set, options));
  program
    .command('decompress')
    .description('write the images of a file that compress has written as PNG files')
    .argument('<file>', 'the file')
    .requiredOption('--out <folder>', 'folder of the images, new or empty')
    .addOption(forceOption())
    .option('--json', 'one JSON object on stdout')
    .action((file: string, options: DecompressOptions) => decompressImages(file, options));
}

async function compressImages(model: string, given: readonly string[], options: CompressOptions): Promise<void> {
  const out = resolve(options.out);
  checkFree(out, options.force === true);
  const place = findModel(model, options.weights, options.data);
  Object.assign(process.env, engineEnvironment());
  const { openSession } = await import('./model-session.ts');
  const { compress } = await import('../engine-process/models/compression.ts');
  const session = openSession(place, options.data);
  const { images, codes, names } = await readImages(session, given, options.split, true);
  const { file, figures } = await session.models.use(place, ({ network, breathe }) =>
    compress(network, images, codes, names, breathe),
  );
  await writeWhole(out, file);
  const { fileBytes: bytes, ...rest } = figures;
  const answer = { file: out, bytes, ...rest };
  process.stdout.write(options.json ? `${JSON.stringify(answer)}\n` : `${describe(figures)}${out}\n`);
}

async function decompressImages(given: string, { out, force, json }: DecompressOptions): Promise<void> {
  const path = resolve(given);
  const compressed = decodeCompressed(await readBytes(path, path), path);
  Object.assign(process.env, engineEnvironment());
  const { decompress } = await import('../engine-process/models/compression.ts');
  const { breathe } = await import('../training/emit.ts');
  const { writePictures } = await import('../engine-process/models/write-pictures.ts');
  const images = await decompress(compressed, path, breathe);
  const folder = resolve(out);
  await fillFolder(folder, force === true, (inside) => writePictures(inside, images, compressed.names, breathe));
  const { count, width, height } = images;
  const answer = { place: folder, count, width, height };
  process.stdout.write(
    json ? `${JSON.stringify(answer)}\n` : `${count} images of ${width} × ${height} pixels\n${folder}\n`,
  );
}

function describe({
  keptAs,
  images,
  pixelBytes,
  codeBytes,
  decoderBytes,
  fileBytes,
  psnr,
  compared,
}: CompressionFigures): string {
  const number = (value: number): string => value.toLocaleString('en').padStart(13);
  const ours = keptAs === 'indices' ? 'indices' : 'codes';
  const bits = ((8 * codeBytes) / images).toFixed(1);
  const own = [
    `${images.toLocaleString('en')} images`,
    `pixels       ${number(pixelBytes)} bytes`,
    `${ours.padEnd(13)}${number(codeBytes)} bytes   PSNR ${psnr.toFixed(2)} dB, ${bits} bits an image`,
    `decoder      ${number(decoderBytes)} bytes, once for any number of images`,
    `whole file   ${number(fileBytes)} bytes`,
    `the first ${compared.images.toLocaleString('en')} on one contact sheet:`,
    `  ${ours.padEnd(11)}${number(compared.codeBytes)} bytes   PSNR ${compared.psnr.toFixed(2)} dB`,
  ];
  const others = compared.codecs.map(({ format, quality, bytes: taken, psnr: reached }) => {
    const more = taken > compared.codeBytes ? ', more than the codes take' : '';
    return `  ${format.padEnd(11)}${number(taken)} bytes   PSNR ${reached.toFixed(2)} dB (quality ${quality}${more})`;
  });
  return [...own, ...others].map((line) => `${line}\n`).join('');
}
