import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import type { PictureOptions, Reconstructions } from '../../../electron/contract/models.ts';
import { percentileIn } from '../../../electron/engine-process/models/reconstruct-pictures.ts';
import { TemporaryFolder } from '../../dataset/idx-bytes.ts';
import { expectNoLeak } from '../../engine/no-leak.ts';
import { experiment, tinySet, withoutCompiler } from '../../training/samples.ts';
import { AUTO, MODEL, deskOver, png, saveRun, type Desk } from './samples.ts';

const set = tinySet(40, 12);
type Reconstruct = (
  source: Parameters<Desk['service']['handlers']['model:reconstruct']>[0]['source'],
  options?: PictureOptions,
  neighbours?: number,
) => Promise<Reconstructions>;

/** Runs a body with the reconstruction of one saved run; asserts that no tensor is left. */
function reconstructing(
  body: (reconstruct: Reconstruct, more: Desk & { readonly path: string }) => Promise<void>,
  broken?: true,
): Promise<void> {
  return expectNoLeak(async () => {
    using data = new TemporaryFolder();
    const code = { size: 3, activation: 'linear', variational: false } as const;
    await saveRun(data.path, experiment({}, { code }), broken ? { broken } : {});
    const service = deskOver(data.path, set);
    try {
      await body(
        (source, options = AUTO, neighbours = 0) =>
          service.service.handlers['model:reconstruct']({ model: MODEL, source, options, neighbours }),
        { ...service, path: data.path },
      );
    } finally {
      await service.service.close();
    }
  });
}

const pictures = (...given: readonly (readonly [string, Uint8Array])[]) =>
  ({ kind: 'pictures', pictures: given.map(([name, bytes]) => ({ name, bytes: new Uint8Array(bytes) })) }) as const;

withoutCompiler();

describe('images of the model’s own set', () => {
  test('are taken as they are, measured and placed', () =>
    reconstructing(async (reconstruct, { service: { handlers } }) => {
      const indices = Uint32Array.of(3, 0, 11);
      const answer = await reconstruct({ kind: 'set', split: 'test', indices }, AUTO, 4);
      const { points } = await handlers['model:points']({ model: MODEL, split: 'test' });
      const map = await handlers['model:measures']({ model: MODEL, split: 'test' });
      const { errors } = await handlers['model:open']({ model: MODEL });
      expect(answer.names).toEqual(['test 3', 'test 0', 'test 11']);
      expect(answer.total).toBe(3);
      indices.forEach((index, row) => {
        const pixels = set.test.images.pixels.subarray(index * 12, (index + 1) * 12);
        expect(answer.prepared.pixels.subarray(row * 12, (row + 1) * 12)).toEqual(pixels);
        expect(answer.squaredErrors[row]).toBeCloseTo(map.squaredErrors[index]!, 4);
        expect(answer.squaredErrors[row]).toBeCloseTo(answer.mse[row]! * 12, 5);
        expect(answer.places.x[row]).toBeCloseTo(points.x[index]!, 4);
        expect(answer.places.y[row]).toBeCloseTo(points.y[index]!, 4);
        const below = errors.filter((error) => error < answer.squaredErrors[row]!).length;
        expect(answer.percentiles[row]).toBeCloseTo((100 * below) / errors.length, 4);
      });
      expect(answer.seen).toBe(answer.prepared);
      expect([answer.psnrBefore.length, answer.psnrAfter.length]).toEqual([0, 0]);
      expect(answer.originals[0]).toMatchObject({ count: 1, width: 3, height: 4, channels: 3 });
      expect(answer.neighbours).toMatchObject({ split: 'training', k: 4 });
      expect(answer.neighbours!.indices).toHaveLength(12);
    }));

  test('beyond the last are refused', () =>
    reconstructing(async (reconstruct) => {
      await expect(reconstruct({ kind: 'set', split: 'test', indices: Uint32Array.of(1, 12) })).rejects.toMatchObject({
        code: 'bad-request',
        message: 'source.indices must lie below 12, the test images of "tiny", found 12.',
      });
    }));
});

