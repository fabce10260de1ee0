import { describe, expect, it } from 'vitest';
import { logLimits, logTicks } from '../../../electron/domain/log-ticks.ts';
import { readAt, valueLimits, type Series, type SeriesRole } from '../../../renderer/charts/series.ts';
import { lossAxis } from '../../../renderer/run/loss-axis.ts';
import { bestEpoch, lossSeries } from '../../../renderer/run/loss-series.ts';
import { applyToView, newView } from '../../../renderer/run/run-view.ts';
import { againstPca } from '../../../renderer/run/against-pca.ts';
import { articleExperiment, epoch, progress, record } from '../samples.ts';

const role = (series: ReturnType<typeof lossSeries>, name: string) => series.find((one) => one.role === name)?.points;

const baseline = {
  imageSet: 'mnist',
  subset: { indices: new Uint32Array(), labels: new Uint8Array() },
  map: { x: new Float32Array(), y: new Float32Array() },
  testSquaredError: Float32Array.from({ length: 785 }, (_, components) => 78.4 / (components + 1)),
  validationSquaredError: Float32Array.from({ length: 785 }, (_, components) => 784 / (components + 1)),
} as const;

describe('the lines of the loss curve', () => {
  it('shows before a run what it will be held against: PCA with as many numbers and the mean image, MSE per pixel', () => {
    const series = lossSeries(articleExperiment, undefined, baseline);
    expect(role(series, 'pca')?.map(({ x, y }) => [x, Number(y.toFixed(6))])).toEqual([
      [0, 0.007752],
      [20, 0.007752],
    ]);
    expect(role(series, 'mean-image')).toEqual([
      { x: 0, y: 1 },
      { x: 20, y: 1 },
    ]);
    expect(series.find((one) => one.role === 'pca')?.name).toBe('PCA-128');
    expect(role(series, 'training')).toEqual([]);
  });

  it('begins at a start in closed form: at no epoch, at no batch, and at the time that it took', () => {
    const start = { ...epoch(0, 0.05), lastBatchCost: 0.04, trainingCost: 0.04, secondsSinceStart: 8 };
    const after = [1, 2].map((number) => ({ ...epoch(number), secondsSinceStart: 8 + number }));
    const begun = newView({ ...record('a'), metrics: [start] });
    const going = newView({ ...record('a'), metrics: [start, ...after] });
    for (const view of [begun, going]) {
      const series = lossSeries(articleExperiment, view);
      expect(role(series, 'training')?.[0]).toEqual({ x: 0, y: 0.04 });
      expect(role(series, 'validation')?.[0]).toEqual({ x: 0, y: 0.05 });
      expect(role(series, 'batch')).toHaveLength(view === begun ? 0 : 2);
    }
    expect(lossAxis('time', 20, begun).kind).toBe('epoch');
    const { place, end } = lossAxis('time', 20, going);
    expect([0, 0.5, 1, 2, 3].map(place)).toEqual([8, 8.5, 9, 10, 11]);
    expect(end).toBe(28);
  });

  it('holds the curve against the test images where none are held out, and says so', () => {
    const without = { ...baseline, validationSquaredError: new Float32Array() };
    const mean = lossSeries(articleExperiment, undefined, without).find((one) => one.role === 'mean-image');
    expect(mean?.points[0]?.y).toBeCloseTo(0.1, 6);
    expect(mean?.name).toBe('mean image, test');
  });

  it('shows the published costs beside the article’s own preset on MNIST only', () => {
    const ends = role(lossSeries(articleExperiment, undefined), 'article')!;
    expect(ends.map(({ x }) => x)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
    expect(ends.at(0)?.y).toBeCloseTo(0.1827, 4);
    expect(ends.at(-1)?.y).toBeCloseTo(0.0849, 4);
    const names = (experiment: typeof articleExperiment) => lossSeries(experiment, undefined).map((one) => one.role);
    expect(names({ ...articleExperiment, preset: 'modern' })).toEqual(['batch', 'training', 'validation']);
    expect(names({ ...articleExperiment, imageSet: 'faces' })).toEqual(['batch', 'training', 'validation']);
  });

  it('gives MSEs an axis of their own where the cost is none, and shows no published MSE beside it', () => {
    const { model, training } = articleExperiment;
    const axes = (experiment: typeof articleExperiment) =>
      lossSeries(experiment, undefined, baseline).map((one) => one.axis);
    expect(axes({ ...articleExperiment, preset: 'modern' })).toEqual(Array.from({ length: 5 }, () => undefined));
    const onTheRight = [undefined, undefined, 'right', 'right', 'right'];
    expect(axes({ ...articleExperiment, training: { ...training, loss: 'bce' } })).toEqual(onTheRight);
    const variational = { ...model, code: { ...model.code, variational: true } };
    expect(axes({ ...articleExperiment, model: variational })).toEqual(onTheRight);
  });

  it('is in the unit that is asked for, costs that are no errors as they are', () => {
    const view = newView({ ...record('a'), metrics: [epoch(1, 0.3)] });
    const axis = lossAxis('epoch', 20, view);
    const at = (experiment: typeof articleExperiment, name: SeriesRole) =>
      role(lossSeries(experiment, view, baseline, axis, 784), name)?.[0]?.y;
    expect(at(articleExperiment, 'validation')).toBeCloseTo(0.3 * 784, 9);
    expect(at(articleExperiment, 'training')).toBeCloseTo(epoch(1).trainingCost * 784, 9);
    expect(at(articleExperiment, 'pca')).toBeCloseTo(baseline.validationSquaredError[128]!, 3);
    const bce = { ...articleExperiment, training: { ...articleExperiment.training, loss: 'bce' as const } };
    expect(at(bce, 'training')).toBe(epoch(1).trainingCost);
    expect(at(bce, 'validation')).toBeCloseTo(0.3 * 784, 9);
  });

  it('continues the batch costs of an opened record with the live ones', () => {
    let view = newView({ ...record('a'), metrics: [epoch(1), epoch(2)] });
    view = applyToView(view, 'run:progressed', progress('a', 535, 0.11));
    view = applyToView(view, 'run:epoch-ended', { runId: 'a', metrics: epoch(3, 0.09) });
    const series = lossSeries(articleExperiment, view);
    expect(role(series, 'batch')).toEqual([
      { x: 1, y: 0.2 },
      { x: 2, y: 0.2 },
      { x: 2.5, y: 0.11 },
    ]);
    expect(role(series, 'validation')?.at(-1)).toEqual({ x: 3, y: 0.09 });
  });

  it('puts an epoch’s mean into its middle and marks the best validation error, and tells its epoch', () => {
    const metrics = [epoch(1, 0.3), epoch(2, 0.1), epoch(3, 0.2)];
    const view = newView({ ...record('a'), metrics });
    const series = lossSeries(articleExperiment, view);
    expect(role(series, 'training')?.map(({ x }) => x)).toEqual([0.5, 1.5, 2.5]);
    expect(series.find((one) => one.role === 'validation')?.best).toBe(1);
    expect(bestEpoch(view)).toEqual({ epoch: 2, mse: 0.1 });
    expect(bestEpoch(newView(record('b')))).toBeUndefined();
  });
});

describe('what the loss curve runs along', () => {
  const at = (epochs: number, secondsSinceStart: number) => ({
    ...epoch(epochs),
    step: 200 * epochs,
    secondsSinceStart,
  });
  const view = newView({ ...record('a'), metrics: [at(1, 30), at(2, 40), at(4, 60)] });

  it('is steps or time once a run has told them, and epochs before', () => {
    expect(lossAxis('step', 20, undefined).kind).toBe('epoch');
    expect(lossAxis('time', 20, newView(record('a'))).kind).toBe('epoch');
    const steps = lossAxis('step', 20, view);
    expect([steps.kind, steps.place(2.5), steps.end]).toEqual(['step', 500, 4_000]);
  });

  it('is even in time between epochs, and goes on at the mean pace', () => {
    const time = lossAxis('time', 20, view);
    expect([0, 0.5, 1.5, 3, 4, 8].map(time.place)).toEqual([0, 15, 35, 50, 60, 120]);
    expect(time.end).toBe(300);
    expect(time.format(300)).toBe('5:00');
  });

  it('is numbered by what a clock counts in', () => {
    const ticks = [8, 100, 200, 1_000, 4_000].map((epochs) => lossAxis('time', epochs, view).tick);
    expect(ticks).toEqual([15, 300, 600, 3_600, 10_800]);
    expect(lossAxis('step', 20, view).tick).toBeUndefined();
  });
});

describe('what the loss curve’s axis holds', () => {
  const line = (name: SeriesRole, values: readonly number[]): Series => ({
    role: name,
    name,
    points: values.map((y, x) => ({ x, y })),
  });
  const fixed = [line('pca', [0.003, 0.003]), line('mean-image', [0.05, 0.05])];

  it('is what it will be held against before a run, and does not jump at the first batch', () => {
    const before = valueLimits([line('validation', []), ...fixed], undefined);
    expect(before).toEqual([0.002, 0.06]);
    expect(valueLimits([line('batch', [0.9]), line('validation', []), ...fixed], undefined)).toEqual(before);
  });

  it('follows the curve beyond both', () => {
    expect(valueLimits([line('validation', [0.2, 0.001]), ...fixed], undefined)).toEqual([0.001, 0.2]);
  });

  it('is the batches’ own where there is nothing else, and nothing at first', () => {
    expect(valueLimits([line('batch', [0.9, 0.3])], undefined)).toEqual([0.3, 0.9]);
    expect(valueLimits([line('batch', [])], undefined)).toBeUndefined();
    expect(valueLimits([line('batch', [Number.NaN, -1])], undefined)).toBeUndefined();
  });

  it('tells under the pointer each line’s nearest point', () => {
    const read = readAt([line('validation', [0.4, 0.3, 0.2]), line('training', []), ...fixed], 1.4);
    expect(read.map(({ role: of, x, y }) => [of, x, y])).toEqual([
      ['validation', 1, 0.3],
      ['pca', 1, 0.003],
      ['mean-image', 1, 0.05],
    ]);
  });
});

describe('the logarithmic axis', () => {
  it('begins and ends on round numbers', () => {
    expect(logLimits(0.0675, 0.1827)).toEqual([0.05, 0.2]);
    expect(logLimits(0.0023, 0.031)).toEqual([0.002, 0.05]);
    expect(logLimits(0.1, 0.1)).toEqual([0.1, 0.12]);
  });

  it('names more lines the fewer decades there are', () => {
    expect(logTicks(0.05, 0.2)).toEqual([0.05, 0.07, 0.1, 0.15, 0.2]);
    expect(logTicks(0.002, 0.04)).toEqual([0.002, 0.005, 0.01, 0.02]);
    expect(logTicks(0.0001, 1)).toEqual([0.0001, 0.001, 0.01, 0.1, 1]);
  });
});

describe('the meter against PCA', () => {
  it('stands on a logarithmic scale with PCA in its middle', () => {
    expect(againstPca(3, 3, 128)).toEqual({
      isBetter: true,
      words: 'PCA-128 errs 1.00 × as much',
      place: 0.5,
      isBeyond: false,
    });
    expect(againstPca(1.5, 12, 30)).toEqual({
      isBetter: true,
      words: 'PCA-30 errs 8.0 × as much',
      place: 1,
      isBeyond: false,
    });
    const worse = againstPca(12, 6, 2);
    expect(worse?.words).toBe('2.0 × the error of PCA-2');
    expect(worse?.place).toBeCloseTo(0.5 - Math.log(2) / Math.log(8) / 2, 12);
  });

  it('ends where its scale ends, and shows nothing without numbers', () => {
    expect(againstPca(80, 1, 2)).toMatchObject({ place: 0, isBeyond: true });
    expect(againstPca(0.01, 1, 2)).toMatchObject({ place: 1, isBeyond: true });
    expect(againstPca(Number.NaN, 1, 2)).toBeUndefined();
    expect(againstPca(1, 0, 784)).toBeUndefined();
  });
});
