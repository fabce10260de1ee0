import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import type { Preparation } from '../../../electron/contract/import-options.ts';
import { importImages } from '../../../electron/dataset/import/import-images.ts';
import { planImport } from '../../../electron/dataset/import/plan-import.ts';
import { liftInk } from '../../../electron/dataset/picture/lift-ink.ts';
import type { Picture } from '../../../electron/dataset/picture/picture.ts';
import { readStoredSet } from '../../../electron/dataset/stored-set.ts';
import { ImageSetStore } from '../../../electron/files/image-set-store.ts';
import { groundOf, groundOfImages } from '../../../electron/engine-process/models/ground.ts';
import { preparePicture, type Manner } from '../../../electron/engine-process/models/prepare-picture.ts';
import { TemporaryFolder } from '../../dataset/idx-bytes.ts';
import { noiseImages } from '../../engine/samples.ts';
import { experiment, withoutCompiler } from '../../training/samples.ts';
import { AUTO, MODEL, deskOver, png, saveRun } from './samples.ts';

const plain: Preparation = {
  width: 28,
  height: 28,
  channels: 1,
  fit: 'contain',
  background: '#000000',
  invert: false,
  centre: false,
};
const mnist: Manner = { preparation: { ...plain, centre: true }, ground: 'dark', liftsInk: true };

/** A thick cross of one lightness on paper of another, off the middle. */
function cross(ink: number, paper: (x: number, y: number) => number, size = 60): Picture {
  const pixels = Uint8Array.from({ length: size * size }, (_, at) => {
    const [x, y] = [at % size, Math.floor(at / size)];
    const drawn = x > 8 && x < 36 && y > 8 && y < 36 && (Math.abs(x - 22) < 3 || Math.abs(y - 22) < 3);
    return drawn ? ink : paper(x, y);
  });
  return { width: size, height: size, channels: 1, pixels };
}

const difference = (a: Uint8Array, b: Uint8Array): number =>
  a.reduce((sum, value, at) => sum + Math.abs(value - b[at]!), 0) / a.length;

describe('the ground of a picture', () => {
  test.each([
    ['white paper', cross(0, () => 255), 'light'],
    ['a blackboard', cross(255, () => 0), 'dark'],
    ['grey paper, lit from one side', cross(30, (x) => 120 + x), 'light'],
    ['half black, half white', cross(128, (x) => (x < 30 ? 0 : 255)), undefined],
    ['nothing but white', cross(255, () => 255), 'light'],
    ['nothing but grey noise', cross(20, (x, y) => 20 + ((x * 7 + y * 3) % 10)), 'dark'],
  ] as const)('%s', (_, { pixels, width, height }, expected) => {
    expect(groundOf(pixels, width, height)).toBe(expected);
  });

  test('of a set is what most of its images have', () => {
    const set = (...pictures: readonly Picture[]) => ({
      count: pictures.length,
      height: 60,
      width: 60,
      channels: 1,
      pixels: Uint8Array.from(pictures.flatMap(({ pixels }) => [...pixels])),
    });
    const [dark, light] = [cross(255, () => 0), cross(0, () => 255)];
    expect(groundOfImages(set(dark, dark, dark, dark, light))).toBe('dark');
    expect(groundOfImages(set(dark, light))).toBeUndefined();
    expect(groundOfImages(noiseImages(20, [8, 8, 3]))).toBeUndefined();
  });
});

