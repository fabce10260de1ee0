import * as v from 'valibot';
import { experimentProblems } from '../../electron/domain/experiment-problems.ts';
import { ExperimentSchema, type Experiment } from '../../electron/domain/experiment.ts';
import { heldOut, presetExperiment, presets, type Preset } from '../../electron/domain/presets.ts';
import type { ImageSetSummary } from '../../electron/domain/words.ts';
import { schemaProblems } from './draft-problems.ts';
import { valueAt, withValueAt } from './path-values.ts';
import { readNumber } from '../widgets/read-number.ts';

/** An experiment being prepared: what it starts from, and what was typed over it. */
export interface Draft {
  readonly base: Experiment;
  /** By the field's path; it stays text until it is read, so that what was typed is never rewritten. */
  readonly typed: Readonly<Record<string, string>>;
}

/** What is wrong, by the field's path; "imageSet" for the images, "model.encoder.1" for a whole layer. */
export type Problems = Readonly<Record<string, string>>;

export type DraftReading = {
  /** What can be shown of it meanwhile: a field that cannot be read has its value from before. */
  readonly settled: Experiment;
  readonly problems: Problems;
} & ({ readonly kind: 'ready'; readonly experiment: Experiment } | { readonly kind: 'faulty' });

export const draftOf = (experiment: Experiment): Draft => ({ base: experiment, typed: {} });

export const draftOfPreset = (preset: Preset, imageSet: ImageSetSummary): Draft => draftOf(presetOn(preset, imageSet));

function presetOn(preset: Preset, { id, shape, trainingCount }: ImageSetSummary): Experiment {
  const experiment = presetExperiment(preset, id, [...shape]);
  const validationCount = heldOut(experiment.training.validationCount, trainingCount);
  return { ...experiment, training: { ...experiment.training, validationCount } };
}

/** What a field shows: what was typed, else its value; `absent` where the experiment does not say it. */
export function textAt({ base, typed }: Draft, path: string, absent = ''): string {
  const said = typed[path];
  if (said !== undefined) return said;
  const value = valueAt(base, path);
  return typeof value === 'number' || typeof value === 'string' ? String(value) : absent;
}

export const withText = ({ base, typed }: Draft, path: string, text: string): Draft => ({
  base,
  typed: { ...typed, [path]: text },
});

/** With a choice made; what was typed into fields below it belonged to the choice before. */
export function withChoice({ base, typed }: Draft, path: string, value: unknown): Draft {
  const kept = Object.entries(typed).filter(([at]) => at !== path && !at.startsWith(`${path}.`));
  return { base: withValueAt(base, path, value), typed: Object.fromEntries(kept) };
}

const heldOutPath = 'training.validationCount';

/** The same settings on another image set: the model takes the shape of its images, a small set holds out fewer. */
export function onImageSet(draft: Draft, imageSet: ImageSetSummary): Draft {
  const moved = shapedFor({ ...draft, base: { ...draft.base, imageSet: imageSet.id } }, imageSet);
  const held = readNumber(textAt(draft, heldOutPath));
  const fitting = heldOut(held, imageSet.trainingCount);
  return Number.isNaN(held) || fitting === held ? moved : withText(moved, heldOutPath, String(fitting));
}

/** The same settings, for images of this set's shape. */
export function shapedFor({ base, typed }: Draft, { shape }: ImageSetSummary): Draft {
  return { base: { ...base, model: { ...base.model, inputShape: [...shape] } }, typed };
}

/** Reads what was typed; every complaint stands at its field. */
export function readDraft({ base, typed }: Draft, imageSet: ImageSetSummary | undefined): DraftReading {
  let candidate = base;
  for (const [path, text] of Object.entries(typed)) candidate = withValueAt(candidate, path, read(path, text));
  const parsed = v.safeParse(ExperimentSchema, candidate);
  const problems: Record<string, string> = parsed.success ? {} : schemaProblems(parsed.issues);
  let settled = parsed.success ? parsed.output : candidate;
  if (!parsed.success) {
    for (const path of Object.keys(typed)) {
      if (path in problems) settled = withValueAt(settled, path, valueAt(base, path));
    }
  }
  for (const { path, message } of experimentProblems(settled)) problems[path] ??= message;
  if (!imageSet) problems['imageSet'] = `must be an image set that is here, found "${base.imageSet}"`;
  else checkCounts(candidate.training.validationCount, imageSet, problems);
  if (!parsed.success || !imageSet || Object.keys(problems).length > 0) return { kind: 'faulty', problems, settled };
  const experiment = { ...parsed.output, name: nameOf(parsed.output, imageSet) };
  return { kind: 'ready', experiment, settled, problems };
}

/**
 * The preset's name, with a word that says when its settings were changed (the seed is no change). An experiment that a
 * person has named keeps its name.
 */
export function nameOf(experiment: Experiment, imageSet: ImageSetSummary): string {
  const preset = presets.find((candidate) => candidate.id === experiment.preset);
  const changed = `${preset?.name}, changed`;
  if (!preset || ![preset.name, changed].includes(experiment.name)) return experiment.name;
  const seed = experiment.training.seed;
  const plain = presetOn(preset, imageSet);
  const same =
    JSON.stringify(v.parse(ExperimentSchema, { ...plain, training: { ...plain.training, seed } })) ===
    JSON.stringify({ ...experiment, name: preset.name });
  return same ? preset.name : changed;
}

function checkCounts(held: number, imageSet: ImageSetSummary, problems: Record<string, string>): void {
  if (imageSet.trainingCount - held >= 1) return;
  const most = (imageSet.trainingCount - 1).toLocaleString('en');
  problems[heldOutPath] ??= `must be at most ${most}: some must be left to train on`;
}

const read = (path: string, text: string): string | number => (path === 'name' ? text : readNumber(text));
