import { describe, expect, it } from 'vitest';
import { boxesOf, boxesOn } from '../../../electron/domain/inspection/boxes.ts';
import { pixelFigures, regionOverlap, regionsOf } from '../../../electron/domain/inspection/pixel-figures.ts';
import { splitmix } from '../../../electron/domain/inspection/ranking.ts';

const map = (rows: readonly (readonly number[])[]) => ({
  width: rows[0]!.length,
  height: rows.length,
  map: Float32Array.from(rows.flat()),
});
const mask = (rows: readonly (readonly number[])[]): Uint8Array => Uint8Array.from(rows.flat());

describe('figures by pixel', () => {
  it('are perfect where every marked pixel is above every other', () => {
    const one = {
      ...map([
        [0.1, 0.9],
        [0.2, 0.8],
      ]),
      mask: mask([
        [0, 255],
        [0, 255],
      ]),
    };
    expect(pixelFigures([one])).toEqual({ auroc: 1, pro: 1, pictures: 1 });
  });

  it('weigh small regions as much as large ones', () => {
    // A region of four pixels found at once, one of a single pixel never: the overlap is a half at every threshold.
    const scores = [
      [9, 9, 0.5, 0.1],
      [9, 9, 0.6, 0.2],
      [0.3, 0.4, 0.7, -1],
    ];
    const marks = [
      [255, 255, 0, 0],
      [255, 255, 0, 0],
      [0, 0, 0, 255],
    ];
    expect(regionOverlap([{ ...map(scores), mask: mask(marks) }])).toBeCloseTo(0.5, 10);
  });

  it('average the overlap up to the limit, by trapezoids', () => {
    // Ten normal pixels 1-10, a region at 9.5 and 7.5: half of it without an alarm but one (10), all of it from three on.
    const scores = [...Array.from({ length: 10 }, (_, at) => at + 1), 9.5, 7.5];
    const one = {
      width: 12,
      height: 1,
      map: Float32Array.from(scores),
      mask: Uint8Array.from([...Array<number>(10).fill(0), 1, 1]),
    };
    // Thresholds among normal scores: at rate 0 overlap 0, at 0.1 a half, at 0.2 a half, at 0.3 all.
    expect(regionOverlap([one])).toBeCloseTo((0.025 + 0.05 + 0.075) / 0.3, 6);
  });

  it('are no numbers where nothing is marked', () => {
    const one = { ...map([[0.1, 0.9]]), mask: mask([[0, 0]]) };
    expect(pixelFigures([one])).toEqual({ auroc: Number.NaN, pro: Number.NaN, pictures: 1 });
  });
});

describe('regions', () => {
  it('join over corners', () => {
    expect(
      regionsOf(
        mask([
          [1, 0, 0],
          [0, 1, 0],
          [0, 0, 0],
          [1, 0, 1],
        ]),
        3,
        4,
      ).count,
    ).toBe(3);
  });

  it('become boxes, the worst first', () => {
    const found = boxesOf(
      map([
        [5, 5, 0, 0],
        [0, 5, 0, 9],
        [0, 0, 0, 0],
      ]),
      1,
    );
    expect(found).toEqual([
      { left: 3, top: 1, width: 1, height: 1, area: 1, score: 9 },
      { left: 0, top: 0, width: 2, height: 2, area: 3, score: 5 },
    ]);
    expect(boxesOf(map([[5, 5, 0, 9]]), 1, 2)).toHaveLength(1);
  });

  it('become boxes on a picture of another size, none of them smaller than its region', () => {
    const boxes = [{ left: 3, top: 1, width: 2, height: 2, area: 3, score: 9 }];
    const [same] = boxesOn(boxes, { width: 8, height: 6 }, { width: 8, height: 6 });
    expect(same).toEqual(boxes[0]);
    const [larger] = boxesOn(boxes, { width: 8, height: 6 }, { width: 16, height: 13 });
    expect(larger).toEqual({ left: 6, top: 2, width: 4, height: 5, area: 13, score: 9 });
  });

  it('are those that a flood finds, however they join', () => {
    const random = splitmix(6);
    for (const [width, height, share] of [
      [31, 23, 0.35],
      [40, 12, 0.5],
      [1, 50, 0.5],
      [50, 1, 0.5],
      [16, 16, 0.9],
    ] as const) {
      // In few steps: regions are as odd as each other, and come in the order in which they are met.
      const values = Float32Array.from({ length: width * height }, () =>
        random() < share ? 2 + Math.floor(3 * random()) : 0,
      );
      const { labels, count } = regionsOf(values, width, height);
      const wanted = Array.from({ length: count }, (_, label) => {
        const own = [...labels.keys()].filter((at) => labels[at] === label + 1);
        const [xs, ys] = [own.map((at) => at % width), own.map((at) => Math.floor(at / width))];
        const [left, top] = [Math.min(...xs), Math.min(...ys)];
        return {
          left,
          top,
          width: Math.max(...xs) - left + 1,
          height: Math.max(...ys) - top + 1,
          area: own.length,
          score: Math.max(...own.map((at) => values[at]!)),
        };
      }).sort((a, b) => b.score - a.score);
      expect(boxesOf({ map: values, width, height }, 1)).toEqual(wanted);
    }
  });
});
