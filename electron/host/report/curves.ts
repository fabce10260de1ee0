import { nice, ticks } from 'd3-array';
import { scaleLinear, scaleLog } from 'd3-scale';
import { logLimits, logTicks } from '../../domain/log-ticks.ts';
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
/** Lines of a linear axis, about. */
const WANTED = 5;

type Scale = 'linear' | 'logarithmic';

/** Curves by epoch as an SVG figure; on a logarithmic axis, values of zero and below are gaps. */
export function curvesFigure(curves: readonly Curve[], scale: Scale, unit: string): Markup {
  const shown = curves.map((curve) => ({ ...curve, points: curve.points.filter(([, value]) => fits(value, scale)) }));
  const values = shown.flatMap(({ points }) => points.map(([, value]) => value));
  const epochs = shown.flatMap(({ points }) => points.map(([epoch]) => epoch));
  if (values.length === 0) return markup`<p>No epoch has ended yet.</p>`;
  const lines = ticksFor(Math.min(...values), Math.max(...values), scale);
  const lastEpoch = Math.max(...epochs, 2);
  const x = scaleLinear([1, lastEpoch], [LEFT, WIDTH - RIGHT]);
  const y = (scale === 'linear' ? scaleLinear : scaleLog)([lines[0]!, lines.at(-1)!], [HEIGHT - BOTTOM, TOP]);
  const rules = lines.map(
    (tick) =>
      markup`<line class="rule" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${at(y(tick))}" y2="${at(y(tick))}"/><text x="${LEFT - 6}" y="${at(y(tick) + 4)}" text-anchor="end">${figure(tick)}</text>`,
  );
  const marks = epochTicks(lastEpoch).map(
    (epoch) => markup`<text x="${at(x(epoch))}" y="${HEIGHT - BOTTOM + 16}" text-anchor="middle">${epoch}</text>`,
  );
  const paths = shown.map(({ name, kind, points }) => {
    const path = points.map(([epoch, value], index) => `${index === 0 ? 'M' : 'L'}${at(x(epoch))} ${at(y(value))}`);
    return markup`<path class="${kind}" d="${path.join('')}"><title>${name}</title></path>${lonely(points, x, y, kind)}\n`;
  });
  const label = `${unit} by epoch, ${scale} axis`;
  return markup`<figure><svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${label}">
${rules}${marks}<text x="${WIDTH - RIGHT}" y="${HEIGHT - 3}" text-anchor="end">epoch</text>
${paths}</svg><figcaption>${unit}, ${scale} axis</figcaption></figure>`;
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
  if (scale === 'logarithmic') {
    const [first, last] = logLimits(least, most);
    return [...new Set([first, ...logTicks(first, last), last])];
  }
  const from = Math.min(0, least);
  return ticks(...nice(from, most > from ? most : from + 1, WANTED), WANTED);
}

/** The first and round ones. */
function epochTicks(last: number): readonly number[] {
  const round = ticks(0, last, WANTED).filter((epoch) => Number.isInteger(epoch) && epoch > 1);
  return [1, ...round];
}
