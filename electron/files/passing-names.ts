import { randomBytes } from 'node:crypto';
import { basename, dirname } from 'node:path';
import { ownerLives, ownerName } from './process-mark.ts';

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
  /** Whether the process still lives that gave it; not where it says none, as earlier versions' did. */
  readonly isOwned: boolean;
  /** What a replaced folder was called. */
  readonly was?: string;
}

/** Nothing for any other name. */
export function passingOf(name: string): Passing | undefined {
  const owner = /^\.(?:writing|replaced|removed)-(.*)$/s.exec(name)?.[1];
  if (owner === undefined) return undefined;
  const was = /^\.replaced-\d+-(?:[0-9a-f]{8}-)?[0-9a-f]{12}-(.+)$/s.exec(name)?.[1];
  return { isOwned: ownerLives(owner), ...(was === undefined ? {} : { was }) };
}

/** Whether a folder is, or lies in, one that is being written. */
export function isInTheMaking(folder: string): boolean {
  for (let at = folder; at !== dirname(at); at = dirname(at)) if (basename(at).startsWith(WRITING)) return true;
  return false;
}

const mark = (): string => `${ownerName()}-${randomBytes(6).toString('hex')}`;
