import type { Events, Request, StudioApi } from '../../../electron/contract/contract.ts';
import type { Inspection, InspectionProgress, InspectSource, Region } from '../../../electron/contract/inspection.ts';
import type { ModelRef } from '../../../electron/contract/models.ts';
import type { Tiling } from '../../../electron/domain/inspection/tile-places.ts';
import { toErrorData, type ErrorData, type Result } from '../../../electron/domain/errors.ts';
import { recipeForNormal } from '../../../electron/domain/inspection/recipe-for-normal.ts';
import type { Recipe } from '../../../electron/domain/recipe.ts';
import type { ImageSetSummary, RunProgress } from '../../../electron/domain/words.ts';
import { LatestRequest, type RequestToken } from '../../link/latest-request.svelte.ts';
import { moveToTraining } from './move-to-training.ts';

/** What goes on. Fractions are of that part alone, 0-1, and absent before anything was told. */
export type Work =
  | { readonly kind: 'importing'; readonly fraction?: number }
  | { readonly kind: 'training'; readonly runId: string; readonly progress?: RunProgress }
  | {
      readonly kind: 'checking';
      readonly job: string;
      readonly step: InspectionProgress['kind'];
      readonly fraction: number;
    };

/** How the run ended that was waited for. */
type End = Pick<Events['run:ended'], 'status' | 'problem'>;

/** How pictures are looked at. */
export interface Look {
  /** The side of the tiles that large ones are judged by; `null`: whole. */
  readonly tiles: number | null;
  /** The part of each that counts, where it is not all of it. */
  readonly region?: Region;
}

export interface WorkDone {
  readonly inspection: Inspection;
  /** Absent where it was what the host had inspected last. */
  readonly source?: InspectSource;
}

const newJob = (): string => `inspection-${crypto.randomUUID()}`;

/** Training on normal pictures and checking others, one after the other, as the window sees it; one thing at a time. */
export class OddWork {
  now = $state.raw<Work>();
  problem = $state.raw<ErrorData>();
  /** What became of what was stopped. */
  said = $state('');
  cancelling = $state(false);

  readonly #api: StudioApi;
  readonly #done: (done: WorkDone) => void;
  /** The model is there before anything is checked with it. */
  readonly #trained: (runId: string) => void;
  readonly #requests = new LatestRequest();
  #importId: string | undefined;
  /** Runs that ended while one is awaited: a small one may be over before its name is known. */
  #ends: Readonly<Record<string, End>> = {};
  #wake: () => void = () => undefined;
  #listens = false;

  constructor(api: StudioApi, done: (done: WorkDone) => void, trained: (runId: string) => void) {
    this.#api = api;
    this.#done = done;
    this.#trained = trained;
  }

  get busy(): boolean {
    return this.now !== undefined;
  }

  /** The run whose end is waited for. */
  get runId(): string | undefined {
    return this.now?.kind === 'training' ? this.now.runId : undefined;
  }

  /** A run has ended while the window could not hear of it. */
  hearOf(runId: string, end: End): void {
    if (this.runId === runId) this.#ended(runId, end);
  }

