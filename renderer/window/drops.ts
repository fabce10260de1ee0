import type { HandedFile } from '../../electron/contract/files.ts';

/** What is held over the window before it is let go: all that a browser tells of it by then. */
export interface HeldFiles {
  /** Files and folders. */
  readonly count: number;
  /** Those that say they are pictures. */
  readonly pictures: number;
}

/** What will happen, said beforehand. */
export interface DropOffer {
  readonly title: string;
  readonly hint: string;
  /** Nothing will happen: the hint says why. */
  readonly refused?: boolean;
  /** The place itself shows where the files go: nothing is laid over it. */
  readonly inPlace?: boolean;
}

/** What a place does with files that are dropped on the window. */
export interface DropHandler {
  /** @param target what the pointer is over: a place may take files in more than one way */
  offer(held: HeldFiles, target?: EventTarget | null): DropOffer;
  /** The files, once the folders among them are listed. Not called where the offer was refused. */
  take(files: Promise<readonly HandedFile[]>, target?: EventTarget | null): void;
  /** What was held has left the window, or was let go. */
  leave?(): void;
}

/** What the pointer carries; a folder counts as one and tells no kind. */
export function heldFiles(items: Iterable<Pick<DataTransferItem, 'kind' | 'type'>>): HeldFiles {
  const files = [...items].filter(({ kind }) => kind === 'file');
  return { count: files.length, pictures: files.filter(({ type }) => type.startsWith('image/')).length };
}

/** "3 pictures"; "2 files or folders" when some are not known to be pictures. */
export function heldWords({ count, pictures }: HeldFiles): string {
  const several = count !== 1;
  if (count > 0 && pictures === count) return several ? `${count} pictures` : '1 picture';
  return several ? `${count} files or folders` : 'what you hold';
}
