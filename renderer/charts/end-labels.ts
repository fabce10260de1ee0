import type { Chart, Plugin, Scale } from 'chart.js';
import { labelHeights } from './line-marks.ts';
import type { ThemeColours } from './theme.svelte.ts';

/** What stands at the end of a line, by the place of its dataset. */
export interface EndLabel {
  readonly dataset: number;
  readonly text: string;
  readonly colour: string;
}

const GAP = 13;
/** From a line's end to its label, past a bar of its colour. */
const SIGN = 12;

const labelled = new WeakMap<object, { readonly labels: readonly EndLabel[]; readonly colours: ThemeColours }>();

/** Sets what the next drawing of a chart that has the plugin writes. */
export function labelEnds(chart: object, labels: readonly EndLabel[], colours: ThemeColours): void {
  labelled.set(chart, { labels, colours });
}

/** Each line's label at its end, moved apart where ends are close. */
export const endLabels: Plugin<'line'> = {
  id: 'end-labels',
  afterDatasetsDraw: (chart) => {
    const known = labelled.get(chart);
    if (!known) return;
    const { ctx } = chart;
    const { labels, colours } = known;
    ctx.save();
    ctx.textBaseline = 'middle';
    ctx.font = `600 12px ${colours.font}`;
    const ends = labels.flatMap(({ dataset, ...label }) => {
      const end = chart.getDatasetMeta(dataset).data.at(-1);
      return end ? [{ ...label, x: end.x, y: end.y }] : [];
    });
    // Beyond the axis at the right, where there is one: its numbers are to be read too.
    const beyond = Math.max(chart.chartArea.right, ...rightAxesOf(chart).map(({ right }) => right));
    const placed = ends.map((end) => {
      const isOutside = end.x + SIGN + ctx.measureText(end.text).width > chart.chartArea.right;
      return isOutside ? { ...end, x: beyond } : end;
    });
    const heights = labelHeights(placed, GAP, [chart.chartArea.top, chart.chartArea.bottom]);
    // The grounds of all first: one that came after would lie over the text above it.
    ctx.lineWidth = 4;
    ctx.lineJoin = 'round';
    ctx.strokeStyle = colours.bg;
    placed.forEach(({ text, x }, at) => ctx.strokeText(text, x + SIGN, heights[at]!));
    placed.forEach(({ text, colour, x }, at) => {
      // The colour alone may be too faint to read by: the text's, beside a bar of the line's.
      ctx.fillStyle = colour;
      ctx.fillRect(x + 6, heights[at]! - 5, 3, 10);
      ctx.fillStyle = colours.text;
      ctx.fillText(text, x + SIGN, heights[at]!);
    });
    ctx.restore();
  },
};

const rightAxesOf = (chart: Chart<'line'>): readonly Scale[] =>
  Object.values(chart.scales).filter(
    ({ options, axis }) =>
      axis === 'y' && options.display === true && 'position' in options && options.position === 'right',
  );

/** Pixels that labels take beyond the lines' ends. */
export function widthOfLabels(labels: readonly string[]): number {
  const longest = Math.max(0, ...labels.map(({ length }) => length));
  return 20 + 8 * longest;
}
