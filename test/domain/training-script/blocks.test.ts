import { describe, expect, it } from 'vitest';
import type { LayerSpec } from '../../../electron/domain/layer-spec.ts';
import { experimentOf, textOf } from './script-samples.ts';

const separable: LayerSpec = { kind: 'separable', filters: 8, kernel: 4, stride: 2, activation: 'elu' };
const residual: LayerSpec = { kind: 'residual', filters: 4, kernel: 3, activation: 'prelu' };

describe('separable and residual layers', () => {
  const said = {
    keras: [
      'DEPTHWISE = keras.initializers.VarianceScaling(1.0, "fan_out", "uniform", seed=draws)',
      'layers.SeparableConv2D(',
      'depthwise_initializer=DEPTHWISE,',
      'class Residual(layers.Layer):',
    ],
    pytorch: [
      'nn.Conv2d(1, 1, 4, stride=2, padding=1, bias=False), nn.Conv2d(1, 8, 1), nn.ELU(),',
      'nn.Conv2d(8, 8, 4, stride=2, padding=1, groups=8, bias=False)',
      'nn.init.kaiming_uniform_(layer.weight, nonlinearity="linear")',
      'class Residual(nn.Sequential):',
    ],
  } as const;

  it.each(['keras', 'pytorch'] as const)('are made with the app’s weights in %s', (dialect) => {
    const text = textOf(dialect, experimentOf('conv', {}, { encoder: [separable, separable, residual] }));
    for (const words of said[dialect]) expect(text).toContain(words);
    expect(textOf(dialect, experimentOf('conv'))).not.toMatch(/Residual|DEPTHWISE|kaiming/);
  });
});
