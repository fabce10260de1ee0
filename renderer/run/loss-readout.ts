import { readAt, type Series, type SeriesRole } from '../charts/series.ts';
import { formatOnAxis } from '../widgets/format-number.ts';
import type { LossAxis } from './loss-axis.ts';

const ORDER: readonly SeriesRole[] = ['validation', 'training', 'batch', 'pca', 'mean-image', 'article'];
/** Those that are the same everywhere. */
const FIXED: readonly SeriesRole[] = ['pca', 'mean-image'];

/** What the loss curve says under the pointer: of a line whose nearest point is not there, where it is. */
export function lossReadout(series: readonly Series[], { kind, format }: LossAxis, pointed: number) {
  const here = format(pointed);
  const lines = readAt(series, pointed).map(({ role, name, x, y }) => {
    const value = formatOnAxis(y);
    return { role, name, value: FIXED.includes(role) || format(x) === here ? value : `${value} at ${format(x)}` };
  });
  return { at: `${kind} ${here}`, lines: lines.toSorted((a, b) => ORDER.indexOf(a.role) - ORDER.indexOf(b.role)) };
}
