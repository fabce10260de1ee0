import { expect, it } from 'vitest';
import { splitmix } from '../../../electron/domain/inspection/ranking.ts';
import { faultKinds, withFaults } from '../../../electron/engine/inspection/made-faults.ts';

const [HEIGHT, WIDTH, CHANNELS] = [20, 30, 3];
const SHAPE = [HEIGHT, WIDTH, CHANNELS] as const;
const SIZE = HEIGHT * WIDTH * CHANNELS;
const COUNT = 12;
const random = splitmix(3);
const pictures = Float32Array.from({ length: COUNT * SIZE }, () => 0.1 + 0.8 * random());
const faulty = withFaults(pictures, SHAPE);
const of = (all: Float32Array, picture: number): Float32Array => all.subarray(picture * SIZE, (picture + 1) * SIZE);
const shareOf = (is: (value: number, at: number) => boolean, values: Float32Array): number =>
  values.filter(is).length / values.length;

it('every picture gets a fault of every kind, the same each time, and itself stays as it was', () => {
  const before = pictures.slice();
  const again = withFaults(pictures, SHAPE);
  for (const kind of faultKinds) {
    expect(again[kind]).toEqual(faulty[kind]);
    for (let at = 0; at < COUNT; at += 1) expect(of(faulty[kind], at)).not.toEqual(of(pictures, at));
  }
  expect(pictures).toEqual(before);
});

it('a side is dimmed by one factor, the rest is not touched', () => {
  for (let at = 0; at < COUNT; at += 1) {
    const [one, other] = [of(pictures, at), of(faulty.dim, at)];
    const factors = new Set([...other].map((value, place) => (value / one[place]!).toFixed(4)));
    expect(factors.size).toBe(2);
    const [low] = [...factors].map(Number).sort();
    expect(low).toBeGreaterThanOrEqual(0.25);
    expect(low).toBeLessThanOrEqual(0.75);
    expect(shareOf((value, place) => value !== one[place], other)).toBeLessThan(0.5);
  }
});

it('the rest of another picture begins near the middle', () => {
  for (let at = 0; at < COUNT; at += 1) {
    const [one, other] = [of(pictures, at), of(faulty.foreign, at)];
    const foreign = shareOf((value, place) => value !== one[place], other);
    expect(foreign).toBeGreaterThan(0.1);
    expect(foreign).toBeLessThan(0.9);
    const sources = Array.from({ length: COUNT }, (_, from) => from).filter(
      (from) => from !== at && shareOf((value, place) => value === of(pictures, from)[place], other) > 0.1,
    );
    expect(sources).toHaveLength(1);
  }
});

it('a picture is moved across and down, its edge repeated', () => {
  for (let picture = 0; picture < COUNT; picture += 1) {
    const [one, other] = [of(pictures, picture), of(faulty.moved, picture)];
    const at = (x: number, y: number): number => (y * WIDTH + x) * CHANNELS;
    const moves = [-2, -1, 1, 2].flatMap((across) => [-2, -1, 1, 2].map((down) => [across, down] as const));
    const within = (place: number, length: number): number => Math.min(length - 1, Math.max(0, place));
    const explains = ([across, down]: readonly [number, number]): boolean =>
      other.every((value, place) => {
        const pixel = Math.floor(place / CHANNELS);
        const from = at(within((pixel % WIDTH) - across, WIDTH), within(Math.floor(pixel / WIDTH) - down, HEIGHT));
        return value === one[from + (place % CHANNELS)];
      });
    expect(moves.filter(explains)).toHaveLength(1);
  }
});
