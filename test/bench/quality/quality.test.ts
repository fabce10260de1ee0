import { describe, expect, it } from 'vitest';
import { presets, type Preset } from '../../../electron/domain/presets.ts';
import type { ImageColumns } from '../../../electron/domain/words.ts';
import { modelSpec, noiseImages, onNetwork, setWeights } from '../../engine/samples.ts';
import { normal, randomFrom } from '../../random.ts';
import { errorWithin } from './gaps.ts';
import { denoisingFigures, gains, meanSquaredErrors, medianFiltered } from './denoising.ts';
import { frechetDistance } from './frechet.ts';
import { qualityReport } from './report.ts';
import { recipeOf, withResult, type QualityResults, type SeedResult } from './results.ts';
import { rows } from './rows.ts';

const deep = presets.find(({ id }) => id === 'deep') as Preset;

const result = (seed: number, squaredError: number): SeedResult => ({
  seed,
  figures: { squaredError },
  epochs: 60,
  bestEpoch: 59,
  wallSeconds: 600,
  processorSeconds: 900,
  date: '2026-01-02T03:04:05.000Z',
  machine: {
    processor: 'one',
    cores: 2,
    threads: 2,
    memoryGb: 8,
    system: 'Linux',
    node: 'v24.0.0',
    loadBefore: 0.25,
    loadAfter: 2,
  },
});

const image = (width: number, ...pixels: number[]): ImageColumns => ({
  count: 1,
  height: pixels.length / width,
  width,
  channels: 1,
  pixels: Uint8Array.from(pixels),
});

describe('the rows', () => {
  it('are of presets that there are, and measured where the preset can be', () => {
    for (const { preset, figures } of rows) {
      const found = presets.find(({ id }) => id === preset);
      expect(found, preset).toBeDefined();
      const names = figures.map(({ name }) => name);
      // What is painted into missing squares is measured there alone.
      const noise = found?.training.inputNoise?.kind;
      expect(names.includes('gapError')).toBe(noise === 'patches');
      expect(names.includes('psnrGain')).toBe(noise !== undefined && noise !== 'patches');
      expect(names.includes('negativeElbo')).toBe(found?.model.code.variational);
    }
  });
});

describe('denoising', () => {
  it('is measured in dB of PSNR', () => {
    expect([...gains(Float32Array.of(0.1, 0.25), Float32Array.of(0.01, 0.25))]).toEqual([expect.closeTo(10, 5), 0]);
    const clean = image(2, 255, 0, 51, 0);
    expect(meanSquaredErrors(image(2, 255, 255, 0, 0), clean)[0]).toBeCloseTo((1 + 0.04) / 4, 6);
  });

  it('stands beside a median filter, which takes single specks away', async () => {
    const specks = image(5, ...Array.from({ length: 25 }, (_, at) => (at === 12 ? 255 : 40)));
    const { pixels } = await medianFiltered(specks, 3);
    expect([...pixels]).toEqual(Array.from({ length: 25 }, () => 40));
    // The middle of nine different values.
    const ramp = image(3, 9, 1, 8, 2, 7, 3, 6, 4, 5);
    expect((await medianFiltered(ramp, 3)).pixels[4]).toBe(5);
  });

  it('of missing squares is the squared error within them alone', () => {
    const kept = image(2, 0, 255, 0, 255);
    expect(errorWithin(kept, image(2, 51, 9, 0, 200), image(2, 0, 255, 102, 0))).toBeCloseTo(0.04 + 0.16, 6);
  });

  it('gains what grey loses least, on grey images, the last few of many included', () =>
    onNetwork(modelSpec({ inputShape: [8, 8, 1] }), async (network) => {
      const nothing = network.weights.map(({ name, variable }) => [name, new Float32Array(variable.size)] as const);
      setWeights(network, Object.fromEntries(nothing));
      const grey = noiseImages(503, [8, 8, 1]);
      grey.pixels.fill(128);
      const figures = await denoisingFigures(network, { kind: 'gaussian', deviation: 0.5 }, grey);
      // Sigmoid of nothing is 0.5; of normal noise clipped at one deviation 0.516 of the variance is left (Φ and φ at 1).
      const expected = 10 * Math.log10((0.516 * 0.25) / (128 / 255 - 0.5) ** 2);
      expect(figures.psnrGain).toBeGreaterThan(expected - 0.3);
      expect(figures.psnrGain).toBeLessThan(expected + 0.3);
      expect(figures.medianFilterGain).toBeGreaterThan(5);
      expect(figures.medianFilterGain).toBeLessThan(expected);
      expect(await denoisingFigures(network, { kind: 'gaussian', deviation: 0.5 }, grey)).toEqual(figures);
    }));
});

