import { describe, expect, it } from 'vitest';
import { gradientColours } from '../../../../renderer/charts/map/gradients.ts';
import { packedOf } from '../../../../renderer/charts/map/packed-colours.ts';
import {
  coloursOfClasses,
  coloursOfNumbers,
  countsOf,
  labelColumn,
  NO_VALUE,
  scaleOf,
  unitColumn,
} from '../../../../renderer/places/latent/map/colour-columns.ts';
import { csvTable, matchedColumn, csvRows, placesOfKeys } from '../../../../renderer/places/latent/map/csv-column.ts';

const none = packedOf(NO_VALUE);

describe('gradients', () => {
  it('run from their dark to their light end', () => {
    for (const name of ['viridis', 'cividis'] as const) {
      const colours = [...gradientColours(name, 64)];
      const light = colours.map(
        (colour) => 0.2126 * (colour & 255) + 0.7152 * ((colour >> 8) & 255) + 0.0722 * ((colour >> 16) & 255),
      );
      expect(light).toEqual(light.toSorted((a, b) => a - b));
    }
    expect([...gradientColours('viridis', 2)]).toEqual([packedOf('#440154'), packedOf('#fde725')]);
  });
});

describe('numbers', () => {
  it('have a scale around the finite ones that a few extreme values do not stretch', () => {
    const many = Float32Array.from({ length: 1_001 }, (_, index) => index);
    many[0] = -1e6;
    expect(scaleOf(many.toReversed())).toEqual({ least: 5, most: 995, clipped: true });
    expect(scaleOf(Float32Array.of(7, 3, 5))).toEqual({ least: 3, most: 7, clipped: false });
    // Beyond one end only.
    const even = new Float32Array(1_001).map((_, index) => Math.max(5, index));
    expect(scaleOf(even)).toEqual({ least: 5, most: 995, clipped: true });
    expect(scaleOf(even.map((value) => -value))).toEqual({ least: -995, most: -5, clipped: true });
    // All but a few are alike: the few are not cut off.
    expect(scaleOf(new Float32Array(1_001).fill(5, 0, 1))).toEqual({ least: 0, most: 5, clipped: false });
    expect(scaleOf(Float32Array.of(Number.NaN, 3, 3))).toEqual({ least: 3, most: 3, clipped: false });
    expect(scaleOf(Float32Array.of(Number.NaN))).toEqual({ least: 0, most: 1, clipped: false });
  });

  it('take the gradient’s colours, and grey without a value', () => {
    const colours = coloursOfNumbers(
      Float32Array.of(0, 10, 99, -99, Number.NaN),
      { least: 0, most: 10, clipped: true },
      'viridis',
    );
    const [dark, light] = gradientColours('viridis', 2);
    expect([...colours]).toEqual([dark, light, light, dark, none]);
    const middle = coloursOfNumbers(Float32Array.of(2, 4, 10), { least: 2, most: 10, clipped: false }, 'viridis');
    const steps = gradientColours('viridis', 256);
    expect([...middle]).toEqual([steps[0], steps[64], steps[255]]);
  });

  it('of one value all look alike', () => {
    const colours = coloursOfNumbers(Float32Array.of(2, 2), { least: 2, most: 2, clipped: false }, 'viridis');
    const [dark] = gradientColours('viridis', 2);
    expect([...colours]).toEqual([dark, dark]);
  });

  it('are taken from one unit of the codes', () => {
    const column = unitColumn(Float32Array.of(1, 2, 3, 4, 5, 6), 3, 1);
    expect(column).toEqual({ kind: 'numbers', values: Float32Array.of(2, 5), unit: 'code unit 2' });
  });
});

describe('classes', () => {
  it('take the palette’s colours, which come again, and nothing where they are hidden', () => {
    const column = labelColumn(Uint8Array.of(0, 1, 2, 1), ['a', 'b', 'c'], 4);
    if (column.kind !== 'classes') throw new Error('expected classes');
    const palette = ['#100000', '#200000'];
    const colours = coloursOfClasses(column.classes, column.names, palette, [1]);
    expect([...colours]).toEqual([packedOf('#100000'), 0, packedOf('#100000'), 0]);
    expect([...countsOf(column.classes, 3)]).toEqual([1, 2, 1, 0]);
  });

  it('are none where there is not a label for each', () => {
    expect([...labelColumn(Uint8Array.of(1), ['a', 'b'], 3).classes]).toEqual([2, 2, 2]);
  });

  it('are one grey class without labels', () => {
    const column = labelColumn(new Uint8Array(0), [], 3);
    if (column.kind !== 'classes') throw new Error('expected classes');
    expect([...coloursOfClasses(column.classes, column.names, ['#100000'], [])]).toEqual([none, none, none]);
    expect([...countsOf(column.classes, 0)]).toEqual([3]);
  });
});