describe('pictures', () => {
  test('that cannot be read are problems; the others keep their order', () =>
    reconstructing(async (reconstruct) => {
      const whole = await png(6, 8, (x) => x * 40);
      const answer = await reconstruct(
        pictures(
          ['a.png', whole],
          ['text.png', Buffer.from('hello')],
          ['cut.png', whole.slice(0, 40)],
          ['b.png', whole],
        ),
      );
      expect(answer.names).toEqual(['a.png', 'b.png']);
      expect(answer.total).toBe(4);
      expect(answer.problems).toEqual([
        {
          name: 'text.png',
          message: 'expected an image (PNG, JPEG, WebP, GIF, TIFF, AVIF, BMP or Netpbm), found text.',
        },
        expect.objectContaining({
          name: 'cut.png',
          message: expect.stringContaining('expected a whole image') as string,
        }),
      ]);
      expect(answer.codes).toHaveLength(6);
      expect(answer.originals.map(({ width, height }) => [width, height])).toEqual([
        [6, 8],
        [6, 8],
      ]);
    }));

  test('none at all is an empty answer', () =>
    reconstructing(async (reconstruct) => {
      const answer = await reconstruct(pictures(['x.png', Buffer.from('')]), AUTO, 5);
      expect(answer).toMatchObject({ total: 1, names: [], prepared: { count: 0 }, places: { x: new Float32Array(0) } });
      expect(answer.problems).toEqual([
        {
          name: 'x.png',
          message: 'expected an image (PNG, JPEG, WebP, GIF, TIFF, AVIF, BMP or Netpbm), found an empty file.',
        },
      ]);
    }));

  test('in every format, turned upright, alpha over a ground that shows them', () =>
    reconstructing(async (reconstruct) => {
      const picture = sharp(await png(40, 30, (x) => x * 6));
      const turned = await picture.clone().jpeg().withMetadata({ orientation: 6 }).toBuffer();
      const ink = sharp({ create: { width: 20, height: 20, channels: 4, background: '#00000000' } }).composite([
        { input: { create: { width: 8, height: 8, channels: 4, background: '#000000ff' } } },
      ]);
      const formats = [
        await picture.clone().webp().toBuffer(),
        await picture.clone().tiff().toBuffer(),
        await picture.clone().avif().toBuffer(),
        turned,
        await ink.png().toBuffer(),
      ];
      const answer = await reconstruct(pictures(...formats.map((bytes, index) => [`${index}`, bytes] as const)));
      expect(answer.problems).toEqual([]);
      expect(answer.originals.map(({ width, height }) => `${width} × ${height}`)).toEqual([
        '40 × 30',
        '40 × 30',
        '40 × 30',
        '30 × 40',
        '20 × 20',
      ]);
      const last = answer.originals[4]!;
      expect([last.pixels[0], last.pixels.at(-1)]).not.toEqual([0, 0]);
      expect(new Set(last.pixels)).toEqual(new Set([0, 255]));
    }));

  test('are shown at most 256 pixels a side', () =>
    reconstructing(async (reconstruct) => {
      const wide = await sharp({ create: { width: 2_000, height: 500, channels: 3, background: '#ff8800' } })
        .jpeg()
        .toBuffer();
      const [original] = (await reconstruct(pictures(['wide.jpg', wide]))).originals;
      expect(Math.max(original!.width, original!.height)).toBeLessThanOrEqual(256);
      expect(original!.width / original!.height).toBeCloseTo(4, 1);
      expect(original!.pixels).toHaveLength(original!.width * original!.height * 3);
    }));

  test('of a model that gives no numbers are refused', () =>
    reconstructing(async (reconstruct, { path }) => {
      await expect(reconstruct(pictures(['a.png', await png(5, 5, 9)]))).rejects.toMatchObject({
        code: 'engine-failed',
        message: `${join(path, 'runs/a-run/model/best')}: the model’s answers are no finite numbers. Train again with a smaller learning rate.`,
      });
    }, true));
});

describe('noise', () => {
  const source = { kind: 'set', split: 'test', indices: Uint32Array.of(0, 1, 2) } as const;
  const noisy = (kind: 'gaussian' | 'masking', amount: number, seed = 7) => ({
    ...AUTO,
    noise: { kind, amount, seed },
  });

  test('goes on what is seen; errors and PSNR are against the clean picture', () =>
    reconstructing(async (reconstruct) => {
      const answer = await reconstruct(source, noisy('gaussian', 0.3));
      expect(answer.prepared.pixels).toEqual(set.test.images.pixels.subarray(0, 36));
      expect(answer.seen.pixels).not.toEqual(answer.prepared.pixels);
      let sum = 0;
      for (let at = 0; at < 12; at += 1) sum += ((answer.seen.pixels[at]! - answer.prepared.pixels[at]!) / 255) ** 2;
      expect(answer.psnrBefore[0]).toBeCloseTo(-10 * Math.log10(sum / 12), 4);
      expect(answer.psnrAfter[0]).toBeCloseTo(-10 * Math.log10(answer.mse[0]!), 4);
    }));

  test('is the same for a seed, and infinite PSNR where it changes nothing', () =>
    reconstructing(async (reconstruct) => {
      const first = await reconstruct(source, noisy('masking', 0.5));
      expect((await reconstruct(source, noisy('masking', 0.5))).seen).toEqual(first.seen);
      expect((await reconstruct(source, noisy('masking', 0.5, 8))).seen).not.toEqual(first.seen);
      const none = await reconstruct(source, noisy('masking', 0));
      expect(none.psnrBefore).toEqual(new Float32Array(3).fill(Infinity));
      const all = await reconstruct(source, noisy('masking', 2));
      expect(all.seen.pixels.every((value) => value === 0)).toBe(true);
    }));
});

