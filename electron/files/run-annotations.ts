import { join } from 'node:path';
import * as v from 'valibot';
import { storedRunRequests } from '../contract/stored-runs.ts';
import { JsonFile } from './json-file.ts';
import type { RunFolder } from './run-folder.ts';

const { name, tags, notes } = storedRunRequests['run:annotate'].entries;
const AnnotationsSchema = v.strictObject({ name, tags, notes });

/** What a person has said of a run; a name takes the place of its experiment's. */
export interface Annotations {
  readonly name?: string;
  readonly tags: readonly string[];
  readonly notes: string;
}

/** None where nothing was said yet. @throws StudioError `bad-file` naming the file and the field. */
export async function readAnnotations(run: RunFolder): Promise<Annotations> {
  return plain((await fileOf(run).readIfThere()) ?? {});
}

/** What is left out stays as it is; what is damaged is begun anew. Throws as `writeJson`. */
export async function changeAnnotations(run: RunFolder, changes: Partial<Annotations>): Promise<void> {
  await fileOf(run).update((said) => stored({ ...plain(said), ...changes }), {});
}

function fileOf({ path }: RunFolder) {
  return new JsonFile(join(path, 'annotations.json'), 1, AnnotationsSchema);
}

function plain({ name, tags = [], notes = '' }: v.InferOutput<typeof AnnotationsSchema>): Annotations {
  return { ...(name === undefined ? {} : { name }), tags, notes };
}

function stored({ tags, ...said }: Annotations): v.InferOutput<typeof AnnotationsSchema> {
  return { ...said, tags: [...tags] };
}
