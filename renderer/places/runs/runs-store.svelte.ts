import { SvelteSet } from 'svelte/reactivity';
import type { Request } from '../../../electron/contract/contract.ts';
import type { ErrorData, Result } from '../../../electron/domain/errors.ts';
import type { HandedFile, Staged } from '../../../electron/contract/files.ts';
import type { ImageSetSummary, RunSummary } from '../../../electron/domain/words.ts';
import { CodeSizes } from './codes.svelte.ts';
import { Comparison, type ComparisonContext } from './comparison.svelte.ts';
import { InTurn } from '../../link/in-turn.svelte.ts';
import { LatestRequest } from '../../link/latest-request.svelte.ts';
import { exportWords } from '../../files/export-words.ts';
import { RunThumbnails } from './run-thumbnails.svelte.ts';
import { everyRun, filteredRuns, newestFirst, type RunFilter, type RunOrder } from './list.ts';

/** What the place shows: its list, one run, several compared, or what codes of several sizes cost. */
export type RunsPage =
  | { readonly kind: 'list' }
  | { readonly kind: 'run' }
  | { readonly kind: 'compare'; readonly comparison: Comparison }
  | { readonly kind: 'codes'; readonly codes: CodeSizes };

/** What the store needs of the window. */
export interface RunsStoreContext extends ComparisonContext {
  readonly imageSets: readonly ImageSetSummary[];
  listRuns(): Promise<void>;
  takeSummary(summary: RunSummary): void;
}

/** What was said last of a run's file: that it is being made, where it lies, or why it does not. */
export interface Said {
  readonly runId: string;
  readonly text: string;
  readonly failed: boolean;
}

export interface Imported {
  readonly runs: number;
  /** A sentence for each file that was not taken, naming it. */
  readonly problems: readonly string[];
  /** It was ended before all were taken in. */
  readonly stopped: boolean;
}

/** The store of runs as the window sees it: order, choice, trash, files. */
export class RunsStore {
  page = $state.raw<RunsPage>({ kind: 'list' });
  order = $state.raw<RunOrder>(newestFirst);
  filter = $state.raw<RunFilter>(everyRun);
  trash = $state.raw<readonly RunSummary[]>([]);
  /** The runs deleted last, until they are restored: so that it can be undone at once. */
  deleted = $state.raw<readonly RunSummary[]>([]);
  /** Why the last change of the list was refused. */
  problem = $state.raw<ErrorData>();
  said = $state.raw<Said>();
  /** A share of the files sent, 0-1, while runs are imported. */
  importing = $state.raw<number>();
  /** The import was told to end, and has not yet. */
  stoppingImport = $state(false);
  imported = $state.raw<Imported>();

  readonly thumbnails: RunThumbnails;

