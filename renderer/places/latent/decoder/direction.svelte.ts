import { toErrorData, type ErrorData } from '../../../../electron/domain/errors.ts';
import { LiveDecode, type Code } from './live.svelte.ts';
import type { DecoderModel } from './decoder-model.ts';
import type { PicturesAtHand } from './pictures.svelte.ts';
import { LatestRequest } from '../../../link/latest-request.svelte.ts';
import { difference, meanCode, moved } from '../../../maths/direction.ts';

/** How far the slider goes either way: at 1 a picture has moved as far as the groups' means lie apart. */
export const MOST_AMOUNT = 2;

/** The way from one group of images to another, put on any picture. */
export class GroupDirection {
  readonly live: LiveDecode<number>;
  readonly #model: DecoderModel;
  readonly #pictures: PicturesAtHand;
  readonly #calls = new LatestRequest();
  /** The mean codes of the two kept selections; nothing where one has no codes. */
  #means = $state.raw<{ readonly a: Code; readonly b: Code }>();
  problem = $state.raw<ErrorData>();
  amount = $state(0);

  readonly direction = $derived(this.#means && difference(this.#means.a, this.#means.b));
  /** The picture that is moved; without one, the first group's mean. */
  readonly start = $derived.by(() => this.#pictures.chosen);
  readonly #startCode = $derived(this.start?.code ?? this.#means?.a);
  readonly code = $derived(
    this.#startCode && this.direction ? moved(this.#startCode, this.direction, this.amount) : undefined,
  );

  constructor(model: DecoderModel, pictures: PicturesAtHand) {
    this.#model = model;
    this.#pictures = pictures;
    this.live = new LiveDecode(model.decode);
  }

  /** Takes up the groups kept on the map. */
  measure(): void {
    const { explorer, size } = this.#model;
    const { a, b } = explorer.groups;
    void this.#calls.follow(async () => {
      try {
        const codes = a.length > 0 && b.length > 0 ? await explorer.codesOf() : undefined;
        const from = codes && meanCode(codes, size, a);
        const to = codes && meanCode(codes, size, b);
        this.#means = from && to ? { a: from, b: to } : undefined;
        this.problem = undefined;
      } catch (error) {
        this.#means = undefined;
        this.problem = toErrorData(error);
      }
    });
  }

  follow(): void {
    if (this.code) this.live.follow(this.amount, this.code);
  }

  keep(): void {
    const { shown } = this.live;
    if (shown) this.#pictures.keep(`${this.start?.name ?? 'Mean of A'}, moved`, shown.code, shown.image);
  }
}
