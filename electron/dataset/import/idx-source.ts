import { dirname, join } from 'node:path';
import { existsSync } from 'node:fs';
import { StudioError } from '../../domain/errors.ts';
import type { ImageColumns } from '../../domain/words.ts';
import { NumberSurvey } from '../picture/number-survey.ts';
import { readIdxImages, readIdxLabels } from '../idx.ts';
import { splitOfName, tally } from './labels.ts';
import type { ListedFile } from './listed-file.ts';
import type { Source, SourceItem } from './source.ts';
import type { ImportSystem } from './system.ts';

/**
 * IDX files given together; labels are also looked for beside a file of images, under MNIST's names.
 * @throws StudioError `bad-file`, and `refused` where the images of one file are more than memory may hold.
 */
export async function openIdxFiles(files: readonly ListedFile[], { memoryBytes }: ImportSystem): Promise<Source> {
  const images = files.filter(({ name }) => !isLabelsName(name));
  if (images.length === 0) {
    throw new StudioError('bad-file', `${files[0]!.name}: expected a file of images beside the labels, found none.`);
  }
  const parts: { name: string; images: ImageColumns; labels?: Uint8Array }[] = [];
  for (const { path, name } of images) {
    if (path === undefined) {
      throw new StudioError(
        'bad-file',
        `${name}: expected an IDX file on disk, found one in an archive: unpack it first.`,
      );
    }
    const columns = await readIdxImages(path, memoryBytes);
    const labelsPath = labelsBeside(path);
    const labels = labelsPath === undefined ? undefined : await readIdxLabels(labelsPath);
    if (labels !== undefined && labels.length !== columns.count) {
      const expected = `${columns.count} labels, one for each image of ${name}`;
      throw new StudioError('bad-file', `${labelsPath}: expected ${expected}, found ${labels.length}.`);
    }
    parts.push({ name, images: columns, ...(labels === undefined ? {} : { labels }) });
  }
  const [{ images: first }] = parts as [(typeof parts)[0]];
  const odd = parts.find((part) => part.images.width !== first.width || part.images.height !== first.height);
  if (odd !== undefined) {
    const found = `${odd.images.height} × ${odd.images.width}`;
    throw new StudioError(
      'bad-file',
      `${odd.name}: expected images of ${first.height} × ${first.width} pixels, found ${found}.`,
    );
  }
  const numbers = new NumberSurvey();
  for (const part of parts) numbers.add(part.images.pixels, { kind: 'u', bits: 8 });
  const splits = parts.map(({ name }) => splitOfName(name));
  return {
    count: parts.reduce((sum, part) => sum + part.images.count, 0),
    shape: { width: first.width, height: first.height, channels: 1 },
    labelCounts: tally(parts.flatMap(({ labels }) => Array.from(labels ?? [], String))),
    splits: new Set(splits),
    skipped: [],
    numbers,
    close: () => Promise.resolve(),
    *items(): Generator<SourceItem> {
      for (const [index, { name, images: columns, labels }] of parts.entries()) {
        const { count, width, height, pixels } = columns;
        const split = splits[index];
        const size = width * height;
        for (let row = 0; row < count; row += 1) {
          const values = pixels.subarray(row * size, (row + 1) * size);
          const numbers = { width, height, bands: 1, alpha: false, values };
          yield {
            name: `${name}[${row}]`,
            ...(labels === undefined ? {} : { label: String(labels[row]) }),
            ...(split === undefined ? {} : { split }),
            content: { kind: 'numbers', numbers },
          };
        }
      }
    },
  };
}

function isLabelsName(name: string): boolean {
  return /labels[-.]idx1|idx1[-.]ubyte/i.test(name);
}

function labelsBeside(path: string): string | undefined {
  const folder = dirname(path);
  const stem = path.slice(folder.length + 1).replace(/\.gz$/i, '');
  const name = stem.replace(/images/i, 'labels').replace(/idx3/i, 'idx1');
  if (name === stem) return undefined;
  return [name, `${name}.gz`].map((file) => join(folder, file)).find((file) => existsSync(file));
}
