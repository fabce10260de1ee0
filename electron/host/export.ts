import { readdir } from 'node:fs/promises';
import type { ExportAnswer } from '../contract/contract.ts';
import { StudioError } from '../contract/errors.ts';

/** Where an export goes: a folder the person chose, or one that becomes a download. */
export interface ExportPlace {
  /** Not there yet, or empty. */
  readonly folder: string;
  /** The files are written: what the window is told. */
  finish(): Promise<ExportAnswer>;
  /** The export failed: leaves nothing behind. */
  abandon(): Promise<void>;
}

/** Asks where an export should go; nothing when the person thought better of it. */
export type ChooseExportPlace = (suggestedName: string) => Promise<ExportPlace | undefined>;

/** Asks where, suggesting a name, and has `write` fill that folder. */
export async function exportInto(
  choose: ChooseExportPlace,
  name: string,
  write: (folder: string) => Promise<unknown>,
): Promise<ExportAnswer> {
  const place = await choose(name);
  if (!place) return { kind: 'cancelled' };
  try {
    await expectEmpty(place.folder);
    await write(place.folder);
    return await place.finish();
  } catch (error) {
    await place.abandon();
    throw error;
  }
}

/** An export replaces its folder whole, so it must not be one that holds something. */
async function expectEmpty(folder: string): Promise<void> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    if (error.code === 'ENOTDIR') throw new StudioError('refused', `${folder}: expected a new folder, found a file.`);
    throw error;
  });
  if (names.length === 0) return;
  const found = names.length === 1 ? `"${names[0]}" in it` : `${names.length} files in it`;
  throw new StudioError('refused', `${folder}: expected a new or an empty folder, found ${found}.`);
}

/** A name any file system takes. */
export function fileName(name: string): string {
  const safe = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return safe === '' ? 'model' : safe.slice(0, 60);
}
