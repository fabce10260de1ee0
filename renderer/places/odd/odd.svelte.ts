import type { StudioApi } from '../../../electron/contract/contract.ts';
import type { HandedFile } from '../../../electron/contract/files.ts';
import type { InspectSource } from '../../../electron/contract/inspection.ts';
import type { ModelRef } from '../../../electron/contract/models.ts';
import { toErrorData, type ErrorData } from '../../../electron/domain/errors.ts';
import type { ImageSetSummary, RunSummary } from '../../../electron/domain/words.ts';
import type { Tiling } from '../../../electron/domain/inspection/tile-places.ts';
import { LatestRequest } from '../../link/latest-request.svelte.ts';
import type { ErrorUnit } from '../../../electron/contract/settings.ts';
import type { Preferences } from '../../window/preferences.svelte.ts';
import { trainedRuns } from '../../run/trained-runs.ts';
import { heldWords, type DropHandler } from '../../window/drops.ts';
import type { Remembered } from '../../window/remembered.ts';
import { Existing } from './existing.svelte.ts';
import { boxes, Given, type Box, type Filled } from './given.svelte.ts';
import { Inspected } from './inspected.svelte.ts';
import { InspectionExport } from './inspection-export.svelte.ts';
import { OddWork, type Look, type WorkDone } from './work.svelte.ts';

/** What this place reads of the window around it. */
export interface OddSurroundings {
  readonly api: StudioApi;
  readonly runs: readonly RunSummary[];
  readonly imageSets: readonly ImageSetSummary[];
  readonly preferences: Pick<Preferences, 'errorUnit'>;
  readonly remembered: Remembered;
}

/** The place where good pictures and doubtful ones become verdicts. */
export class Odd {
  readonly given: Given;
  readonly existing: Existing;
  readonly work: OddWork;
  readonly saving: InspectionExport;
  inspected = $state.raw<Inspected>();
  /** Pictures to train on and to check are chosen, whatever was inspected before. */
  beginning = $state(false);
  /** The box that files are held over. */
  over = $state<Box>();
  openProblem = $state.raw<ErrorData>();
  /** Share of the pictures that are sent to be checked, 0-1, while they are. */
  uploaded = $state<number>();

  #modelId = $state<string>();
  readonly #around: OddSurroundings;
  readonly #opening = new LatestRequest();
  readonly #handing = new LatestRequest();
  /** What was checked last with files: kept by the host while it is on view. */
  #source: InspectSource | undefined;
  #entered = false;

