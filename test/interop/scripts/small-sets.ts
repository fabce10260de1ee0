import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sliceImages } from '../../../electron/dataset/image-set.ts';
import { readMnist } from '../../../electron/dataset/mnist.ts';
import { pngOf } from '../../../electron/dataset/picture/write-png.ts';
import type { ImageSource, ScriptImages } from '../../../electron/domain/training-script/script-plan.ts';
import type { ImageColumns } from '../../../electron/domain/words.ts';
import { SIZES } from './cases.ts';

/** A set as the app has it in memory, and as a script finds it in a folder. */
export interface SmallSet {
  readonly training: ImageColumns;
  /** Of its training images. */
  readonly labels: Uint8Array;
  readonly folder: string;
  readonly images: ScriptImages;
}

/** Names that would end a string in one of the languages, if they could. */
const awkward = ['"""', "it's", 'a\\', 'b\n', '`${1}`', '漢字', '</svg>', '$\\frac$', '#', '\u202e9'];

/** Writes the first images of MNIST as IDX files, coloured as an imported set's own files, and as picture files. */
export async function makeSmallSets(folder: string): Promise<Readonly<Record<ImageSource, SmallSet>>> {
  const mnist = await readMnist();
  const training = sliceImages(mnist.training.images, 0, SIZES.training);
  const test = sliceImages(mnist.test.images, 0, SIZES.test);
  const labels = {
    training: mnist.training.labels!.subarray(0, SIZES.training),
    test: mnist.test.labels!.subarray(0, SIZES.test),
  };
  const counts = { trainingCount: SIZES.training, testCount: SIZES.test };
  const places = { idx: join(folder, 'idx'), stored: join(folder, 'stored'), pictures: join(folder, 'pictures') };

  await mkdir(places.idx, { recursive: true });
  await writeFile(join(places.idx, 'train-images-idx3-ubyte'), idx([SIZES.training, 28, 28], training.pixels));
  await writeFile(join(places.idx, 't10k-images-idx3-ubyte'), idx([SIZES.test, 28, 28], test.pixels));
  await writeFile(join(places.idx, 'train-labels-idx1-ubyte'), idx([SIZES.training], labels.training));
  await writeFile(join(places.idx, 't10k-labels-idx1-ubyte'), idx([SIZES.test], labels.test));

  const coloured = [training, test].map(inColour) as [ImageColumns, ImageColumns];
  await mkdir(places.stored, { recursive: true });
  await writeFile(join(places.stored, 'images.u8'), Buffer.concat(coloured.map(({ pixels }) => pixels)));
  await writeFile(join(places.stored, 'labels.u8'), Buffer.concat([labels.training, labels.test]));

  for (const [split, images] of [
    ['train', training],
    ['test', test],
  ] as const) {
    const own = labels[split === 'train' ? 'training' : 'test'];
    for (let at = 0; at < images.count; at += 1) {
      const place = join(places.pictures, split, String(own[at]));
      await mkdir(place, { recursive: true });
      await writeFile(join(place, `${at}.png`), pngOf(images, at));
    }
  }
  const digits = mnist.labelNames;
  return {
    idx: {
      training,
      labels: labels.training,
      folder: places.idx,
      images: { source: 'idx', name: 'Digits', labelNames: digits, ...counts },
    },
    stored: {
      training: coloured[0],
      labels: labels.training,
      folder: places.stored,
      images: { source: 'stored', name: 'Colours"""\n\\', labelNames: awkward, ...counts },
    },
    pictures: {
      training,
      labels: labels.training,
      folder: places.pictures,
      images: { source: 'pictures', name: 'Digits', labelNames: digits, ...counts },
    },
  };
}

function idx(sizes: readonly number[], values: Uint8Array): Buffer {
  const head = Buffer.alloc(4 + 4 * sizes.length);
  head.writeUInt32BE(0x800 + sizes.length, 0);
  sizes.forEach((size, axis) => head.writeUInt32BE(size, 4 + 4 * axis));
  return Buffer.concat([head, values]);
}

/** Each image in a colour of its own. */
function inColour(images: ImageColumns): ImageColumns {
  const size = images.height * images.width;
  const pixels = new Uint8Array(3 * images.pixels.length);
  images.pixels.forEach((value, at) => {
    const image = Math.floor(at / size);
    for (let channel = 0; channel < 3; channel += 1)
      pixels[3 * at + channel] = value * (0.3 + ((image + channel) % 3) * 0.3);
  });
  return { ...images, channels: 3, pixels };
}
