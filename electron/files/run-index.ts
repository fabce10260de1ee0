import { statSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as othersTurn } from 'node:timers/promises';
import * as v from 'valibot';
import { IdSchema } from '../domain/ids.ts';
import type { RunSummary } from '../domain/words.ts';
import { JsonFile } from './json-file.ts';

/** Raised when a summary says something else of the same files, so that older indexes are not read. */
const VERSION = 3;

/** What a summary is made of; the folder itself changes with every name in it: checkpoints, and files that are replaced. */
const FILES = ['.', 'run.json', 'experiment.json', 'annotations.json', 'metrics.jsonl', 'cluster.json'] as const;

/** Runs looked at before anything else of this process has its turn. */
const SLICE = 50;

/**
 * A file changed within this of its last change can look the same: a system's clock for files ticks in milliseconds, and FAT's in two
 * seconds. What was written so lately is read again the next time.
 */
const SETTLED_MS = 3_000;

const SummarySchema = v.strictObject({
  id: IdSchema,
  name: v.string(),
  preset: v.exactOptional(v.string()),
  imageSet: v.string(),
  // One that trains, or seems to, is looked at each time.
  status: v.picklist(['finished', 'stopped', 'failed', 'interrupted', 'imported']),
  startedAt: v.string(),
  epochs: v.number(),
  epochsDone: v.number(),
  codeSize: v.number(),
  imageValues: v.number(),
  seed: v.number(),
  tags: v.array(v.string()),
  notes: v.string(),
  sweep: v.exactOptional(v.string()),
  sample: v.exactOptional(v.literal(true)),
  curve: v.array(v.number()),
  bestValidationSquaredError: v.exactOptional(v.number()),
  testSquaredError: v.exactOptional(v.number()),
  resumable: v.boolean(),
  batchThatFits: v.exactOptional(v.number()),
  cluster: v.exactOptional(v.strictObject({ address: v.string(), workers: v.number(), open: v.boolean() })),
});
const IndexSchema = v.strictObject({
  /** By the names of their folders. */
  runs: v.array(v.strictObject({ folder: IdSchema, stamp: v.string(), summary: SummarySchema })),
});
type Entry = v.InferOutput<typeof IndexSchema>['runs'][number];

/**
 * Summaries of runs, kept so that a list need not read every run's files: each is taken only while those files look as they did
 * when it was read. A file that is missing or damaged counts as empty; it is a cache, and what cannot be written is read again.
 */
export class RunIndex {
  readonly #file: JsonFile<v.InferOutput<typeof IndexSchema>>;
  readonly #now: () => number;
  #entries: Promise<ReadonlyMap<string, Entry>> | undefined;

  /** @param now milliseconds since 1970, by the clock that files are stamped with */
  constructor(path: string, now: () => number = Date.now) {
    this.#file = new JsonFile(path, VERSION, IndexSchema);
    this.#now = now;
  }

  /**
   * The summaries of the runs below a folder, in the order of their ids.
   * @param read reads a run's files: asked where the index does not know how the run stands
   * @param active the run that this app trains, which is always read
   */
  async summaries(
    runsFolder: string,
    ids: readonly string[],
    read: (id: string) => Promise<RunSummary>,
    active: string | undefined,
  ): Promise<readonly RunSummary[]> {
    const known = await (this.#entries ??= this.#stored());
    const entries = new Map<string, Entry>();
    const summaries: RunSummary[] = [];
    for (let first = 0; first < ids.length; first += SLICE) {
      await othersTurn();
      const slice = ids.slice(first, first + SLICE).map(async (id) => {
        const { stamp, newest } = stampOf(join(runsFolder, id));
        const entry = known.get(id);
        if (entry?.stamp === stamp && id !== active) {
          entries.set(id, entry);
          return entry.summary;
        }
        const isSettled = newest + SETTLED_MS < this.#now();
        const summary = await read(id);
        if (isSettled && id !== active && isLasting(summary)) entries.set(id, { folder: id, stamp, summary });
        return summary;
      });
      summaries.push(...(await Promise.all(slice)));
    }
    const isNew = entries.size !== known.size || [...entries].some(([id, entry]) => known.get(id) !== entry);
    if (isNew) this.#keep(entries);
    return summaries;
  }

  /** Resolves when what is to be kept has been written, or could not be. */
  settled(): Promise<void> {
    return this.#file.settled();
  }

  async #stored(): Promise<ReadonlyMap<string, Entry>> {
    const { runs } = await this.#file.read().catch(() => ({ runs: [] }));
    return new Map(runs.map((entry) => [entry.folder, entry]));
  }

  #keep(entries: ReadonlyMap<string, Entry>): void {
    this.#entries = Promise.resolve(entries);
    void this.#file.write({ runs: [...entries.values()] }).catch(() => undefined);
  }
}

/** Whether a summary follows from the files alone, and JSON can hold it; one with a problem may name a path that is another tomorrow. */
function isLasting(summary: RunSummary): summary is Entry['summary'] {
  const { status, problem, curve } = summary;
  return status !== 'running' && status !== 'paused' && problem === undefined && curve.every(Number.isFinite);
}

/**
 * Sizes and times of a run's files, and the newest of these times; nothing fits where the system refuses to tell. Synchronous: a
 * promise takes ten times as long as a look.
 */
function stampOf(folder: string): { readonly stamp: string; readonly newest: number } {
  let newest = 0;
  const look = (name: string): string => {
    const found = statSync(join(folder, name), { throwIfNoEntry: false });
    if (found === undefined) return '';
    const { size, mtimeMs, ctimeMs } = found;
    newest = Math.max(newest, mtimeMs, ctimeMs);
    return `${size} ${mtimeMs} ${ctimeMs}`;
  };
  try {
    return { stamp: FILES.map(look).join(), newest };
  } catch {
    return { stamp: '', newest: Infinity };
  }
}
