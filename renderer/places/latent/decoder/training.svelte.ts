import type { ErrorData } from '../../../../electron/domain/errors.ts';
import type { StudioApi } from '../../../../electron/contract/contract.ts';
import type { ModelRef } from '../../../../electron/contract/models.ts';
import { countNear, nearnessOf, type Nearness } from '../../../maths/nearness.ts';
import { placesOf, type Plane } from '../../../maths/plane.ts';
import { shadeOf, type Shade } from '../../../maths/shade.ts';

/** Of 255: dark enough to be seen, light enough to see points through. */
const DARKEST_SHADE = 90;

/** Where the training codes lie on the plane: what tells memory from imagination. */
export class TrainingCodes {
  readonly #api: StudioApi;
  readonly #model: ModelRef;
  loading = $state(false);
  #loaded: Promise<void> | undefined;
  problem = $state.raw<ErrorData>();
  codes = $state.raw<Float32Array>();
  nearness = $state.raw<Nearness>();
  #plane = $state.raw<Plane>();
  readonly shade: Shade | undefined = $derived(
    this.nearness && shadeOf(this.nearness, DARKEST_SHADE, this.#plane?.origin.length === 1),
  );

  constructor(api: StudioApi, model: ModelRef) {
    this.#api = api;
    this.#model = model;
  }

  /** Fetches the codes, once, whoever waits for them; after a failure again. */
  async load(plane: Plane): Promise<void> {
    if (this.codes) return;
    this.#loaded ??= this.#fetch(plane);
    await this.#loaded;
  }

  async #fetch(plane: Plane): Promise<void> {
    this.loading = true;
    const answer = await this.#api.call('model:codes', { model: this.#model, split: 'training' });
    this.loading = false;
    this.#loaded = undefined;
    this.problem = answer.ok ? undefined : answer.error;
    if (!answer.ok) return;
    this.codes = answer.value.codes;
    this.#plane = plane;
    this.nearness = nearnessOf(placesOf(plane, answer.value.codes));
  }

  /** Training codes whose place on the plane is near that of a code; nothing before they are known. */
  near(code: Float32Array): number | undefined {
    if (!this.nearness || !this.#plane) return undefined;
    const { x, y } = placesOf(this.#plane, code);
    return countNear(this.nearness, x[0]!, y[0]!);
  }
}
