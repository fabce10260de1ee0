import type { StudioApi } from '../../../electron/contract/contract.ts';
import { unwrap, StudioError, type ErrorData, type Result } from '../../../electron/domain/errors.ts';
import type { CodeMap, CodePoints, ModelDetails, ModelRef, SplitName } from '../../../electron/contract/models.ts';
import type { ImageSetSummary } from '../../../electron/domain/words.ts';
import { LatestRequest, type RequestToken } from '../../link/latest-request.svelte.ts';
import type { Limits } from '../../maths/scatter-geometry.ts';
import { errorWordsFor } from '../../widgets/error-unit.ts';
import type { Preferences } from '../../window/preferences.svelte.ts';
import { measuredMap } from './measured-map.ts';

/** A place on the code map's plane, in the map's units. */
export interface PlanePoint {
  readonly x: number;
  readonly y: number;
}

/** A point drawn over the map that is no image of the split: a dropped picture, the end of an interpolation. */
export interface Mark extends PlanePoint {
  readonly name: string;
  /** One or two characters inside it. */
  readonly letter?: string;
}

/** A picture that lies under the points, stretched over these limits of the plane: where no code lies, a decoded grid. */
export interface UnderlayPicture {
  readonly limits: Limits;
  readonly picture: CanvasImageSource;
  /** Whether only strokes of it are drawn. */
  readonly isHatched?: boolean;
}

export type Tool = 'pan' | 'lasso' | 'rectangle' | 'path';

/** What the explorer reads of the window around it. */
export interface Shelf {
  readonly imageSets: readonly ImageSetSummary[];
  readonly preferences: Pick<Preferences, 'errorUnit'>;
}

const nothing = new Uint32Array(0);

/** A trained model's codes as the person walks through them. The map writes most of this, the decoder reads it. */
export class Explorer {
  readonly api: StudioApi;
  readonly #context: Shelf;

  model = $state.raw<ModelRef>();
  details = $state.raw<ModelDetails>();
  split = $state.raw<SplitName>('test');
  /** Of the chosen split, with its images' errors and what its units are like. */
  map = $state.raw<CodeMap>();
  /** Why the model or its map could not be had. */
  problem = $state.raw<ErrorData>();

  /** Where the pointer or the keyboard's crosshair is over the code map. */
  cursor = $state.raw<PlanePoint>();
  /** Index into the split of the image pointed at, on whichever map. */
  hovered = $state.raw<number>();
  /** Indices into the split, the latest last. */
  pinned = $state.raw<readonly number[]>([]);
  /** Indices into the split, ascending. */
  selection = $state.raw<Uint32Array>(nothing);
  /** Two selections that were kept. */
  groups = $state.raw<{ readonly a: Uint32Array; readonly b: Uint32Array }>({ a: nothing, b: nothing });
  /** The part of the code map's plane on view. */
  region = $state.raw<Limits>({ left: -1, right: 1, bottom: -1, top: 1 });
  tool = $state.raw<Tool>('pan');
  /** Drawn on the code map with the path tool. */
  path = $state.raw<readonly PlanePoint[]>([]);
  marks = $state.raw<readonly Mark[]>([]);
  underlay = $state.raw<UnderlayPicture>();

  readonly imageSet = $derived.by(() => this.#context.imageSets.find(({ id }) => id === this.details?.imageSet));
  /** How its images' errors are written. */
  readonly errors = $derived.by(() =>
    errorWordsFor(this.#context.preferences.errorUnit, this.details?.spec.inputShape),
  );
  /** Where the images of the chosen split lie: there before the rest of the map is. */
  readonly points = $derived.by((): CodePoints | undefined => this.map ?? this.#points);
  /** Images of the split; 0 before their places are known. */
  readonly count = $derived.by(() => this.points?.points.x.length ?? 0);

  readonly #requests = new LatestRequest();
  #mapping = $state(false);
  #points = $state.raw<CodePoints>();
  #codes: { readonly key: string; readonly answer: Promise<Result<{ readonly codes: Float32Array }>> } | undefined;

  constructor(api: StudioApi, context: Shelf) {
    this.api = api;
    this.#context = context;
  }

  /** Whether the map is on its way. */
  get loading(): boolean {
    return this.#mapping && this.#requests.busy;
  }

  /** Opens a model and its map; what was pointed at, pinned and selected is let go. */
  async choose(model: ModelRef): Promise<void> {
    this.model = model;
    this.#codes = undefined;
    this.details = undefined;
    this.marks = [];
    this.path = [];
    this.underlay = undefined;
    this.#forgetSplit();
    await this.#requests.run((token) => this.#open(model, token));
  }

  /** Opens the same model anew, whose weights have changed; what is selected stays, and what is shown until the new is there. */
  async reopen(): Promise<void> {
    if (!this.model) return;
    // Another object: what was kept of the old weights goes with the old one.
    const model = { ...this.model };
    this.model = model;
    this.#codes = undefined;
    await this.#requests.run((token) => this.#open(model, token));
  }

  async chooseSplit(split: SplitName): Promise<void> {
    if (split === this.split) return;
    this.split = split;
    this.#forgetSplit();
    if (this.details?.hasImageSet) await this.#requests.run((token) => this.#loadMap(token));
  }

  /**
   * All codes of the split, float32 [count × code size], fetched once for the split on view.
   * @throws StudioError where there is no model or its codes could not be computed.
   */
  async codesOf(): Promise<Float32Array> {
    const { model, split } = this;
    if (!model) throw new StudioError('not-found', 'Expected a chosen model, found none.');
    const key = `${model.runId}/${model.weights}/${split}`;
    if (this.#codes?.key !== key) this.#codes = { key, answer: this.api.call('model:codes', { model, split }) };
    const asked = this.#codes;
    const result = await asked.answer;
    // A failure may pass: the next one who asks tries again.
    if (!result.ok && this.#codes === asked) this.#codes = undefined;
    return unwrap(result).codes;
  }

  async #open(model: ModelRef, token: RequestToken): Promise<void> {
    const opened = await this.api.call('model:open', { model, withErrors: false });
    if (token.isStale) return;
    if (opened.ok) this.details = opened.value;
    else this.problem = opened.error;
    if (!opened.ok || !opened.value.hasImageSet) return;
    if (this.imageSet?.testCount === 0) this.split = 'training';
    await this.#loadMap(token);
  }

  #forgetSplit(): void {
    this.#mapping = false;
    this.#points = undefined;
    this.map = undefined;
    this.problem = undefined;
    this.cursor = undefined;
    this.hovered = undefined;
    this.pinned = [];
    this.selection = nothing;
    this.groups = { a: nothing, b: nothing };
  }

  async #loadMap(token: RequestToken): Promise<void> {
    const { model, split } = this;
    if (!model) return;
    this.#mapping = true;
    const first = await this.api.call('model:points', { model, split });
    if (token.isStale) return;
    if (first.ok) this.#points = first.value;
    const mapped = first.ok ? await measuredMap(this.api, model, split, first.value) : first;
    if (token.isStale) return;
    if (mapped.ok) this.map = mapped.value;
    else this.problem = mapped.error;
  }
}
