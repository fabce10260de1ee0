import type { ErrorUnit } from '../../../electron/contract/settings.ts';
import { presets } from '../../../electron/domain/presets.ts';
import type { ImageSetSummary, RunStatus, RunSummary } from '../../../electron/domain/words.ts';
import { imageSetName } from '../../run/run-title.ts';
import { errorWords } from '../../widgets/error-unit.ts';

export type RunColumn =
  'name' | 'status' | 'startedAt' | 'imageSet' | 'codeSize' | 'epochs' | 'curve' | 'validation' | 'test' | 'tags';

export interface RunOrder {
  readonly column: RunColumn;
  readonly descending: boolean;
}

export interface RunFilter {
  /** Words, all of which must be found: in the name, the tags, the notes, the preset or the image set. */
  readonly text: string;
  readonly status: RunStatus | 'any';
}

export const newestFirst: RunOrder = { column: 'startedAt', descending: true };
export const everyRun: RunFilter = { text: '', status: 'any' };

export function filteredRuns(
  runs: readonly RunSummary[],
  { text, status }: RunFilter,
  imageSets: readonly ImageSetSummary[],
): readonly RunSummary[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return runs.filter((run) => {
    if (status !== 'any' && run.status !== status) return false;
    if (words.length === 0) return true;
    const said = saidOf(run, imageSets);
    return words.every((word) => said.includes(word));
  });
}

/** In this order; runs without a value in the column come last either way, and equal ones newest first. */
export function sortedRuns(
  runs: readonly RunSummary[],
  { column, descending }: RunOrder,
  imageSets: readonly ImageSetSummary[],
  unit: ErrorUnit,
): readonly RunSummary[] {
  const sign = descending ? -1 : 1;
  const keyed = runs.map((run) => ({ run, key: keyOf(run, column, imageSets, unit) }));
  keyed.sort((a, b) => {
    if (a.key === undefined || b.key === undefined) {
      if (a.key !== b.key) return a.key === undefined ? 1 : -1;
    } else {
      const order = compare(a.key, b.key);
      if (order !== 0) return sign * order;
    }
    return b.run.startedAt.localeCompare(a.run.startedAt);
  });
  return keyed.map(({ run }) => run);
}

/** The next order when a column's head is pressed: numbers and moments begin where one looks first. */
export function orderAfter(order: RunOrder, column: RunColumn): RunOrder {
  if (order.column === column) return { column, descending: !order.descending };
  return { column, descending: column === 'startedAt' };
}

function keyOf(
  run: RunSummary,
  column: RunColumn,
  imageSets: readonly ImageSetSummary[],
  unit: ErrorUnit,
): string | number | undefined {
  // Errors as they are written: of runs on images of several sizes the one unit has another order than the other.
  const error = (squaredError: number | undefined) =>
    squaredError === undefined ? undefined : errorWords(unit, run.imageValues).of(squaredError);
  switch (column) {
    case 'name':
    case 'status':
    case 'startedAt':
      return run[column];
    case 'imageSet':
      return imageSetName(run.imageSet, imageSets);
    case 'codeSize':
      return run.codeSize;
    case 'epochs':
      return run.epochsDone;
    case 'curve':
      return run.curve.at(-1);
    case 'validation':
      return error(run.bestValidationSquaredError);
    case 'test':
      return error(run.testSquaredError);
    case 'tags':
      return run.tags.length === 0 ? undefined : run.tags.join(' ');
  }
}

const byName = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

function compare(a: string | number, b: string | number): number {
  if (typeof a === 'string' || typeof b === 'string') return byName.compare(String(a), String(b));
  // NaN, of a run that exploded, is worse than any number.
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  return a - b;
}

function saidOf(run: RunSummary, imageSets: readonly ImageSetSummary[]): string {
  const preset = presets.find(({ id }) => id === run.preset)?.name ?? '';
  const imageSet = imageSetName(run.imageSet, imageSets);
  return [run.name, ...run.tags, run.notes, run.preset ?? '', preset, run.imageSet, imageSet].join('\n').toLowerCase();
}
