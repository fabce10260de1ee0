import { markup, type Markup } from '../../domain/markup.ts';
import { figure } from './markup.ts';

export interface Curve {
  readonly name: string;
  /** CSS class, which gives the colour. */
  readonly kind: 'training' | 'validation' | 'reference';
  /** By epoch, from 1; what is no number is a gap. */
  readonly points: readonly (readonly [epoch: number, value: number])[];
}

const WIDTH = 460;
const HEIGHT = 260;
const LEFT = 58;
const RIGHT = 12;
const TOP = 10;
const BOTTOM = 34;

/** Round numbers within a decade, for axes of less than one and of less than half of one. */
const fine = [1, 1.5, 2, 3, 4, 5, 7];
const finest = [1, 1.2, 1.4, 1.6, 1.8, 2, 2.5, 3, 3.5, 4, 4.5, 5, 6, 7, 8, 9];

type Scale = 'linear' | 'logarithmic';

/** Curves by epoch as an SVG figure; on a logarithmic axis, values of zero and below are gaps. */
export function curvesFigure(curves: readonly Curve[], scale: Scale, unit: string): Markup {
  const shown = curves.map((curve) => ({ ...curve, points: curve.points.filter(([, value]) => fits(value, scale)) }));
  const values = shown.flatMap(({ points }) => points.map(([, value]) => value));
  const epochs = shown.flatMap(({ points }) => points.map(([epoch]) => epoch));
  if (values.length === 0) return markup`<p>No epoch has ended yet.</p>`;
  const ticks = ticksFor(Math.min(...values), Math.max(...values), scale);
  const [least, most] = [ticks[0]!, ticks.at(-1)!];
  const lastEpoch = Math.max(...epochs, 2);
  const x = (epoch: number) => LEFT + ((epoch - 1) / (lastEpoch - 1)) * (WIDTH - LEFT - RIGHT);
  const along = (value: number) => (scale === 'linear' ? value : Math.log10(value));
  const share = (value: number) => (along(value) - along(least)) / (along(most) - along(least));
  const y = (value: number) => HEIGHT - BOTTOM - share(value) * (HEIGHT - TOP - BOTTOM);
  const rules = ticks.map(
    (tick) =>
      markup`<line class="rule" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${at(y(tick))}" y2="${at(y(tick))}"/><text x="${LEFT - 6}" y="${at(y(tick) + 4)}" text-anchor="end">${figure(tick)}</text>`,
  );
  const marks = epochTicks(lastEpoch).map(
    (epoch) => markup`<text x="${at(x(epoch))}" y="${HEIGHT - BOTTOM + 16}" text-anchor="middle">${epoch}</text>`,
  );
  const lines = shown.map(({ name, kind, points }) => {
    const path = points.map(([epoch, value], index) => `${index === 0 ? 'M' : 'L'}${at(x(epoch))} ${at(y(value))}`);
    return markup`<path class="${kind}" d="${path.join('')}"><title>${name}</title></path>${lonely(points, x, y, kind)}\n`;
  });
  const label = `${unit} by epoch, ${scale} axis`;
  return markup`<figure><svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${label}">
${rules}${marks}<text x="${WIDTH - RIGHT}" y="${HEIGHT - 3}" text-anchor="end">epoch</text>
${lines}</svg><figcaption>${unit}, ${scale} axis</figcaption></figure>`;
}

const at = (value: number): string => value.toFixed(1);
const fits = (value: number, scale: Scale): boolean => Number.isFinite(value) && (scale === 'linear' || value > 0);

/** One epoch alone makes no line. */
function lonely(
  points: Curve['points'],
  x: (epoch: number) => number,
  y: (value: number) => number,
  kind: string,
): Markup | undefined {
  const [only] = points;
  if (only === undefined || points.length > 1) return undefined;
  return markup`<circle class="${kind}" cx="${at(x(only[0]))}" cy="${at(y(only[1]))}" r="3"/>`;
}

/** Round numbers from below the least to above the most, two of them at the least. */
export function ticksFor(least: number, most: number, scale: Scale): readonly number[] {
  return scale === 'linear' ? linearTicks(Math.min(0, least), most) : logarithmicTicks(least, most);
}

function linearTicks(least: number, most: number): number[] {
  const range = most - least || Math.abs(most) || 1;
  const power = 10 ** Math.floor(Math.log10(range / 4));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => range / size <= 5) ?? range;
  const first = Math.floor(least / step);
  const last = Math.max(first + 1, Math.ceil(most / step - 1e-9));
  return Array.from({ length: last - first + 1 }, (_, index) => Number(((first + index) * step).toPrecision(6)));
}

function logarithmicTicks(least: number, most: number): number[] {
  const decades = Math.log10(most / least);
  const steps = decades > 4 ? [1] : decades > 1 ? [1, 2, 5] : decades > 0.4 ? fine : finest;
  const round: number[] = [];
  for (let decade = Math.floor(Math.log10(least)); decade <= Math.log10(most) + 1; decade += 1) {
    round.push(...steps.map((step) => Number(`${step}e${decade}`)));
  }
  const first = Math.max(
    0,
    round.findLastIndex((tick) => tick <= least),
  );
  const last = Math.max(
    first + 1,
    round.findIndex((tick) => tick >= most),
  );
  return round.slice(first, last + 1);
}

function epochTicks(last: number): readonly number[] {
  const step = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000].find(
    (size) => last / size <= 8,
  );
  const size = step ?? 50_000;
  const round = Array.from({ length: Math.floor(last / size) }, (_, index) => (index + 1) * size);
  return size === 1 ? round : [1, ...round];
}
