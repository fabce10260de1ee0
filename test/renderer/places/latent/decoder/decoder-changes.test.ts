import { describe, expect, it, vi } from 'vitest';
import { details, map, opened, pictures, withTwo } from './decoder-samples.ts';

describe('between two pictures', () => {
  it('the strip begins with one and ends with the other', async () => {
    const { decoder } = await withTwo();
    const { between } = decoder;
    between.film.shoot(between.codes);
    await vi.waitFor(() => expect(between.film.count).toBe(9));
    expect([...between.film.frames!.pixels]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    between.swap();
    expect([...between.codes.slice(0, 2)]).toEqual([9, 4]);
    expect([...between.codes.slice(-2)]).toEqual([1, 0]);
  });

  it('the strip is as long as is asked for, and goes straight or along a great circle', async () => {
    const { decoder } = await opened();
    const { between } = decoder;
    decoder.pictures.keep('east', Float32Array.of(1, 0), pictures([1]));
    expect([between.to?.name, between.hasArc, between.codes.length]).toEqual(['east', false, 0]);
    decoder.pictures.keep('north', Float32Array.of(0, 1), pictures([0]));
    between.length = 3;
    expect([...between.codes]).toEqual([1, 0, 0.5, 0.5, 0, 1]);
    expect(between.hasArc).toBe(true);
    between.way = 'spherical';
    expect([...between.codes].map((value) => value.toFixed(3))).toEqual([
      '1.000',
      '0.000',
      '0.707',
      '0.707',
      '0.000',
      '1.000',
    ]);
    decoder.pictures.keep('far north', Float32Array.of(0, 2), pictures([0]));
    // From north to far north: one and the same way.
    expect(between.hasArc).toBe(false);
  });

  it('they are those that were chosen, also when others come', async () => {
    const { decoder } = await withTwo();
    const { between } = decoder;
    const [one, two] = decoder.pictures.items;
    between.chooseFrom(two!.id);
    between.chooseTo(one!.id);
    decoder.pictures.keep('three', Float32Array.of(5, 5), pictures([5]));
    decoder.pictures.keep('four', Float32Array.of(6, 6), pictures([6]));
    expect([between.from?.name, between.to?.name]).toEqual(['two', 'one']);
    decoder.pictures.remove(one!);
    // In place of the one that is gone, the latest.
    expect([between.from?.name, between.to?.name]).toEqual(['two', 'four']);
  });

  it('there is nothing without pictures, nor anything to be swapped', async () => {
    const { decoder } = await opened();
    decoder.between.swap();
    expect([decoder.between.from, decoder.between.to]).toEqual([undefined, undefined]);
    expect(decoder.between.codes).toHaveLength(0);
    decoder.between.film.shoot(decoder.between.codes);
    await Promise.resolve();
    expect(decoder.between.film.frames).toBeUndefined();
  });

  it('plays round and round', async () => {
    const { decoder } = await withTwo();
    const { film } = decoder.between;
    film.shoot(decoder.between.codes);
    await vi.waitFor(() => expect(film.count).toBe(9));
    vi.useFakeTimers();
    film.setRate(10);
    film.play();
    vi.advanceTimersByTime(350);
    expect(film.at).toBe(3);
    vi.advanceTimersByTime(700);
    expect(film.at).toBe(1);
    film.pause();
    vi.advanceTimersByTime(700);
    expect(film.at).toBe(1);
    vi.useRealTimers();
    film.show(99);
    expect(film.at).toBe(8);
  });
});

describe('a drawn path', () => {
  it('is decoded evenly along its way', async () => {
    const { decoder, explorer } = await opened();
    explorer.path = [
      { x: 0, y: 0 },
      { x: 1, y: 0 },
      { x: 23, y: 0 },
    ];
    decoder.walk.length = 24;
    decoder.walk.film.shoot(decoder.walk.codes);
    await vi.waitFor(() => expect(decoder.walk.film.count).toBe(24));
    expect([...decoder.walk.film.frames!.pixels]).toEqual(Array.from({ length: 24 }, (_, frame) => frame));
    expect(decoder.walk.reach).toBe(23);
    explorer.path = [];
    expect([decoder.walk.codes.length, decoder.walk.reach]).toEqual([0, 0]);
  });

  it('is nowhere without a map', async () => {
    const { decoder, explorer } = await opened((host) => {
      host.answers['model:open'] = () => ({ ...details, hasImageSet: false });
    });
    explorer.path = [
      { x: 0, y: 0 },
      { x: 3, y: 4 },
    ];
    expect([decoder.walk.reach, decoder.walk.codes.length]).toEqual([5, 0]);
  });
});

describe('sliders for units', () => {
  it('put the unit that varies most first and start from the chosen picture', async () => {
    const { decoder } = await withTwo();
    const { units } = decoder;
    expect(units.ranges.map(({ unit }) => unit)).toEqual([1, 0]);
    expect([...units.code]).toEqual([9, 4]);
    units.set(0, 12);
    expect([...units.code]).toEqual([12, 4]);
    expect(units.isMoved).toBe(true);
    units.reset();
    expect([...units.code]).toEqual([9, 4]);
    units.fromMean = true;
    expect([...units.code]).toEqual([30, 0]);
  });

  it('begin anew from another picture', async () => {
    const { decoder } = await withTwo();
    decoder.units.set(0, 12);
    decoder.pictures.choose(decoder.pictures.items[0]!.id);
    expect([...decoder.units.code]).toEqual([1, 0]);
  });

  it('move the picture on view; what is kept of it is at hand, and the next start', async () => {
    const { decoder } = await withTwo();
    const { units } = decoder;
    units.keep();
    expect(decoder.pictures.items).toHaveLength(2);
    expect(units.isMoved).toBe(false);
    units.fromMean = true;
    units.set(1, 3);
    units.set(0, 12);
    expect([...units.code]).toEqual([12, 3]);
    units.follow();
    await vi.waitFor(() => expect([...(units.live.shown?.image.pixels ?? [])]).toEqual([12]));
    units.keep();
    const kept = decoder.pictures.items.at(-1)!;
    expect([kept.name, ...kept.code]).toEqual(['From sliders', 12, 3]);
    expect([units.start?.id, units.isMoved, ...units.code]).toEqual([kept.id, false, 12, 3]);
    units.set(0, 20);
    units.follow();
    await vi.waitFor(() => expect([...units.live.shown!.image.pixels]).toEqual([20]));
    units.keep();
    decoder.pictures.choose(kept.id);
    expect([...units.code]).toEqual([12, 3]);
  });

  it('draw random codes within what training has seen', async () => {
    const { decoder } = await opened();
    for (let round = 0; round < 50; round++) {
      decoder.units.random();
      const [first, second] = decoder.units.code;
      expect(first).toBeGreaterThanOrEqual(0);
      expect(first).toBeLessThanOrEqual(59);
      expect(second).toBeGreaterThanOrEqual(-1);
      expect(second).toBeLessThanOrEqual(3);
      expect(decoder.units.isMoved).toBe(true);
    }
  });

  it('are found by number, the first twelve at once', async () => {
    const many = Float32Array.from({ length: 128 }, (_, unit) => unit);
    const { decoder } = await opened((host) => {
      host.answers['model:measures'] = () => ({
        ...map,
        units: { least: many.map(() => 0), most: many.map(() => 1), mean: many.map(() => 0), deviation: many },
      });
    });
    expect(decoder.units.shown.map(({ unit }) => unit)).toEqual([
      127, 126, 125, 124, 123, 122, 121, 120, 119, 118, 117, 116,
    ]);
    decoder.units.filter = ' 12';
    expect(decoder.units.matching.map(({ unit }) => unit + 1)).toEqual([
      128, 127, 126, 125, 124, 123, 122, 121, 120, 112, 12,
    ]);
    decoder.units.filter = '';
    decoder.units.all = true;
    expect([decoder.units.shown.length, decoder.units.areKnown]).toEqual([128, true]);
  });

  it('of a variational code come in the order of what they say', async () => {
    const { decoder } = await opened((host) => {
      host.answers['model:measures'] = () => ({ ...map, units: { ...map.units, nats: Float32Array.of(0.2, 3) } });
    });
    expect(decoder.units.areWeighed).toBe(true);
    expect(decoder.units.shown.map(({ unit, nats }) => [unit, nats])).toEqual([
      [1, 3],
      [0, expect.closeTo(0.2, 6)],
    ]);
  });

  it('have ranges without extent where training saw nothing finite', async () => {
    const { decoder } = await opened((host) => {
      const units = { ...map.units, least: Float32Array.of(Number.NaN, -1) };
      host.answers['model:measures'] = () => ({ ...map, units });
    });
    expect(decoder.units.ranges.find(({ unit }) => unit === 0)).toMatchObject({ least: 0, most: 0 });
  });

  it('guess their ranges where the image set is gone', async () => {
    const { decoder, explorer } = await opened((host) => {
      host.answers['model:open'] = () => ({ ...details, hasImageSet: false });
      delete host.answers['model:points'];
    });
    expect(explorer.map).toBeUndefined();
    expect(decoder.units.areKnown).toBe(false);
    expect(decoder.units.areWeighed).toBe(false);
    expect(decoder.units.ranges.map(({ least, most }) => [least, most])).toEqual([
      [-3, 3],
      [-3, 3],
    ]);
    expect([...decoder.units.code]).toEqual([0, 0]);
  });
});
