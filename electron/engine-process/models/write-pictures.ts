import { basename, extname, join } from 'node:path';
import type { ImageColumns } from '../../domain/words.ts';
import { pngOf } from '../../dataset/picture/write-png.ts';
import type { Breathe } from '../../engine/inference.ts';
import { writeWhole } from '../../files/atomic.ts';

/** Writes each image as a PNG file into a folder. @param names one an image */
export async function writePictures(
  folder: string,
  images: ImageColumns,
  names: readonly string[],
  breathe: Breathe,
): Promise<void> {
  for (const [index, name] of names.entries()) {
    await writeWhole(join(folder, fileName(name, index)), pngOf(images, index));
    await breathe();
  }
}

/** "00001-cat.png": the number keeps the order and tells images of one name apart. */
function fileName(name: string, index: number): string {
  const last = name.split(/[/\\]/).at(-1) ?? '';
  const word = basename(last, extname(last))
    .replaceAll(/[^\p{L}\p{N}._ -]+/gu, '-')
    .slice(0, 80);
  return `${String(index + 1).padStart(5, '0')}${word === '' ? '' : `-${word}`}.png`;
}