describe('for a model of MNIST', () => {
  const board = preparePicture(
    cross(255, () => 0),
    mnist,
    AUTO,
  );

  test('light on dark is only centred', () => {
    expect(board).toMatchObject({ inverted: false, centred: true });
    const mass = board.pixels.reduce(
      ([sum, x, y], value, at) => [sum! + value, x! + value * (at % 28), y! + value * Math.floor(at / 28)],
      [0, 0, 0],
    );
    expect(mass[1]! / mass[0]!).toBeCloseTo(13.5, 0);
    expect(mass[2]! / mass[0]!).toBeCloseTo(13.5, 0);
  });

  test.each([
    ['dark on white', cross(0, () => 255)],
    ['photographed paper, lit from one side', cross(40, (x, y) => 130 + x + y / 2)],
    ['faint pencil on grey', cross(120, () => 190)],
    ['chalk on a grey board', cross(220, (x) => 60 + x / 3)],
  ])('%s becomes the same light on black', (_, picture) => {
    const { pixels, centred } = preparePicture(picture, mnist, AUTO);
    expect(centred).toBe(true);
    expect(difference(pixels, board.pixels)).toBeLessThan(4);
  });

  test('what a person has switched is left as it is', () => {
    const paper = cross(0, () => 255);
    const off = preparePicture(paper, mnist, { invert: 'off', centre: 'off' });
    expect(off).toMatchObject({ inverted: false, centred: false });
    expect(off.pixels[0]).toBe(255);
    const on = preparePicture(
      cross(255, () => 0),
      mnist,
      { invert: 'on', centre: 'off', fit: 'stretch' },
    );
    expect(on).toMatchObject({ inverted: true, centred: false });
    expect(on.pixels[0]).toBe(255);
  });

  test('ink on nothing is shown on what it stands out from', () => {
    const { pixels, width, height } = cross(255, () => 0);
    const drawn = (ink: number): Picture => ({
      width,
      height,
      channels: 2,
      pixels: Uint8Array.from({ length: 2 * pixels.length }, (_, at) => (at % 2 === 0 ? ink : pixels[at >> 1]!)),
    });
    const black = preparePicture(drawn(0), mnist, AUTO);
    const white = preparePicture(drawn(255), mnist, AUTO);
    expect([black.inverted, white.inverted]).toEqual([true, false]);
    expect([black.original.pixels[0], white.original.pixels[0]]).toEqual([255, 0]);
    expect(difference(black.pixels, board.pixels)).toBeLessThan(1);
    expect(difference(white.pixels, board.pixels)).toBeLessThan(1);
  });
});

describe('ink', () => {
  test('is not looked for on a pure ground, nor where there is none', () => {
    expect(
      liftInk(
        cross(0, () => 255),
        'light',
      ),
    ).toBeUndefined();
    expect(
      liftInk(
        cross(190, () => 195),
        'light',
      ),
    ).toBeUndefined();
    expect(liftInk({ width: 1, height: 1, channels: 1, pixels: Uint8Array.of(100) }, 'light')).toBeUndefined();
  });

  test('lifted is white where it is strongest, black where there is paper', () => {
    const { pixels } = liftInk(
      cross(40, (x) => 140 + x),
      'light',
    )!;
    expect(pixels[0]).toBe(0);
    expect(pixels[22 * 60 + 22]).toBeGreaterThan(220);
    expect(pixels.filter((value) => value > 0).length).toBe(
      cross(1, () => 0).pixels.filter((value) => value > 0).length,
    );
  });
});

describe('a model of an imported set', () => {
  withoutCompiler();

  test.each([
    ['dark on light, inverted', (index: number) => cross(index, () => 250), {}],
    ['light on dark', (index: number) => cross(255 - index, () => 10), { centre: true }],
    ['without a ground', (index: number) => cross(index, (x) => x * 4), { fit: 'cover' as const }],
  ])('prepares a dropped file as the import did: %s', async (_, draw, chosen) => {
    using data = new TemporaryFolder();
    const files = join(data.path, 'files');
    mkdirSync(files);
    for (let index = 0; index < 12; index += 1) {
      const { pixels, width } = draw(index * 3);
      writeFileSync(join(files, `${index}.png`), await png(width, 40, (x, y) => pixels[y * width + x]!));
    }
    const store = new ImageSetStore(data.path);
    const plan = await planImport([files], 'Set');
    const options = { ...plan.options, ...chosen, width: 20, height: 12, channels: 1 } as const;
    const report = await importImages({ paths: [files], options, folder: store.at('set-1').path, id: 'set-1' });
    const given = experiment({ validationCount: 0 }, { inputShape: [12, 20, 1] });
    await saveRun(data.path, { ...given, imageSet: 'set-1' });
    const { service } = deskOver(data.path);
    const { preparation, hasImageSet } = await service.handlers['model:open']({ model: MODEL });
    expect(hasImageSet).toBe(true);
    expect(preparation).toMatchObject({ width: 20, height: 12, invert: report.inverted, fit: options.fit });
    const bytes = new Uint8Array(await sharp(join(files, '7.png')).png().toBuffer());
    const answer = await service.handlers['model:reconstruct']({
      model: MODEL,
      source: { kind: 'pictures', pictures: [{ name: 'new.png', bytes }] },
      options: AUTO,
      neighbours: 0,
    });
    const { training, test: held } = await readStoredSet(store.at('set-1').path, 'set-1');
    const rows = [training, held].flatMap(({ images }) =>
      Array.from({ length: images.count }, (_value, row) => images.pixels.subarray(row * 240, row * 240 + 240)),
    );
    expect(rows).toHaveLength(12);
    expect(rows.some((row) => Buffer.compare(row, answer.prepared.pixels) === 0)).toBe(true);
    await service.close();
  });
});
