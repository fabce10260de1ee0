import * as v from 'valibot';
import { withSizeOfMap } from '../../electron/domain/codebook.ts';
import { classProblem, withClassesOf } from '../../electron/domain/conditional.ts';
import { experimentProblems } from '../../electron/domain/experiment-problems.ts';
import { ExperimentSchema, type Experiment } from '../../electron/domain/experiment.ts';
import { MNIST_ID } from '../../electron/domain/ids.ts';
import { defaultPreset, presetOn, presets, type Preset } from '../../electron/domain/presets.ts';
import { heldOut, RECIPE_ID, RECIPE_NAME, recipeFor } from '../../electron/domain/recipe.ts';
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

export const draftOfRecipe = (imageSet: ImageSetSummary): Draft => draftOf(recipeFor(imageSet).experiment);

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

/**
 * A draft for another image set. What nobody has changed is proposed anew: the recipe, a preset, and in place of what the app opens with,
 * which is about digits, the recipe for an imported set. Settings that somebody has made stay; the model takes the shape of the images.
 * @param was the set it is for now
 */
export function onImageSet(draft: Draft, imageSet: ImageSetSummary, was: ImageSetSummary | undefined): Draft {
  const { preset: id } = draft.base;
  const preset = presets.find((each) => each.id === id);
  const untouched = was !== undefined && isAsProposed(readDraft(draft, was).settled, was);
  if (untouched && (id === RECIPE_ID || (isOpening(preset) && imageSet.id !== MNIST_ID)))
    return draftOfRecipe(imageSet);
  if (untouched && preset) return draftOfPreset(preset, imageSet);
  const moved = shapedFor({ ...draft, base: { ...draft.base, imageSet: imageSet.id } }, imageSet);
  const wanted = preset?.training.validationCount ?? readNumber(textAt(draft, heldOutPath));
  const fitting = heldOut(wanted, imageSet.trainingCount);
  return Number.isNaN(wanted) ? moved : withText(moved, heldOutPath, String(fitting));
}

const isOpening = (preset: Preset | undefined): boolean => preset === presets[0] || preset === defaultPreset;

/** The same settings, for images of this set's shape and classes. */
export function shapedFor({ base, typed }: Draft, imageSet: ImageSetSummary): Draft {
  const model: Experiment['model'] = { ...base.model, inputShape: [...imageSet.shape] };
  return { base: { ...base, model: withSizeOfMap(withClassesOf(model, imageSet)) }, typed };
}

/** Reads what was typed; every complaint stands at its field. */
export function readDraft({ base, typed }: Draft, imageSet: ImageSetSummary | undefined): DraftReading {
  let candidate = base;
  for (const [path, text] of Object.entries(typed)) candidate = withValueAt(candidate, path, read(path, text));
  const parsed = v.safeParse(ExperimentSchema, candidate);
  const problems: Record<string, string> = parsed.success ? {} : schemaProblems(parsed.issues);
  let settled = parsed.success ? withSizeOfImage(parsed.output) : candidate;
  if (!parsed.success) {
    for (const path of Object.keys(typed)) {
      if (path in problems) settled = withValueAt(settled, path, valueAt(base, path));
    }
  }
  for (const { path, message } of experimentProblems(settled)) problems[path] ??= message;
  if (!imageSet) problems['imageSet'] = `must be an image set that is here, found "${base.imageSet}"`;
  else {
    checkCounts(candidate.training.validationCount, imageSet, problems);
    const wrong = classProblem(settled.model, imageSet);
    if (wrong) problems[wrong.path] ??= wrong.message;
  }
  if (!parsed.success || !imageSet || Object.keys(problems).length > 0) return { kind: 'faulty', problems, settled };
  const experiment = { ...settled, name: nameOf(settled, imageSet) };
  return { kind: 'ready', experiment, settled, problems };
}

/**
 * The preset's name, with a word that says when its settings were changed (the seed is no change). An experiment that a
 * person has named keeps its name.
 */
export function nameOf(experiment: Experiment, imageSet: ImageSetSummary): string {
  const named =
    experiment.preset === RECIPE_ID ? RECIPE_NAME : presets.find(({ id }) => id === experiment.preset)?.name;
  const changed = `${named}, changed`;
  if (named === undefined || ![named, changed].includes(experiment.name)) return experiment.name;
  return isAsProposed(experiment, imageSet) ? named : changed;
}

/** Whether an experiment is its preset, or the recipe, for this set, but for its name and seed. */
function isAsProposed(experiment: Experiment, imageSet: ImageSetSummary): boolean {
  const preset = presets.find(({ id }) => id === experiment.preset);
  if (preset === undefined && experiment.preset !== RECIPE_ID) return false;
  const plain = preset === undefined ? recipeFor(imageSet).experiment : presetOn(preset, imageSet);
  const { seed } = experiment.training;
  const { name } = experiment;
  return (
    JSON.stringify(v.parse(ExperimentSchema, { ...plain, name, training: { ...plain.training, seed } })) ===
    JSON.stringify(v.parse(ExperimentSchema, experiment))
  );
}

/** What a code that is an image has of numbers follows from its places. */
const withSizeOfImage = (experiment: Experiment): Experiment => ({
  ...experiment,
  model: withSizeOfMap(experiment.model),
});

function checkCounts(held: number, imageSet: ImageSetSummary, problems: Record<string, string>): void {
  if (imageSet.trainingCount - held >= 1) return;
  const most = (imageSet.trainingCount - 1).toLocaleString('en');
  problems[heldOutPath] ??= `must be at most ${most}: some must be left to train on`;
}

const read = (path: string, text: string): string | number => (path === 'name' ? text : readNumber(text));
