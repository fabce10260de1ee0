import { ARTICLE_COSTS, MNIST_MEAN_IMAGE_MSE } from '../../electron/domain/presets.ts';
import type { Experiment } from '../../electron/domain/experiment.ts';
import type { Point, Series } from '../charts/series.ts';
import type { RunView } from './run-view.ts';

/** Whether the cost is an MSE per pixel, as the validation error is; penalties on the code may add a little to it. */
export const costIsMse = ({ model, training }: Experiment): boolean =>
  training.loss === 'mse' && !model.code.variational && training.regularisers.neighbours === undefined;

/** The curve of a run, or, before one, only what it will be held against. */
export function lossSeries(experiment: Experiment, view: RunView | undefined): readonly Series[] {
  const metrics = view?.record.metrics ?? [];
  const validation = metrics.flatMap(({ epoch, validationMse }) =>
    validationMse === undefined ? [] : [{ x: epoch, y: validationMse }],
  );
  const series: Series[] = [
    { role: 'batch', name: 'batch', points: batchPoints(view) },
    { role: 'training', name: 'training', points: metrics.map((m) => ({ x: m.epoch, y: m.trainingCost })) },
    costIsMse(experiment)
      ? { role: 'validation', name: 'validation', points: validation }
      : { role: 'validation', name: 'validation MSE, right axis', points: validation, axis: 'right' },
  ];
  return [...series, ...references(experiment)];
}

/** Live points where this window saw them; elsewhere each epoch's last batch. */
function batchPoints(view: RunView | undefined): readonly Point[] {
  if (!view) return [];
  const lasts = view.record.metrics.map((m) => ({ x: m.epoch, y: m.lastBatchCost }));
  const live = view.batches.points;
  const firstLive = live[0]?.x ?? Infinity;
  return [...lasts.filter(({ x }) => x < firstLive), ...live];
}

function references(experiment: Experiment): readonly Series[] {
  if (experiment.preset !== 'article' || experiment.imageSet !== 'mnist' || !costIsMse(experiment)) return [];
  const epochs = experiment.training.epochs;
  const mean = [0, epochs].map((x) => ({ x, y: MNIST_MEAN_IMAGE_MSE }));
  return [
    {
      role: 'article',
      name: 'article, published',
      points: ARTICLE_COSTS.map((y, index) => ({ x: index + 1, y })),
    },
    { role: 'mean-image', name: 'mean image', points: mean },
  ];
}
