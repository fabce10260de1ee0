import { Film } from './film.svelte.ts';
import type { Code } from './live.svelte.ts';
import type { DecoderModel } from './decoder-model.ts';
import type { PicturesAtHand } from './pictures.svelte.ts';
import { between, hasArc, type Way } from '../../../maths/interpolation.ts';

export const STRIP_LENGTHS = [9, 16, 32, 60] as const;

/** The way from one picture to another. */
export class BetweenPictures {
  readonly film: Film;
  readonly #pictures: PicturesAtHand;
  #fromId = $state<string>();
  #toId = $state<string>();
  way = $state<Way>('straight');
  length = $state<number>(9);

  /** The two that were chosen, else the two that came last. */
  readonly from = $derived.by(() => this.#pictures.get(this.#fromId) ?? this.#pictures.items.at(-2));
  readonly to = $derived.by(() => this.#pictures.get(this.#toId) ?? this.#pictures.items.at(-1));
  /** Whether a great circle joins them; else the spherical way is straight too. */
  readonly hasArc = $derived(this.from && this.to ? hasArc(this.from.code, this.to.code) : false);

  /** Of the strip's pictures, [length × code size]; empty without two pictures. */
  readonly codes: Code = $derived(
    this.from && this.to ? between(this.from.code, this.to.code, this.length, this.way) : new Float32Array(0),
  );

  constructor(model: DecoderModel, pictures: PicturesAtHand) {
    this.film = new Film(model.decode);
    this.#pictures = pictures;
  }

  chooseFrom(id: string): void {
    this.#fromId = id;
  }

  chooseTo(id: string): void {
    this.#toId = id;
  }

  swap(): void {
    [this.#fromId, this.#toId] = [this.to?.id, this.from?.id];
  }
}
