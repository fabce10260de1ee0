import type { Events, StudioApi } from '../../../electron/contract/contract.ts';
import { toErrorData, type ErrorData } from '../../../electron/domain/errors.ts';
import type { HandedFile, Staged } from '../../../electron/contract/files.ts';
import { readingOf, type Reading } from '../../../electron/contract/import-options.ts';
import type { ImportPlan, ImportProgress, ImportReport } from '../../../electron/contract/import-plan.ts';
import { LatestRequest, type RequestToken } from '../../link/latest-request.svelte.ts';
import { heldWords, type DropHandler, type DropOffer, type HeldFiles } from '../../window/drops.ts';
import { ImportChoice } from './import-choice.svelte.ts';
import type { ImportTarget } from './import-destination.svelte.ts';

export type ImportPhase =
  | { readonly kind: 'none' }
  /** The folders that were dropped are being listed. */
  | { readonly kind: 'listing' }
  /** Files are on their way to the host; the share sent, 0-1. */
  | { readonly kind: 'handing'; readonly fraction: number }
  | { readonly kind: 'planning'; readonly files: number }
  | { readonly kind: 'choosing'; readonly plan: ImportPlan; readonly cancelled: boolean }
  | { readonly kind: 'importing'; readonly progress?: ImportProgress; readonly cancelling: boolean }
  | { readonly kind: 'imported'; readonly report: ImportReport }
  | { readonly kind: 'failed'; readonly error: ErrorData };

type Ended = Events['import:ended'];

/** An import from the drop to its report, as the window sees it; one at a time. */
export class Importing implements DropHandler {
  phase = $state.raw<ImportPhase>({ kind: 'none' });
  /** Whether the sheet is up; an import goes on without it. */
  open = $state(false);
  /** Why the last try did not start or did not end well. */
  problem = $state.raw<ErrorData>();

  readonly choice: ImportChoice;

  readonly #api: StudioApi;
  #plan: ImportPlan | undefined;
  #staged: Staged | undefined;
  #importId: string | undefined;
  /** The end of an import whose start is not answered yet. */
  #early: Ended | undefined;
  /** What belongs to an earlier beginning is late and is dropped. */
  readonly #beginnings = new LatestRequest();
  #beginning = this.#beginnings.begin();

