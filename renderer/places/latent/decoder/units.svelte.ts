import { randomNormal } from 'd3-random';
import { LiveDecode, type Code } from './live.svelte.ts';
import type { DecoderModel } from './decoder-model.ts';
import type { PicturesAtHand } from './pictures.svelte.ts';
import { guessedRanges, meanOf, randomCode, rangesOf } from '../../../maths/units.ts';

/** Units shown before all are asked for. */
const FIRST_SHOWN = 12;

/** A slider for each unit of a code. */
export class UnitSliders {
  readonly live: LiveDecode<undefined>;
  readonly #model: DecoderModel;
  readonly #pictures: PicturesAtHand;
  /** The code the sliders made of a start; of another start they begin anew. */
  #made = $state.raw<{ readonly of: Code; readonly code: Code }>();
  /** Part of a unit's number. */
  filter = $state('');
  all = $state(false);
  /** Whether sliders start from the middle of all training codes rather than from the chosen picture. */
  fromMean = $state(false);

  /** Whether the ranges are those seen in training; without the image set they are a guess. */
  readonly areKnown = $derived.by(() => this.#model.explorer.map !== undefined);
  /** The one that says most first. */
  readonly ranges = $derived.by(() => {
    const { explorer, details, size } = this.#model;
    return explorer.map ? rangesOf(explorer.map.units) : guessedRanges(size, details.spec.code.activation);
  });
  /** Whether each unit's share of the divergence is known. */
  readonly areWeighed = $derived(this.ranges[0]!.nats !== undefined);
  readonly start = $derived.by(() => (this.fromMean ? undefined : this.#pictures.chosen));
  readonly #startCode = $derived(this.start?.code ?? meanOf(this.ranges));
  readonly isMoved = $derived(this.#made !== undefined && this.#made.of === this.#startCode);
  readonly code: Code = $derived(this.#made && this.isMoved ? this.#made.code : this.#startCode);
  readonly matching = $derived(this.ranges.filter(({ unit }) => String(unit + 1).includes(this.filter.trim())));
  readonly shown = $derived(this.all ? this.matching : this.matching.slice(0, FIRST_SHOWN));

  constructor(model: DecoderModel, pictures: PicturesAtHand) {
    this.#model = model;
    this.#pictures = pictures;
    this.live = new LiveDecode(model.decode);
  }

  set(unit: number, value: number): void {
    const code = this.code.slice();
    code[unit] = value;
    this.#made = { of: this.#startCode, code };
  }

  reset(): void {
    this.#made = undefined;
  }

  /** All units drawn anew from what training has seen of each. */
  random(): void {
    this.#made = { of: this.#startCode, code: randomCode(this.ranges, randomNormal()) };
  }

  follow(): void {
    this.live.follow(undefined, this.code);
  }

  /** Keeps what the sliders show as a picture at hand, and goes on from it. */
  keep(): void {
    const { shown } = this.live;
    if (!shown) return;
    this.#pictures.keep('From sliders', shown.code, shown.image);
    this.fromMean = false;
    this.reset();
  }
}
