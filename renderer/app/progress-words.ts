import { formatRate } from '../widgets/format-number.ts';
import { formatDuration } from '../widgets/format-time.ts';
import type { RunProgress } from '../../electron/domain/words.ts';
import type { RunControl } from '../run/run-control.svelte.ts';
import type { RunView } from '../run/run-view.ts';

export interface ProgressWords {
  readonly state: string;
  /** One state of many that follow each other by themselves, such as an epoch. */
  readonly isRoutine: boolean;
  /** Of the whole run, 0-1; unknown before the run has said anything. */
  readonly fraction: number | undefined;
  readonly rate: string;
}

/** What the header tells of the controls. */
type Asked = Pick<RunControl, 'pausing' | 'stopping'>;

/** A living run, in words for the header. */
export function progressWords({ record, progress }: RunView, asked: Asked): ProgressWords {
  const going = goingWords(progress);
  const { status, problem } = record.summary;
  const stands = problem === undefined ? 'paused' : 'paused: the disk is full';
  const answered = { ...going, isRoutine: false };
  if (status === 'paused') return { ...answered, state: joined(stands, going.state), rate: '' };
  if (asked.stopping === 'now') return { ...answered, state: 'stopping', rate: '' };
  if (asked.stopping === 'after-epoch') return { ...answered, state: joined(going.state, 'ends after it') };
  return asked.pausing ? { ...answered, state: joined('pausing', going.state) } : going;
}

const joined = (...words: readonly string[]) => words.filter((word) => word !== '').join(' · ');

function goingWords(progress: RunProgress | undefined): ProgressWords {
  if (!progress) return { state: 'starting', isRoutine: false, fraction: undefined, rate: '' };
  switch (progress.kind) {
    case 'preparing':
    case 'measuring':
      return { state: progress.message, isRoutine: true, fraction: progress.fraction, rate: '' };
    case 'training':
      return {
        state: `epoch ${progress.epoch}/${progress.epochs}`,
        isRoutine: true,
        fraction: progress.fraction,
        rate: `${formatRate(progress.stepsPerSecond)} steps/s · ${formatDuration(progress.secondsLeft)} left`,
      };
  }
}
