import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Preset } from '../../../electron/domain/presets.ts';
import { writeJson } from '../../../electron/files/atomic.ts';
import type { Machine } from '../results.ts';
import type { FigureName } from './rows.ts';

/** One training of a preset, and what came of it. */
export interface SeedResult {
  readonly seed: number;
  readonly figures: Readonly<Partial<Record<FigureName, number>>>;
  readonly epochs: number;
  /** Of which the weights are: the best by the validation images. */
  readonly bestEpoch: number;
  /** From the start of the run to its last file, the measures of this benchmark left out. */
  readonly wallSeconds: number;
  /** Processor time of the same, over all threads: what a loaded machine does not lengthen. */
  readonly processorSeconds: number;
  readonly date: string;
  readonly machine: Machine;
}

export interface PresetResult {
  /** Tells a recipe from another: figures of an earlier one are not mixed with later ones. */
  readonly recipe: string;
  readonly seeds: readonly SeedResult[];
}

export type QualityResults = Readonly<Record<string, PresetResult>>;

/** Kept beside the report, so that rows can be run one by one. */
export const resultsFile = join(import.meta.dirname, '..', '..', '..', 'docs', 'quality.json');

export function readResults(file = resultsFile): QualityResults {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as QualityResults) : {};
}

export function writeResults(results: QualityResults, file = resultsFile): Promise<void> {
  return writeJson(file, results);
}

/** A short sum over everything that a preset's training follows from, but its seed. */
export function recipeOf({ model, training }: Preset): string {
  return createHash('sha256')
    .update(JSON.stringify({ model, training: { ...training, seed: 0 } }))
    .digest('hex')
    .slice(0, 12);
}

/** The results with one more, in the place of an older one of its seed; those of another recipe go. */
export function withResult(results: QualityResults, preset: Preset, result: SeedResult): QualityResults {
  const recipe = recipeOf(preset);
  const before = results[preset.id];
  const kept = before?.recipe === recipe ? before.seeds.filter(({ seed }) => seed !== result.seed) : [];
  const seeds = [...kept, result].sort((a, b) => a.seed - b.seed);
  return { ...results, [preset.id]: { recipe, seeds } };
}
