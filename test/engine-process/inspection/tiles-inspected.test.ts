import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { splitmix } from '../../../electron/domain/inspection/ranking.ts';
import { loadNormality } from '../../../electron/model/normality-file.ts';
import { withoutCompiler } from '../../training/samples.ts';
import { MODEL, png } from '../models/samples.ts';
import { onLearntService, pixel, SIDE, type OnService } from './inspection-samples.ts';

withoutCompiler();

describe('large pictures are judged by tiles', () => {
  const large = async (service: OnService): Promise<{ readonly kind: 'staged'; readonly staged: string }> => {
    await service.drop();
    const random = splitmix(9);
    const folder = join(service.path, 'large');
    for (const group of ['good', 'crack']) mkdirSync(join(folder, group), { recursive: true });
    // Waves of the model's own scale go on over 40 × 28 pixels; a spot lies at 27-29 across, 20-22 down.
    const bytes = (odd: boolean) =>
      png(40, 28, (x, y) =>
        Math.min(255, pixel(x, y, random(), false) + (odd && x >= 27 && x < 30 && y >= 20 && y < 23 ? 90 : 0)),
      );
    for (const at of [0, 1]) writeFileSync(join(folder, 'good', `${at}.png`), await bytes(false));
    writeFileSync(join(folder, 'crack', '0.png'), await bytes(true));
    writeFileSync(join(folder, 'crack', 'small.png'), await png(12, 12, () => 100));
    service.staged.set('large', [folder]);
    return { kind: 'staged', staged: 'large' };
  };

  test('each is as odd as its worst tile, and shows where over the whole of it', () =>
    onLearntService(async (service) => {
      const { handlers } = service;
      const source = await large(service);
      const start = { job: 'a', model: MODEL, source, score: 'worst-spot', tiles: SIDE } as const;
      const inspection = await handlers['inspection:start'](start);
      expect(inspection.names).toEqual(['crack/0.png', 'good/0.png', 'good/1.png']);
      expect(inspection.problems.find(({ name }) => name === 'crack/small.png')!.message).toMatch(
        /expected at least 16 × 16 pixels, found 12 × 12/,
      );
      // Three places across (0, 12, 24), two down (0, 12).
      expect(inspection.tiles).toEqual({ side: SIDE, most: 6 });
      expect(inspection.pictureSize).toEqual({ width: 40, height: 28 });
      const { values, heldOut } = inspection.scores.find(({ kind }) => kind === 'worst-spot')!;
      // Scores of single tiles do not stand for pictures.
      expect(heldOut).toHaveLength(0);
      expect(inspection.settings.fit.count).toBe(15);
      expect(values[0]).toBeGreaterThan(2 * Math.max(values[1]!, values[2]!));
      const [worst] = inspection.scores.map(({ values: own }) => own.every(Number.isFinite));
      expect(worst).toBe(true);

      const map = await handlers['inspection:map']({ model: MODEL, picture: 0 });
      expect([map.width, map.height, map.score]).toEqual([40, 28, 'worst-spot']);
      expect(map.reconstruction.pixels).toHaveLength(3 * 40 * 28);
      const place = map.map.indexOf(map.map.reduce((most, value) => Math.max(most, value)));
      expect(Math.abs((place % 40) - 28)).toBeLessThan(3);
      expect(Math.abs(Math.floor(place / 40) - 21)).toBeLessThan(3);

      // What is kept beside the model says that its threshold is for the worst of many tiles.
      const folder = join(service.path, 'runs', MODEL.runId, 'model/best');
      const { threshold } = inspection.settings;
      expect((await loadNormality(folder))?.verdict).toEqual({ score: 'worst-spot', threshold, tiles: SIDE });

      // The same once more, whole: what was inspected last, without being told what it was.
      const whole = await handlers['inspection:start']({ job: 'b', model: MODEL, tiles: null });
      expect(whole.tiles).toBeUndefined();
      expect(whole.names).toHaveLength(4);
      expect(whole.scores[0]!.heldOut.length).toBeGreaterThan(0);
      expect((await loadNormality(folder))?.verdict).not.toHaveProperty('tiles');
    }));

  test('of the folders that are named alone; with no region beside', () =>
    onLearntService(async (service) => {
      const { handlers } = service;
      const source = { ...(await large(service)), groups: ['good'] };
      const start = { job: 'a', model: MODEL, source } as const;
      expect((await handlers['inspection:start']({ ...start, tiles: SIDE })).names).toEqual([
        'good/0.png',
        'good/1.png',
      ]);
      const region = { left: 0, top: 0, width: 0.5, height: 0.5 };
      await expect(handlers['inspection:start']({ ...start, tiles: SIDE, region })).rejects.toMatchObject({
        code: 'bad-request',
        message: expect.stringContaining('none beside tiles') as string,
      });
      const part = await handlers['inspection:start']({ ...start, region });
      expect(part.region).toEqual(region);
    }));
});
