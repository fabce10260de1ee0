import { join } from 'node:path';
import * as v from 'valibot';
import { toErrorData } from '../domain/errors.ts';
import { PathSchema } from '../contract/files.ts';
import type { Report } from '../contract/rpc.ts';
import { writeJson } from '../files/atomic.ts';
import { readChecked } from '../files/run-folder.ts';

const MOST = 10;

const RecentSchema = v.strictObject({ version: v.literal(1), paths: v.pipe(v.array(PathSchema), v.maxLength(MOST)) });

/** The experiments and runs that were opened from files or saved into them last, kept in the data folder. */
export class RecentFiles {
  readonly #path: string;
  readonly #report: Report;
  readonly #listeners: (() => void)[] = [];
  #paths: readonly string[];
  #writing: Promise<void> = Promise.resolve();

  private constructor(path: string, paths: readonly string[], report: Report) {
    this.#path = path;
    this.#paths = paths;
    this.#report = report;
  }

  /** Reads the list; one that is missing or damaged is begun anew. */
  static async open(dataFolder: string, report: Report): Promise<RecentFiles> {
    const path = join(dataFolder, 'recent.json');
    const stored = await readChecked(path, RecentSchema).catch(() => ({ paths: [] }));
    return new RecentFiles(path, stored.paths, report);
  }

  /** The newest first. */
  get paths(): readonly string[] {
    return this.#paths;
  }

  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  add(paths: readonly string[]): void {
    this.#become([...paths, ...this.#paths.filter((path) => !paths.includes(path))].slice(0, MOST));
  }

  clear(): void {
    this.#become([]);
  }

  /** Waits until what was changed is on the disk. */
  async close(): Promise<void> {
    await this.#writing;
  }

  #become(paths: readonly string[]): void {
    this.#paths = paths;
    for (const listener of this.#listeners) listener();
    this.#writing = this.#writing
      .then(() => writeJson(this.#path, { version: 1, paths }))
      .catch((error: unknown) => this.#report(`The list of recent files was not kept: ${toErrorData(error).message}`));
  }
}
