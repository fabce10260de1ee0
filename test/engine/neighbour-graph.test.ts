import { describe, expect, it } from 'vitest';
import type { ImageColumns } from '../../electron/domain/words.ts';
import { neighbourGraph, partnersOf, type NeighbourGraph } from '../../electron/engine/neighbour-graph.ts';
import { expectNoLeak } from './no-leak.ts';
import { breathe, noiseImages } from './samples.ts';

const neighboursOf = ({ starts, neighbours }: NeighbourGraph, image: number): number[] => [
  ...neighbours.subarray(starts[image], starts[image + 1]),
];

/** All others of one image, the nearest first, by its pixels themselves. */
function nearestByPixels({ count, pixels }: ImageColumns, image: number): number[] {
  const size = pixels.length / count;
  const distanceTo = (other: number): number => {
    let sum = 0;
    for (let at = 0; at < size; at += 1) sum += (pixels[image * size + at]! - pixels[other * size + at]!) ** 2;
    return sum;
  };
  const others = Array.from({ length: count }, (_, other) => other).filter((other) => other !== image);
  return others.sort((a, b) => distanceTo(a) - distanceTo(b) || a - b);
}

/** One row of pixels of one value each. */
const flat = (...values: number[]): ImageColumns => ({
  count: values.length,
  height: 1,
  width: 3,
  channels: 1,
  pixels: Uint8Array.from(values.flatMap((value) => [value, value, value])),
});

describe('the graph of neighbours', () => {
  it('holds those of the k nearest that are mutual, else the nearest: as all pairs of pixels have it', () =>
    // 35 pixels have 35 components: nothing of the distances is lost.
    expectNoLeak(async () => {
      const images = noiseImages(200, [7, 5, 1]);
      const graph = await neighbourGraph(images, 6, breathe);
      const near = Array.from({ length: images.count }, (_, image) => nearestByPixels(images, image).slice(0, 6));
      near.forEach((own, image) => {
        const mutual = own.filter((other) => near[other]!.includes(image));
        expect(neighboursOf(graph, image)).toEqual(mutual.length > 0 ? mutual : own.slice(0, 1));
      });
      expect(near.some((own, image) => own.every((other) => !near[other]!.includes(image)))).toBe(true);
    }));

  it('keeps an image that lies apart out of the others’ neighbours, and gives it its nearest', async () => {
    const graph = await neighbourGraph(flat(10, 12, 14, 200), 2, breathe);
    expect([0, 1, 2, 3].map((image) => neighboursOf(graph, image).sort())).toEqual([[1, 2], [0, 2], [0, 1], [2]]);
  });

  it('tells images apart that are the very same', async () => {
    const graph = await neighbourGraph(flat(7, 7, 7, 7, 7, 90), 3, breathe);
    for (let image = 0; image < 6; image += 1) expect(neighboursOf(graph, image)).not.toContain(image);
  });

  it.each([
    [1, [[]]],
    [2, [[1], [0]]],
  ])('of %i images', async (count, expected) => {
    const graph = await neighbourGraph(flat(...[20, 40].slice(0, count)), 15, breathe);
    expect(expected.map((_, image) => neighboursOf(graph, image))).toEqual(expected);
  });

  it('tells how far it has come, and ends where it is told to', async () => {
    const images = noiseImages(3_000, [3, 3, 1]);
    const seen: number[] = [];
    await neighbourGraph(images, 5, (fraction) => Promise.resolve(void seen.push(fraction)));
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    expect(seen.at(-1)).toBeGreaterThan(0.5);
    await expectNoLeak(async () => {
      const stop = (fraction: number): Promise<void> =>
        fraction > 0 ? Promise.reject(new Error('stopped')) : Promise.resolve();
      await expect(neighbourGraph(images, 5, stop)).rejects.toThrow('stopped');
    });
  });
});

describe('partners', () => {
  const graph: NeighbourGraph = { starts: Uint32Array.of(0, 3, 3, 4), neighbours: Uint32Array.of(1, 2, 7, 0) };

  it('are neighbours, each as often as another; an image without any is its own', () => {
    const images = new Int32Array(3_000);
    const counts = new Map<number, number>();
    for (const partner of partnersOf(graph, images, 1, 1)) counts.set(partner, (counts.get(partner) ?? 0) + 1);
    expect([...counts.keys()].sort()).toEqual([1, 2, 7]);
    // Binomial: a standard deviation is 26.
    for (const found of counts.values()) expect(Math.abs(found - 1_000)).toBeLessThan(130);
    expect([...partnersOf(graph, Int32Array.of(1, 2), 1, 1)]).toEqual([1, 0]);
  });

  it('hang on seed and epoch alone', () => {
    const images = new Int32Array(50);
    const drawn = (seed: number, epoch: number): string => partnersOf(graph, images, seed, epoch).join();
    expect(drawn(1, 1)).toBe(drawn(1, 1));
    expect(new Set([drawn(1, 1), drawn(1, 2), drawn(2, 1), drawn(2, 2)]).size).toBe(4);
  });
});
