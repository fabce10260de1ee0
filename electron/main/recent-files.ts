import { join } from 'node:path';
import * as v from 'valibot';
import { toErrorData } from '../domain/errors.ts';
import { PathSchema } from '../contract/files.ts';
import type { Report } from '../contract/rpc.ts';
import { JsonFile } from '../files/json-file.ts';

const MOST = 10;

const RecentSchema = v.strictObject({ paths: v.pipe(v.array(PathSchema), v.maxLength(MOST)) });

type RecentFile = JsonFile<v.InferOutput<typeof RecentSchema>>;

/** The experiments and runs that were opened from files or saved into them last, kept in the data folder. */
export class RecentFiles {
  readonly #file: RecentFile;
  readonly #report: Report;
  readonly #listeners: (() => void)[] = [];
  #paths: readonly string[];

  private constructor(file: RecentFile, paths: readonly string[], report: Report) {
    this.#file = file;
    this.#paths = paths;
    this.#report = report;
  }

  /** Reads the list; one that is missing or damaged is begun anew. */
  static async open(dataFolder: string, report: Report): Promise<RecentFiles> {
    const file = new JsonFile(join(dataFolder, 'recent.json'), 1, RecentSchema);
    const { paths } = await file.read().catch(() => ({ paths: [] }));
    return new RecentFiles(file, paths, report);
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
    await this.#file.settled();
  }

  #become(paths: readonly string[]): void {
    this.#paths = paths;
    for (const listener of this.#listeners) listener();
    void this.#file
      .write({ paths: [...paths] })
      .catch((error: unknown) => this.#report(`The list of recent files was not kept: ${toErrorData(error).message}`));
  }
}
