import { randomBytes } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { IdSchema } from '../domain/ids.ts';
import { StudioError, toErrorData } from '../domain/errors.ts';
import { describeIssue } from '../domain/describe-issue.ts';
import { SetNotesSchema, type ImageSetDescription } from '../contract/images.ts';
import { SetNameSchema } from '../contract/import-options.ts';
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

  /** @returns the sets by name, those that a newer version has followed too, and a sentence for each folder that is not a whole one. */
  list(): Promise<{ readonly sets: ImageSetSummary[]; readonly problems: string[] }> {
    return listFolder(this.folder);
  }

  /** What can be restored; the versions before come along. */
  async listTrash(): Promise<{ readonly sets: ImageSetSummary[]; readonly problems: string[] }> {
    const { sets, problems } = await listFolder(this.trash);
    return { sets: sets.filter(({ newer }) => newer === undefined), problems };
  }

  /** @throws StudioError `refused` for a version that another has followed: what is made of it would stand beside that one. */
  async refuseOlder(id: string): Promise<void> {
    const found = (await this.list()).sets.find((set) => set.id === id);
    if (found?.newer === undefined) return;
    throw new StudioError('refused', `There is a newer version of "${found.name}": change that one.`);
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

  /** The set and the versions that went before it, newest first. */
  versions(id: string): Promise<readonly string[]> {
    return versionsIn(this.folder, checkedId(id));
  }

  /** Moves a set to the trash with the versions before it, from where it can be restored. */
  async delete(id: string): Promise<void> {
    // What is listed goes first: were this cut off, the version before would be listed, and nothing lost.
    for (const version of await this.versions(id)) await move(join(this.folder, version), this.trash, version);
  }

  /** Brings a set back from the trash with the versions before it. */
  async restore(id: string): Promise<void> {
    for (const version of await versionsIn(this.trash, checkedId(id))) {
      await move(join(this.trash, version), this.folder, version);
    }
  }

  /**
   * Moves a set's newest version to the trash, so that the one before is the newest again.
   * @returns the id of that one
   * @throws StudioError `refused` where there is none, `not-found`
   */
  async undo(id: string): Promise<string> {
    const { name, follows } = await this.at(id).readIndex();
    const before = follows !== undefined && (await this.isThere(follows)) ? follows : undefined;
    if (before === undefined) throw new StudioError('refused', `${name}: there is no version before this one.`);
    await move(join(this.folder, checkedId(id)), this.trash, id);
    return before;
  }

  private async isThere(id: string): Promise<boolean> {
    return this.at(id)
      .readIndex()
      .then(
        () => true,
        () => false,
      );
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
  const found: ImageSetSummary[] = [];
  const newerOf = new Map<string, string>();
  const problems: string[] = [];
  for (const id of await namesIn(folder)) {
    if (id.startsWith('.')) continue;
    try {
      const index = await new ImageSetFolder(join(folder, checkedId(id))).readIndex();
      found.push(summaryOf(id, index));
      if (index.follows !== undefined) newerOf.set(index.follows, id);
    } catch (error) {
      problems.push(toErrorData(error).message);
    }
  }
  const sets = found.map((set) => {
    const newer = newerOf.get(set.id);
    return newer === undefined ? set : { ...set, newer };
  });
  return { sets: sets.sort((a, b) => a.name.localeCompare(b.name) || a.id.localeCompare(b.id)), problems };
}

/** A set in a folder, and the versions before it that no other set there follows. */
async function versionsIn(folder: string, id: string): Promise<readonly string[]> {
  const followersOf = new Map<string, number>();
  const followedBy = new Map<string, string>();
  for (const other of await namesIn(folder)) {
    if (other.startsWith('.')) continue;
    const follows = await new ImageSetFolder(join(folder, other)).readIndex().then(
      (index) => index.follows,
      () => undefined,
    );
    if (follows === undefined) continue;
    followedBy.set(other, follows);
    followersOf.set(follows, (followersOf.get(follows) ?? 0) + 1);
  }
  const versions = [id];
  const present = new Set(await namesIn(folder));
  for (let before = followedBy.get(id); before !== undefined; before = followedBy.get(before)) {
    if (!present.has(before) || versions.includes(before) || followersOf.get(before) !== 1) break;
    versions.push(before);
  }
  return versions;
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
