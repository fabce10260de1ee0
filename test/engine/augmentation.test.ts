import { describe, expect, test } from 'vitest';
import type { TrainingSpec } from '../../electron/domain/experiment.ts';
import { NoiseStreams } from '../../electron/engine/forward.ts';
import { augment } from '../../electron/engine/input-noise.ts';
import { tf, valuesOf } from '../../electron/engine/tensorflow.ts';
import { expectNoLeak } from './no-leak.ts';

const streams = (seed = 1, step = 0): NoiseStreams => new NoiseStreams(tf.tensor1d([seed, step], 'int32'));

describe('augmentation', () => {
  const [count, height, width, channels] = [400, 5, 7, 3];

  /** Every pixel another number, so that a picture shows where each of its pixels came from. */
  const original = (y: number, x: number, channel: number): number => 1 + channel + channels * (x + width * y);
  const pictures = (): tf.Tensor4D =>
    tf.tile(
      tf.tensor4d(
        Float32Array.from({ length: height * width * channels }, (_, index) => index + 1),
        [1, height, width, channels],
      ),
      [count, 1, 1, 1],
    );
  const augmented = (spec: TrainingSpec['augmentation'], step = 0): Float32Array =>
    valuesOf(() => augment(pictures(), spec, streams(1, step)));

  /** What one shift, and perhaps a flip, makes of the picture. */
  function moved(down: number, right: number, flipped: boolean): string {
    const values: number[] = [];
    for (let y = 0; y < height; y += 1) {
      for (let place = 0; place < width; place += 1) {
        const x = flipped ? width - 1 - place : place;
        const fromY = Math.max(0, Math.min(height - 1, y - down));
        const fromX = Math.max(0, Math.min(width - 1, x - right));
        for (let channel = 0; channel < channels; channel += 1) values.push(original(fromY, fromX, channel));
      }
    }
    return values.join();
  }

  function kinds(most: number, flips: readonly boolean[]): Map<string, string> {
    const shifts = Array.from({ length: 2 * most + 1 }, (_, index) => index - most);
    return new Map(
      shifts.flatMap((down) =>
        shifts.flatMap((right) =>
          flips.map((flipped) => [moved(down, right, flipped), `${down} ${right} ${flipped}`] as const),
        ),
      ),
    );
  }

  function frequencies(values: Float32Array, known: Map<string, string>): Map<string, number> {
    const size = height * width * channels;
    const found = new Map<string, number>();
    for (let row = 0; row < count; row += 1) {
      const kind = known.get(values.subarray(row * size, (row + 1) * size).join());
      expect(kind, `image ${row}`).toBeDefined();
      found.set(kind!, (found.get(kind!) ?? 0) + 1);
    }
    return found;
  }

  test('shifts each image by its own whole pixels, edges repeated, all shifts equally often', () =>
    expectNoLeak(() => {
      const found = frequencies(augmented({ shiftPixels: 1, flip: false }), kinds(1, [false]));
      expect(found.size).toBe(9);
      // 400 / 9 = 44 each, deviation 6.3.
      for (const times of found.values()) expect(Math.abs(times - 44.4)).toBeLessThan(26);
    }));

  test('shifts and flips exactly, up to the most pixels in both directions', () =>
    expectNoLeak(() => {
      const found = frequencies(augmented({ shiftPixels: 2, flip: true }), kinds(2, [false, true]));
      expect(found.size).toBeGreaterThan(45);
      for (const corner of ['-2 -2 false', '2 2 false', '-2 2 true', '2 -2 true'])
        expect([...found.keys()]).toContain(corner);
    }));

  test('flips half of the images', () =>
    expectNoLeak(() => {
      const found = frequencies(augmented({ shiftPixels: 0, flip: true }), kinds(0, [false, true]));
      expect(found.size).toBe(2);
      expect(Math.abs(found.get('0 0 true')! - 200)).toBeLessThan(45);
    }));

  test('a shift beyond the image leaves its edge', () =>
    expectNoLeak(() => {
      const values = augmented({ shiftPixels: 16, flip: false });
      const known = kinds(16, [false]);
      expect(frequencies(values, known).size).toBeGreaterThan(20);
    }));

  test('none leaves the images as they are; another step moves them otherwise', () =>
    expectNoLeak(() => {
      expect(new Set(frequencies(augmented({ shiftPixels: 0, flip: false }), kinds(0, [false])).keys())).toEqual(
        new Set(['0 0 false']),
      );
      expect(augmented({ shiftPixels: 1, flip: true }, 0)).toEqual(augmented({ shiftPixels: 1, flip: true }, 0));
      expect(augmented({ shiftPixels: 1, flip: true }, 1)).not.toEqual(augmented({ shiftPixels: 1, flip: true }, 0));
    }));
});
