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
}

/** What a place does with files that are dropped on the window. */
export interface DropHandler {
  offer(held: HeldFiles): DropOffer;
  /** The files, once the folders among them are listed. Not called where the offer was refused. */
  take(files: Promise<readonly HandedFile[]>): void;
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
