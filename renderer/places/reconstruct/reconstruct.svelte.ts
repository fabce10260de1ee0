import { trainedRuns } from '../../run/trained-runs.ts';
import type { StudioApi } from '../../../electron/contract/contract.ts';
import { toErrorData, type ErrorData, type Result } from '../../../electron/domain/errors.ts';
import type { HandedFile } from '../../../electron/contract/files.ts';
import type { ErrorUnit } from '../../../electron/contract/settings.ts';
import type {
  CodePoints,
  ImageSource,
  ModelDetails,
  ModelRef,
  Reconstructions,
} from '../../../electron/contract/models.ts';
import type { ImageSetSummary, RunRecord, RunSummary } from '../../../electron/domain/words.ts';
import type { ErrorLimit } from '../../charts/error-map.ts';
import { heldWords, type DropHandler } from '../../window/drops.ts';
import { LatestRequest } from '../../link/latest-request.svelte.ts';
import { Loads } from '../../link/loads.svelte.ts';
import { isAbove, readQuantile, thresholdAt } from './odd-ones.ts';
import { sorted, type PictureEntry, type WallOrder } from '../../pictures/picture-entries.ts';
import { mostSideOf, plainOptions, readOptions, type OptionsDraft } from '../../pictures/picture-options.ts';
import { sourceOf, type EncodedPicture, type PictureSource } from '../../pictures/picture-source.ts';
import { nearestImages, type NearestImages } from '../../pictures/nearest-images.ts';
import { errorWordsFor } from '../../widgets/error-unit.ts';
import type { Preferences } from '../../window/preferences.svelte.ts';
import { yardstickOf, type Yardstick } from '../../pictures/percentile-words.ts';
import { LiveDrawing } from './drawing.svelte.ts';
import { PictureWall, type Wanted } from './wall.svelte.ts';
import { PictureExport } from './picture-export.svelte.ts';

/** What this place reads of the window around it. */
export interface Surroundings {
  readonly api: StudioApi;
  readonly runs: readonly RunSummary[];
  /** The run last looked at. */
  readonly chosenId: string | undefined;
  readonly imageSets: readonly ImageSetSummary[];
  readonly preferences: Pick<Preferences, 'errorUnit'>;
}

/** The training images whose codes lie nearest to a picture's. */
export interface NearImages extends NearestImages {
  readonly entry: PictureEntry;
}

const NEIGHBOURS = 8;

/** The place where a person's own pictures go through a trained model. */
export class Reconstruct {
  readonly wall = new PictureWall();
  readonly drawing = new LiveDrawing();
  readonly saving = new PictureExport();
  readonly details = new Loads<ModelDetails>();
  readonly records = new Loads<RunRecord>();
  readonly maps = new Loads<CodePoints>();

  mode = $state<'pictures' | 'draw'>('pictures');
  draft = $state.raw<OptionsDraft>(plainOptions);
  order = $state<WallOrder>('error');
  /** In percent, as typed. */
  quantile = $state('99');
  onlyAbove = $state(false);
  /** Where the error maps' one scale ends, the same for all pictures. */
  errorLimit = $state<ErrorLimit>(0.5);
  /** Share of the files uploaded, 0-1, while they are. */
  uploaded = $state<number>();
  /** Why what was handed over could not be taken. */
  handProblem = $state.raw<ErrorData>();
  near = $state.raw<NearImages>();
  nearProblem = $state.raw<ErrorData>();

  #modelId = $state<string>();
  #focusId = $state<string>();
  readonly #around: Surroundings;
  readonly #nearCalls = new LatestRequest();
  /** Of the pictures handed over only the newest ones' progress is told; none that came before the wall was cleared is shown. */
  readonly #handing = new LatestRequest();
  readonly #walls = new LatestRequest();
  #wall = this.#walls.begin();
  #listens = false;

