import type { StudioApi } from '../../../electron/contract/contract.ts';
import type { ErrorUnit } from '../../../electron/contract/settings.ts';
import type { ErrorData } from '../../../electron/domain/errors.ts';
import type { Merit, ModelRef } from '../../../electron/contract/models.ts';
import type { MapColumns, RunRecord, RunSummary } from '../../../electron/domain/words.ts';
import { classPlaces, type ClassPlace } from '../../charts/class-places.ts';
import { densestPlaces } from '../../maths/scatter-geometry.ts';
import { withAlpha } from '../../charts/map/point-cloud.ts';
import { Colouring } from './map/colouring.svelte.ts';
import { Explorer, type Shelf } from './explorer.svelte.ts';
import { ImageCache } from '../../pictures/image-cache.svelte.ts';
import { DetailsOf } from '../../pictures/image-details.svelte.ts';
import { LatestRequest } from '../../link/latest-request.svelte.ts';
import { Loads } from '../../link/loads.svelte.ts';
import { trainedRuns } from '../../run/trained-runs.ts';
import type { Remembered } from '../../window/remembered.ts';
import { Replay } from './replay/replay.svelte.ts';
import { Measuring } from './measuring.svelte.ts';
import { Selected } from './map/selected.svelte.ts';
import { thumbnailsOf } from './map/thumbnails-of.ts';
import { TrainingPoints } from './map/training-points.svelte.ts';
import { Umap } from './map/umap.svelte.ts';
import { FilmMaker } from './replay/replay-film.svelte.ts';

/** What the place reads of the window around it. */
export interface LatentContext extends Shelf {
  readonly runs: readonly RunSummary[];
  /** The run last looked at. */
  readonly chosenId: string | undefined;
  readonly remembered: Remembered;
}

export type MapName = 'pca' | 'codes' | 'umap';

const FAINT = 56;

/** Classes as labels are: those beyond 255 are one. */
const bytesOf = (classes: Uint16Array) => Uint8Array.from(classes, (index) => Math.min(index, 255));

/** The place where a model's codes are explored: the maps around the explorer. */
export class Latent {
  readonly explorer: Explorer;
  readonly colouring: Colouring;
  readonly umap: Umap;
  readonly replay: Replay;
  readonly selected: Selected;
  readonly trainingPoints: TrainingPoints;
  readonly measuring: Measuring;
  /** Of the epochs; it goes on when another model is looked at, and can be stopped wherever this place is come back to. */
  readonly film = new FilmMaker();
  readonly planes = new Loads<MapColumns>();
  readonly merits = new Loads<Merit>();
  /** Which maps stand side by side. */
  shown = $state.raw<Readonly<Record<MapName, boolean>>>({ pca: true, codes: true, umap: false });
  /** The one map that fills the window. */
  alone = $state.raw<MapName>();
  /** Whether both axes have one scale. */
  equal = $state(true);
  /** Whether the maps are tables of where each class lies. */
  asTables = $state(false);
  /** Of the run on view, as it grows while it trains. */
  record = $state.raw<RunRecord>();
  #recordProblem = $state.raw<ErrorData>();
  readonly #recordRequests = new LatestRequest();
  readonly #context: LatentContext;
  readonly #api: StudioApi;

