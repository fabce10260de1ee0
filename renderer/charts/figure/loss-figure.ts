import { strokeOf } from '../loss-chart.ts';
import type { Series } from '../series.ts';
import { lightColours } from '../theme.svelte.ts';
import type { XyAxis } from '../xy-chart.ts';
import type { Figure } from './figure.ts';
import { xyFigure, type FigureLine } from './xy-figure.ts';

export interface LossFigure {
  readonly title: string;
  readonly series: readonly Series[];
  /** The x axis ends here. */
  readonly epochs: number;
  readonly logarithmic: boolean;
}

const value = (number: number) => String(Number(number.toPrecision(3)));

/** The loss curve as it stands on screen, axes and lines alike. */
export function lossFigure({ title, series, epochs, logarithmic }: LossFigure): Figure {
  const isMse = !series.some(({ axis }) => axis === 'right');
  const y: XyAxis = { title: isMse ? 'MSE per pixel' : 'cost', logarithmic, format: value };
  return xyFigure({
    title,
    lines: series.map(lineOf),
    x: { title: 'epoch', logarithmic: false, format: String },
    y,
    right: { ...y, title: 'validation MSE per pixel' },
    end: epochs,
  });
}

function lineOf({ role, name, points, axis }: Series): FigureLine {
  const side = axis === undefined ? {} : { axis };
  const line = { name, points, colour: strokeOf(role, lightColours()), ...side } as const;
  switch (role) {
    case 'batch':
      return { ...line, dash: [], marker: 'none', width: 0.7 };
    case 'article':
      return { ...line, dash: [2, 4], marker: 'circle', width: 1.5 };
    case 'mean-image':
      return { ...line, dash: [8, 4], marker: 'none', width: 1 };
    case 'training':
    case 'validation':
      return { ...line, dash: [], marker: points.length > 60 ? 'none' : 'circle' };
  }
}
