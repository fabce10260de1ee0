import type { EpochMetrics } from '../../electron/domain/words.ts';
import { formatCount } from '../widgets/format-number.ts';
import { formatDuration } from '../widgets/format-time.ts';
import type { RunView } from './run-view.ts';

/** What the loss curve runs along. */
export const lossAxes = ['epoch', 'step', 'time'] as const;
export type LossAxisKind = (typeof lossAxes)[number];

/** Where moments of a run, told in epochs, stand on an axis. */
export interface LossAxis {
  readonly kind: LossAxisKind;
  /** @param epochs since the run began, fractions included */
  readonly place: (epochs: number) => number;
  /** Where the run ends, as far as is known. */
  readonly end: number;
  readonly format: (x: number) => string;
  /** Between two numbers on the axis, where not any round number will do: of a clock minutes, not fifties. */
  readonly tick?: number;
}

/** Seconds that people count by. */
const TIMES = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, 86_400];
const MOST_TICKS = 8;

/** An axis by steps or time needs a run that has told how many there are: before that it is by epoch. */
export function lossAxis(wanted: LossAxisKind, epochs: number, view: RunView | undefined): LossAxis {
  const metrics = view?.record.metrics ?? [];
  const steps = stepsAnEpoch(view);
  if (wanted === 'step' && steps !== undefined) {
    return { kind: 'step', place: (at) => at * steps, end: epochs * steps, format: (x) => formatCount(x) };
  }
  const last = metrics.at(-1);
  if (wanted === 'time' && last !== undefined && last.epoch > 0) {
    const place = (at: number) => secondsAt(metrics, at);
    const end = place(Math.max(epochs, last.epoch));
    const tick = TIMES.find((seconds) => end / seconds <= MOST_TICKS);
    return { kind: 'time', place, end, format: formatDuration, ...(tick === undefined ? {} : { tick }) };
  }
  return { kind: 'epoch', place: (at) => at, end: epochs, format: (x) => String(Number(x.toFixed(1))) };
}

function stepsAnEpoch(view: RunView | undefined): number | undefined {
  const last = view?.record.metrics.at(-1);
  if (last !== undefined && last.epoch > 0) return last.step / last.epoch;
  return view?.progress?.kind === 'training' ? view.progress.stepsPerEpoch : undefined;
}

/** Between two epochs' ends evenly; beyond the last at the mean pace so far. A start in closed form takes time before epoch 1. */
function secondsAt(metrics: readonly EpochMetrics[], at: number): number {
  const start = metrics[0]?.epoch === 0 ? metrics[0].secondsSinceStart : 0;
  let before = { epoch: 0, secondsSinceStart: start };
  for (const now of metrics.filter(({ epoch }) => epoch > 0)) {
    if (at <= now.epoch) {
      const share = (at - before.epoch) / (now.epoch - before.epoch);
      return before.secondsSinceStart + share * (now.secondsSinceStart - before.secondsSinceStart);
    }
    before = now;
  }
  return start + ((before.secondsSinceStart - start) / before.epoch) * at;
}
