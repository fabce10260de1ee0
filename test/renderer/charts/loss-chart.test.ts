import { expect, it } from 'vitest';
import { createLineChart } from '../../../renderer/charts/line-chart.ts';
import { clockTicks, frameLossChart, showSeries, type LossChartFrame } from '../../../renderer/charts/loss-chart.ts';
import type { Series } from '../../../renderer/charts/series.ts';
import { lightColours } from '../../../renderer/charts/theme.svelte.ts';
import { blankCanvas } from '../blank-canvas.ts';

it('points take the colours of the theme that is switched to, as lines do', () => {
  const chart = createLineChart(blankCanvas());
  const light = lightColours();
  const dark = { ...light, training: '#ff0000', text: '#ff0000' };
  const points = [
    { x: 1, y: 2 },
    { x: 2, y: 1 },
  ];
  const series: readonly Series[] = (['training', 'article'] as const).map((role) => ({ role, name: role, points }));
  const frame: LossChartFrame = {
    end: 3,
    formatX: String,
    tick: undefined,
    logarithmic: false,
    left: [1, 2],
    right: undefined,
    names: ['training'],
    colours: light,
  };
  for (const colours of [light, dark]) {
    frameLossChart(chart, { ...frame, colours });
    showSeries(chart, series, colours);
  }
  for (const index of series.keys()) {
    const { data, dataset } = chart.getDatasetMeta(index);
    expect(dataset?.options['borderColor']).toBe('#ff0000');
    expect(data.map(({ options }) => options['backgroundColor'])).toEqual(['#ff0000', '#ff0000']);
  }
  chart.destroy();
});

it('counts a clock in whole minutes, however nearly they fit the axis', () => {
  expect(clockTicks(481.5, 120)).toEqual([0, 120, 240, 360, 480].map((value) => ({ value })));
  expect(clockTicks(59, 10).at(-1)).toEqual({ value: 50 });
});
