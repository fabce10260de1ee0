import { describe, expect, it } from 'vitest';
import { logLimits, logTicks } from '../../../renderer/charts/log-axis.ts';
import { lossSeries } from '../../../renderer/run/loss-series.ts';
import { applyToView, newView } from '../../../renderer/run/run-view.ts';
import { againstPca } from '../../../renderer/run/against-pca.ts';
import { articleExperiment, epoch, progress, record } from '../samples.ts';

const role = (series: ReturnType<typeof lossSeries>, name: string) => series.find((one) => one.role === name)?.points;

describe('the lines of the loss curve', () => {
  it('shows what the article’s run is held against before there is one', () => {
    const series = lossSeries(articleExperiment, undefined);
    const article = role(series, 'article')!;
    expect(article.map(({ x }) => x)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
    expect([article[0]!.y, article[19]!.y]).toEqual([0.182728916, 0.084903874]);
    expect(role(series, 'mean-image')).toEqual([
      { x: 0, y: 0.0675 },
      { x: 20, y: 0.0675 },
    ]);
    expect(role(series, 'training')).toEqual([]);
  });

  it('shows no article beside another preset or another image set', () => {
    const names = (experiment: typeof articleExperiment) => lossSeries(experiment, undefined).map((one) => one.role);
    expect(names({ ...articleExperiment, preset: 'modern' })).toEqual(['batch', 'training', 'validation']);
    expect(names({ ...articleExperiment, imageSet: 'faces' })).toEqual(['batch', 'training', 'validation']);
  });

  it('gives validation an axis of its own where the cost is no MSE, and shows no published MSE beside it', () => {
    const { model, training } = articleExperiment;
    const axes = (experiment: typeof articleExperiment) => lossSeries(experiment, undefined).map((one) => one.axis);
    expect(axes({ ...articleExperiment, preset: 'modern' })).toEqual([undefined, undefined, undefined]);
    expect(axes({ ...articleExperiment, training: { ...training, loss: 'bce' } })).toEqual([
      undefined,
      undefined,
      'right',
    ]);
    const variational = { ...model, code: { ...model.code, variational: true } };
    expect(axes({ ...articleExperiment, model: variational })).toEqual([undefined, undefined, 'right']);
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
});

describe('the logarithmic axis', () => {
  it('begins and ends on round numbers', () => {
    expect(logLimits(0.0675, 0.1827)).toEqual([0.05, 0.2]);
    expect(logLimits(0.0023, 0.031)).toEqual([0.002, 0.05]);
    expect(logLimits(0.1, 0.1)).toEqual([0.1, 0.15]);
  });

  it('names more lines the fewer decades there are', () => {
    expect(logTicks(0.05, 0.2)).toEqual([0.05, 0.07, 0.1, 0.15, 0.2]);
    expect(logTicks(0.002, 0.04)).toEqual([0.002, 0.005, 0.01, 0.02]);
    expect(logTicks(0.0001, 1)).toEqual([0.0001, 0.001, 0.01, 0.1, 1]);
  });
});

describe('the meter against PCA', () => {
  it('stands on a logarithmic scale with PCA in its middle', () => {
    expect(againstPca(3, 3, 128)).toEqual({ isBetter: true, words: 'PCA-128 errs 1.0 × as much', place: 0.5 });
    expect(againstPca(1.5, 12, 30)).toEqual({ isBetter: true, words: 'PCA-30 errs 8.0 × as much', place: 1 });
    const worse = againstPca(12, 6, 2);
    expect(worse?.words).toBe('2.0 × the error of PCA-2');
    expect(worse?.place).toBeCloseTo(0.5 - Math.log(2) / Math.log(8) / 2, 12);
  });

  it('ends where its scale ends, and shows nothing without numbers', () => {
    expect(againstPca(80, 1, 2)?.place).toBe(0);
    expect(againstPca(0.01, 1, 2)?.place).toBe(1);
    expect(againstPca(Number.NaN, 1, 2)).toBeUndefined();
    expect(againstPca(1, 0, 784)).toBeUndefined();
  });
});
