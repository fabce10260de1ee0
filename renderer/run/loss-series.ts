import { ARTICLE_COSTS } from '../../electron/domain/presets.ts';
import type { Experiment } from '../../electron/domain/experiment.ts';
import type { Baseline } from '../../electron/domain/words.ts';
import type { Point, Series } from '../charts/series.ts';
import { lossAxis, type LossAxis } from './loss-axis.ts';
import type { RunView } from './run-view.ts';

/** Whether the cost is an MSE per pixel, as the validation error is; penalties on the code may add a little to it. */
export const costIsMse = ({ model, training }: Pick<Experiment, 'model' | 'training'>): boolean =>
  training.loss === 'mse' && !model.code.variational && training.regularisers.neighbours === undefined;

/** Where an epoch's mean belongs: it was gathered over the whole of it. That of a start in closed form is of one moment. */
const middleOf = (epoch: number): number => Math.max(0, epoch - 0.5);

/**
 * The curve of a run, or, before one, only what it will be held against: the errors of the mean image and of PCA with as many
 * numbers on the validation images (the test images where none are held out).
 * @param times what an MSE per pixel is multiplied by: 1, or the values of an image for its squared error
 */
export function lossSeries(
  experiment: Experiment,
  view: RunView | undefined,
  baseline?: Baseline,
  axis: LossAxis = lossAxis('epoch', experiment.training.epochs, view),
  times = 1,
): readonly Series[] {
  const metrics = view?.record.metrics ?? [];
  const validation = metrics.flatMap(({ epoch, validationMse }) =>
    validationMse === undefined ? [] : [{ x: axis.place(epoch), y: validationMse }],
  );
  const training = metrics.map((m) => ({ x: axis.place(middleOf(m.epoch)), y: m.trainingCost }));
  const isMse = costIsMse(experiment);
  const scaled = (points: readonly Point[]) => points.map(({ x, y }) => ({ x, y: y * times }));
  const cost = isMse ? scaled : (points: readonly Point[]) => points;
  const side = isMse ? {} : ({ axis: 'right' } as const);
  const best = bestOf(validation);
  return [
    { role: 'batch', name: 'batch', points: cost(batchPoints(view, axis)) },
    { role: 'training', name: 'training', points: cost(training) },
    {
      role: 'validation',
      name: isMse ? 'validation' : 'validation error',
      points: scaled(validation),
      ...side,
      ...(best === undefined ? {} : { best }),
    },
    ...[...fixedLines(experiment, baseline, axis), ...articleLine(experiment, axis)].map((line) => ({
      ...line,
      ...side,
      points: scaled(line.points),
    })),
  ];
}

/** The epoch of the least validation error, and that; nothing where no images are held out. */
export function bestEpoch({ record }: RunView): { readonly epoch: number; readonly mse: number } | undefined {
  const measured = record.metrics.flatMap(({ epoch, validationMse: y }) => (y === undefined ? [] : [{ x: epoch, y }]));
  const best = bestOf(measured);
  return best === undefined ? undefined : { epoch: measured[best]!.x, mse: measured[best]!.y };
}

function bestOf(points: readonly Point[]): number | undefined {
  let best: number | undefined;
  points.forEach(({ y }, index) => {
    if (Number.isFinite(y) && (best === undefined || y < points[best]!.y)) best = index;
  });
  return best;
}

/** Live points where this window saw them; elsewhere each epoch's last batch. */
function batchPoints(view: RunView | undefined, { place }: LossAxis): readonly Point[] {
  if (!view) return [];
  const trained = view.record.metrics.filter(({ epoch }) => epoch > 0);
  const lasts = trained.map((m) => ({ x: m.epoch, y: m.lastBatchCost }));
  const live = view.batches.points;
  const firstLive = live[0]?.x ?? Infinity;
  return [...lasts.filter(({ x }) => x < firstLive), ...live].map(({ x, y }) => ({ x: place(x), y }));
}

function fixedLines(experiment: Experiment, baseline: Baseline | undefined, { end }: LossAxis): readonly Series[] {
  if (!baseline) return [];
  const { code, inputShape } = experiment.model;
  const values = inputShape.reduce((product, side) => product * side, 1);
  const heldOut = baseline.validationSquaredError.length > 0;
  const errors = heldOut ? baseline.validationSquaredError : baseline.testSquaredError;
  const line = (role: 'pca' | 'mean-image', name: string, components: number): Series[] => {
    const error = errors[components];
    if (error === undefined || !(error > 0)) return [];
    return [{ role, name: heldOut ? name : `${name}, test`, points: [0, end].map((x) => ({ x, y: error / values })) }];
  };
  return [...line('pca', `PCA-${code.size}`, code.size), ...line('mean-image', 'mean image', 0)];
}

function articleLine({ preset, imageSet, model, training }: Experiment, { place }: LossAxis): readonly Series[] {
  if (preset !== 'article' || imageSet !== 'mnist' || !costIsMse({ model, training })) return [];
  return [
    {
      role: 'article',
      name: 'article, published',
      points: ARTICLE_COSTS.map((y, index) => ({ x: place(index + 1), y })),
    },
  ];
}
