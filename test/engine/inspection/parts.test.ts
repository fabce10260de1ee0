import { describe, expect, it } from 'vitest';
import { fitGaussian, distanceFrom } from '../../../electron/engine/inspection/gaussian.ts';
import { evened, evenedAround, levelOf } from '../../../electron/engine/inspection/evening.ts';
import { distancesAtPlaces, meanDistance } from '../../../electron/engine/inspection/nearest.ts';
import { fitPieces, pieceMaps } from '../../../electron/engine/inspection/pieces.ts';
import { between, blurred, meanOfWorst, resized } from '../../../electron/engine/inspection/planes.ts';
import { smoothed } from '../../../electron/engine/inspection/smooth-planes.ts';
import { dissimilarity } from '../../../electron/engine/inspection/ssim.ts';
import { splitmix } from '../../../electron/domain/inspection/ranking.ts';
import { tf, valuesOf } from '../../../electron/engine/tensorflow.ts';
import { expectNoLeak } from '../no-leak.ts';

const noise = (count: number, seed: number): Float32Array => {
  const random = splitmix(seed);
  return Float32Array.from({ length: count }, random);
};

describe('planes', () => {
  it('keep a constant when they are smoothed, and their sum', () => {
    const flat = {
      width: 7,
      height: 5,
      values: new Float32Array(35).fill(0.25),
    };
    expect([...blurred(flat, 2).values].every((value) => Math.abs(value - 0.25) < 1e-6)).toBe(true);
    const spot = { width: 9, height: 9, values: new Float32Array(81) };
    spot.values[40] = 1;
    const { values } = blurred(spot, 1);
    expect(values.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5);
    // Of a Gaussian of deviation 1, cut off at three: (0.39905...)² in the middle.
    expect(values[40]).toBeCloseTo(0.15924, 4);
  });

  it('are smoothed many at once as one by one, to a millionth', () =>
    expectNoLeak(() => {
      const [count, height, width] = [3, 13, 40];
      const values = noise(count * height * width, 8);
      for (const deviation of [1, 2.6, 8]) {
        const all = valuesOf(() => smoothed(tf.tensor3d(values, [count, height, width]), deviation));
        for (let plane = 0; plane < count; plane += 1) {
          const own = values.subarray(plane * height * width, (plane + 1) * height * width);
          blurred({ width, height, values: own }, deviation).values.forEach((value, at) =>
            expect(Math.abs(value - all[plane * height * width + at]!)).toBeLessThan(1e-6),
          );
        }
      }
    }));

  it('are resized between the middles of their cells', () => {
    const { values } = resized({ width: 2, height: 1, values: Float32Array.of(0, 1) }, 4, 1);
    expect([...values]).toEqual([0, 0.25, 0.75, 1]);
  });

  it('are resized to what the four neighbours of each place say, larger and smaller, to the bit', () => {
    for (const [columns, rows, width, height] of [
      [5, 4, 23, 17],
      [9, 7, 4, 3],
      [1, 1, 3, 2],
      [3, 8, 3, 8],
    ] as const) {
      const plane = {
        width: columns,
        height: rows,
        values: noise(columns * rows, columns),
      };
      const { values } = resized(plane, width, height);
      const [across, down] = [between(columns, width), between(rows, height)];
      const at = (row: number, column: number): number => plane.values[row * columns + column]!;
      const wanted = Float32Array.from({ length: width * height }, (_, place) => {
        const [x, y] = [place % width, Math.floor(place / width)];
        const rowAt = (row: number): number =>
          at(row, across.first[x]!) * (1 - across.share[x]!) + at(row, across.second[x]!) * across.share[x]!;
        return rowAt(down.first[y]!) * (1 - down.share[y]!) + rowAt(down.second[y]!) * down.share[y]!;
      });
      expect(values).toEqual(wanted);
    }
  });

  it('tell the mean of their worst', () => expect(meanOfWorst(Float32Array.of(4, 1, 3, 2), 0.5)).toBe(3.5));

  it('tell it to the bit as sorting them does, also where many are equal', () => {
    for (const [count, steps] of [
      [1, 2],
      [2, 9],
      [50, 4],
      [4_096, 1e9],
      [4_096, 30],
    ] as const) {
      const values = noise(count, count + steps).map((value) => Math.floor(value * steps) / steps);
      const falling = values.toSorted().reverse();
      for (const share of [0.01, 0.1, 0.5, 1]) {
        const most = Math.max(1, Math.round(count * share));
        const wanted =
          values
            .toSorted()
            .slice(count - most)
            .reduce((sum, value) => sum + value, 0) / most;
        for (const order of [values, falling, falling.toReversed()]) expect(meanOfWorst(order, share)).toBe(wanted);
      }
    }
  });

  it('have none where a value is no number', () =>
    expect(meanOfWorst(Float32Array.of(4, Number.NaN, 3, 2), 0.5)).toBeNaN());
});

