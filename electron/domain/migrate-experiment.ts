import * as v from 'valibot';
import { StudioError } from './errors.ts';
import { EXPERIMENT_VERSION, ExperimentSchema, type Experiment } from './experiment.ts';
import { describeIssue } from './describe-issue.ts';

type Json = Readonly<Record<string, unknown>>;

/** What each version's files need to become the next version's. */
const steps: Readonly<Record<number, (file: Json) => Json>> = { 1: sharedRegularisers };

/**
 * An experiment from a file's JSON, of this or an older version.
 * @param file named in errors
 * @throws StudioError `bad-file` naming the file and the field, what was expected and what was found.
 */
export function readExperiment(value: unknown, file: string): Experiment {
  if (!isObject(value)) throw new StudioError('bad-file', `${file}: expected an experiment, found ${nameOf(value)}.`);
  const parsed = v.safeParse(ExperimentSchema, migrated(value, file));
  if (!parsed.success) throw new StudioError('bad-file', `${file}: ${describeIssue(parsed.issues[0])}`);
  return parsed.output;
}

function migrated(value: Json, file: string): Json {
  const { version } = value;
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 1) {
    throw new StudioError('bad-file', `${file}: version must be a whole number from 1, found ${nameOf(version)}.`);
  }
  if (version > EXPERIMENT_VERSION) {
    const known = `this version of the app reads up to ${EXPERIMENT_VERSION}`;
    throw new StudioError('bad-file', `${file}: written by a newer version of the app: version ${version}, ${known}.`);
  }
  let current = value;
  for (let from = version; from < EXPERIMENT_VERSION; from++)
    current = { ...steps[from]?.(current), version: from + 1 };
  return current;
}

/** 1 → 2: the penalties on the code stand together. */
function sharedRegularisers(file: Json): Json {
  if (!isObject(file['training'])) return file;
  const { codeL1, ...training } = file['training'];
  return { ...file, training: { ...training, regularisers: { codeL1, contractive: 0 } } };
}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function nameOf(value: unknown): string {
  if (value === undefined) return 'none';
  if (Array.isArray(value)) return 'a list';
  return isObject(value) ? 'an object' : JSON.stringify(value);
}