  constructor(api: StudioApi) {
    this.#api = api;
    this.choice = new ImportChoice(api, () => this.phase.kind === 'choosing');
    api.listen('import:progressed', ({ importId, progress }) => this.#progressed(importId, progress));
    api.listen('import:ended', (ended) => this.#ended(ended));
  }

  get busy(): boolean {
    return this.phase.kind === 'importing';
  }

  offer(held: HeldFiles): DropOffer {
    if (this.busy) {
      return { title: 'An import is running', hint: 'Wait until it has ended, or cancel it.', refused: true };
    }
    return {
      title: `Make an image set of ${heldWords(held)}`,
      hint: 'You choose size, colours and labels next; nothing is written before that.',
    };
  }

  take(files: Promise<readonly HandedFile[]>): void {
    void this.begin(files);
  }

  /**
   * Takes files up, and proposes how to import them.
   * @param target a set that they may be added to, and probably are to
   */
  async begin(listing: Promise<readonly HandedFile[]>, target?: ImportTarget, label = ''): Promise<void> {
    if (this.busy) return;
    this.#forget();
    this.choice.destination.begin(target, label);
    this.open = true;
    this.phase = { kind: 'listing' };
    const beginning = this.#beginning;
    try {
      const files = await listing;
      if (beginning.isStale) return;
      await this.#stage(files, beginning);
      if (!beginning.isStale && this.#plan) this.choice.destination.labelAfter(files, this.#plan);
    } catch (error) {
      if (!beginning.isStale) this.#fail(toErrorData(error));
    }
  }

  /** The same with files that the host has already. */
  async beginStaged(staged: Staged): Promise<void> {
    if (this.busy) return;
    this.#forget();
    this.open = true;
    await this.#propose(staged, this.#beginning);
  }

  /** Reads the files another way: what is in them is looked at anew. */
  async reread(reading: Reading): Promise<void> {
    const plan = this.#plan;
    if (!this.choice.form || !this.#staged || plan === undefined) return;
    this.choice.choose(reading);
    const wanted = readingOf(this.choice.form.base);
    const beginning = this.#beginning;
    const { staged } = this.#staged;
    const result = await this.#api.call('import:plan', { staged, reading: wanted });
    if (beginning.isStale || !this.choice.form || this.phase.kind !== 'choosing') return;
    // Another choice may have been made meanwhile: its own plan is asked for already.
    if (JSON.stringify(readingOf(this.choice.form.base)) !== JSON.stringify(wanted)) return;
    this.problem = result.ok ? undefined : result.error;
    if (!result.ok) return;
    this.#plan = result.value;
    this.choice.proposeAnew(plan.options, result.value.options);
    this.phase = { ...this.phase, plan: result.value };
  }

  /** Imports as the form says. */
  async start(): Promise<void> {
    const { reading } = this.choice;
    if (this.phase.kind !== 'choosing' || reading?.kind !== 'ready' || !this.#staged) return;
    const { plan } = this.phase;
    const beginning = this.#beginning;
    this.problem = undefined;
    this.#early = undefined;
    this.phase = { kind: 'importing', cancelling: false };
    const { staged } = this.#staged;
    const result = await this.#api.call('import:start', {
      staged,
      options: reading.options,
      autoInverts: plan.autoInverts,
      ...this.choice.destination.request,
    });
    if (beginning.isStale) return;
    if (!result.ok) return this.#backToChoosing({ problem: result.error });
    this.#importId = result.value.importId;
    const early = this.#early as Ended | undefined;
    if (early?.importId === this.#importId) this.#ended(early);
    else if (this.#cancelling()) await this.cancel();
  }

  async cancel(): Promise<void> {
    if (this.phase.kind !== 'importing') return;
    this.phase = { ...this.phase, cancelling: true };
    // Not answered yet: it is cancelled as soon as it has an id.
    if (this.#importId === undefined) return;
    const beginning = this.#beginning;
    const result = await this.#api.call('import:cancel', { importId: this.#importId });
    if (result.ok || beginning.isStale || this.phase.kind !== 'importing') return;
    this.problem = result.error;
    this.phase = { ...this.phase, cancelling: false };
  }

  /** Closes the sheet. An import that runs goes on; anything else is let go of. */
  dismiss(): void {
    this.open = false;
    if (!this.busy) this.#forget();
  }

  show(): void {
    this.open = true;
  }

  #cancelling(): boolean {
    return this.phase.kind === 'importing' && this.phase.cancelling;
  }

  /** The import that runs, as soon as it has an id. */
  get importId(): string | undefined {
    return this.#importId;
  }

  /**
   * Takes up what the host says is running now, or hears that the import has ended while the window could not.
   * @param before the window's import when the host was asked
   */
  attach(before: string | undefined, running: string | undefined): void {
    if (running !== undefined && this.phase.kind === 'none') {
      this.#importId = running;
      this.phase = { kind: 'importing', cancelling: false };
    } else if (before !== undefined && before === this.#importId && running !== before) {
      const message = 'The import ended while the window was not connected: look whether its set is in Data.';
      this.#ended({ importId: before, kind: 'failed', error: { code: 'engine-lost', message } });
    }
  }

  async #stage(files: readonly HandedFile[], beginning: RequestToken): Promise<void> {
    if (files.length === 0) {
      return this.#fail({ code: 'bad-request', message: 'There are no files in what was dropped or chosen.' });
    }
    this.phase = { kind: 'handing', fraction: 0 };
    const staged = await this.#api.stage(files, (fraction) => {
      if (!beginning.isStale && this.phase.kind === 'handing') this.phase = { kind: 'handing', fraction };
    });
    if (!staged.ok) return beginning.isStale ? undefined : this.#fail(staged.error);
    if (beginning.isStale) return this.#release(staged.value);
    await this.#propose(staged.value, beginning);
  }

  async #propose(staged: Staged, beginning: RequestToken): Promise<void> {
    this.#staged = staged;
    this.phase = { kind: 'planning', files: staged.files };
    const plan = await this.#api.call('import:plan', { staged: staged.staged });
    if (beginning.isStale) return;
    if (!plan.ok) return this.#fail(plan.error);
    this.#plan = plan.value;
    this.choice.begin(staged.staged, plan.value.options);
    this.phase = { kind: 'choosing', plan: plan.value, cancelled: false };
  }

  #progressed(importId: string, progress: ImportProgress): void {
    // The window was opened anew while an import ran: it is taken up where it is.
    if (this.phase.kind === 'none') {
      this.#importId = importId;
      this.phase = { kind: 'importing', progress, cancelling: false };
    } else if (this.phase.kind === 'importing' && (this.#importId ?? importId) === importId) {
      this.phase = { ...this.phase, progress };
    }
  }

  #ended(ended: Ended): void {
    if (this.phase.kind !== 'importing') return;
    if (this.#importId !== ended.importId) {
      if (this.#importId === undefined) this.#early = ended;
      return;
    }
    this.#importId = undefined;
    if (ended.kind === 'imported') {
      this.#letGo();
      this.phase = { kind: 'imported', report: ended.report };
    } else if (ended.kind === 'cancelled') this.#backToChoosing({ cancelled: true });
    else this.#backToChoosing({ problem: ended.error });
  }

  /** What was chosen is still there, so that another size or fit can be tried. */
  #backToChoosing({ problem, cancelled = false }: { problem?: ErrorData; cancelled?: boolean }): void {
    this.problem = problem;
    if (this.#plan) this.phase = { kind: 'choosing', plan: this.#plan, cancelled };
    else if (problem) this.#fail(problem);
    else this.#forget();
  }

  #fail(error: ErrorData): void {
    this.#letGo();
    this.phase = { kind: 'failed', error };
  }

  #forget(): void {
    this.#beginning = this.#beginnings.begin();
    this.#letGo();
    this.#importId = undefined;
    this.choice.destination.begin();
    this.problem = undefined;
    this.phase = { kind: 'none' };
  }

  #letGo(): void {
    this.choice.clear();
    this.#plan = undefined;
    const staged = this.#staged;
    this.#staged = undefined;
    if (staged) void this.#release(staged);
  }

  /** Whether it worked matters to nobody here: the host lets go of everything when the window does. */
  async #release({ staged }: Staged): Promise<void> {
    await this.#api.call('files:release', { staged });
  }
}
