import type { NumberRange } from '../../contract/import-options.ts';
import type { NumberLook } from '../../contract/import-plan.ts';
import { numberText } from '../../domain/number-words.ts';
import { BYTES } from './number-picture.ts';

/** What kind of numbers a file says it holds. */
export interface NumberType {
  /** u: whole, none below 0; i: whole; f: with fractions. */
  readonly kind: 'u' | 'i' | 'f';
  readonly bits: number;
}

/** Numbers this share of the range beyond it are rounding, or overshoot of a resampled picture: they are cut. */
const OVERSHOOT = 0.01;
/** Bytes up to here are a few levels, such as the 0 to 16 of scikit-learn's digits; brighter ones are pictures of 0 to 255. */
const MOST_LEVELS = 16;
/** Fractions must use this share of a usual range, else they are scaled by themselves: what is all but even shows nothing. */
const LEAST_USED = 0.1;
/** Fractions must come at least this far before they count as 0 to 255: a quarter of it. */
const LEAST_OF_BYTES = 64;
/** Depths that cameras and scanners deliver in 16 bits. */
const DEPTHS = [10, 12, 14, 16] as const;

const USUAL: readonly NumberRange[] = [
  { black: 0, white: 1 },
  { black: -0.5, white: 0.5 },
  { black: -1, white: 1 },
];

/** Gathers, over all numbers of an import, what decides which becomes black and which white. */
export class NumberSurvey {
  private least = Infinity;
  private most = -Infinity;
  private whole = true;
  private kind: NumberType['kind'] | undefined;
  private bits = 0;

  /** Nothing was added yet. */
  get isEmpty(): boolean {
    return this.least === Infinity;
  }

  /** @returns the place of the first value that is no finite number, or -1; what follows it is not looked at. */
  add(values: ArrayLike<number>, type: NumberType): number {
    this.join(type);
    let { least, most, whole } = this;
    let wrong = -1;
    for (let at = 0; at < values.length; at += 1) {
      const value = values[at]!;
      if (value < least) least = value;
      if (value > most) most = value;
      if (whole && !Number.isInteger(value)) {
        if (!Number.isFinite(value)) {
          wrong = at;
          break;
        }
        whole = false;
      } else if (!whole && !Number.isFinite(value)) {
        wrong = at;
        break;
      }
    }
    if (wrong < 0) [this.least, this.most, this.whole] = [least, most, whole];
    return wrong;
  }

  /** Adds what numbers there are: a picture's pixels without one (NaN, infinite) say nothing of the others. */
  addKnown(values: ArrayLike<number>, type: NumberType): void {
    const wrong = this.add(values, type);
    if (wrong >= 0) this.add(Float64Array.from(Array.prototype.filter.call(values, Number.isFinite)), type);
  }

  /** Takes over what another has gathered. */
  addAll(other: NumberSurvey): void {
    if (other.kind === undefined) return;
    this.join({ kind: other.kind, bits: other.bits });
    this.least = Math.min(this.least, other.least);
    this.most = Math.max(this.most, other.most);
    this.whole &&= other.whole;
  }

  /** Whether bytes have been seen that are no few levels: no further ones change what they mean. */
  get areBytes(): boolean {
    return this.kind === 'u' && this.bits === 8 && this.most > MOST_LEVELS;
  }

  /** Whether they are on a scale that people give fractions, such as 0 to 1. */
  get isUsual(): boolean {
    return this.usual !== undefined;
  }

  /** Which number becomes black and which white; 0 to 255 where nothing was added. */
  range(): NumberRange {
    if (this.isEmpty || this.areBytes) return BYTES;
    return this.whole ? this.ofWhole() : this.ofFractions();
  }

  look(): NumberLook {
    const { least, most, whole } = this;
    const words = `${whole ? 'whole numbers' : 'numbers'} of ${numberText(least)} to ${numberText(most)}`;
    return { least, most, words };
  }

  private join({ kind, bits }: NumberType): void {
    this.kind = this.kind === undefined || this.kind === kind ? kind : 'f';
    this.bits = Math.max(this.bits, bits);
  }

  private ofWhole(): NumberRange {
    const { least, most } = this;
    if (least < 0) {
      if (least >= -1 && most <= 1) return { black: -1, white: 1 };
      // Bytes from which 128 was taken.
      if (least >= -128 && most <= 127 && (this.bits === 8 || most - least > 127)) return { black: -128, white: 127 };
      return this.asFound();
    }
    if (most <= 1) return { black: 0, white: 1 };
    if (most <= MOST_LEVELS) return { black: 0, white: [3, 7, 15].find((level) => most <= level) ?? MOST_LEVELS };
    if (most <= 255) return BYTES;
    const depth = DEPTHS.find((bits) => most < 2 ** bits);
    if (depth !== undefined) return { black: 0, white: 2 ** depth - 1 };
    // Half of the range of 32 bits: the whole was meant.
    if (this.kind === 'u' && this.bits === 32 && most >= 2 ** 31) return { black: 0, white: 2 ** 32 - 1 };
    return this.asFound();
  }

  private ofFractions(): NumberRange {
    return this.usual ?? (this.fits(BYTES) && this.most >= LEAST_OF_BYTES ? BYTES : this.asFound());
  }

  private get usual(): NumberRange | undefined {
    return USUAL.find((range) => this.fits(range));
  }

  private fits({ black, white }: NumberRange): boolean {
    const slack = (white - black) * OVERSHOOT;
    const uses = this.most - this.least >= (white - black) * LEAST_USED;
    return uses && this.least >= black - slack && this.most <= white + slack;
  }

  /** From the least number to the largest; one number alone is black. */
  private asFound(): NumberRange {
    const { least, most } = this;
    return { black: least, white: most > least ? most : least + Math.max(1, Math.abs(least)) };
  }
}
