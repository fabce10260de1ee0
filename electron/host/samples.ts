import { access, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import type { Handlers } from '../contract/contract.ts';
import { toErrorData } from '../domain/errors.ts';
import { IdSchema } from '../domain/ids.ts';
import type { Report } from '../contract/rpc.ts';
import { JsonFile } from '../files/json-file.ts';
import { ARCHIVE_ENDING } from '../files/run-archive.ts';
import { RunFolder } from '../files/run-folder.ts';
import { moveRuns, trashOf } from '../files/run-trash.ts';
import { importRun } from './run-files.ts';

/** Which samples have been given to this data folder: what a person has deleted does not come back by itself. */
const SamplesSchema = v.strictObject({ given: v.array(IdSchema) });

interface SamplesSurroundings {
  readonly dataFolder: string;
  /** A folder of exported runs, each named by its run's id. */
  readonly archives: string | undefined;
  readonly report: Report;
  /** Runs have been added. */
  readonly onChange: () => void;
}

/** The runs that come with the app: at the first start they are put among the runs, later ones at the first start that has them. */
export class Samples {
  readonly handlers: Handlers<'samples:restore'> = { 'samples:restore': () => this.restore() };
  readonly #around: SamplesSurroundings;
  /** Settled once those never given before are among the runs, or it has been reported why not. */
  readonly given: Promise<void>;

  constructor(around: SamplesSurroundings) {
    this.#around = around;
    this.given = this.#give().catch((error: unknown) => {
      around.report(`The samples could not be put among the runs: ${toErrorData(error).message}`);
    });
  }

  /** Brings back those that are no longer among the runs. @throws StudioError naming the file where one cannot be read */
  async restore(): Promise<{ readonly runIds: readonly string[] }> {
    await this.given;
    const runIds: string[] = [];
    for (const id of await this.#ids()) if (await this.#bringBack(id)) runIds.push(id);
    if (runIds.length > 0) this.#around.onChange();
    return { runIds };
  }

  async #give(): Promise<void> {
    const ids = await this.#ids();
    const before = await this.#givenBefore();
    const fresh = ids.filter((id) => !before.includes(id));
    if (fresh.length === 0) return;
    for (const id of fresh) await this.#bringBack(id);
    await this.#file.write({ given: [...before, ...fresh] });
    this.#around.onChange();
  }

  /** @returns whether it was missing */
  async #bringBack(id: string): Promise<boolean> {
    const { dataFolder } = this.#around;
    if (await isThere(dataFolder, id)) return false;
    if (await isThere(trashOf(dataFolder), id)) await moveRuns([id], trashOf(dataFolder), dataFolder);
    else await importRun({ path: this.#archive(id), name: `${id}${ARCHIVE_ENDING}` }, dataFolder);
    return true;
  }

  async #ids(): Promise<readonly string[]> {
    const { archives } = this.#around;
    const names = archives === undefined ? [] : await readdir(archives).catch(() => []);
    const ids = names
      .filter((name) => name.endsWith(ARCHIVE_ENDING))
      .map((name) => name.slice(0, -ARCHIVE_ENDING.length));
    return ids.filter((id) => v.is(IdSchema, id)).sort();
  }

  async #givenBefore(): Promise<readonly string[]> {
    return (await this.#file.readIfThere())?.given ?? [];
  }

  get #file(): JsonFile<v.InferOutput<typeof SamplesSchema>> {
    return new JsonFile(join(this.#around.dataFolder, 'samples.json'), 1, SamplesSchema);
  }

  #archive(id: string): string {
    return join(this.#around.archives ?? '', `${id}${ARCHIVE_ENDING}`);
  }
}

async function isThere(dataFolder: string, id: string): Promise<boolean> {
  return access(RunFolder.under(dataFolder, id).path).then(
    () => true,
    () => false,
  );
}
