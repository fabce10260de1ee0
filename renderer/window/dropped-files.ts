import { StudioError } from '../../electron/domain/errors.ts';
import type { HandedFile } from '../../electron/contract/files.ts';

/** What this needs of a drop, so that a test may pass its own. */
export interface Dropped {
  readonly items: Iterable<Pick<DataTransferItem, 'kind' | 'getAsFile' | 'webkitGetAsEntry'>>;
}

const MOST_FILES = 1_000_000;

/**
 * The files of a drop, each with its path below what was dropped. Must be called while the drop is handled: later the browser
 * has forgotten it.
 * @param takesFolders whether folders are handed over as they are; else they are listed here.
 * @throws StudioError `not-found` for what cannot be read, naming it; `refused` for more files than make sense.
 */
export async function filesOfDrop({ items }: Dropped, takesFolders: boolean): Promise<HandedFile[]> {
  const dropped = [...items]
    .filter(({ kind }) => kind === 'file')
    .map((item) => ({ file: item.getAsFile(), entry: item.webkitGetAsEntry() }));
  const found: HandedFile[] = [];
  for (const { file, entry } of dropped) {
    if (entry?.isDirectory && !takesFolders) await list(entry as FileSystemDirectoryEntry, found);
    else if (file) found.push({ file, path: file.name });
  }
  return found;
}

/** The files chosen in an input; those of a chosen folder carry their path below it. */
export function filesOfInput({ files }: Pick<HTMLInputElement, 'files'>): HandedFile[] {
  return [...(files ?? [])].map((file) => ({ file, path: file.webkitRelativePath || file.name }));
}

async function list(folder: FileSystemDirectoryEntry, found: HandedFile[]): Promise<void> {
  const entries = await allEntries(folder);
  const files = entries.filter((entry): entry is FileSystemFileEntry => entry.isFile);
  if (found.length + files.length > MOST_FILES) {
    const most = MOST_FILES.toLocaleString('en');
    throw new StudioError('refused', `${folder.name}: expected at most ${most} files, found more.`);
  }
  const handed = files.map(async (entry) => ({ file: await fileOf(entry), path: pathOf(entry) }));
  for (const one of await Promise.all(handed)) found.push(one);
  for (const entry of entries) if (entry.isDirectory) await list(entry as FileSystemDirectoryEntry, found);
}

/** A reader gives some entries at a time, and none when there are no more. */
async function allEntries(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, (cause) => reject(unreadable(folder, 'folder', cause))),
    );
    if (some.length === 0) return all;
    all.push(...some);
  }
}

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, (cause) => reject(unreadable(entry, 'file', cause))));
}

/** "/pets/cats/1.png", as an entry has it, without the first stroke. */
function pathOf({ fullPath }: FileSystemEntry): string {
  return fullPath.replace(/^\//, '');
}

function unreadable(entry: FileSystemEntry, kind: 'file' | 'folder', cause: DOMException): StudioError {
  const message = `${pathOf(entry)}: expected a readable ${kind}, but it is gone or may not be read (${cause.name}).`;
  return new StudioError('not-found', message, { cause });
}