describe('the Fréchet distance', () => {
  const rowsOf = (count: number, of: (normal: readonly number[]) => readonly number[]): Float32Array => {
    const random = randomFrom(7);
    return Float32Array.from(Array.from({ length: count }, () => of([normal(random), normal(random)])).flat());
  };

  it('of rows to themselves is nothing; of rows moved, the square of how far', () => {
    const rows = rowsOf(500, ([a = 0, b = 0]) => [a + 0.5 * b, b]);
    expect(frechetDistance(rows, rows, 2)).toBeCloseTo(0, 6);
    const moved = rows.map((value, at) => value + (at % 2 === 0 ? 3 : -4));
    expect(frechetDistance(rows, moved, 2)).toBeCloseTo(25, 3);
  });

  it('of rows stretched and turned is that of their covariances, in closed form', () => {
    // Rows along the axes with deviations 2 and 1, exactly; turned by 90 degrees they are 1 and 2: 2 (2 - 1)².
    const corners = [
      [2, 1],
      [-2, 1],
      [2, -1],
      [-2, -1],
    ];
    const unbiased = Math.sqrt(3 / 4);
    const along = Float32Array.from(corners.flat(), (value) => value * unbiased);
    const across = Float32Array.from(
      corners.flatMap(([x = 0, y = 0]) => [y, x]),
      (value) => value * unbiased,
    );
    expect(frechetDistance(along, across, 2)).toBeCloseTo(2, 5);
    // Turned by 45 degrees they do not commute; of 2 × 2 the root has the trace √(tr + 2 √det), of C₁ C₂ here 12.5 and 16.
    const turned = Float32Array.from(
      corners.flatMap(([x = 0, y = 0]) => [(x - y) / Math.SQRT2, (x + y) / Math.SQRT2]),
      (value) => value * unbiased,
    );
    expect(frechetDistance(along, turned, 2)).toBeCloseTo(10 - 2 * Math.sqrt(12.5 + 2 * 4), 5);
  });
});

describe('the report', () => {
  const lineOf = (results: QualityResults, start: string): string =>
    qualityReport(results, presets)
      .split('\n')
      .find((line) => line.startsWith(start)) ?? '';

  it('says mean, spread and how many seeds were run, and where a target is missed', () => {
    let results = withResult({}, deep, result(1, 2.4));
    expect(lineOf(results, '| Deep, 30-D')).toContain('| ≤ 2.450 | 2.400 | 1 run: 1 |');
    results = withResult(results, deep, result(2, 2.6));
    expect(lineOf(results, '| Deep, 30-D')).toContain('| ≤ 2.450 | 2.500 ± 0.141 (not reached) | 2 run: 1, 2 |');
    expect(lineOf(results, '| best with 30')).toContain('| ≤ 2.200 | 2.500 ± 0.141 (not reached), by `deep` |');
    expect(lineOf(results, '| `deep`')).toBe(
      '| `deep` | 15 minutes | 10.0, 10.0 | 15.0, 15.0 | 60 (59), 60 (59) | 2, 2 | 0.3, 0.3 |',
    );
  });

  it('says of how many seeds a figure is that an earlier one lacks', () => {
    const conv = presets.find(({ id }) => id === 'variational-conv') as Preset;
    const of = (seed: number, fittedNegativeElbo?: number): SeedResult => ({
      ...result(seed, 4),
      figures: { negativeElbo: 86 + seed / 2, ...(fittedNegativeElbo === undefined ? {} : { fittedNegativeElbo }) },
    });
    const results = withResult(withResult({}, conv, of(1)), conv, of(2, 85.5));
    expect(lineOf(results, '| Variational, convolutional')).toContain('| ≤ 87.00 | 86.75 ± 0.35 | 2 run: 1, 2 |');
    expect(lineOf(results, '|  | −ELBO with a prior')).toContain('| 85.50, of 1 of the seeds |');
  });

  it('says what was not run, figures of an earlier recipe included', () => {
    expect(lineOf({}, '| Deep, 30-D')).toContain('| not run | none run |');
    const earlier = { ...deep, training: { ...deep.training, epochs: 1 } };
    const results = withResult({}, earlier, result(1, 9));
    expect(lineOf(results, '| Deep, 30-D')).toContain('| not run | none run |');
    expect(withResult(results, deep, result(2, 2)).deep).toEqual({ recipe: recipeOf(deep), seeds: [result(2, 2)] });
  });

  it('keeps one result a seed, the latest', () => {
    const results = withResult(withResult({}, deep, result(1, 2.4)), deep, result(1, 2.3));
    expect(results.deep?.seeds.map(({ figures }) => figures.squaredError)).toEqual([2.3]);
  });
});
