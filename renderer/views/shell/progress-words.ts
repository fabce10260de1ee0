import { formatRate } from '../../widgets/format-number.ts';
import { formatDuration } from '../../widgets/format-time.ts';
import type { RunProgress } from '../../../electron/contract/words.ts';

export interface ProgressWords {
  /** Changes seldom enough to be read out. */
  readonly state: string;
  /** Of the whole run, 0-1; unknown before the run has said anything. */
  readonly fraction: number | undefined;
  readonly rate: string;
}

/** A living run's progress, in words for the header. */
export function progressWords(progress: RunProgress | undefined): ProgressWords {
  if (!progress) return { state: 'starting', fraction: undefined, rate: '' };
  switch (progress.kind) {
    case 'preparing':
    case 'measuring':
      return { state: progress.message, fraction: progress.fraction, rate: '' };
    case 'training':
      return {
        state: `epoch ${progress.epoch}/${progress.epochs}`,
        fraction: progress.fraction,
        rate: `${formatRate(progress.stepsPerSecond)} steps/s · ${formatDuration(progress.secondsLeft)} left`,
      };
  }
}
