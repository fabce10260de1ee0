import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import type { Events } from '../../../electron/contract/contract.ts';
import { decodeCompressed } from '../../../electron/files/compressed-images.ts';
import { CompressionService } from '../../../electron/engine-process/models/compression-service.ts';
import { ImageSetService } from '../../../electron/engine-process/image-set-service.ts';
import { ImageSetStore } from '../../../electron/files/image-set-store.ts';
import { TemporaryFolder } from '../../dataset/idx-bytes.ts';
import { expectNoLeak } from '../../engine/no-leak.ts';
import { experiment, tinySet, withoutCompiler } from '../../training/samples.ts';
import { MODEL, deskOver, png, saveRun } from './samples.ts';

const set = tinySet(40, 12);
const none = { count: 0, height: 4, width: 3, channels: 1, pixels: new Uint8Array(0) };
/** Has no test images. */
const empty = { ...set, id: 'empty', test: { images: none } };
const SOURCE = { kind: 'set', imageSet: 'tiny', split: 'test' } as const;

interface OnService {
  readonly handlers: CompressionService['handlers'];
  readonly path: string;
  readonly told: Events['compression:progressed'][];
  stage(id: string, ...paths: readonly string[]): void;
  /** Called at every breath. */
  atBreath: () => void;
}

/** A service over one saved run on the tiny set; asserts that no tensor is left. */
function onService(body: (service: OnService) => Promise<void>): Promise<void> {
  return expectNoLeak(async () => {
    using data = new TemporaryFolder();
    await saveRun(data.path, experiment({}, { code: { size: 3, activation: 'linear', variational: false } }));
    const { service: models, staged, imageSets } = deskOver(data.path, set, empty);
    const store = new ImageSetStore(data.path);
    const library = new ImageSetService({ store, sets: imageSets, emit: () => undefined, isInUse: () => false });
    const told: Events['compression:progressed'][] = [];
    const on: OnService = {
      path: data.path,
      told,
      stage: (id, ...paths) => staged.set(id, paths),
      atBreath: () => undefined,
      handlers: new CompressionService({
        dataFolder: data.path,
        imageSets,
        staged,
        models,
        library,
        breathe: async () => on.atBreath(),
        report: () => undefined,
        emit: (name, payload) =>
          void (name === 'compression:progressed' && told.push(payload as (typeof told)[number])),
      }).handlers,
    };
    try {
      await body(on);
    } finally {
      await models.close();
    }
  });
}

withoutCompiler();