  readonly planeKey = $derived.by(
    () => `${this.explorer.details?.imageSet}/${this.#validationCount}/${this.explorer.split}`,
  );
  readonly plane = $derived(this.planes.get(this.planeKey));
  readonly merit = $derived.by(() => this.merits.get(this.#meritKey));
  readonly thumbnails = $derived.by(() => thumbnailsOf(this.explorer, this.explorer.split));
  readonly images = $derived.by(() => {
    const { api, details, split } = this.explorer;
    return details && new ImageCache(api, { imageSet: details.imageSet, split });
  });
  readonly details = $derived.by(() => {
    const { api, model, split } = this.explorer;
    return model && new DetailsOf(api, model, split);
  });
  /** The models there are, newest first, the one that trains among them as soon as it has one. */
  readonly runs = $derived.by(() => trainedRuns(this.#context.runs));
  get imageSets(): LatentContext['imageSets'] {
    return this.#context.imageSets;
  }
  get errorUnit(): ErrorUnit {
    return this.#context.preferences.errorUnit;
  }

  /** 1 for each selected image; nothing when none is. */
  readonly raised = $derived.by(() => {
    const { selection, count } = this.explorer;
    if (selection.length === 0) return undefined;
    const raised = new Uint8Array(count);
    for (const index of selection) raised[index] = 1;
    return raised;
  });
  /** The points' colours with those that are not selected faint. */
  readonly colours = $derived.by(() => {
    const { raised } = this;
    const { colours } = this.colouring;
    if (!raised) return colours;
    return colours.map((colour, index) => (raised[index] === 1 || colour === 0 ? colour : withAlpha(colour, FAINT)));
  });

  constructor(api: StudioApi, context: LatentContext) {
    this.#api = api;
    this.#context = context;
    this.explorer = new Explorer(api, context);
    this.colouring = new Colouring(this.explorer, context.remembered);
    this.umap = new Umap(this.explorer);
    this.replay = new Replay(api);
    this.selected = new Selected(this.explorer);
    this.trainingPoints = new TrainingPoints(api, this.explorer, this.colouring);
    this.measuring = new Measuring(api);
    const maps = context.remembered.get('maps');
    if (maps) this.shown = { pca: maps.includes('pca'), codes: maps.includes('codes'), umap: maps.includes('umap') };
    api.listen('run:snapshot-taken', ({ runId, epoch }) => this.#snapshotTaken(runId, epoch));
    api.listen('run:ended', ({ runId }) => {
      const { model } = this.explorer;
      if (runId === model?.runId) void (this.replay.active ? this.#reopen(model) : this.choose(runId, model.weights));
    });
  }

  /** Why the model, its map or its run could not be had. */
  get problem(): ErrorData | undefined {
    return this.explorer.problem ?? this.#recordProblem;
  }

  /** Takes up the run last looked at, or the newest, unless a model is chosen already. */
  async enter(): Promise<void> {
    if (this.explorer.model) return;
    const chosen = this.runs.find(({ id }) => id === this.#context.chosenId);
    const own = this.runs.find(({ sample }) => sample !== true);
    // Of the samples the one that is a map.
    const start = chosen ?? own ?? this.runs.find(({ codeSize }) => codeSize === 2) ?? this.runs[0];
    if (start) await this.choose(start.id, 'best');
  }

  async choose(runId: string, weights: ModelRef['weights']): Promise<void> {
    const otherRun = this.explorer.model?.runId !== runId;
    this.#forgetMaps();
    // The host keeps them, for the weights that they are of: a run that was taken up again has others.
    this.merits.forgetAll();
    this.planes.forgetFailed();
    if (otherRun) this.record = undefined;
    this.#recordProblem = undefined;
    await Promise.all([this.explorer.choose({ runId, weights }), this.#readRecord(runId)]);
    await this.load();
  }

  async chooseSplit(split: 'test' | 'training'): Promise<void> {
    this.#forgetMaps();
    await this.explorer.chooseSplit(split);
    await this.load();
  }

  /** Fetches what the shown maps need. */
  async load(): Promise<void> {
    const { model, details, split } = this.explorer;
    if (!model || !details?.hasImageSet || !this.record) return;
    const { imageSet } = details;
    const validationCount = this.#validationCount;
    if (this.shown.pca) {
      void this.planes.ensure(this.planeKey, () =>
        this.#api.call('image-set:plane', { imageSet, validationCount, split }),
      );
    }
    void this.trainingPoints.load(validationCount);
    await this.merits.ensure(this.#meritKey, () => this.#api.call('model:merit', { model }));
  }

  isShown(name: MapName): boolean {
    return this.alone === undefined ? this.shown[name] : this.alone === name;
  }

  setAlone(name: MapName | undefined): void {
    this.alone = name;
  }

  toggle(name: MapName): void {
    const shown = { ...this.shown, [name]: !this.shown[name] };
    if (!shown.pca && !shown.codes && !shown.umap) return;
    this.shown = shown;
    const names = (['pca', 'codes', 'umap'] as const).filter((map) => shown[map]);
    this.#context.remembered.set('maps', names.join(' '));
    void this.load();
  }

  /** Each class's name where its points lie thickest on a map, where points are coloured by classes. */
  lettersOf(points: MapColumns): readonly { readonly x: number; readonly y: number; readonly text: string }[] {
    const { column, legend } = this.colouring;
    if (column.kind !== 'classes' || legend.length > 40) return [];
    return densestPlaces(this.#shownOf(points), bytesOf(column.classes))
      .filter(({ label }) => label < column.names.length)
      .map(({ label, x, y }) => ({ x, y, text: column.names[label]! }));
  }

  /** The same in numbers, of all classes; where points are coloured by numbers, of all points together. */
  placesOf(points: MapColumns): readonly ClassPlace[] {
    const { column } = this.colouring;
    const shown = this.#shownOf(points);
    return column.kind === 'classes' && column.names.length > 0
      ? classPlaces(shown, bytesOf(column.classes), [...column.names, 'no class'])
      : classPlaces(shown, new Uint8Array(), []);
  }

  /** Hidden points are nowhere. */
  #shownOf({ x, y }: MapColumns): MapColumns {
    const { visible } = this.colouring;
    return { x: x.map((value, index) => (visible[index] === 1 ? value : Number.NaN)), y };
  }

  /** Weights change while their run trains. */
  get #meritKey(): string {
    const { model } = this.explorer;
    return `${model?.runId}/${model?.weights}/${this.record?.summary.status}`;
  }

  /** How much of the map of principal components is computed, 0-1. */
  get planeShare(): number | undefined {
    const { details } = this.explorer;
    return details && this.measuring.plane({ imageSet: details.imageSet, validationCount: this.#validationCount });
  }

  get #validationCount(): number {
    return this.record?.experiment.training.validationCount ?? 0;
  }

  /** The run has ended while its epochs are replayed: they stay on view, what lies behind them is brought up to date. */
  async #reopen({ runId }: ModelRef): Promise<void> {
    this.umap.reset();
    await Promise.all([this.explorer.reopen(), this.#readRecord(runId)]);
    await Promise.all([this.colouring.renew(), this.load()]);
  }

  async #readRecord(runId: string): Promise<void> {
    await this.#recordRequests.run(async (token) => {
      const opened = await this.#api.call('run:open', { runId });
      if (token.isStale) return;
      if (opened.ok) this.#take(opened.value);
      else this.#recordProblem = opened.error;
    });
  }

  #take(record: RunRecord): void {
    this.record = record;
    this.replay.setRun(record);
  }

  #forgetMaps(): void {
    this.umap.leave();
    this.colouring.reset();
    this.replay.leave();
    this.trainingPoints.forget();
    this.measuring.forget();
  }

  #snapshotTaken(runId: string, epoch: number): void {
    const { record } = this;
    if (record?.summary.id !== runId || record.snapshotEpochs.includes(epoch)) return;
    this.#take({ ...record, snapshotEpochs: [...record.snapshotEpochs, epoch] });
  }
}
