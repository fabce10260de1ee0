import { secondsOf } from '../../electron/domain/recipe.ts';
import type { Remembered } from '../window/remembered.ts';
import type { RunView } from './run-view.ts';

/** Seconds: less tells more of how a training begins than of how it goes on. */
const LEAST = 5;
/** No computer is further from the one that was measured; a figure beyond tells of something else. */
const [QUICKEST, SLOWEST] = [1 / 8, 32];

/** How long a run takes on this computer, over what is estimated of it (1: as estimated); nothing of one that another trains. */
export function paceOf({ record }: Pick<RunView, 'record'>): number | undefined {
  const { experiment, metrics, summary, path } = record;
  const last = metrics.at(-1);
  if (summary.cluster || path?.kind === 'torch') return undefined;
  if (last === undefined || last.epoch === 0 || last.secondsSinceStart < LEAST) return undefined;
  const { model, training } = experiment;
  const images = (last.step / last.epoch) * training.batchSize;
  const estimated = secondsOf({ model, training: { ...training, epochs: last.epoch } }, images);
  return Math.min(SLOWEST, Math.max(QUICKEST, last.secondsSinceStart / estimated));
}

/** Takes note of it for what is estimated next. */
export function rememberPace(remembered: Remembered, view: Pick<RunView, 'record'>): void {
  const pace = paceOf(view);
  if (pace !== undefined) remembered.set('pace', pace.toPrecision(3));
}

/** As the newest run of this window went; 1 before there was one. */
export function paceHere(remembered: Remembered): number {
  const pace = Number(remembered.get('pace'));
  return pace >= QUICKEST && pace <= SLOWEST ? pace : 1;
}
