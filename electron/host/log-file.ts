import { appendFileSync, readFileSync, renameSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { makeDeepNow } from '../files/make-deep.ts';

const NAME = 'studio.log';
const OLDER_NAME = 'studio.1.log';
/** Of each of the two files: years of ordinary lines, and quick to open. */
const MOST_BYTES = 512 * 1024;

/**
 * What the app has to say of itself, a line each with its time (UTC): the newest lines in one file, those before them in a second.
 * Written at once, so that the last words before a crash are kept; a log that cannot be written is done without.
 */
export class LogFile {
  readonly folder: string;
  readonly #mostBytes: number;
  readonly #now: () => Date;

  constructor(dataFolder: string, { mostBytes = MOST_BYTES, now = () => new Date() } = {}) {
    this.folder = join(dataFolder, 'logs');
    this.#mostBytes = mostBytes;
    this.#now = now;
  }

  add(text: string): void {
    const line = `${this.#now().toISOString()} ${text.trim().replaceAll('\n', '\n  ')}\n`;
    try {
      makeDeepNow(resolve(this.folder));
      if (this.#size() + Buffer.byteLength(line) > this.#mostBytes)
        renameSync(this.#path, join(this.folder, OLDER_NAME));
      appendFileSync(this.#path, line);
    } catch {
      // The same text went to the terminal; there is no third place to complain to.
    }
  }

  /** The newest lines, oldest first. */
  lastLines(count: number): readonly string[] {
    try {
      return readFileSync(this.#path, 'utf8').trimEnd().split('\n').slice(-count);
    } catch {
      return [];
    }
  }

  get #path(): string {
    return join(this.folder, NAME);
  }

  #size(): number {
    return statSync(this.#path, { throwIfNoEntry: false })?.size ?? 0;
  }
}
