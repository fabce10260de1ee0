import { randomBytes } from 'node:crypto';
import { basename, dirname } from 'node:path';

/** How files and folders are called while they are written; folders also while they are replaced or removed. Then comes the process. */
const WRITING = '.writing-';
const REPLACED = '.replaced-';
const REMOVED = '.removed-';

/** A name that nothing else has, for what this process writes. */
export function writingName(): string {
  return `${WRITING}${mark()}`;
}

/** The same for a folder while another takes its place: should the process end just then, it is known what it was. */
export function replacedName(name: string): string {
  return `${REPLACED}${mark()}-${name}`;
}

/** The same for a folder on its way out. */
export function removedName(): string {
  return `${REMOVED}${mark()}`;
}

/** What such a name says. */
export interface Passing {
  /** NaN where it says none, as earlier versions' did. */
  readonly processId: number;
  /** What a replaced folder was called. */
  readonly was?: string;
}

/** Nothing for any other name. */
export function passingOf(name: string): Passing | undefined {
  const found = /^\.(?:writing|replaced|removed)-(?:(\d+)-)?/.exec(name);
  if (found === null) return undefined;
  const was = /^\.replaced-\d+-[0-9a-f]{12}-(.+)$/s.exec(name)?.[1];
  return { processId: Number(found[1]), ...(was === undefined ? {} : { was }) };
}

/** Whether a folder is, or lies in, one that is being written. */
export function isInTheMaking(folder: string): boolean {
  for (let at = folder; at !== dirname(at); at = dirname(at)) if (basename(at).startsWith(WRITING)) return true;
  return false;
}

const mark = (): string => `${process.pid}-${randomBytes(6).toString('hex')}`;
