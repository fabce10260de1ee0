import { MOST_DECODED_PIXELS } from '../../../../electron/contract/models.ts';
import { codePartsOf, inEveryClass, type CodeParts } from '../../../maths/classes.ts';
import { samplePrior } from '../../../maths/mixture.ts';
import { guessedRanges, rangesOf } from '../../../maths/units.ts';
import type { DecoderModel } from './decoder-model.ts';
import { LiveDecode, type Code } from './live.svelte.ts';
import type { PicturesAtHand } from './pictures.svelte.ts';

/** Styles beside each other in the grid by class, where so many can be decoded at once. */
const COLUMNS = 8;
/** Style units shown before all are asked for. */
const FIRST_SHOWN = 12;

/** A chosen class, its style moved, and every class in the same style. */
export class ClassStyles {
  readonly #model: DecoderModel;
  readonly #pictures: PicturesAtHand;
  readonly parts: CodeParts;
  /** One picture a class, all of one style. */
  readonly live: LiveDecode<undefined>;
  /** Row by row the classes, column by column styles drawn from the prior. */
  readonly grid: LiveDecode<number>;
  readonly columns: number;
  /** The class that is held, from 0. */
  held = $state(0);
  all = $state(false);
  /** Of the grid's styles. */
  seed = $state(1);
  /** The style the sliders made of a start; of another start they begin anew. */
  #made = $state.raw<{ readonly of: Code; readonly style: Code }>();

  /** Style units, the one that says most first. */
  readonly ranges = $derived.by(() => {
    const { explorer, details } = this.#model;
    const known = explorer.map && rangesOf(explorer.map.units).filter(({ unit }) => unit < this.parts.style);
    return known ?? guessedRanges(this.parts.style, details.spec.code.activation);
  });
  readonly shown = $derived(this.all ? this.ranges : this.ranges.slice(0, FIRST_SHOWN));
  /** The picture at hand whose style is taken; without one the prior's middle. */
  readonly start = $derived.by(() => this.#pictures.chosen);
  readonly #startStyle = $derived.by((): Code => {
    const { style } = this.parts;
    return this.start?.code.slice(0, style) ?? new Float32Array(style);
  });
  readonly isMoved = $derived(this.#made !== undefined && this.#made.of === this.#startStyle);
  readonly style: Code = $derived(this.#made && this.isMoved ? this.#made.style : this.#startStyle);

  /** @param model whose code has classes */
  constructor(model: DecoderModel, pictures: PicturesAtHand, parts: CodeParts) {
    this.#model = model;
    this.#pictures = pictures;
    this.parts = parts;
    this.live = new LiveDecode(model.decode);
    this.grid = new LiveDecode(model.decode);
    const [height, width] = model.details.spec.inputShape;
    const most = Math.floor(MOST_DECODED_PIXELS / (height * width * parts.classes));
    this.columns = Math.max(1, Math.min(COLUMNS, most));
  }

  /** What a class is called: as the image set says, else by its number. */
  nameOf = (index: number): string => this.#model.explorer.imageSet?.labelNames[index] ?? String(index);

  set(unit: number, value: number): void {
    const style = this.style.slice();
    style[unit] = value;
    this.#made = { of: this.#startStyle, style };
  }

  reset(): void {
    this.#made = undefined;
  }

  /** A style drawn from the prior. */
  random(seed: number): void {
    this.#made = { of: this.#startStyle, style: samplePrior(this.parts.style, 1, seed) };
  }

  follow(): void {
    this.live.follow(undefined, inEveryClass(this.parts, this.style));
  }

  followGrid(): void {
    const styles = samplePrior(this.parts.style, this.columns, this.seed);
    this.grid.follow(this.seed, inEveryClass(this.parts, styles));
  }

  /** The held class as a picture at hand. */
  keep(): void {
    const { shown } = this.live;
    if (!shown) return;
    const size = this.parts.style + this.parts.classes;
    const { image } = shown;
    const pixels = image.pixels.length / image.count;
    const one = { ...image, count: 1, pixels: image.pixels.slice(this.held * pixels, (this.held + 1) * pixels) };
    this.#pictures.keep(
      `Class ${this.nameOf(this.held)}`,
      shown.code.slice(this.held * size, (this.held + 1) * size),
      one,
    );
    this.reset();
  }
}

/** Of a model whose code has classes; nothing of another. */
export function classStylesOf(model: DecoderModel, pictures: PicturesAtHand): ClassStyles | undefined {
  const parts = codePartsOf(model.details.spec);
  return parts && new ClassStyles(model, pictures, parts);
}