  /** Weights that are being trained change under what is checked. */
  readonly models = $derived.by(() =>
    trainedRuns(this.#around.runs).filter(({ status }) => status !== 'running' && status !== 'paused'),
  );
  readonly model = $derived.by(() => this.models.find(({ id }) => id === this.#modelId));
  readonly modelSet = $derived.by(() => this.#around.imageSets.find(({ id }) => id === this.model?.imageSet));
  get imageSets(): OddSurroundings['imageSets'] {
    return this.#around.imageSets;
  }
  get errorUnit(): ErrorUnit {
    return this.#around.preferences.errorUnit;
  }

  /** What the place shows. */
  readonly view = $derived.by<'start' | 'work' | 'result'>(() => {
    if (this.work.busy) return 'work';
    return this.beginning || this.model === undefined ? 'start' : 'result';
  });

  /** What happens to files that are dropped on the window while this place is shown. */
  readonly drops: DropHandler = {
    offer: (held, target) => {
      if (this.view === 'work')
        return { title: 'Something is being trained or checked', hint: 'Drop more when it is done.', refused: true };
      if (this.view === 'result')
        return { title: `Check ${heldWords(held)}`, hint: `With “${this.model?.name}”, as it was trained.` };
      this.over = boxAt(target);
      return { title: '', hint: '', inPlace: true };
    },
    leave: () => (this.over = undefined),
    take: (files, target) => {
      this.over = undefined;
      if (this.view === 'result') void this.checkFiles(files);
      else void this.given.take(boxAt(target), files);
    },
  };

  constructor(around: OddSurroundings) {
    this.#around = around;
    const { api } = around;
    this.given = new Given(api);
    this.existing = new Existing(around, () => this.models);
    this.saving = new InspectionExport(api);
    this.work = new OddWork(
      api,
      (done) => this.#take(done),
      (runId) => this.#look(runId),
    );
    api.listen('engine:state-changed', ({ kind }) => kind === 'ready' && void this.inspected?.askAgain());
  }

  /**
   * The window can hear again: what it could not is made up for.
   * @param before the run that was waited for when the host was asked
   * @param running what the host says is training
   */
  attach(before: string | undefined, running: string | undefined): void {
    void this.inspected?.askAgain();
    if (before === undefined || before === running) return;
    const { status, problem } = this.#around.runs.find(({ id }) => id === before) ?? { status: 'interrupted' };
    const isOver = status !== 'running' && status !== 'paused' && status !== 'imported';
    this.work.hearOf(before, {
      status: isOver ? status : 'interrupted',
      ...(problem === undefined ? {} : { problem }),
    });
  }

  /** Takes up the model that was last looked at here. */
  async enter(): Promise<void> {
    if (this.#entered) return;
    this.#entered = true;
    const last = this.#around.remembered.get('odd-run');
    if (this.#modelId === undefined && last !== undefined) await this.choose(last);
  }

  /** Shows what was checked last with a model. */
  async choose(runId: string): Promise<void> {
    this.#look(runId);
    this.beginning = false;
    this.inspected = undefined;
    this.openProblem = undefined;
    // Pictures that are still sent were to be checked with the model before.
    this.#handing.cancel();
    this.uploaded = undefined;
    this.#letGo();
    await this.#opening.run(async (token) => {
      const answer = await this.#around.api.call('inspection:open', { model: refOf(runId) });
      if (token.isStale) return;
      this.openProblem = answer.ok ? undefined : answer.error;
      if (answer.ok && answer.value.inspection)
        this.inspected = new Inspected(this.#around.api, answer.value.inspection);
    });
  }

  /** Whether the last inspection of the model is still read. */
  get opening(): boolean {
    return this.#opening.busy;
  }

  /** Trains on the normal pictures that were dropped, and checks the others. */
  async trainAndCheck(): Promise<void> {
    const { normal, check, isOne, tiling } = this.given;
    if (!normal || this.given.busy) return;
    this.given.handOver();
    await this.work.trainOnDrop(normal.drop.staged, normal.drop.name, apartFrom(check, isOne, tiling), tiling);
  }

  /** Trains on an image set that is there, or takes a model that is, and checks groups of it. */
  async useExisting(): Promise<void> {
    const { imageSet, source, modelId } = this.existing;
    if (!imageSet || !source) return;
    if (modelId === '') return this.work.trainOnSet(imageSet, source);
    this.#look(modelId);
    await this.work.check(refOf(modelId), source);
  }

  /** Checks the test images of the model's own set. */
  async checkOwn(): Promise<void> {
    const [model, set] = [this.model, this.modelSet];
    if (!model || !set) return;
    const split = set.testCount === 0 ? 'training' : 'test';
    await this.work.check(refOf(model.id), { kind: 'set', imageSet: set.id, split });
  }

  /** Checks pictures and folders with the model on view. */
  async checkFiles(files: Promise<readonly HandedFile[]>): Promise<void> {
    const { model } = this;
    if (!model) return;
    const { api } = this.#around;
    const token = this.#handing.begin();
    this.openProblem = undefined;
    this.uploaded = 0;
    try {
      const staged = await api.stage(await files, (fraction) => {
        if (!token.isStale) this.uploaded = fraction;
      });
      if (token.isStale) {
        if (staged.ok) void api.call('files:release', { staged: staged.value.staged });
        return;
      }
      this.uploaded = undefined;
      if (!staged.ok) return void (this.openProblem = staged.error);
      // Meanwhile something else was begun, which is what is waited for now.
      if (this.work.busy) return void api.call('files:release', { staged: staged.value.staged });
      await this.work.check(refOf(model.id), { kind: 'staged', staged: staged.value.staged });
    } catch (error) {
      if (token.isStale) return;
      this.uploaded = undefined;
      this.openProblem = toErrorData(error);
    }
  }

  /** Checks the same pictures once more: whole, by tiles, or a part of each alone. */
  async checkAgain(look: Look): Promise<void> {
    if (!this.inspected) return;
    const source = this.#source;
    await this.work.check(this.inspected.inspection.model, source, look);
  }

  /** Trains anew with the pictures marked as fine among the normal ones. */
  async trainAgain(): Promise<void> {
    if (!this.inspected) return;
    const { inspection, settings } = this.inspected;
    if (inspection.imageSet === undefined) return;
    const fine = settings.marks.filter(({ mark }) => mark === 'fine');
    await this.work.trainWith(
      inspection.imageSet,
      fine.map(({ picture }) => inspection.names[picture]!),
      this.#source?.staged,
    );
  }

  #look(runId: string): void {
    this.#modelId = runId;
    this.#around.remembered.set('odd-run', runId);
  }

  #take({ inspection, source }: WorkDone): void {
    this.#opening.cancel();
    if (this.#source?.staged !== source?.staged) this.#letGo();
    this.#source = source;
    this.openProblem = undefined;
    this.beginning = false;
    // Another model may have been chosen meanwhile: these are not its verdicts.
    this.#look(inspection.model.runId);
    this.inspected = new Inspected(this.#around.api, inspection);
  }

  /** The host keeps what was dropped as long as its pictures are on view. */
  #letGo(): void {
    const staged = this.#source?.staged;
    if (staged !== undefined) void this.#around.api.call('files:release', { staged });
    this.#source = undefined;
  }
}

/** What is checked of drops that is no part of the image set: large pictures that are judged by tiles stay whole. */
function apartFrom(check: Filled | undefined, isOne: boolean, tiling: Tiling | undefined): InspectSource | undefined {
  if (!check) return undefined;
  const { staged } = check.drop;
  if (!isOne) return { kind: 'staged', staged };
  return tiling && { kind: 'staged', staged, groups: check.folders.map(({ folder }) => folder) };
}

const refOf = (runId: string): ModelRef => ({ runId, weights: 'best' });

/** The box under the pointer; beside both, the first. */
function boxAt(target: EventTarget | null | undefined): Box {
  const element = target instanceof Element ? target.closest<HTMLElement>('[data-drop-box]') : null;
  return boxes.find((box) => box === element?.dataset['dropBox']) ?? 'normal';
}
