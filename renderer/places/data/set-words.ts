import type { Fit, ImportOptions } from '../../../electron/contract/import-options.ts';
import type { ImageSetSummary } from '../../../electron/domain/words.ts';
import type { SetSplit, Turn } from '../../../electron/contract/image-changes.ts';
import { formatCount } from '../../widgets/format-number.ts';

/** "28 × 28 grey": width × height, as pictures are named. */
export function shapeWords([height, width, channels]: ImageSetSummary['shape']): string {
  return `${width} × ${height} ${channels === 1 ? 'grey' : 'RGB'}`;
}

/** "60,000 training, 10,000 test". */
export function countWords({ trainingCount, testCount }: ImageSetSummary): string {
  return `${formatCount(trainingCount)} training, ${formatCount(testCount)} test`;
}

export const splitWords: Readonly<Record<SetSplit, string>> = {
  training: 'Training',
  validation: 'Validation',
  test: 'Test',
};

export const turnWords: Readonly<Record<Turn, string>> = {
  left: 'to the left',
  right: 'to the right',
  half: 'upside down',
  mirror: 'mirrored',
  transpose: 'rows to columns',
};

export const fitWords: Readonly<Record<Fit, string>> = {
  contain: 'whole picture, ground beside it',
  cover: 'filled, edges cut',
  stretch: 'stretched',
};

/** Where a set came from. What was uploaded lay in the app's own folder for a while: of that only the name says something. */
export function sourceWords(path: string, dataFolder: string | undefined): string {
  if (dataFolder === undefined || !path.startsWith(dataFolder)) return path;
  return path.split(/[\\/]/).findLast((part) => part !== '') ?? path;
}

/** What was done to the pictures of an imported set, a line each. */
export function optionWords(options: ImportOptions, inverted: boolean): readonly (readonly [string, string])[] {
  const auto = options.invert === 'auto' ? ' (found by itself)' : '';
  return [
    ['Fit', fitWords[options.fit]],
    ['Background', options.background],
    ['Inverted', `${inverted ? 'yes' : 'no'}${auto}`],
    ['Centred', options.centre ? 'by mass' : 'no'],
    ['Labels', options.labels === 'folders' ? 'from folders' : 'none'],
    ['Test', options.test.kind === 'folders' ? 'the folders called test' : `every ${ordinal(options.test.n)} image`],
    ['Duplicates', options.duplicates === 'skip' ? 'left out' : 'kept'],
  ];
}

/** 2 → "2nd", 10 → "10th". */
export function ordinal(n: number): string {
  const ending = { one: 'st', two: 'nd', few: 'rd', other: 'th', zero: 'th', many: 'th' };
  return `${formatCount(n)}${ending[ordinals.select(n)]}`;
}

const ordinals = new Intl.PluralRules('en', { type: 'ordinal' });
