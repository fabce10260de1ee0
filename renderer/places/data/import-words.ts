import type { ImportProgress } from '../../../electron/contract/import-plan.ts';
import { formatCount, formatRate } from '../../widgets/format-number.ts';
import { formatDuration } from '../../widgets/format-time.ts';

export interface ImportWords {
  readonly state: string;
  /** 0-1; absent while it is not known. */
  readonly fraction?: number;
  readonly rate: string;
}

/** How far an import is, in words. */
export function importWords(progress: ImportProgress | undefined): ImportWords {
  switch (progress?.kind) {
    case undefined:
      return { state: 'Starting…', rate: '' };
    case 'listing':
      return { state: `Looking through the files: ${formatCount(progress.found)} found`, rate: '' };
    case 'reading': {
      const { done, total, fraction, imagesPerSecond, secondsLeft } = progress;
      const rate = `${formatRate(imagesPerSecond)} pictures a second · ${formatDuration(secondsLeft)} left`;
      return { state: `${formatCount(done)} of ${formatCount(total)} pictures`, fraction, rate };
    }
    case 'arranging':
      return { state: 'Putting training and test images in order', fraction: progress.fraction, rate: '' };
  }
}