  /** Ids, of runs that may be gone by now. */
  readonly #ticked = new SvelteSet<string>();
  /** What is being imported, once it is handed over. */
  #staged: string | undefined;
  readonly #trashRequests = new LatestRequest();
  readonly #changes = new InTurn();
  /** Of the files that are being made, what is said is of the newest. */
  readonly #files = new LatestRequest();
  readonly #context: RunsStoreContext;
  /** Those of the list as it is narrowed now: what is out of sight is not chosen. */
  readonly ticked = $derived.by(() => {
    const { runs, imageSets } = this.#context;
    return filteredRuns(runs, this.filter, imageSets).filter(({ id }) => this.#ticked.has(id));
  });

  constructor(context: RunsStoreContext) {
    this.#context = context;
    this.thumbnails = new RunThumbnails(context.api);
    context.api.listen('runs:changed', () => void this.refresh());
  }

  isTicked(id: string): boolean {
    return this.#ticked.has(id);
  }

  tick(ids: readonly string[], ticked: boolean): void {
    for (const id of ids) {
      if (ticked) this.#ticked.add(id);
      else this.#ticked.delete(id);
    }
  }

  showList(): void {
    this.page = { kind: 'list' };
  }

  /** The place was left: whoever comes back finds the list, with nothing chosen. */
  leave(): void {
    this.showList();
    this.#untick();
  }

  showRun(): void {
    this.said = undefined;
    this.page = { kind: 'run' };
  }

  compare(runs: readonly RunSummary[]): void {
    this.page = { kind: 'compare', comparison: new Comparison(this.#context, ids(runs)) };
    this.#untick();
  }

  /** Finished runs only: the others have no weights to measure. */
  showCodes(runs: readonly RunSummary[]): void {
    this.page = { kind: 'codes', codes: new CodeSizes(this.#context, ids(runs)) };
    this.#untick();
  }

  /** Reads the list and the trash anew. */
  async refresh(): Promise<void> {
    await Promise.all([this.#readTrash(), this.#context.listRuns()]);
  }

  /** Answers why it was not done, to be said where it was asked. */
  annotate(change: Request<'run:annotate'>): Promise<ErrorData | undefined> {
    return this.#changes.ask(() => this.#annotate(change));
  }

  /** Changes a run's tags as they are when it is their turn: two changes at once are both made. Answers why it was not done. */
  changeTags(runId: string, change: (tags: readonly string[]) => readonly string[]): Promise<ErrorData | undefined> {
    return this.#changes.ask(async () => {
      const run = this.#context.runs.find(({ id }) => id === runId);
      const tags = run && change(run.tags);
      return tags && tags !== run.tags ? this.#annotate({ runId, tags: [...tags] }) : undefined;
    });
  }

  async #annotate(change: Request<'run:annotate'>): Promise<ErrorData | undefined> {
    const result = await this.#context.api.call('run:annotate', change);
    if (!result.ok) return result.error;
    this.#context.takeSummary(result.value);
    return undefined;
  }

  /** Gives all ticked runs one more tag. */
  async tagTicked(tag: string): Promise<void> {
    this.problem = undefined;
    for (const { id } of this.ticked) this.problem ??= await this.changeTags(id, (tags) => withTag(tags, tag));
  }

  async delete(runs: readonly RunSummary[]): Promise<void> {
    const runIds = ids(runs);
    if (!(await this.#change(() => this.#context.api.call('run:delete', { runIds })))) return;
    this.deleted = runs;
    this.tick(runIds, false);
    if (this.page.kind === 'run') this.showList();
  }

  async restore(runs: readonly RunSummary[]): Promise<void> {
    const runIds = ids(runs);
    if (!(await this.#change(() => this.#context.api.call('run:restore', { runIds })))) return;
    this.deleted = this.deleted.filter(({ id }) => !runIds.includes(id));
  }

  async emptyTrash(): Promise<void> {
    if (await this.#change(() => this.#context.api.call('run:empty-trash', {}))) this.deleted = [];
  }

  dismissDeleted(): void {
    this.deleted = [];
  }

  async exportRun(runId: string): Promise<void> {
    await this.#makeFile(runId, 'Packing the run…', 'run:export');
  }

  async saveReport(runId: string): Promise<void> {
    await this.#makeFile(runId, 'Writing the report…', 'run:report');
  }

  /** Takes runs from files. Those that are no run files are left to the host, which says so by name. */
  async importFiles(files: readonly HandedFile[]): Promise<void> {
    if (this.importing !== undefined || files.length === 0) return;
    this.#beginImport();
    const staged = await this.#context.api.stage(files, (fraction) => (this.importing = fraction));
    if (staged.ok) await this.#importAll(staged.value);
    else this.problem = staged.error;
    this.importing = undefined;
  }

  /** Ends an import: runs that were taken in before stay, nothing of the rest does. */
  async stopImport(): Promise<void> {
    if (this.importing === undefined || this.stoppingImport) return;
    this.stoppingImport = true;
    // What is still being handed over is let go of when it has come; what has ended meanwhile tells how by its own answer.
    if (this.#staged !== undefined) await this.#context.api.call('run:cancel-import', { staged: this.#staged });
  }

  /** The same with files that the host has already. */
  async importStaged(staged: Staged): Promise<void> {
    if (this.importing !== undefined) return;
    this.#beginImport();
    await this.#importAll(staged);
    this.importing = undefined;
  }

  dismissImported(): void {
    this.imported = undefined;
  }

  /** What was chosen was chosen for what is shown now. */
  #untick(): void {
    this.#ticked.clear();
  }

  async #readTrash(): Promise<void> {
    await this.#trashRequests.run(async (token) => {
      const trash = await this.#context.api.call('run:trash', {});
      if (trash.ok && !token.isStale) this.trash = trash.value;
    });
  }

  #beginImport(): void {
    this.problem = undefined;
    this.imported = undefined;
    this.importing = 0;
    this.stoppingImport = false;
  }

  async #importAll({ staged }: Staged): Promise<void> {
    this.#staged = staged;
    const taken = this.stoppingImport
      ? ({ ok: true, value: { runIds: [], problems: [], stopped: true } } as const)
      : await this.#context.api.call('run:import', { staged });
    this.#staged = undefined;
    if (taken.ok) {
      const { runIds, problems, stopped = false } = taken.value;
      this.imported = { runs: runIds.length, problems, stopped };
    } else this.problem = taken.error;
    // Whether it worked matters to nobody here: the host lets go of everything when the window does.
    await this.#context.api.call('files:release', { staged });
    await this.refresh();
  }

  async #makeFile(runId: string, meanwhile: string, channel: 'run:export' | 'run:report'): Promise<void> {
    this.said = { runId, text: meanwhile, failed: false };
    await this.#files.run(async (token) => {
      const words = exportWords(await this.#context.api.call(channel, { runId }));
      if (!token.isStale) this.said = { runId, ...words };
    });
  }

  async #change(ask: () => Promise<Result<unknown>>): Promise<boolean> {
    const result = await ask();
    this.problem = result.ok ? undefined : result.error;
    if (result.ok) await this.refresh();
    return result.ok;
  }
}

export const withTag = (tags: readonly string[], tag: string): readonly string[] =>
  tags.includes(tag) ? tags : [...tags, tag];

const ids = (runs: readonly RunSummary[]) => runs.map(({ id }) => id);
