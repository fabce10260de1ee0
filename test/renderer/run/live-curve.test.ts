import { expect, it } from 'vitest';
import { MOST_CURVE_POINTS } from '../../../electron/domain/run-curve.ts';
import { applyToView, newView } from '../../../renderer/run/run-view.ts';
import { epoch, record } from '../samples.ts';

it('a long run’s small curve keeps its 64 points while it grows, the newest at its end', () => {
  let view = newView(record('run'));
  for (let number = 1; number <= 200; number++) {
    view = applyToView(view, 'run:epoch-ended', { runId: 'run', metrics: epoch(number, 1 / number) });
  }
  const { curve } = view.record.summary;
  expect(curve).toHaveLength(MOST_CURVE_POINTS);
  expect(curve.at(-1)).toBeCloseTo(784 / 200);
  expect(curve[0]).toBe(784);
});
