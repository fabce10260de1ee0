import { labelColours } from '../../domain/label-colours.ts';
import { markup, type Markup } from '../../domain/markup.ts';
import type { MapColumns } from '../../domain/words.ts';

const SIDE = 420;
const MARGIN = 10;

/**
 * Points of a map as an SVG figure, a path of dots a class, with the classes' names at their middles.
 * @param labels of the points; empty where there are none
 */
export function mapFigure(
  { x, y }: MapColumns,
  labels: Uint8Array,
  labelNames: readonly string[],
  caption: string,
): Markup {
  const byClass = new Map<number, number[]>();
  for (let point = 0; point < x.length; point += 1) {
    if (!Number.isFinite(x[point]) || !Number.isFinite(y[point])) continue;
    const label = labels[point] ?? -1;
    const points = byClass.get(label) ?? [];
    byClass.set(label, points);
    points.push(point);
  }
  const [across, down] = [placer(x, 1), placer(y, -1)];
  const classes = [...byClass].sort(([a], [b]) => a - b);
  const dots = classes.map(([label, points]) => {
    const path = points.map((point) => `M${across(x[point]!)} ${down(y[point]!)}h0`).join('');
    return markup`<path class="dots" stroke="${labelColours[Math.max(0, label) % labelColours.length]}" d="${path}"/>\n`;
  });
  const names = classes.map(([label, points]) => {
    const name = labelNames[label];
    if (name === undefined) return undefined;
    const middle = (column: Float32Array) => points.reduce((sum, point) => sum + column[point]!, 0) / points.length;
    return markup`<text class="class" x="${across(middle(x))}" y="${down(middle(y))}" text-anchor="middle">${name}</text>`;
  });
  return markup`<figure><svg viewBox="0 0 ${SIDE} ${SIDE}" role="img" aria-label="${caption}">
${dots}${names}
</svg><figcaption>${caption}</figcaption></figure>`;
}

/** A column's values to places on the figure. */
function placer(column: Float32Array, direction: 1 | -1): (value: number) => string {
  const finite = column.filter(Number.isFinite);
  const least = finite.reduce((low, value) => Math.min(low, value), Number.POSITIVE_INFINITY);
  const most = finite.reduce((high, value) => Math.max(high, value), Number.NEGATIVE_INFINITY);
  const range = most - least || 1;
  return (value) => {
    const share = (value - least) / range;
    return (MARGIN + (direction === 1 ? share : 1 - share) * (SIDE - 2 * MARGIN)).toFixed(1);
  };
}