describe('CSV', () => {
  it('is read with quotes, any separator and any line ending', () => {
    expect(csvRows('\uFEFFa,b\r\n"1, ""x""",2\r\n\r\n3,', 'a.csv')).toEqual([
      ['a', 'b'],
      ['1, "x"', '2'],
      ['3', ''],
    ]);
    expect(csvRows('a;b;c,d\n1;2;3', 'a.csv')).toEqual([
      ['a', 'b', 'c,d'],
      ['1', '2', '3'],
    ]);
    expect(csvRows('a\tb\n"x\ny"\t2', 'a.csv')).toEqual([
      ['a', 'b'],
      ['x\ny', '2'],
    ]);
    expect(csvRows('', 'a.csv')).toEqual([]);
  });

  it('with a quote that is not closed, or that something follows, is refused by row, also when it is long', () => {
    const rows = 'name,1\n'.repeat(100_000);
    const started = performance.now();
    expect(() => csvTable('ages.csv', `name,age\n${rows}"x,2\n${rows}`)).toThrow(
      'ages.csv: row 100002: expected quotes in pairs, found one that is never closed.',
    );
    expect(() => csvTable('ages.csv', `name,age\n"x"y,2\n${rows}`)).toThrow(
      'ages.csv: row 2: expected quotes in pairs, found something after a closing one.',
    );
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  it('names the file and what was wrong', () => {
    expect(() => csvTable('ages.csv', 'name\nx')).toThrow(
      /ages\.csv: expected .* at least two columns .* found 1 rows of 1 column\./,
    );
    expect(() => csvTable('ages.csv', 'name,age\n')).toThrow(/found 0 rows/);
  });

  it('goes by places where every key is one, else by names with or without folders', () => {
    const byPlace = csvTable('a.csv', 'index,v\n2,1\n0,3');
    expect(placesOfKeys(byPlace, 3, []).map((places) => [...places])).toEqual([[2], [0]]);
    const names = ['cats/1.png', 'dogs/1.png', 'cats/2.png'];
    const byName = csvTable('a.csv', 'name,v\ncats/1.png,1\n1.png,2\n2.png,3\nnone.png,4');
    expect(placesOfKeys(byName, 3, names).map((places) => [...places])).toEqual([[0], [0, 1], [2], []]);
    const beyond = csvTable('a.csv', 'name,v\n7,1');
    expect(placesOfKeys(beyond, 3, ['7']).map((places) => [...places])).toEqual([[0]]);
  });

  it('takes the place 0 for one, alone and beside places that are beyond the images', () => {
    const alone = csvTable('a.csv', 'index,v\n0,1');
    expect(placesOfKeys(alone, 1, []).map((places) => [...places])).toEqual([[0]]);
    const beside = csvTable('a.csv', 'index,v\n0,1\n7,2');
    expect(placesOfKeys(beside, 3, []).map((places) => [...places])).toEqual([[0], []]);
  });

  it('becomes numbers where all fields are, with gaps where a row is missing', () => {
    const table = csvTable('a.csv', 'index,age\n0,1.5\n2,"2,5"\n1,');
    const { column, matched, unmatched } = matchedColumn(table, 0, placesOfKeys(table, 4, []), 4);
    expect(column).toEqual({ kind: 'numbers', values: Float32Array.of(1.5, Number.NaN, 2.5, Number.NaN), unit: 'age' });
    expect([matched, unmatched]).toEqual([3, 0]);
  });

  it('becomes classes of words, the most frequent first', () => {
    const table = csvTable('a.csv', 'index,kind\n0,dog\n1,cat\n2,cat');
    const { column } = matchedColumn(table, 0, placesOfKeys(table, 4, []), 4);
    expect(column).toEqual({ kind: 'classes', classes: Uint16Array.of(1, 0, 0, 2), names: ['cat', 'dog'] });
  });

  it('refuses words that are as good as names', () => {
    const rows = Array.from({ length: 70 }, (_, index) => `${index},word ${index}`).join('\n');
    const table = csvTable('a.csv', `index,word\n${rows}`);
    expect(() => matchedColumn(table, 0, placesOfKeys(table, 70, []), 70)).toThrow(
      'a.csv: column "word": expected numbers or at most 64 different words, found 70.',
    );
  });
});