describe('images are compressed for a window', () => {
  test('measured and written with the same figures, and made of the file again', () =>
    onService(async ({ handlers, path, told, stage }) => {
      const { figures, examples, problems } = await handlers['compression:measure']({
        job: 'a',
        model: MODEL,
        source: SOURCE,
      });
      expect(figures).toMatchObject({ images: 12, pixelBytes: 144, compared: { images: 12, pixelBytes: 144 } });
      expect(problems).toEqual([]);
      expect([...examples.originals.pixels]).toEqual([...set.test.images.pixels.subarray(0, 120)]);
      expect(examples.codecs.map(({ format, images }) => [format, images.count])).toEqual([
        ['jpeg', 10],
        ['webp', 10],
      ]);
      expect(told.every(({ job, fraction }) => job === 'a' && fraction >= 0 && fraction <= 1)).toBe(true);
      expect(told.length).toBeGreaterThan(0);

      const file = join(path, 'digits.safetensors');
      await handlers['engine:compress']({ job: 'b', model: MODEL, source: SOURCE, file });
      const bytes = readFileSync(file);
      expect(bytes.length).toBe(figures.fileBytes);
      expect(decodeCompressed(bytes, 'x').names).toHaveLength(12);

      stage('s', file);
      const folder = join(path, 'again');
      await handlers['engine:decompress']({ job: 'c', staged: 's', folder });
      const names = readdirSync(folder).sort();
      expect(names).toHaveLength(12);
      expect(names.slice(0, 2)).toEqual(['00001-test 0.png', '00002-test 1.png']);
      const second = await sharp(join(folder, names[1]!)).raw().toBuffer({ resolveWithObject: true });
      expect([second.info.width, second.info.height]).toEqual([3, 4]);
      const expected = examples.decoded.pixels.subarray(12, 24);
      expect([...second.data].filter((_, at) => at % second.info.channels === 0)).toEqual([...expected]);
    }));

  test('pictures too; one that cannot be read is told of, and the others are kept', () =>
    onService(async ({ handlers, path, stage }) => {
      const folder = join(path, 'pictures');
      mkdirSync(folder);
      for (const [name, grey] of [
        ['a.png', 20],
        ['b.png', 200],
      ] as const) {
        writeFileSync(join(folder, name), await png(3, 4, grey));
      }
      writeFileSync(join(folder, 'c.png'), 'no picture');
      stage('p', folder);
      const source = { kind: 'staged', staged: 'p' } as const;
      const { figures, problems } = await handlers['compression:measure']({ job: 'a', model: MODEL, source });
      expect(figures.images).toBe(2);
      expect(problems.map(({ name }) => name)).toEqual(['c.png']);
    }));

  test('and made of the file again they are called as they were, in their order', () =>
    onService(async ({ handlers, path, stage }) => {
      const folder = join(path, 'pictures');
      mkdirSync(join(folder, 'more'), { recursive: true });
      for (const name of ['cat.png', join('more', 'cat.png'), join('more', 'a dog’s.v2.png')]) {
        writeFileSync(join(folder, name), await png(3, 4, 20));
      }
      stage('p', folder);
      const file = join(path, 'pictures.safetensors');
      const source = { kind: 'staged', staged: 'p' } as const;
      await handlers['engine:compress']({ job: 'a', model: MODEL, source, file });
      stage('f', file);
      await handlers['engine:decompress']({ job: 'b', staged: 'f', folder: join(path, 'again') });
      expect(readdirSync(join(path, 'again')).sort()).toEqual([
        '00001-cat.png',
        '00002-a dog-s.v2.png',
        '00003-cat.png',
      ]);
    }));

  test('a cancelled job fails as stopped, writes nothing and lets the next begin', () =>
    onService(async (service) => {
      const { handlers, path } = service;
      service.atBreath = () => void handlers['compression:cancel']({ job: 'a' });
      const file = join(path, 'x.safetensors');
      const request = { job: 'a', model: MODEL, source: SOURCE, file } as const;
      await expect(handlers['engine:compress'](request)).rejects.toMatchObject({ code: 'stopped' });
      expect(readdirSync(path)).not.toContain('x.safetensors');
      service.atBreath = () => undefined;
      await handlers['engine:compress'](request);
      expect(readdirSync(path)).toContain('x.safetensors');
    }));

  test('a decompression cancelled while it writes leaves no folder', () =>
    onService(async (service) => {
      const { handlers, path, stage } = service;
      const file = join(path, 'x.safetensors');
      await handlers['engine:compress']({ job: 'a', model: MODEL, source: SOURCE, file });
      stage('s', file);
      let breaths = 0;
      service.atBreath = () => {
        breaths += 1;
        if (breaths > 4) void handlers['compression:cancel']({ job: 'b' });
      };
      const folder = join(path, 'again');
      await expect(handlers['engine:decompress']({ job: 'b', staged: 's', folder })).rejects.toMatchObject({
        code: 'stopped',
      });
      expect(readdirSync(path).filter((name) => name.startsWith('again') || name.startsWith('.'))).toEqual([]);
    }));

  test.each([
    [
      'a set without such images',
      { ...SOURCE, imageSet: 'empty' },
      'The image set "empty" has no test images: choose others.',
    ],
    ['a set that is not there', { ...SOURCE, imageSet: 'gone' }, /gone/],
  ])('%s is refused', (_, source, message) =>
    onService(async ({ handlers }) => {
      await expect(handlers['compression:measure']({ job: 'a', model: MODEL, source })).rejects.toThrow(message);
    }),
  );

  test('a file that is none of ours is named as it was dropped', () =>
    onService(async ({ handlers, path, stage }) => {
      mkdirSync(join(path, 'staged-1'));
      const file = join(path, 'staged-1', 'notes.txt');
      writeFileSync(file, 'some text, and more of it');
      stage('staged-1', file);
      await expect(
        handlers['engine:decompress']({ job: 'a', staged: 'staged-1', folder: join(path, 'out') }),
      ).rejects.toThrow(/^notes\.txt: expected /);
    }));
});
