import { hasMarkers, lineStyles, strokeOf } from '../loss-chart.ts';
import type { Series } from '../series.ts';
import { formatOnAxis } from '../../widgets/format-number.ts';
import { lightColours } from '../theme.svelte.ts';
import type { XyAxis } from '../xy-chart.ts';
import type { Figure } from './figure.ts';
import { xyFigure, type FigureLine } from './xy-figure.ts';

export interface LossFigure {
  readonly title: string;
  readonly series: readonly Series[];
  /** What the x axis counts. */
  readonly x: string;
  /** The x axis ends here. */
  readonly end: number;
  readonly formatX: (x: number) => string;
  readonly logarithmic: boolean;
  /** What errors are written in: "MSE per pixel". */
  readonly unit: string;
}

/** The loss curve as it stands on screen, axes and lines alike. */
export function lossFigure({ title, series, x, end, formatX, logarithmic, unit }: LossFigure): Figure {
  const isError = !series.some(({ axis }) => axis === 'right');
  const y: XyAxis = { title: isError ? unit : 'cost', logarithmic, format: formatOnAxis };
  return xyFigure({
    title,
    lines: series.flatMap((one) => [lineOf(one), ...bestPointOf(one)]),
    x: { title: x, logarithmic: false, format: formatX },
    y,
    right: { ...y, title: `validation, ${unit}` },
    end,
  });
}

function lineOf({ role, name, points, axis }: Series): FigureLine {
  const side = axis === undefined ? {} : { axis };
  const { width, dash } = lineStyles[role];
  const marker = hasMarkers(role, points.length) ? 'circle' : 'none';
  return { name, points, colour: strokeOf(role, lightColours()), dash, marker, width, ...side };
}

/** The best point of a line that has one, as the chart on screen marks it. */
function bestPointOf(series: Series): readonly FigureLine[] {
  const best = series.best === undefined ? undefined : series.points[series.best];
  return best === undefined
    ? []
    : [{ ...lineOf(series), name: 'best epoch', points: [best], marker: 'rectRot', width: 0 }];
}