describe('structural similarity', () => {
  it('is no error for a picture and itself, whatever its brightness', () => {
    const values = noise(64, 1);
    const one = { width: 8, height: 8, values };
    expect(Math.max(...dissimilarity(one, one).values)).toBeCloseTo(0, 6);
  });

  it('is what its formula gives where both are flat', () => {
    const flat = (value: number) => ({
      width: 8,
      height: 8,
      values: new Float32Array(64).fill(value),
    });
    const expected = 1 - (2 * 0.2 * 0.6 + 1e-4) / (0.2 ** 2 + 0.6 ** 2 + 1e-4);
    expect(dissimilarity(flat(0.2), flat(0.6)).values[20]).toBeCloseTo(expected, 3);
  });
});

describe('a Gaussian', () => {
  it('measures distances in units of the spread in each direction', () => {
    const random = splitmix(5);
    const rows = Float32Array.from({ length: 4_000 }, (_, at) => (random() - 0.5) * (at % 2 === 0 ? 1 : 10));
    const fitted = fitGaussian(rows, 2);
    // A uniform number over a width w has variance w² / 12; the distance is over the size, 2.
    expect(distanceFrom(fitted, Float32Array.of(1, 0))).toBeCloseTo(6, 0);
    expect(distanceFrom(fitted, Float32Array.of(0, 10))).toBeCloseTo(6, 0);
  });

  it('stays finite of one row, and of rows that are all alike', () => {
    expect(Number.isFinite(distanceFrom(fitGaussian(Float32Array.of(1, 2, 3), 3), Float32Array.of(1, 2, 4)))).toBe(
      true,
    );
    expect(Number.isFinite(distanceFrom(fitGaussian(new Float32Array(9), 3), Float32Array.of(0, 0, 0)))).toBe(true);
  });
});

it('the nearest rows are found, at each place those that are known there, and one can be left out', () => {
  const known = Float32Array.of(0, 0, 3, 4, 6, 8);
  expect(meanDistance(known, 2, Float32Array.of(0, 0), 2)).toBe(2.5);
  const rows = Float32Array.of(1, 4, 0, 10, 3, 30);
  // At the first place 0, 3 and 10 are known, at the second 10, 20 and 40.
  const atPlaces = {
    known: Float32Array.of(0, 3, 10, 10, 20, 40),
    places: 2,
    size: 1,
  };
  expect([...distancesAtPlaces(atPlaces, rows, 2)]).toEqual([1.5, 11, 1.5, 5, 1.5, 10]);
  const asRows = Float32Array.of(0, 10, 3, 20, 10, 40);
  expect([...distancesAtPlaces(atPlaces, asRows, 2, true)]).toEqual([6.5, 20, 5, 15, 8.5, 25]);
});

it('the nearest rows are those that all distances in double tell, many at a time, and far from nought', () =>
  expectNoLeak(async () => {
    const random = splitmix(3);
    const [places, count, size, n] = [256, 700, 3, 60];
    const known = Float32Array.from({ length: places * count * size }, () => 300 + random());
    const rows = Float32Array.from({ length: n * places * size }, () => 300 + random());
    const found = distancesAtPlaces({ known, places, size }, rows, 3);
    for (const [row, place] of [
      [0, 0],
      [22, 255],
      [59, 100],
    ] as const) {
      const own = known.subarray(place * count * size, (place + 1) * count * size);
      const asked = rows.subarray((row * places + place) * size, (row * places + place + 1) * size);
      expect(found[row * places + place]).toBeCloseTo(meanDistance(own, size, asked, 3), 6);
    }
  }));

