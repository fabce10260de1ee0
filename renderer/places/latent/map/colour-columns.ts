import { packedOf } from '../../../charts/map/packed-colours.ts';
import { gradientColours, type GradientName } from '../../../charts/map/gradients.ts';

/** What colour a map's points by: a class a point, or a number a point. */
export type ColourColumn =
  | {
      readonly kind: 'classes';
      /** Of each point; `names.length` where it has none. */
      readonly classes: Uint16Array;
      readonly names: readonly string[];
    }
  | {
      readonly kind: 'numbers';
      /** Not finite where a point has none. */
      readonly values: Float32Array;
      readonly unit: string;
    };

/** The ends of a scale, and whether points lie beyond them. */
export interface Scale {
  readonly least: number;
  readonly most: number;
  readonly clipped: boolean;
}

/** Where points without a class or a number get their colour from. */
export const NO_VALUE = '#8a8f96';

/** Of a few extreme values most of the gradient would be used up: the scale ends at these shares of the sorted values. */
const LOW_SHARE = 0.005;
const HIGH_SHARE = 0.995;

/** The scale of a column of numbers; of one without finite values 0 to 1. */
export function scaleOf(values: Float32Array): Scale {
  const finite = values.filter(Number.isFinite).sort();
  if (finite.length === 0) return { least: 0, most: 1, clipped: false };
  const at = (share: number) => finite[Math.round(share * (finite.length - 1))]!;
  const [least, most] = [at(LOW_SHARE), at(HIGH_SHARE)];
  if (least === most) return { least: finite[0]!, most: finite.at(-1)!, clipped: false };
  return { least, most, clipped: finite[0]! < least || finite.at(-1)! > most };
}

const STEPS = 256;

/** A packed colour a point, for numbers on a scale. */
export function coloursOfNumbers(values: Float32Array, { least, most }: Scale, gradient: GradientName): Uint32Array {
  const steps = gradientColours(gradient, STEPS);
  const none = packedOf(NO_VALUE);
  const perUnit = most > least ? (STEPS - 1) / (most - least) : 0;
  const colourOf = (value: number): number =>
    Number.isFinite(value) ? steps[Math.min(STEPS - 1, Math.max(0, Math.round((value - least) * perUnit)))]! : none;
  const colours = new Uint32Array(values.length);
  values.forEach((value, at) => (colours[at] = colourOf(value)));
  return colours;
}

/** A packed colour a point, for classes; those in `hidden` get 0, which is not drawn. Colours come again when they run out. */
export function coloursOfClasses(
  classes: Uint16Array,
  names: readonly string[],
  palette: readonly string[],
  hidden: readonly number[],
): Uint32Array {
  const table = Uint32Array.from({ length: names.length + 1 }, (_, index) => {
    if (hidden.includes(index)) return 0;
    return packedOf(index === names.length ? NO_VALUE : palette[index % palette.length]!);
  });
  const last = names.length;
  const colours = new Uint32Array(classes.length);
  classes.forEach((index, at) => (colours[at] = table[Math.min(index, last)]!));
  return colours;
}

/** How many points each class has, those without one last. */
export function countsOf(classes: Uint16Array, classCount: number): Uint32Array {
  const counts = new Uint32Array(classCount + 1);
  for (const index of classes) counts[Math.min(index, classCount)]!++;
  return counts;
}

/** Labels as classes; without labels every point has none. */
export function labelColumn(
  labels: Uint8Array,
  names: readonly string[],
  count: number,
): Extract<ColourColumn, { readonly kind: 'classes' }> {
  const classes = new Uint16Array(count).fill(names.length);
  if (labels.length === count) classes.set(labels);
  return { kind: 'classes', classes, names };
}

/** One unit of codes [count × size]. */
export function unitColumn(codes: Float32Array, size: number, unit: number): ColourColumn {
  const count = Math.floor(codes.length / size);
  const values = Float32Array.from({ length: count }, (_, index) => codes[index * size + unit]!);
  return { kind: 'numbers', values, unit: `code unit ${unit + 1}` };
}
