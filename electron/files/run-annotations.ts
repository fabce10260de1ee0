import { join } from 'node:path';
import * as v from 'valibot';
import { StudioError } from '../domain/errors.ts';
import { storedRunRequests } from '../contract/stored-runs.ts';
import { writeJson } from './atomic.ts';
import { readChecked, type RunFolder } from './run-folder.ts';

const { name, tags, notes } = storedRunRequests['run:annotate'].entries;
const AnnotationsSchema = v.strictObject({ version: v.literal(1), name, tags, notes });

/** What a person has said of a run; a name takes the place of its experiment's. */
export interface Annotations {
  readonly name?: string;
  readonly tags: readonly string[];
  readonly notes: string;
}

const ANNOTATIONS_FILE = 'annotations.json';

/** None where nothing was said yet. @throws StudioError `bad-file` naming the file and the field. */
export async function readAnnotations({ path }: RunFolder): Promise<Annotations> {
  const file = join(path, ANNOTATIONS_FILE);
  const stored = await readChecked(file, AnnotationsSchema).catch((error: unknown) => {
    if (error instanceof StudioError && error.code === 'not-found') return undefined;
    throw error;
  });
  return {
    ...(stored?.name === undefined ? {} : { name: stored.name }),
    tags: stored?.tags ?? [],
    notes: stored?.notes ?? '',
  };
}

/** Throws as `writeJson`. */
export async function writeAnnotations({ path }: RunFolder, annotations: Annotations): Promise<void> {
  await writeJson(join(path, ANNOTATIONS_FILE), { version: 1, ...annotations });
}