  /** Weights that are being trained change under what is shown: such a run stays where it is on view, and is not offered. */
  readonly models = $derived.by(() =>
    trainedRuns(this.#around.runs).filter(({ id, status }) => status !== 'running' || id === this.#modelId),
  );
  readonly model = $derived.by(() => this.models.find(({ id }) => id === this.#modelId));
  readonly imageSet = $derived.by(() => this.#around.imageSets.find(({ id }) => id === this.model?.imageSet));
  readonly opened = $derived(this.details.value(this.#modelId));
  /** How the model's images' errors are written. */
  readonly errors = $derived.by(() => errorWordsFor(this.errorUnit, this.opened?.spec.inputShape));
  readonly reading = $derived(readOptions(this.draft, mostSideOf(this.opened?.spec)));
  readonly yardstick = $derived<Yardstick>(
    yardstickOf(this.records.value(this.#modelId)?.experiment.training.validationCount),
  );
  /** Of the quantile typed, 0-1. */
  readonly share = $derived(readQuantile(this.quantile));
  readonly threshold = $derived.by(() =>
    this.opened && this.share !== undefined ? thresholdAt(this.opened.errors, this.share) : undefined,
  );
  readonly above = $derived(this.wall.entries.filter((entry) => isAbove(entry, this.threshold)).length);
  readonly entries = $derived(sorted(this.wall.entries, this.order));
  readonly shown = $derived(
    this.onlyAbove ? this.entries.filter((entry) => isAbove(entry, this.threshold)) : this.entries,
  );
  /** The one looked at: what was chosen, else the first; while pictures still come, the first that came. */
  readonly focused = $derived(
    this.shown.find(({ id }) => id === this.#focusId) ?? (this.wall.busy ? this.wall.entries[0] : this.shown[0]),
  );

  get errorUnit(): ErrorUnit {
    return this.#around.preferences.errorUnit;
  }

  /** What happens to files that are dropped on the window while this place is shown. */
  readonly drops: DropHandler = {
    offer: (held) =>
      this.model
        ? { title: `Reconstruct ${heldWords(held)}`, hint: `“${this.model.name}” shows what it makes of them.` }
        : {
            title: 'Nothing to reconstruct with yet',
            hint: 'Train a model first, then drop pictures here.',
            refused: true,
          },
    take: (files) =>
      void files.then(
        (handed) => this.add(handed),
        (error: unknown) => (this.handProblem = toErrorData(error)),
      ),
  };

  constructor(around: Surroundings) {
    this.#around = around;
  }

  /** Takes up the run last looked at, or the newest, unless a model is chosen already. */
  async enter(): Promise<void> {
    if (!this.#listens) this.#listen();
    if (this.model === undefined) {
      const start = this.models.find(({ id }) => id === this.#around.chosenId) ?? this.models[0];
      if (start) return this.choose(start.id);
    }
  }

  /** Shows all pictures through another model. */
  async choose(runId: string): Promise<void> {
    this.#modelId = runId;
    this.#forgetNear();
    this.drawing.forget();
    this.wall.forgetAnswers();
    await Promise.all([this.#open(runId), this.#fill()]);
  }

  /** Asks again for all that failed. */
  async retry(): Promise<void> {
    const runId = this.#modelId;
    if (runId === undefined) return;
    this.handProblem = undefined;
    this.nearProblem = undefined;
    for (const loads of [this.details, this.records, this.maps]) loads.forgetFailed();
    await Promise.all([this.#open(runId), this.#fill()]);
  }

  async setOptions(options: Partial<OptionsDraft>): Promise<void> {
    this.draft = { ...this.draft, ...options };
    if (Object.keys(this.reading.problems).length === 0) await this.#fill();
  }

  /** Takes files and folders, however they were handed over. */
  async add(files: readonly HandedFile[]): Promise<void> {
    if (files.length === 0) return;
    this.handProblem = undefined;
    this.mode = 'pictures';
    const wall = this.#wall;
    const handing = this.#handing.begin();
    const source = await sourceOf(this.#around.api, files, (fraction) => {
      if (!handing.isStale) this.uploaded = fraction;
    });
    if (!handing.isStale) this.uploaded = undefined;
    if (wall.isStale) return this.#release(source);
    if (source.ok) await this.#show(source.value);
    else this.handProblem = source.error;
  }

  /** Takes a picture made here. */
  async addPicture(picture: EncodedPicture): Promise<void> {
    this.mode = 'pictures';
    await this.#show({ kind: 'pictures', pictures: [picture] });
  }

  /** Takes the drawing among the pictures. */
  async keepDrawing(name: string, encode: () => Promise<Uint8Array<ArrayBuffer> | undefined>): Promise<void> {
    try {
      const bytes = await encode();
      if (bytes) await this.addPicture({ name, bytes });
    } catch (error) {
      this.handProblem = toErrorData(error);
    }
  }

  clear(): void {
    this.#focusId = undefined;
    this.#forgetNear();
    this.#wall = this.#walls.begin();
    this.#handing.cancel();
    this.uploaded = undefined;
    this.onlyAbove = false;
    this.handProblem = undefined;
    for (const staged of this.wall.clear()) void this.#around.api.call('files:release', { staged });
  }

  focus(entryId: string): void {
    this.#focusId = entryId;
  }

  /** Finds what lies nearest to a picture by code; what is found for one no longer looked at is dropped. */
  findNear(entry: PictureEntry): void {
    const model = this.#ref;
    if (!model || !this.opened?.hasImageSet || this.near?.entry === entry) return;
    const { imageSet } = this.opened;
    void this.#nearCalls.follow(async (token) => {
      const { api } = this.#around;
      const asked = { model, imageSet, codes: entry.code, split: 'training', count: NEIGHBOURS } as const;
      const found = await nearestImages(api, asked);
      if (token.isStale) return;
      if (found.ok) this.near = { entry, ...found.value };
      this.nearProblem = found.ok ? undefined : found.error;
    });
  }

  /** One call of the chosen model; neighbours are asked for later, of the one picture looked at. */
  async ask(source: ImageSource): Promise<Result<Reconstructions>> {
    const model = this.#ref;
    if (!model) return { ok: false, error: { code: 'not-found', message: 'No trained model is chosen.' } };
    return this.#around.api.call('model:reconstruct', { model, source, options: this.reading.options, neighbours: 0 });
  }

  get #ref(): ModelRef | undefined {
    return this.#modelId === undefined ? undefined : { runId: this.#modelId, weights: 'best' };
  }

  async #open(runId: string): Promise<void> {
    const { api } = this.#around;
    const model = { runId, weights: 'best' } as const;
    await Promise.all([
      this.details.ensure(runId, () => api.call('model:open', { model })),
      this.records.ensure(runId, () => api.call('run:open', { runId })),
    ]);
    const details = this.details.value(runId);
    if (!details?.hasImageSet) return;
    // The model's own: meanwhile another one may be looked at.
    const set = this.#around.imageSets.find(({ id }) => id === details.imageSet);
    const split = set?.testCount === 0 ? 'training' : 'test';
    await this.maps.ensure(runId, () => api.call('model:points', { model, split }));
  }

  #listen(): void {
    this.#listens = true;
    const { api } = this.#around;
    api.listen('image-sets:changed', () => void this.#imageSetsChanged());
    // Its weights are others now.
    api.listen('run:ended', ({ runId }) => void this.#retrained(runId));
    api.listen('run:paused', ({ runId }) => void this.#retrained(runId));
  }

  async #retrained(runId: string): Promise<void> {
    for (const loads of [this.details, this.records, this.maps]) loads.forget(runId);
    if (runId === this.#modelId) await this.choose(runId);
  }

  /** The model's own may have gone, or come back from the trash: with it go percentiles, neighbours and map. */
  async #imageSetsChanged(): Promise<void> {
    const runId = this.#modelId;
    if (runId === undefined) return;
    this.details.forgetAll();
    this.maps.forgetAll();
    this.#forgetNear();
    this.wall.forgetAnswers();
    await Promise.all([this.#open(runId), this.#fill()]);
  }

  async #show(source: PictureSource): Promise<void> {
    this.wall.add(source);
    await this.#fill();
  }

  async #fill(): Promise<void> {
    if (this.wall.isEmpty || this.#modelId === undefined) return;
    this.#forgetNear();
    const wanted: Wanted = {
      stamp: JSON.stringify([this.#modelId, this.reading.options]),
      ask: (source) => this.ask(source),
    };
    await this.wall.fill(wanted);
  }

  /** What was staged for a wall that has been cleared since. */
  async #release(source: Result<PictureSource>): Promise<void> {
    if (source.ok && source.value.kind === 'staged')
      await this.#around.api.call('files:release', { staged: source.value.staged });
  }

  #forgetNear(): void {
    this.#nearCalls.cancel();
    this.near = undefined;
    this.nearProblem = undefined;
  }
}