  /**
   * Imports what was dropped, trains on its normal part and checks.
   * @param check of what was dropped by itself; left out, the rest of the drop, which has become the set's test images and is shown as
   *   it came
   */
  async trainOnDrop(staged: string, name: string, check?: InspectSource, tiles?: Tiling): Promise<void> {
    await this.#working({ kind: 'importing' }, async (token) => {
      const begun = await this.#api.call('inspection:train', { staged, name, ...(tiles && { tiles }) });
      if (token.isStale) return;
      // Imported or not, it is used up, but for what of it is checked.
      const isKept = begun.ok && (check === undefined || check.staged === staged);
      if (!isKept) void this.#api.call('files:release', { staged });
      if (!begun.ok) return this.#fail(begun.error);
      const { runId, imageSet } = begun.value;
      await this.#follow(token, runId, check ?? { ...partOf(imageSet), staged });
      const isUnused = this.problem !== undefined || this.said !== '';
      if (isKept && isUnused) void this.#api.call('files:release', { staged });
    });
  }

  /** Trains on an image set as it is, and checks groups of it. */
  async trainOnSet(imageSet: ImageSetSummary, source: InspectSource): Promise<void> {
    await this.#working({ kind: 'importing' }, (token) => this.#trainOn(token, imageSet, source));
  }

  /**
   * Moves test images among those to learn from, in a version of their set of its own, trains on it, and checks those left.
   * @param staged what the set was imported from, where that is at hand
   */
  async trainWith(imageSet: string, names: readonly string[], staged?: string): Promise<void> {
    await this.#working({ kind: 'importing' }, async (token) => {
      const moved = await moveToTraining(this.#api, imageSet, names);
      if (token.isStale) return;
      if (!moved.ok) return this.#fail(moved.error);
      await this.#trainOn(token, moved.value, { ...partOf(moved.value), ...(staged !== undefined && { staged }) });
    });
  }

  /** Checks with a model that is there. @param source left out: what was checked with it last */
  async check(model: ModelRef, source: InspectSource | undefined, look?: Look): Promise<void> {
    await this.#working(this.#checking(newJob()), (token) => this.#check(token, model, source, look));
  }

  cancel(): void {
    const work = this.now;
    if (!work || this.cancelling) return;
    this.cancelling = true;
    if (work.kind === 'checking') void this.#api.call('inspection:cancel', { job: work.job });
    else if (work.kind === 'training') void this.#api.call('run:stop', { runId: work.runId });
    else this.#cancelImport();
  }

  async #working(first: Work, work: (token: RequestToken) => Promise<void>): Promise<void> {
    if (this.busy) return;
    this.#listen();
    this.now = first;
    this.problem = undefined;
    this.said = '';
    this.cancelling = false;
    this.#importId = undefined;
    this.#ends = {};
    await this.#requests.run(work);
    this.now = undefined;
    this.cancelling = false;
  }

  async #trainOn(token: RequestToken, imageSet: ImageSetSummary, source: InspectSource): Promise<void> {
    let recipe: Recipe;
    try {
      recipe = recipeForNormal(imageSet);
    } catch (error) {
      return this.#fail(toErrorData(error));
    }
    const { experiment } = recipe;
    const begun = await this.#api.call('run:start', { experiment: { ...experiment, name: imageSet.name } });
    if (token.isStale) return;
    if (!begun.ok) return this.#fail(begun.error);
    await this.#follow(token, begun.value.runId, source);
  }

  /** Waits for the run's end, then checks. */
  async #follow(token: RequestToken, runId: string, source: InspectSource): Promise<void> {
    this.now = { kind: 'training', runId };
    if (this.cancelling) void this.#api.call('run:stop', { runId });
    while (this.#ends[runId] === undefined) await new Promise<void>((resolve) => (this.#wake = resolve));
    if (token.isStale) return;
    const { status, problem } = this.#ends[runId];
    if (status === 'failed' || status === 'interrupted') {
      const message = problem ?? 'The training was cut off: it can be resumed in Runs, and its model used here then.';
      return this.#fail({ code: 'engine-failed', message });
    }
    this.#trained(runId);
    if (this.cancelling) {
      this.said = 'The training was stopped, nothing was checked. Its model is among the others.';
      return;
    }
    this.now = this.#checking(newJob());
    await this.#check(token, { runId, weights: 'best' }, source);
  }

  async #check(
    token: RequestToken,
    model: ModelRef,
    source: InspectSource | undefined,
    look: Look | undefined = undefined,
  ): Promise<void> {
    if (this.now?.kind !== 'checking') return;
    const { job } = this.now;
    const of = source && { source };
    const answer: Result<Inspection> = await this.#api.call('inspection:start', { job, model, ...of, ...look });
    if (token.isStale) return;
    if (answer.ok) this.#done({ inspection: answer.value, ...of });
    else this.#fail(answer.error);
  }

  #checking(job: string): Work {
    return { kind: 'checking', job, step: 'reading', fraction: 0 };
  }

  #fail(error: ErrorData): void {
    if (error.code === 'stopped') this.said = error.message;
    else this.problem = error;
  }

  #cancelImport(): void {
    const request: Request<'import:cancel'> | undefined =
      this.#importId === undefined ? undefined : { importId: this.#importId };
    if (request) void this.#api.call('import:cancel', request);
  }

  #listen(): void {
    if (this.#listens) return;
    this.#listens = true;
    this.#api.listen('import:progressed', ({ importId, progress }) => {
      if (this.now?.kind !== 'importing') return;
      const isFirst = this.#importId === undefined;
      this.#importId = importId;
      // Asked before it had a name.
      if (isFirst && this.cancelling) this.#cancelImport();
      this.now =
        progress.kind === 'reading' ? { kind: 'importing', fraction: progress.fraction } : { kind: 'importing' };
    });
    this.#api.listen('run:progressed', (progress) => {
      if (this.now?.kind === 'training' && this.now.runId === progress.runId) this.now = { ...this.now, progress };
    });
    this.#api.listen('inspection:progressed', ({ job, kind, fraction }) => {
      if (this.now?.kind === 'checking' && this.now.job === job) this.now = { ...this.now, step: kind, fraction };
    });
    this.#api.listen('run:ended', ({ runId, status, problem }) =>
      this.#ended(runId, problem === undefined ? { status } : { status, problem }),
    );
    this.#api.listen('engine:state-changed', (state) => {
      if (state.kind === 'lost' && this.now?.kind === 'training')
        this.#ended(this.now.runId, { status: 'interrupted' });
    });
  }

  #ended(runId: string, end: End): void {
    if (!this.busy) return;
    this.#ends = { [runId]: end, ...this.#ends };
    this.#wake();
  }
}

/** What of a set is checked where nobody says: its test images, or, without any, all. */
const partOf = ({ id, testCount }: ImageSetSummary): InspectSource => ({
  kind: 'set',
  imageSet: id,
  split: testCount === 0 ? 'training' : 'test',
});
