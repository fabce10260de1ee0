import * as v from 'valibot';
import { ExperimentSchema, type Experiment } from '../../electron/contract/experiment.ts';
import { heldOut, presetExperiment, presets, type Preset } from '../../electron/contract/presets.ts';
import type { ImageSetSummary } from '../../electron/contract/words.ts';

/** The fields a person types into; each stays text until it is read, so that what was typed is never rewritten. */
export const draftFields = ['codeSize', 'learningRate', 'batchSize', 'epochs', 'seed', 'validationCount'] as const;
export type DraftField = (typeof draftFields)[number];

/** An experiment being prepared: what it starts from, and what was typed over it. */
export interface Draft {
  readonly base: Experiment;
  readonly typed: Readonly<Record<DraftField, string>>;
}

export type Problems = Partial<Record<DraftField | 'imageSet', string>>;

export type DraftReading =
  | { readonly kind: 'ready'; readonly experiment: Experiment }
  | { readonly kind: 'faulty'; readonly problems: Problems };

const paths: Readonly<Record<string, DraftField>> = {
  'model.code.size': 'codeSize',
  'training.learningRate': 'learningRate',
  'training.batchSize': 'batchSize',
  'training.epochs': 'epochs',
  'training.seed': 'seed',
  'training.validationCount': 'validationCount',
};

export function draftOf(experiment: Experiment): Draft {
  const { model, training } = experiment;
  return {
    base: experiment,
    typed: {
      codeSize: String(model.code.size),
      learningRate: String(training.learningRate),
      batchSize: String(training.batchSize),
      epochs: String(training.epochs),
      seed: String(training.seed),
      validationCount: String(training.validationCount),
    },
  };
}

export function draftOfPreset(preset: Preset, imageSet: ImageSetSummary): Draft {
  return draftOf(presetOn(preset, imageSet));
}

function presetOn(preset: Preset, { id, shape, trainingCount }: ImageSetSummary): Experiment {
  const experiment = presetExperiment(preset, id, [...shape]);
  const validationCount = heldOut(experiment.training.validationCount, trainingCount);
  return { ...experiment, training: { ...experiment.training, validationCount } };
}

/** The same settings on another image set: the model takes the shape of its images, a small set holds out fewer. */
export function onImageSet({ base, typed }: Draft, imageSet: ImageSetSummary): Draft {
  const held = toNumber(typed.validationCount);
  const fitting = Number.isFinite(held) ? String(heldOut(held, imageSet.trainingCount)) : typed.validationCount;
  return {
    base: { ...base, imageSet: imageSet.id, model: { ...base.model, inputShape: [...imageSet.shape] } },
    typed: { ...typed, validationCount: fitting },
  };
}

/** Reads what was typed; every complaint stands at its field. */
export function readDraft(draft: Draft, imageSet: ImageSetSummary | undefined): DraftReading {
  const numbers = mapFields((field) => toNumber(draft.typed[field]));
  const { base } = draft;
  const candidate = {
    ...base,
    model: { ...base.model, code: { ...base.model.code, size: numbers.codeSize } },
    training: {
      ...base.training,
      learningRate: numbers.learningRate,
      batchSize: numbers.batchSize,
      epochs: numbers.epochs,
      seed: numbers.seed,
      validationCount: numbers.validationCount,
    },
  };
  const parsed = v.safeParse(ExperimentSchema, candidate);
  const problems: Problems = parsed.success ? {} : fieldProblems(parsed.issues);
  if (!imageSet) problems.imageSet = `must be an image set that is here, found "${base.imageSet}"`;
  else checkCounts(numbers, imageSet, problems);
  if (!parsed.success || !imageSet || Object.keys(problems).length > 0) return { kind: 'faulty', problems };
  return { kind: 'ready', experiment: { ...parsed.output, name: nameOf(parsed.output, imageSet) } };
}

/** The preset's name, with a word that says when its settings were changed (the seed is no change). */
export function nameOf(experiment: Experiment, imageSet: ImageSetSummary): string {
  const preset = presets.find((candidate) => candidate.id === experiment.preset);
  if (!preset) return experiment.name;
  const seed = experiment.training.seed;
  const plain = presetOn(preset, imageSet);
  const same =
    JSON.stringify(v.parse(ExperimentSchema, { ...plain, training: { ...plain.training, seed } })) ===
    JSON.stringify({ ...experiment, name: preset.name });
  return same ? preset.name : `${preset.name}, changed`;
}

function fieldProblems(issues: readonly v.BaseIssue<unknown>[]): Problems {
  const problems: Problems = {};
  for (const issue of issues) {
    const field = paths[v.getDotPath(issue) ?? ''];
    if (field) problems[field] ??= issue.message.startsWith('must ') ? issue.message : 'must be a number';
  }
  return problems;
}

function checkCounts(numbers: Record<DraftField, number>, imageSet: ImageSetSummary, problems: Problems): void {
  const left = imageSet.trainingCount - numbers.validationCount;
  if (left < 1)
    problems.validationCount ??= `must be at most ${grouped(imageSet.trainingCount - 1)}: some must be left to train on`;
}

const grouped = (count: number) => count.toLocaleString('en');

function toNumber(typed: string): number {
  const text = typed.trim().replaceAll(/[_\s]/g, '');
  return text === '' ? Number.NaN : Number(text);
}

function mapFields<T>(read: (field: DraftField) => T): Record<DraftField, T> {
  return Object.fromEntries(draftFields.map((field) => [field, read(field)])) as Record<DraftField, T>;
}