describe('missing squares', () => {
  const source = { kind: 'set', split: 'test', indices: Uint32Array.of(0, 1, 2) } as const;
  const squares = (count: number, size: number) =>
    ({ ...AUTO, noise: { kind: 'patches', count, size, seed: 7 } }) as const;

  test('are black, of their size, and all of what is seen where they are as large as it', () =>
    reconstructing(async (reconstruct) => {
      const { prepared, seen, psnrBefore } = await reconstruct(source, squares(1, 1));
      const pixels = prepared.height * prepared.width;
      for (const [row, expected] of [0, 1, 2].entries()) {
        const at = Array.from({ length: pixels }, (_, pixel) => expected * pixels + pixel);
        const changed = at.filter((pixel) => seen.pixels[pixel] !== prepared.pixels[pixel]);
        expect(changed, `image ${row}`).toHaveLength(1);
        expect(seen.pixels[changed[0]!]).toBe(0);
        expect(psnrBefore[row]).toBeLessThan(Infinity);
      }
      const all = await reconstruct(source, squares(2, Math.min(prepared.height, prepared.width)));
      expect(all.seen.pixels.filter((value) => value === 0).length).toBeGreaterThanOrEqual(27);
    }));

  test('larger than the images are refused', () =>
    reconstructing(async (reconstruct) => {
      await expect(reconstruct(source, squares(1, 5))).rejects.toMatchObject({
        code: 'bad-request',
        message: 'noise: expected squares no larger than the images of 4 × 3, found 5 pixels a side.',
      });
    }));
});

describe('staged files', () => {
  test('come in the order of their names, page by page, listed once', () =>
    reconstructing(async (reconstruct, { staged, path }) => {
      const folder = join(path, 'dropped');
      mkdirSync(folder);
      for (const index of [10, 2, 1, 7, 30]) writeFileSync(join(folder, `n${index}.png`), await png(6, 6, index));
      staged.set('s', [folder]);
      const page = (first: number, count: number) => reconstruct({ kind: 'staged', staged: 's', first, count });
      expect(await page(0, 2)).toMatchObject({ total: 5, names: ['n1.png', 'n2.png'] });
      // Not seen: the folder has been listed. The host tells the same paths anew.
      writeFileSync(join(folder, 'n3.png'), await png(6, 6, 3));
      staged.set('s', [folder]);
      expect(await page(2, 2)).toMatchObject({ total: 5, names: ['n7.png', 'n10.png'] });
      expect(await page(4, 64)).toMatchObject({ total: 5, names: ['n30.png'] });
      expect(await page(1, 2)).toMatchObject({ names: ['n2.png', 'n7.png'] });
      expect(await page(9, 2)).toMatchObject({ total: 5, names: [] });
    }));

  test('removed between drop and read are problems', () =>
    reconstructing(async (reconstruct, { staged, path }) => {
      const file = async (name: string) => {
        writeFileSync(join(path, name), await png(6, 6, 100));
        return join(path, name);
      };
      const paths = [await file('a.png'), await file('b.png'), await file('c.png')];
      staged.set('s', paths);
      const source = { kind: 'staged', staged: 's', first: 0, count: 10 } as const;
      rmSync(paths[1]!);
      const gone = { name: 'b.png', message: 'expected a picture, but it is no longer there.' };
      expect(await reconstruct(source)).toMatchObject({ total: 3, names: ['a.png', 'c.png'], problems: [gone] });
      // After the listing too.
      rmSync(paths[0]!);
      expect((await reconstruct(source)).problems).toEqual([{ ...gone, name: 'a.png' }, gone]);
      rmSync(paths[2]!);
      staged.set('s', paths.slice(0, 2));
      expect(await reconstruct(source)).toMatchObject({ total: 2, names: [], problems: [{ name: 'a.png' }, gone] });
    }));

  test('that were let go, and folders without pictures, are refused', () =>
    reconstructing(async (reconstruct, { staged, path }) => {
      const source = { kind: 'staged', staged: 'none', first: 0, count: 10 } as const;
      await expect(reconstruct(source)).rejects.toMatchObject({ code: 'not-found' });
      mkdirSync(join(path, 'empty'));
      staged.set('none', [join(path, 'empty')]);
      await expect(reconstruct(source)).rejects.toMatchObject({
        code: 'bad-file',
        message: `${join(path, 'empty')}: expected at least one image, found none.`,
      });
    }));

  test('may be archives and arrays', () =>
    reconstructing(async (reconstruct, { staged }) => {
      const fixtures = join(import.meta.dirname, '../../fixtures/import');
      staged.set('s', [join(fixtures, 'uint8.npy'), join(fixtures, 'classes.zip')]);
      const page = (first: number, count: number) => reconstruct({ kind: 'staged', staged: 's', first, count });
      const all = await page(0, 64);
      expect(all.total).toBe(all.names.length + all.problems.length);
      expect(all.names.length).toBeGreaterThan(6);
      const parts = [await page(0, 4), await page(4, 60)];
      expect(parts.flatMap(({ names }) => names)).toEqual(all.names);
    }));
});

test.each([
  [0, 0],
  [1, 0],
  [1.5, 25],
  [3, 50],
  [4, 75],
  [9, 100],
])('of 1, 2, 3, 4 the share below %d is %d %%', (value, expected) => {
  expect(percentileIn(Float32Array.of(1, 2, 3, 4), value)).toBe(expected);
});
