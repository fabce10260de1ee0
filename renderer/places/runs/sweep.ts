import type { RunSummary } from '../../../electron/domain/words.ts';
import type { ModelSpec } from '../../../electron/domain/experiment.ts';
import { sizesProblem } from '../../../electron/domain/sweep-experiments.ts';
import { readWhole } from '../../widgets/read-number.ts';

/** As many runs as can be compared at once. */
export const MOST_SIZES = 50;
const LARGEST_SIZE = 4_096;

export type SizesReading =
  { readonly kind: 'ready'; readonly sizes: readonly number[] } | { readonly kind: 'faulty'; readonly problem: string };

/** Reads "2, 4, 8": whole numbers that this model's code may have, each once, ascending; or says what is wrong with which. */
export function readSizes(text: string, model?: Pick<ModelSpec, 'code'>): SizesReading {
  const words = text.split(/[\s,;]+/).filter(Boolean);
  if (words.length === 0) return { kind: 'faulty', problem: 'must hold at least one code size' };
  for (const word of words) {
    if (!/^[1-9]\d*$/.test(word) || Number(word) < 1 || Number(word) > LARGEST_SIZE) {
      return { kind: 'faulty', problem: `must be whole numbers from 1 to 4,096, found "${word}"` };
    }
  }
  const sizes = [...new Set(words.map(Number))].sort((a, b) => a - b);
  if (sizes.length > MOST_SIZES) {
    return { kind: 'faulty', problem: `must hold at most ${MOST_SIZES} sizes, found ${sizes.length}` };
  }
  const problem = model && sizesProblem(model, sizes);
  return problem === undefined ? { kind: 'ready', sizes } : { kind: 'faulty', problem: `must ${problem}` };
}

/** Reads a number of epochs; undefined when it is none from 1 to 100,000. */
export function readEpochs(text: string): number | undefined {
  const epochs = readWhole(text);
  return epochs >= 1 && epochs <= 100_000 ? epochs : undefined;
}

/** Runs of one sweep. */
export interface Sweep {
  readonly id: string;
  /** By code size. */
  readonly runs: readonly RunSummary[];
  readonly finished: readonly RunSummary[];
}

/** The sweeps among runs, the newest first. */
export function sweepsOf(runs: readonly RunSummary[]): readonly Sweep[] {
  const byId = Map.groupBy(
    runs.filter(({ sweep }) => sweep !== undefined),
    ({ sweep }) => sweep!,
  );
  const began = (of: readonly RunSummary[]) =>
    of.reduce((first, run) => (run.startedAt < first ? run.startedAt : first), '~');
  return [...byId]
    .map(([id, of]) => {
      const all = [...of].sort((a, b) => a.codeSize - b.codeSize);
      return { id, runs: all, finished: all.filter(({ status }) => status === 'finished') };
    })
    .sort((a, b) => began(b.runs).localeCompare(began(a.runs)));
}
