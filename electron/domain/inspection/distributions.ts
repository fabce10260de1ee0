/** Shapes that scores of normal pictures have: means over many pixels are nearly normal, their squares log-normal, worst spots Gumbel. */
export const families = ['normal', 'log-normal', 'gumbel'] as const;
export type Family = (typeof families)[number];

/** A distribution by its two numbers: mean and deviation (of the logarithm, for `log-normal`); mode and scale of a Gumbel. */
export interface Fitted {
  readonly family: Family;
  readonly location: number;
  readonly scale: number;
}

/** Maximum-likelihood fit. `log-normal` needs numbers above 0. The scale of numbers that are all alike is 0. */
export function fitFamily(family: Family, numbers: readonly number[]): Fitted {
  const values = family === 'log-normal' ? numbers.map(Math.log) : numbers;
  const location = meanOf(values);
  const scale = Math.sqrt(meanOf(values.map((value) => (value - location) ** 2)));
  return family === 'gumbel' && scale > 0 ? fitGumbel(values, location, scale) : { family, location, scale };
}

/** Newton's method for the scale (Gumbel 1958): β = mean − Σ x e^(−x/β) / Σ e^(−x/β). */
function fitGumbel(values: readonly number[], mean: number, deviation: number): Fitted {
  const least = Math.min(...values);
  let scale = (deviation * Math.sqrt(6)) / Math.PI;
  for (let round = 0; round < 50; round += 1) {
    let [s0, s1, s2] = [0, 0, 0];
    for (const value of values) {
      const weight = Math.exp(-(value - least) / scale);
      s0 += weight;
      s1 += value * weight;
      s2 += value * value * weight;
    }
    const off = mean - s1 / s0 - scale;
    const slope = -1 - (s2 / s0 - (s1 / s0) ** 2) / (scale * scale);
    const next = scale - off / slope;
    const done = Math.abs(next - scale) < 1e-10 * scale;
    scale = next > 0 ? next : scale / 2;
    if (done) break;
  }
  const sum = meanOf(values.map((value) => Math.exp(-(value - least) / scale)));
  return { family: 'gumbel', location: least - scale * Math.log(sum), scale };
}

/** Mean log-likelihood of numbers. */
export function likelihood({ family, location, scale }: Fitted, numbers: readonly number[]): number {
  return meanOf(
    numbers.map((number) => {
      const place = ((family === 'log-normal' ? Math.log(number) : number) - location) / scale;
      if (family === 'gumbel') return -Math.log(scale) - place - Math.exp(-place);
      const density = -Math.log(scale * Math.sqrt(2 * Math.PI)) - (place * place) / 2;
      return family === 'log-normal' ? density - Math.log(number) : density;
    }),
  );
}

/** The share of a distribution that lies above a number. */
export function shareAbove({ family, location, scale }: Fitted, number: number): number {
  if (family === 'log-normal' && number <= 0) return 1;
  const place = ((family === 'log-normal' ? Math.log(number) : number) - location) / scale;
  if (family === 'gumbel') return -Math.expm1(-Math.exp(-place));
  return normalAbove(place);
}

/** The number above which so large a share of a distribution lies, 0 < share < 1. */
export function numberAbove({ family, location, scale }: Fitted, share: number): number {
  if (family === 'gumbel') return location - scale * Math.log(-Math.log1p(-share));
  const number = location + scale * standardAbove(share);
  return family === 'log-normal' ? Math.exp(number) : number;
}

/** A number drawn from a distribution (normal ones by Box & Muller 1958). */
export function drawFrom({ family, location, scale }: Fitted, random: () => number): number {
  const first = Math.max(1e-12, random());
  if (family === 'gumbel') return location - scale * Math.log(-Math.log(first));
  const number = location + scale * Math.sqrt(-2 * Math.log(first)) * Math.cos(2 * Math.PI * random());
  return family === 'log-normal' ? Math.exp(number) : number;
}

/** Upper tail of the standard normal distribution, by a continued fraction far out and a series near 0 (Abramowitz & Stegun 26.2). */
export function normalAbove(place: number): number {
  if (place < 0) return 1 - normalAbove(-place);
  const density = Math.exp((-place * place) / 2) / Math.sqrt(2 * Math.PI);
  if (place > 3) {
    let fraction = 0;
    for (let step = 60; step > 0; step -= 1) fraction = step / (place + fraction);
    return density / (place + fraction);
  }
  let [term, sum] = [place, place];
  for (let step = 1; step < 100; step += 1) {
    term *= (place * place) / (2 * step + 1);
    sum += term;
  }
  return 0.5 - density * sum;
}

/** Its inverse: by halving to within 0.1, then by Newton's method, whose error each step squares. */
function standardAbove(share: number): number {
  let [low, high] = [-38, 38];
  while (high - low > 0.1) {
    const middle = (low + high) / 2;
    if (normalAbove(middle) > share) low = middle;
    else high = middle;
  }
  let place = (low + high) / 2;
  for (let step = 0; step < 4; step += 1) {
    const density = Math.exp((-place * place) / 2) / Math.sqrt(2 * Math.PI);
    place += (normalAbove(place) - share) / density;
  }
  return place;
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
