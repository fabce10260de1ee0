import type { InspectionProgress, SetGroup } from '../../../electron/contract/inspection.ts';
import type { Caught } from '../../../electron/domain/inspection/figures.ts';
import type { Interval } from '../../../electron/domain/inspection/ranking.ts';
import { thresholdWords, type ThresholdFit } from '../../../electron/domain/inspection/threshold.ts';
import type { Truth } from '../../../electron/domain/inspection/groups.ts';
import { formatCount, formatCounted } from '../../widgets/format-number.ts';
import type { NormalFrom, Side } from '../../../electron/domain/inspection/judged.ts';

export const truthWords: Readonly<Record<Truth, string>> = { normal: 'normal', odd: 'odd', unknown: 'not known' };

export const sideWords: Readonly<Record<Side, string>> = {
  odd: 'called odd',
  fine: 'called normal',
  unscored: 'no score',
};

export const stepWords: Readonly<Record<InspectionProgress['kind'], string>> = {
  reading: 'Reading pictures',
  learning: 'Learning what is normal',
  choosing: 'Choosing a score',
  scoring: 'Scoring pictures',
  measuring: 'Measuring',
  writing: 'Writing files',
};

/** Pictures of no folder have a name too. */
export const groupName = (group: string): string => (group === '' ? 'no folder' : group);

/** A figure of 0-1, to three decimals. */
export const formatFigure = (value: number): string => (Number.isFinite(value) ? value.toFixed(3) : '–');

/** "0.957 (0.931–0.978)". */
export function intervalWords({ value, low, high }: Interval): string {
  return `${formatFigure(value)} (${formatFigure(low)}–${formatFigure(high)})`;
}

/** "195 of 313". */
export const ofWords = (part: number, whole: number): string => `${formatCount(part)} of ${formatCount(whole)}`;

const normalWords = (from: NormalFrom): string => (from === 'checked' ? 'normal' : 'held-out normal');

/** What a threshold does, in a sentence; of pictures nobody knows, how many lie above it. */
export function caughtWords({ caught, odd, falseAlarms, normal }: Caught, from: NormalFrom, above: number): string {
  const alarms = `${ofWords(falseAlarms, normal)} ${normalWords(from)} called odd`;
  if (odd === 0) return `${formatCounted(above, 'picture')} called odd${normal > 0 ? `; ${alarms}` : ''}`;
  return `${ofWords(caught, odd)} odd ones caught${normal > 0 ? `, ${alarms}` : ''}`;
}

/** Where the threshold comes from and how sure it is: one or two sentences. @param isTiled fitted to scores of single tiles */
export function fitWords(fit: ThresholdFit, marked: number, isTiled: boolean): string {
  const family = fit.family === 'none' ? '' : ` (${fit.family} distribution)`;
  const meant = `Meant to let ${percentWords(fit.rate)} of normal pictures through as false alarms${family}.`;
  const outliers =
    fit.outliers === 0 ? '' : ` ${formatCounted(fit.outliers, 'score')} far beyond all others had no say.`;
  const fine = marked === 0 ? '' : ` ${formatCounted(marked, 'picture')} marked as fine among them.`;
  return `${thresholdWords(fit, isTiled ? 'tile' : 'picture')} ${meant}${outliers}${fine}`;
}

/** "2 %", "0.5 %", never with the sign on another line. */
export const percentWords = (share: number): string => `${Number((share * 100).toPrecision(3))}\u00a0%`;

/** "train/good 209 · test/crack 18, 18 masks". */
export function groupWords({ group, pictures, masks }: Pick<SetGroup, 'group' | 'pictures' | 'masks'>): string {
  const count = `${groupName(group)}: ${formatCount(pictures)}`;
  return masks === 0 ? count : `${count}, ${formatCounted(masks, 'mask')}`;
}