describe('evening', () => {
  it('brings pictures to one brightness and contrast, and leaves nothing of their own', () => {
    const picture = noise(100, 2);
    const darker = picture.map((value) => 0.3 * value + 0.1);
    const level = { mean: 0.4, deviation: 0.2 };
    const [one, other] = [evened(picture, 100, 'picture', level), evened(darker, 100, 'picture', level)];
    expect(levelOf(one).mean).toBeCloseTo(0.4, 5);
    expect(levelOf(one).deviation).toBeCloseTo(0.2, 5);
    expect(Math.max(...one.map((value, at) => Math.abs(value - other[at]!)))).toBeLessThan(1e-5);
    expect(evened(picture, 100, 'none', level)).toBe(picture);
  });

  it('around each pixel puts each in deviations from the mean there, by channel, to a hundred-thousandth', () =>
    expectNoLeak(() => {
      // More pictures than are worked on at once.
      const [count, height, width, channels] = [35, 9, 17, 3];
      const pixels = height * width;
      const pictures = noise(count * pixels * channels, 7);
      // Where all is of one brightness there is no contrast.
      pictures.fill(0.7, 0, pixels * channels);
      const found = evenedAround(pictures, [height, width, channels]);
      for (const [picture, channel] of [
        [0, 1],
        [1, 0],
        [34, 2],
      ] as const) {
        const at = (pixel: number): number => (picture * pixels + pixel) * channels + channel;
        const values = Float32Array.from({ length: pixels }, (_, pixel) => pictures[at(pixel)]!);
        const smooth = (of: Float32Array): Float32Array => blurred({ width, height, values: of }, 9 / 8).values;
        const means = smooth(values);
        const squares = smooth(values.map((value, pixel) => (value - means[pixel]!) ** 2));
        values.forEach((value, pixel) => {
          const wanted = (value - means[pixel]!) / (Math.sqrt(squares[pixel]!) + 0.02);
          expect(Math.abs(found[at(pixel)]! - wanted)).toBeLessThan(1e-5);
        });
      }
    }));
});

it('pieces show where a picture is unlike normal ones', () =>
  expectNoLeak(async () => {
    const [side, count] = [16, 30];
    const random = splitmix(9);
    const pictures = Float32Array.from(
      { length: side * side * count },
      (_, at) => 0.5 + 0.3 * Math.sin(at % side) + 0.05 * random(),
    );
    const odd = pictures.slice(0, side * side);
    for (let y = 9; y < 13; y += 1) for (let x = 9; x < 13; x += 1) odd[y * side + x] = 1;
    for (const local of [false, true]) {
      const statistics = fitPieces(pictures, [side, side, 1], local);
      const map = pieceMaps(statistics, odd, [side, side, 1])[0]!;
      const worst = map.values.indexOf(Math.max(...map.values));
      const [column, row] = [worst % map.width, Math.floor(worst / map.width)];
      expect((column * statistics.filters.stride + statistics.filters.side / 2) / side).toBeCloseTo(11 / 16, 0);
      expect(row).toBeGreaterThan(map.height / 2 - 1);
      const usual = pieceMaps(statistics, pictures, [side, side, 1])[0]!;
      expect(Math.max(...map.values)).toBeGreaterThan(2 * Math.max(...usual.values));
    }
  }));

it('pieces are learnt from all of the picture, whatever its side, and from pictures that are all alike', () =>
  expectNoLeak(async () => {
    // 3 places a side, and three times as many pieces as are learnt from: every third would be of the same column.
    const [side, count] = [8, 1_800];
    const random = splitmix(4);
    const striped = Float32Array.from({ length: side * side * count }, (_, at) =>
      at % side < 4 ? 0 : 0.5 + 0.4 * Math.sin(at % side) * random(),
    );
    for (const pictures of [striped, new Float32Array(side * side * 20)]) {
      const statistics = fitPieces(pictures, [side, side, 1], false);
      const map = pieceMaps(statistics, pictures, [side, side, 1])[0]!;
      expect(map.values.every(Number.isFinite)).toBe(true);
      expect(statistics.filters.filters.every(Number.isFinite)).toBe(true);
    }
    const { filters } = fitPieces(striped, [side, side, 1], false);
    expect(filters.mean.reduce((sum, value) => sum + value, 0) / filters.mean.length).toBeGreaterThan(0.1);
  }));
