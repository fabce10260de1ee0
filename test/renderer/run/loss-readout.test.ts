import { expect, it } from 'vitest';
import type { Series, SeriesRole } from '../../../renderer/charts/series.ts';
import { lossAxis } from '../../../renderer/run/loss-axis.ts';
import { lossReadout } from '../../../renderer/run/loss-readout.ts';

const line = (role: SeriesRole, ...points: readonly (readonly [number, number])[]): Series => ({
  role,
  name: role,
  points: points.map(([x, y]) => ({ x, y })),
});

it('under the pointer a line says where its nearest point is, unless it is there', () => {
  const axis = lossAxis('epoch', 20, undefined);
  const series = [
    line('pca', [0, 13.871], [20, 13.871]),
    line('batch', [6.98, 12], [7.04, 11.5]),
    line('training', [5.5, 14], [6.5, 13]),
    line('validation', [6, 12.3], [7, 11.2]),
    line('mean-image'),
  ];
  expect(lossReadout(series, axis, 7.02)).toEqual({
    at: 'epoch 7',
    lines: [
      { role: 'validation', name: 'validation', value: '11.2' },
      { role: 'training', name: 'training', value: '13 at 6.5' },
      { role: 'batch', name: 'batch', value: '11.5' },
      { role: 'pca', name: 'pca', value: '13.9' },
    ],
  });
});
