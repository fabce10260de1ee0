import type { ErrorData } from '../../../../electron/domain/errors.ts';
import { MOST_DECODED_PIXELS } from '../../../../electron/contract/models.ts';
import type { ImageColumns } from '../../../../electron/domain/words.ts';
import { LatestRequest } from '../../../link/latest-request.svelte.ts';
import { codebookOf, indicesIn, uniformCodes, withVector, type ModelCodebook } from '../../../maths/codebook.ts';
import type { DecoderModel } from './decoder-model.ts';
import { LiveDecode, type Code } from './live.svelte.ts';
import type { PicturesAtHand } from './pictures.svelte.ts';

/** Vectors shown at most: those used most. */
const MOST_SHOWN = 256;
/** Numbers of all their codes together. */
const MOST_NUMBERS = 2 ** 22;

/** A codebook: each vector as the decoder draws it, its use, and a picture whose places take other vectors. */
export class CodebookVectors {
  readonly #model: DecoderModel;
  readonly #pictures: PicturesAtHand;
  readonly #calls = new LatestRequest();
  readonly of: ModelCodebook;
  readonly count: number;
  /** Places of all training images that each stands for; nothing before it is known, and where the image set is gone. */
  uses = $state.raw<Uint32Array>();
  problem = $state.raw<ErrorData>();
  /** A picture a vector of `shown`, all its places the same. */
  images = $state.raw<ImageColumns>();
  shown = $state.raw<readonly number[]>([]);
  /** The place of the picture at hand that is looked at, row by row. */
  place = $state(0);
  /** The code that changed places made of a start; of another start they begin anew. */
  #made = $state.raw<{ readonly of: Code; readonly code: Code }>();
  readonly live: LiveDecode<undefined>;

  readonly start = $derived.by(() => this.#pictures.chosen);
  readonly isMoved = $derived(this.#made !== undefined && this.#made.of === this.start?.code);
  readonly code = $derived.by((): Code | undefined => (this.isMoved ? this.#made?.code : this.start?.code));
  /** Which vector each place of the picture at hand has. */
  readonly indices = $derived.by(() => this.code && indicesIn(this.of, this.code));

  constructor(model: DecoderModel, pictures: PicturesAtHand, of: ModelCodebook) {
    this.#model = model;
    this.#pictures = pictures;
    this.of = of;
    this.count = of.vectors.length / of.channels;
    this.live = new LiveDecode(model.decode);
  }

  /** Share of the training images' places, 0-1. */
  shareOf(index: number): number | undefined {
    const { uses } = this;
    return (
      uses &&
      uses[index]! /
        Math.max(
          1,
          uses.reduce((sum, each) => sum + each, 0),
        )
    );
  }

  /** How many vectors stand for any place of a training image. */
  readonly used = $derived.by(() => this.uses?.reduce((sum, each) => sum + (each > 0 ? 1 : 0), 0));

  /** Fetches what is not there yet. */
  load(): void {
    if (this.images || this.#calls.busy) return;
    void this.#calls.run(async (token) => {
      const { api, ref, details } = this.#model;
      const answer = details.hasImageSet ? await api.call('model:codebook', { model: ref }) : undefined;
      if (token.isStale) return;
      if (answer?.ok === false) return void (this.problem = answer.error);
      const uses = answer?.value.uses;
      const order = Array.from({ length: this.count }, (_, index) => index);
      if (uses) order.sort((a, b) => uses[b]! - uses[a]!);
      const [height, width] = details.spec.inputShape;
      const most = Math.min(MOST_SHOWN, MOST_NUMBERS / this.#model.size, MOST_DECODED_PIXELS / (height * width));
      const shown = order.slice(0, Math.max(1, Math.floor(most)));
      const decoded = await this.#model.decode(uniformCodes(this.of, shown, this.of.places));
      if (token.isStale) return;
      this.problem = decoded.ok ? undefined : decoded.error;
      if (!decoded.ok) return;
      this.uses = uses;
      this.shown = shown;
      this.images = decoded.value;
    });
  }

  /** Gives the place looked at another vector. */
  put(index: number): void {
    const { code, start } = this;
    if (code && start) this.#made = { of: start.code, code: withVector(this.of, code, this.place, index) };
  }

  reset(): void {
    this.#made = undefined;
  }

  follow(): void {
    if (this.code) this.live.follow(undefined, this.code);
  }

  /** Keeps the changed picture as one at hand, and goes on from it. */
  keep(): void {
    const { shown } = this.live;
    if (shown) this.#pictures.keep('Other vectors', shown.code, shown.image);
    this.reset();
  }
}

/** Of a model with a codebook; nothing of another. */
export function codebookVectorsOf(model: DecoderModel, pictures: PicturesAtHand): CodebookVectors | undefined {
  const of = codebookOf(model.details);
  return of && new CodebookVectors(model, pictures, of);
}
