import { readdir } from 'node:fs/promises';
import type { Answer, Request } from '../contract/contract.ts';
import type { ExportAnswer } from '../contract/export-answer.ts';
import { StudioError } from '../domain/errors.ts';
import type { RunRecord } from '../domain/words.ts';
import type { AskEngine } from './window-handlers.ts';

/** What is to be exported: a new folder of files, or one file. */
export interface ExportWish {
  readonly kind: 'folder' | 'file';
  /** Suggested; a file's with its extension. */
  readonly name: string;
  /** What it is, for a dialog's title: "Export model". */
  readonly title: string;
}

/** Where an export goes: what the person chose, or what becomes a download. */
export interface ExportPlace {
  /** A folder that is not there yet, or is empty; or a file, which is replaced. */
  readonly path: string;
  /** All is written: what the window is told. */
  finish(): Promise<ExportAnswer>;
  /** The export failed: leaves nothing behind. */
  abandon(): Promise<void>;
}

/** Asks where an export should go; nothing when the person thought better of it. */
export type ChooseExportPlace = (wish: ExportWish) => Promise<ExportPlace | undefined>;

/** Asks where, suggesting a name, and has `write` fill that folder or write that file: whole or not at all. */
export async function exportInto(
  choose: ChooseExportPlace,
  wish: ExportWish,
  write: (path: string) => Promise<unknown>,
): Promise<ExportAnswer> {
  const place = await choose(wish);
  if (!place) return { kind: 'cancelled' };
  try {
    if (wish.kind === 'folder') await expectEmpty(place.path);
    await write(place.path);
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

export interface ModelExport {
  readonly choose: ChooseExportPlace;
  readonly ask: AskEngine;
  readonly record: Pick<RunRecord, 'summary' | 'hasModel'>;
  /** For the model card. */
  readonly appVersion: string;
}

/** Exports a run's model to where the person chooses. @throws StudioError `not-found` where it has none yet */
export async function exportModel(
  request: Request<'model:export'>,
  { choose, ask, record: { summary, hasModel }, appVersion }: ModelExport,
): Promise<Answer<'model:export'>> {
  if (!hasModel) throw new StudioError('not-found', `The run "${summary.name}" has no saved model yet.`);
  const wish = { kind: 'folder', name: exportName(summary.name, request), title: 'Export model' } as const;
  let files: readonly string[] = [];
  const answer = await exportInto(choose, wish, async (folder) => {
    ({ files } = await ask('engine:export', { ...request, folder, appVersion }));
  });
  return { ...answer, files };
}

/** A name any file system takes. */
export function fileName(name: string, otherwise = 'model'): string {
  const safe = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return safe === '' ? otherwise : safe.slice(0, 60);
}

/** What an exported model is called: "article-best", "article-best-encoder-onnx". */
export function exportName(run: string, { weights, part, format }: Omit<Request<'model:export'>, 'runId'>): string {
  return [
    fileName(run),
    weights,
    ...(part === undefined ? [] : [part]),
    ...(format === undefined ? [] : [format]),
  ].join('-');
}
