import { describe, expect, it } from 'vitest';
import { splitmix } from '../../../electron/domain/inspection/ranking.ts';
import { scoreKinds, type ScoreKind } from '../../../electron/domain/inspection/scores.ts';
import type { Normality } from '../../../electron/engine/inspection/learn-normal.ts';
import { tilePlaces } from '../../../electron/domain/inspection/tile-places.ts';
import { inspectTiles } from '../../../electron/engine/inspection/tiles.ts';

const SIDE = 16;

/** Squared error of a model that gives every pixel back brighter by a tenth: a map that does not ask where a tile lies. */
const normality: Normality = {
  shape: [SIDE, SIDE, 1],
  level: { mean: 0.5, deviation: 0.2 },
  statistics: [
    { kind: 'squared-error', evening: 'none' },
    { kind: 'structure', evening: 'none' },
  ],
  parts: [],
  heldOut: Object.fromEntries(scoreKinds.map((kind) => [kind, new Float32Array()])) as Record<ScoreKind, Float32Array>,
  madeFaults: Object.fromEntries(scoreKinds.map((kind) => [kind, 0.5])) as Record<ScoreKind, number>,
  mapThresholds: Object.fromEntries(scoreKinds.map((kind) => [kind, 1])) as Record<ScoreKind, number>,
};
const through = (pictures: Float32Array) =>
  Promise.resolve({ outputs: pictures.map((value) => 0.9 * value), codes: new Float32Array() });
const breathe = () => Promise.resolve();

function picture(width: number, height: number): { width: number; height: number; values: Float32Array } {
  const random = splitmix(4);
  const values = Float32Array.from({ length: width * height }, () => 0.2 + 0.2 * random());
  for (let y = 30; y < 34; y += 1) for (let x = 20; x < 24; x += 1) values[y * width + x] = 0.9;
  return { width, height, values };
}

describe('tiles', () => {
  it('cover a side from end to end, each overlapping the next by a quarter at least', () => {
    for (const [length, tile] of [
      [16, 16],
      [17, 16],
      [100, 16],
      [1_000, 64],
    ] as const) {
      const places = tilePlaces(length, tile);
      expect([places[0], places.at(-1)]).toEqual([0, length - tile]);
      const steps = places.slice(1).map((place, at) => place - places[at]!);
      expect(Math.max(0, ...steps)).toBeLessThanOrEqual(Math.ceil(0.75 * tile));
      expect(steps.every((step) => step > 0)).toBe(true);
    }
  });

  it('put together say what the whole picture says, without seams', async () => {
    const given = picture(61, 47);
    const { tiles, map } = await inspectTiles(normality, 'squared-error', given, through, breathe);
    expect(tiles).toHaveLength(tilePlaces(61, SIDE).length * tilePlaces(47, SIDE).length);
    expect([map!.width, map!.height]).toEqual([61, 47]);
    map!.values.forEach((value, at) => expect(value).toBeCloseTo((0.1 * given.values[at]!) ** 2, 6));
    const worst = tiles.reduce((first, tile) => (tile.score > first.score ? tile : first));
    expect(worst.left).toBeLessThanOrEqual(20);
    expect(worst.left + SIDE).toBeGreaterThanOrEqual(24);
    expect(worst.top).toBeLessThanOrEqual(30);
    expect(worst.top + SIDE).toBeGreaterThanOrEqual(34);
  });

  it('change from one to the next by little where a map depends on where a tile ends', async () => {
    const given = picture(61, 47);
    const { map } = await inspectTiles(normality, 'structure', given, through, breathe);
    const flat = { ...given, values: given.values.map(() => 0.5) };
    const plain = await inspectTiles(normality, 'structure', flat, through, breathe);
    // One value everywhere: no tile's edge shows.
    const [least, most] = [Math.min(...plain.map!.values), Math.max(...plain.map!.values)];
    expect(most - least).toBeLessThan(1e-5);
    expect(map!.values.every(Number.isFinite)).toBe(true);
  });

  it('of a picture as large as the model’s images are the picture', async () => {
    const given = picture(SIDE, SIDE);
    const { tiles } = await inspectTiles(normality, 'squared-error', given, through, breathe);
    expect(tiles).toEqual([{ left: 0, top: 0, score: expect.any(Number) as number }]);
  });
});
