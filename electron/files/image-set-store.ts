import { randomBytes } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { IdSchema } from '../domain/ids.ts';
import { StudioError, toErrorData } from '../domain/errors.ts';
import { describeIssue } from '../domain/describe-issue.ts';
import { SetNameSchema, SetNotesSchema, type ImageSetDescription } from '../contract/images.ts';
import type { ImageSetSummary } from '../domain/words.ts';
import { makeFolder, removeFolder, renameSynced } from './atomic.ts';
import { ImageSetFolder, summaryOf } from './image-set-folder.ts';
import { sweepDead } from './left-behind.ts';

const ChangesSchema = v.strictObject({
  name: v.exactOptional(SetNameSchema),
  notes: v.exactOptional(SetNotesSchema),
});

/** The image sets in the app's data folder, and its trash. */
export class ImageSetStore {
  readonly folder: string;
  private readonly trash: string;

  constructor(dataFolder: string) {
    this.folder = join(dataFolder, 'image-sets');
    this.trash = join(dataFolder, 'trash', 'image-sets');
  }

  at(id: string): ImageSetFolder {
    return new ImageSetFolder(join(this.folder, checkedId(id)));
  }

  /** An id that no set has: the name's letters and digits, and a few by chance. */
  newId(name: string): string {
    return `${slugOf(name)}-${randomBytes(3).toString('hex')}`;
  }

  /** @returns the sets by name, and a sentence for each folder that is not a whole one. */
  list(): Promise<{ readonly sets: ImageSetSummary[]; readonly problems: string[] }> {
    return listFolder(this.folder);
  }

  /** What can be restored. */
  listTrash(): Promise<{ readonly sets: ImageSetSummary[]; readonly problems: string[] }> {
    return listFolder(this.trash);
  }

  /** @throws StudioError `not-found`, or `bad-file` naming what is wrong. */
  describe(id: string): Promise<ImageSetDescription> {
    return this.at(id).describe(id);
  }

  /**
   * Writes a set's name and notes; what is left out stays as it is.
   * @throws StudioError `bad-request`, or as `describe`.
   */
  async edit(id: string, changes: { readonly name?: string; readonly notes?: string }): Promise<ImageSetSummary> {
    const parsed = v.safeParse(ChangesSchema, changes);
    if (!parsed.success) throw new StudioError('bad-request', describeIssue(parsed.issues[0]));
    const folder = this.at(id);
    await folder.readIndex();
    return summaryOf(id, await folder.changeIndex(parsed.output));
  }

  /** Moves a set to the trash, from where it can be restored. */
  async delete(id: string): Promise<void> {
    await move(join(this.folder, checkedId(id)), this.trash, id);
  }

  async restore(id: string): Promise<void> {
    await move(join(this.trash, checkedId(id)), this.folder, id);
  }

  /** Removes for good what is in the trash. */
  async emptyTrash(): Promise<void> {
    await removeFolder(this.trash);
  }

  /** Removes what imports have left behind whose process is gone. */
  async sweep(): Promise<void> {
    await sweepDead(this.folder);
  }
}

/** Lower-case letters, digits and dashes, never empty. */
export function slugOf(name: string): string {
  const slug = name
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 40)
    .replaceAll(/^-+|-+$/g, '');
  return slug === '' ? 'images' : slug;
}

function checkedId(id: string): string {
  if (v.is(IdSchema, id)) return id;
  throw new StudioError(
    'bad-request',
    `imageSet must be lower-case letters, digits and dashes, found ${JSON.stringify(id)}.`,
  );
}

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}

async function listFolder(folder: string) {
  const sets: ImageSetSummary[] = [];
  const problems: string[] = [];
  for (const id of await namesIn(folder)) {
    if (id.startsWith('.')) continue;
    try {
      sets.push(summaryOf(checkedId(id), await new ImageSetFolder(join(folder, id)).readIndex()));
    } catch (error) {
      problems.push(toErrorData(error).message);
    }
  }
  return { sets: sets.sort((a, b) => a.name.localeCompare(b.name) || a.id.localeCompare(b.id)), problems };
}

async function move(from: string, folder: string, id: string): Promise<void> {
  await makeFolder(folder);
  const to = join(folder, id);
  const taken = await stat(to).then(
    () => true,
    () => false,
  );
  if (taken) throw new StudioError('refused', `${to}: expected no image set of this id, found one.`);
  await renameSynced(from, to).catch((cause: NodeJS.ErrnoException) => {
    const gone = cause.code === 'ENOENT';
    const message = gone
      ? `${from}: there is no such image set.`
      : `${from}: cannot be moved to ${folder} (${cause.code}).`;
    throw new StudioError(gone ? 'not-found' : 'refused', message, { cause });
  });
}
