import { secondsOf } from '../../electron/domain/recipe.ts';
import type { Remembered } from '../window/remembered.ts';
import type { RunView } from './run-view.ts';

/** Seconds: less tells more of how a training begins than of how it goes on. */
const LEAST = 5;
/** No computer is further from the one that was measured; a figure beyond tells of something else. */
const [QUICKEST, SLOWEST] = [1 / 8, 32];
/** Runs that are remembered: a busy hour rarely has more than two. */
const RECENT = 5;

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

/** Takes note of it for what is estimated next: of a run that goes on, in place of what it was before. */
export function rememberPace(remembered: Remembered, view: Pick<RunView, 'record'>): void {
  const pace = paceOf(view);
  if (pace === undefined) return;
  const { id } = view.record.summary;
  const others = recentPaces(remembered).filter((one) => one.id !== id);
  const recent = [...others, { id, pace: Number(pace.toPrecision(3)) }].slice(-RECENT);
  remembered.set('paces', recent.map((one) => `${one.id} ${one.pace}`).join('\n'));
}

/**
 * As the recent runs of this window went in the middle, of an even number the quicker of the two: what else a computer does may
 * slow some of them, and nothing makes one quicker. 1 before there was one.
 */
export function paceHere(remembered: Remembered): number {
  const paces = recentPaces(remembered)
    .map(({ pace }) => pace)
    .sort((a, b) => a - b);
  return paces[Math.floor((paces.length - 1) / 2)] ?? 1;
}

/** The newest last. */
function recentPaces(remembered: Remembered): readonly { readonly id: string; readonly pace: number }[] {
  return (remembered.get('paces') ?? '').split('\n').flatMap((line) => {
    const [id = '', text] = line.split(' ');
    const pace = Number(text);
    return pace >= QUICKEST && pace <= SLOWEST ? [{ id, pace }] : [];
  });
}
