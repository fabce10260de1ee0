import { mirrored } from './planes.ts';

/** How places of a line of values are looked at, the line's ends mirrored: weights [places × length], row by row. */
export interface Look {
  readonly places: number;
  readonly length: number;
  /** Of a wave under a Gaussian, and of the same wave a quarter of its length on. */
  readonly cosine: Float64Array;
  readonly sine: Float64Array;
}

/** Filters of one wavelength: across and down for each of `TURNS`, and what sums the strengths up around places. */
export interface LineScale {
  readonly across: readonly Look[];
  readonly down: readonly Look[];
  readonly pooledAcross: Look;
  readonly pooledDown: Look;
}

/** What strengths of lines are measured with on pictures of one size. */
export interface LineFilters {
  readonly height: number;
  readonly width: number;
  /** Places at which strengths are told. */
  readonly rows: number;
  readonly columns: number;
  readonly scales: readonly LineScale[];
}

/** In pixels. */
const WAVELENGTHS = [4, 8, 16] as const;
/** Half a turn is divided into so many directions; these are measured, and of some the mirror images. */
export const DIRECTIONS = 6;
export const TURNS = [0, 1, 2, 3] as const;
/** The direction of a turn's mirror image, where that is another. */
export const mirroredTurn = (turn: number): number | undefined =>
  turn > 0 && 2 * turn < DIRECTIONS ? DIRECTIONS - turn : undefined;
/** Numbers that are told of each place. */
export const STRENGTHS = WAVELENGTHS.length * DIRECTIONS;
/** Deviations of the Gaussian in wavelengths, for a bandwidth of one octave at half height: √(ln 2 / 2) · 3 / π. */
const REACH = (3 * Math.sqrt(Math.LN2 / 2)) / Math.PI;
/** A place each so many pixels, of pictures of 64; as much farther apart as pictures are larger. */
const STEP = 4;
const USUAL_SIDE = 64;
/** Strengths below are noise, in brightness of 0 to 1. */
export const LEAST_STRENGTH = 1e-3;

/**
 * Gabor filters in quadrature (Daugman 1985): waves of 4, 8 and 16 pixels in six directions under a round Gaussian of one octave's
 * bandwidth. Each is the product of a filter across and one down, as the Gaussian is round; so are its mirror image's.
 */
export function lineFilters([height, width]: readonly [height: number, width: number, ...unknown[]]): LineFilters {
  const times = Math.max(1, Math.round(Math.min(height, width) / USUAL_SIDE));
  const scales = WAVELENGTHS.map((wavelength, at): LineScale => {
    const stride = 2 ** at * times;
    const deviation = REACH * wavelength;
    const looks = (length: number, part: (angle: number) => number): Look[] =>
      TURNS.map((turn) => {
        const frequency = ((2 * Math.PI) / wavelength) * part((Math.PI * turn) / DIRECTIONS);
        return lookAt(length, sampled(length, stride, times), deviation, frequency);
      });
    const pooled = (length: number): Look => {
      const samples = sampled(length, stride, times);
      const middles = placesOf(length, times).map((place) => (place - samples[0]!) / stride);
      return lookAt(samples.length, middles, (STEP * times) / 2 / stride, 0);
    };
    return {
      across: looks(width, Math.cos),
      down: looks(height, Math.sin),
      pooledAcross: pooled(width),
      pooledDown: pooled(height),
    };
  });
  return { height, width, rows: placesOf(height, times).length, columns: placesOf(width, times).length, scales };
}

/** Pixels of a side around which strengths are told. */
function placesOf(length: number, times: number): readonly number[] {
  const first = Math.min((STEP * times) / 2, length - 1);
  return Array.from(
    { length: Math.floor((length - 1 - first) / (STEP * times)) + 1 },
    (_, at) => first + STEP * times * at,
  );
}

/** Pixels of a side at which a filter is laid: every so many, places among them. */
function sampled(length: number, stride: number, times: number): readonly number[] {
  const first = placesOf(length, times)[0]! % stride;
  return Array.from({ length: Math.floor((length - 1 - first) / stride) + 1 }, (_, at) => first + stride * at);
}

/** @param frequency of the wave, in radians a value */
function lookAt(length: number, middles: readonly number[], deviation: number, frequency: number): Look {
  const reach = Math.max(1, Math.ceil(3 * deviation));
  const taps = Array.from({ length: 2 * reach + 1 }, (_, tap) => tap - reach);
  const weights = taps.map((tap) => Math.exp(-(tap ** 2) / (2 * deviation ** 2)));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const within = mirrored(length, reach);
  const places = middles.length;
  const [cosine, sine] = [new Float64Array(places * length), new Float64Array(places * length)];
  middles.forEach((middle, place) => {
    taps.forEach((tap, at) => {
      const value = within[middle + at]!;
      cosine[place * length + value]! += (weights[at]! / sum) * Math.cos(frequency * tap);
      sine[place * length + value]! += (weights[at]! / sum) * Math.sin(frequency * tap);
    });
  });
  return { places, length, cosine, sine };
}
