import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { splitmix, auroc } from '../../../electron/domain/inspection/ranking.ts';
import { importImages } from '../../../electron/dataset/import/import-images.ts';
import { planImport } from '../../../electron/dataset/import/plan-import.ts';
import { ImageSetStore } from '../../../electron/files/image-set-store.ts';
import { parseCsv } from '../../../electron/files/csv.ts';
import { withoutCompiler } from '../../training/samples.ts';
import { MODEL, png } from '../models/samples.ts';
import { onLearntService, onService, pixel, SIDE } from './inspection-samples.ts';

withoutCompiler();

describe('pictures are checked for a window', () => {
  test('groups, scores, threshold, and where they are odd; all of it is there again later', () =>
    onService(async ({ handlers, drop, told }) => {
      expect(await handlers['inspection:open']({ model: MODEL })).toEqual({});
      const source = await drop();
      const inspection = await handlers['inspection:start']({ job: 'a', model: MODEL, source, score: 'pieces' });
      expect(inspection.names).toEqual([
        'crack/0.png',
        'crack/1.png',
        'crack/2.png',
        'good/0.png',
        'good/1.png',
        'good/2.png',
      ]);
      expect(inspection.problems.map(({ name }) => name)).toEqual(['good/torn.png']);
      expect(inspection.settings.truths).toEqual({ crack: 'odd', good: 'normal' });
      const { values, heldOut } = inspection.scores.find(({ kind }) => kind === 'pieces')!;
      expect(auroc(values.subarray(3), values.subarray(0, 3))).toBe(1);
      // 15 held out and, as they are few, the 25 trained on, each by what is learnt without its fifth.
      expect(heldOut).toHaveLength(40);
      expect(inspection.settings.fit.count).toBe(40);
      expect([...values.subarray(0, 3)].every((value) => value > inspection.settings.threshold)).toBe(true);
      expect(inspection.scores.every(({ values: own }) => own.every(Number.isFinite))).toBe(true);
      expect(new Set(told.map(({ kind }) => kind))).toContain('learning');

      const map = await handlers['inspection:map']({ model: MODEL, picture: 0 });
      expect([map.width, map.height, map.score]).toEqual([2 * SIDE, 2 * SIDE, 'pieces']);
      const [box] = map.boxes;
      // The spot lies at 18-24 across and 8-14 down, in pixels of the original.
      expect(box!.left).toBeLessThan(21);
      expect(box!.left + box!.width).toBeGreaterThan(21);
      expect(box!.top).toBeLessThan(11);
      expect(box!.top + box!.height).toBeGreaterThan(11);
      await expect(handlers['inspection:map']({ model: MODEL, picture: 0, score: 'code-distance' })).rejects.toThrow(
        /not where/,
      );
      await expect(handlers['inspection:map']({ model: MODEL, picture: 6 })).rejects.toThrow('below 6');

      expect((await handlers['inspection:open']({ model: MODEL })).inspection).toEqual(inspection);
    }));

  test('what was checked before can be looked at while other pictures are checked: each reads its own', () =>
    onLearntService(async ({ handlers, path, staged, drop }) => {
      const before = await handlers['inspection:start']({ job: 'a', model: MODEL, source: await drop() });
      expect(before.names).toHaveLength(6);
      const many = join(path, 'many');
      mkdirSync(many);
      // More than are read at once.
      const bytes = await png(SIDE, SIDE, (x, y) => pixel(x, y, 0.5, false));
      const names = Array.from({ length: 150 }, (_, at) => `${String(at).padStart(3, '0')}.png`);
      for (const name of names) writeFileSync(join(many, name), bytes);
      staged.set('many', [many]);
      const source = { kind: 'staged', staged: 'many' } as const;
      let isDone = false;
      const checking = handlers['inspection:start']({ job: 'b', model: MODEL, source }).finally(() => (isDone = true));
      let looks = 0;
      while (!isDone) {
        await handlers['inspection:pictures']({ model: MODEL, pictures: [looks % 6] });
        looks += 1;
      }
      expect((await checking).names).toEqual(names);
      expect(looks).toBeGreaterThan(2);
    }));

  test('pictures that come into a folder are checked the next time, and take no other’s place in what was checked', () =>
    onLearntService(async ({ handlers, drop, path }) => {
      const source = await drop();
      await handlers['inspection:start']({ job: 'a', model: MODEL, source, score: 'pieces' });
      writeFileSync(join(path, 'dropped', 'crack', '0a.png'), await png(SIDE, SIDE, 250));
      const { names } = await handlers['inspection:start']({ job: 'b', model: MODEL, source, score: 'pieces' });
      expect(names.slice(0, 3)).toEqual(['crack/0.png', 'crack/0a.png', 'crack/1.png']);
      // Listed anew, as when the app is started again.
      const file = join(path, 'runs', MODEL.runId, 'inspections/best/inspection.json');
      const json = readFileSync(file, 'utf8');
      const { inspectedAt } = JSON.parse(json) as { readonly inspectedAt: string };
      writeFileSync(file, json.replace(inspectedAt, '2026-01-01T00:00:00.000Z'));
      rmSync(join(path, 'dropped', 'crack', '0.png'));
      const { originals } = await handlers['inspection:pictures']({ model: MODEL, pictures: [0, 1] });
      expect(originals.map(({ count, pixels }) => [count, pixels[0]])).toEqual([
        [0, undefined],
        [1, 250],
      ]);
      await expect(handlers['inspection:map']({ model: MODEL, picture: 0 })).rejects.toThrow(
        'crack/0.png: expected it where it was when it was checked, found it gone.',
      );
    }));

  test('marks and a moved threshold are kept, and called fine moves the fitted one', () =>
    onLearntService(async ({ handlers, drop, path }) => {
      const { settings } = await handlers['inspection:start']({
        job: 'a',
        model: MODEL,
        source: await drop(),
        score: 'squared-error',
      });
      const fine = await handlers['inspection:settle']({
        model: MODEL,
        marks: [{ picture: 0, mark: 'fine', note: 'dust' }],
      });
      expect(fine.marks).toEqual([{ picture: 0, mark: 'fine', note: 'dust' }]);
      expect(fine.fit.count).toBe(settings.fit.count + 1);
      // As two windows do: neither change is lost.
      const notes = [3, 4].map((picture) => ({ model: MODEL, marks: [{ picture, note: `note ${picture}` }] }));
      await Promise.all(notes.map((change) => handlers['inspection:settle'](change)));
      const moved = await handlers['inspection:settle']({ model: MODEL, threshold: 7 });
      expect(moved.marks.map(({ picture }) => picture)).toEqual([0, 3, 4]);
      expect(moved).toMatchObject({ threshold: 7, moved: true });
      const other = await handlers['inspection:settle']({ model: MODEL, score: 'structure' });
      expect(other).toMatchObject({ score: 'structure', moved: false });
      expect((await handlers['inspection:open']({ model: MODEL })).inspection?.settings).toEqual(other);
      await expect(
        handlers['inspection:settle']({ model: MODEL, marks: [{ picture: 9, mark: 'odd' }] }),
      ).rejects.toThrow('below 6');
      rmSync(join(path, 'runs', MODEL.runId, 'model/best/normality.json'));
      const again = handlers['inspection:settle']({ model: MODEL, threshold: 8 });
      await expect(again).rejects.toThrow('trained on since');
    }));

  test('written as a table, masks, overlays and boxes', () =>
    onLearntService(async ({ handlers, drop, path }) => {
      await handlers['inspection:start']({ job: 'a', model: MODEL, source: await drop(), score: 'pieces' });
      const folder = join(path, 'out');
      await handlers['engine:inspection-export']({ job: 'b', model: MODEL, folder });
      const rows = parseCsv(readFileSync(join(folder, 'pictures.csv'), 'utf8'), 'pictures.csv');
      expect(rows.slice(1, 4).map((row) => row.slice(0, 4))).toEqual(
        [0, 1, 2].map((at) => [`crack/${at}.png`, 'crack', 'odd', 'odd']),
      );
      const coco = JSON.parse(readFileSync(join(folder, 'coco.json'), 'utf8')) as {
        readonly images: readonly { readonly file_name: string }[];
        readonly annotations: readonly { readonly bbox: readonly number[]; readonly image_id: number }[];
      };
      expect(coco.images.map(({ file_name }) => file_name)).toEqual(expect.arrayContaining(['crack/0.png']));
      const boxes = parseCsv(readFileSync(join(folder, 'boxes.csv'), 'utf8'), 'boxes.csv');
      expect(boxes.slice(1).map(([, left, top, width, height]) => [left, top, width, height].map(Number))).toEqual(
        coco.annotations.map(({ bbox }) => bbox),
      );
      expect(readdirSync(join(folder, 'masks'))).toHaveLength(coco.images.length);
      expect(existsSync(join(folder, 'overlays', readdirSync(join(folder, 'masks'))[0]!))).toBe(true);
    }));

  test('images of a set, but not of groups that it has not', () =>
    onLearntService(async ({ handlers }) => {
      const source = { kind: 'set', imageSet: 'tiny', split: 'test' } as const;
      const inspection = await handlers['inspection:start']({ job: 'a', model: MODEL, source });
      expect(inspection.names).toHaveLength(6);
      expect(inspection.settings.why).toMatch(/finds faults drawn/);
      await expect(
        handlers['inspection:start']({ job: 'b', model: MODEL, source: { ...source, groups: ['nowhere'] } }),
      ).rejects.toThrow('no such pictures');
    }));

  test('MVTec’s layout: groups, masks, and figures by pixel', () =>
    onLearntService(async ({ handlers, path }) => {
      const random = splitmix(8);
      const folder = join(path, 'bottle');
      const write = async (name: string, value: (x: number, y: number) => number): Promise<void> => {
        mkdirSync(join(folder, name, '..'), { recursive: true });
        writeFileSync(join(folder, name), await png(SIDE, SIDE, value));
      };
      for (let at = 0; at < 4; at += 1) {
        await write(`train/good/${at}.png`, (x, y) => pixel(x, y, random(), false));
        await write(`test/good/${at}.png`, (x, y) => pixel(x, y, random(), false));
        await write(`test/crack/${at}.png`, (x, y) => pixel(x, y, random(), true));
        const isSpot = (x: number, y: number): boolean => x >= 9 && x < 12 && y >= 4 && y < 7;
        await write(`ground_truth/crack/${at}_mask.png`, (x, y) => (isSpot(x, y) ? 255 : 0));
      }
      const { options } = await planImport([folder], 'bottle');
      const id = 'bottle-1';
      const target = new ImageSetStore(path).at(id).path;
      const shaped = { ...options, width: SIDE, height: SIDE, channels: 1 } as const;
      await importImages({ paths: [folder], options: shaped, folder: target, id });

      const groups = await handlers['inspection:groups']({ imageSet: id });
      expect(groups).toEqual([
        { group: 'test/crack', split: 'test', pictures: 4, masks: 4, truth: 'odd' },
        { group: 'test/good', split: 'test', pictures: 4, masks: 0, truth: 'normal' },
        { group: 'train/good', split: 'training', pictures: 4, masks: 0, truth: 'normal' },
      ]);
      const source = { kind: 'set', imageSet: id, split: 'test' } as const;
      const inspection = await handlers['inspection:start']({ job: 'a', model: MODEL, source, score: 'pieces' });
      expect(inspection.names).toHaveLength(8);
      expect(inspection.pixels).toMatchObject({ score: 'pieces', pictures: 8 });
      expect(inspection.pixels?.auroc).toBeGreaterThan(0.9);
      // They stay those of the map that they were measured on.
      await handlers['inspection:settle']({ model: MODEL, score: 'structure' });
      const later = (await handlers['inspection:open']({ model: MODEL })).inspection;
      expect([later?.settings.score, later?.pixels]).toEqual(['structure', inspection.pixels]);
      const picture = inspection.groups.indexOf('test/crack');
      const { mask, width, height } = await handlers['inspection:map']({ model: MODEL, picture });
      expect([width, height]).toEqual([SIDE, SIDE]);
      expect(mask?.filter((value) => value === 255)).toHaveLength(9);
    }));

  test('images of a set are shown as the files that they came from, while these are there', () =>
    onService(async ({ handlers, path, staged, drop }) => {
      await drop();
      const folder = join(path, 'dropped');
      const { options } = await planImport([folder], 'dropped');
      const id = 'dropped-1';
      const target = new ImageSetStore(path).at(id).path;
      await importImages({ paths: [folder], options: { ...options, width: SIDE, height: SIDE }, folder: target, id });
      staged.set('files', [folder]);
      const source = { kind: 'set', imageSet: id, split: 'training', staged: 'files' } as const;
      const inspection = await handlers['inspection:start']({ job: 'a', model: MODEL, source, score: 'pieces' });
      expect(inspection.imageSet).toBe(id);
      const picture = inspection.names.indexOf('crack/1.png');
      const shown = async (): Promise<readonly number[]> => {
        const { width, size, boxes } = await handlers['inspection:map']({ model: MODEL, picture });
        return [width, size.width, Math.floor((boxes[0]!.left + boxes[0]!.width / 2) / (width / SIDE))];
      };
      // The spot lies at 9-12 of 16 across.
      const [width, whole, at] = await shown();
      expect([width, whole]).toEqual([2 * SIDE, 2 * SIDE]);
      expect(Math.abs(at! - 10)).toBeLessThan(3);
      rmSync(folder, { recursive: true });
      expect((await shown()).slice(0, 2)).toEqual([SIDE, SIDE]);
      const { originals } = await handlers['inspection:pictures']({ model: MODEL, pictures: [picture] });
      expect(originals[0]!.width).toBe(SIDE);
    }));

  test('a mask that cannot be read is told, and spoils neither the check nor the picture', () =>
    onLearntService(async ({ handlers, path, staged }) => {
      const random = splitmix(8);
      const folder = join(path, 'bottle');
      for (const group of ['test/good', 'test/crack', 'ground_truth/crack']) {
        mkdirSync(join(folder, group), { recursive: true });
      }
      const isSpot = (x: number, y: number): boolean => x >= 9 && x < 12 && y >= 4 && y < 7;
      for (let at = 0; at < 4; at += 1) {
        for (const group of ['good', 'crack']) {
          const bytes = await png(SIDE, SIDE, (x, y) => pixel(x, y, random(), group === 'crack'));
          writeFileSync(join(folder, 'test', group, `${at}.png`), bytes);
        }
        // Of another size than the pictures.
        const mask = await png(2 * SIDE, 2 * SIDE, (x, y) => (isSpot(x >> 1, y >> 1) ? 255 : 0));
        writeFileSync(join(folder, `ground_truth/crack/${at}_mask.png`), at === 2 ? mask.subarray(0, 60) : mask);
      }
      staged.set('bottle', [folder]);
      const source = { kind: 'staged', staged: 'bottle' } as const;
      const inspection = await handlers['inspection:start']({ job: 'a', model: MODEL, source, score: 'pieces' });
      expect(inspection.names).toHaveLength(8);
      expect(inspection.problems).toEqual([
        { name: 'test/crack/2.png', message: expect.stringMatching(/^its mask .*2_mask\.png: expected a whole image/) },
      ]);
      expect(inspection.pixels).toMatchObject({ pictures: 7 });
      expect(inspection.pixels?.auroc).toBeGreaterThan(0.9);
      const map = await handlers['inspection:map']({
        model: MODEL,
        picture: inspection.names.indexOf('test/crack/2.png'),
      });
      expect([map.width, map.mask]).toEqual([SIDE, undefined]);
    }));

  test('only the part that counts is looked at', () =>
    onService(async ({ handlers, drop }) => {
      const source = await drop();
      const region = { left: 0, top: 0.8, width: 1, height: 0.2 };
      const most = async (job: string, part: object): Promise<number> => {
        const { scores } = await handlers['inspection:start']({ job, model: MODEL, source, score: 'pieces', ...part });
        return Math.max(...scores.find(({ kind }) => kind === 'pieces')!.values);
      };
      // The spot lies in the upper half.
      const within = await most('a', { region });
      const { map, boxes } = await handlers['inspection:map']({ model: MODEL, picture: 0 });
      expect(map.subarray(0, 2 * SIDE * SIDE).every((value) => value === 0)).toBe(true);
      expect(boxes).toEqual([]);
      expect(within).toBeLessThan((await most('b', {})) / 2);
    }));
});
