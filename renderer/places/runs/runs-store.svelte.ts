import { SvelteSet } from 'svelte/reactivity';
import type { Request } from '../../../electron/contract/contract.ts';
import type { ErrorData, Result } from '../../../electron/domain/errors.ts';
import type { HandedFile, Staged } from '../../../electron/contract/files.ts';
import type { RunSummary } from '../../../electron/domain/words.ts';
import { CodeSizes } from './codes.svelte.ts';
import { Comparison, type ComparisonContext } from './comparison.svelte.ts';
import { exportWords } from '../../files/export-words.ts';
import { RunThumbnails } from './run-thumbnails.svelte.ts';
import { everyRun, newestFirst, type RunFilter, type RunOrder } from './list.ts';

/** What the place shows: its list, one run, several compared, or what codes of several sizes cost. */
export type RunsPage =
  | { readonly kind: 'list' }
  | { readonly kind: 'run' }
  | { readonly kind: 'compare'; readonly comparison: Comparison }
  | { readonly kind: 'codes'; readonly codes: CodeSizes };

/** What the store needs of the window. */
export interface RunsStoreContext extends ComparisonContext {
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
  imported = $state.raw<Imported>();

  readonly thumbnails: RunThumbnails;

  /** Ids, of runs that may be gone by now. */
  readonly #ticked = new SvelteSet<string>();
  readonly #context: RunsStoreContext;
  readonly ticked = $derived.by(() => this.#context.runs.filter(({ id }) => this.#ticked.has(id)));

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

  showRun(): void {
    this.said = undefined;
    this.page = { kind: 'run' };
  }

  compare(runs: readonly RunSummary[]): void {
    this.page = { kind: 'compare', comparison: new Comparison(this.#context, ids(runs)) };
  }

  /** Finished runs only: the others have no weights to measure. */
  showCodes(runs: readonly RunSummary[]): void {
    this.page = { kind: 'codes', codes: new CodeSizes(this.#context, ids(runs)) };
  }

  /** Reads the list and the trash anew. */
  async refresh(): Promise<void> {
    const [trash] = await Promise.all([this.#context.api.call('run:trash', {}), this.#context.listRuns()]);
    if (trash.ok) this.trash = trash.value;
  }

  /** Answers why it was not done, to be said where it was asked. */
  async annotate(change: Request<'run:annotate'>): Promise<ErrorData | undefined> {
    const result = await this.#context.api.call('run:annotate', change);
    if (!result.ok) return result.error;
    this.#context.takeSummary(result.value);
    return undefined;
  }

  /** Gives all ticked runs one more tag. */
  async tagTicked(tag: string): Promise<void> {
    this.problem = undefined;
    const without = this.ticked.filter(({ tags }) => !tags.includes(tag));
    for (const { id, tags } of without) this.problem ??= await this.annotate({ runId: id, tags: [...tags, tag] });
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

  #beginImport(): void {
    this.problem = undefined;
    this.imported = undefined;
    this.importing = 0;
  }

  async #importAll({ staged }: Staged): Promise<void> {
    const taken = await this.#context.api.call('run:import', { staged });
    if (taken.ok) this.imported = { runs: taken.value.runIds.length, problems: taken.value.problems };
    else this.problem = taken.error;
    // Whether it worked matters to nobody here: the host lets go of everything when the window does.
    await this.#context.api.call('files:release', { staged });
    await this.refresh();
  }

  async #makeFile(runId: string, meanwhile: string, channel: 'run:export' | 'run:report'): Promise<void> {
    this.said = { runId, text: meanwhile, failed: false };
    this.said = { runId, ...exportWords(await this.#context.api.call(channel, { runId })) };
  }

  async #change(ask: () => Promise<Result<unknown>>): Promise<boolean> {
    const result = await ask();
    this.problem = result.ok ? undefined : result.error;
    if (result.ok) await this.refresh();
    return result.ok;
  }
}

const ids = (runs: readonly RunSummary[]) => runs.map(({ id }) => id);
