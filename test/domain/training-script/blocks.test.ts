import { describe, expect, it } from 'vitest';
import type { LayerSpec } from '../../../electron/domain/layer-spec.ts';
import { experimentOf, textOf } from './script-samples.ts';

const separable: LayerSpec = { kind: 'separable', filters: 8, kernel: 4, stride: 2, activation: 'elu' };
const residual: LayerSpec = { kind: 'residual', filters: 4, kernel: 3, activation: 'prelu' };

describe('residual layers that begin with their activation', () => {
  const first: LayerSpec = {
    kind: 'residual',
    filters: 4,
    kernel: 3,
    secondKernel: 1,
    preActivation: true,
    activation: 'relu',
  };
  // What makes the image of a mirror is no residual layer.
  const lead: LayerSpec = { kind: 'conv', filters: 2, kernel: 3, stride: 1, activation: 'relu' };
  const said = {
    keras: [
      ['layers.Activation("relu"),', 'layers.Conv2D(', 'activation="relu"'],
      ['layers.BatchNormalization(),', 'layers.Activation("relu"),', 'use_bias=False'],
    ],
    pytorch: [
      ['Residual(nn.ReLU(), nn.Conv2d(2, 4, 3, padding=1), nn.ReLU(), nn.Conv2d(4, 2, 1))'],
      ['nn.BatchNorm2d(2, ', 'nn.ReLU()', 'nn.Conv2d(2, 4, 3, padding=1, bias=False)', 'nn.Conv2d(4, 2, 1)'],
    ],
  } as const;

  it.each(['keras', 'pytorch'] as const)('have it, and what normalises, before each convolution in %s', (dialect) => {
    const text = (layer: LayerSpec) => textOf(dialect, experimentOf('conv', {}, { encoder: [lead, layer] }));
    for (const [at, layer] of [first, { ...first, batchNorm: true }].entries()) {
      const block = text(layer).split('Residual(').at(2)!;
      const places = said[dialect][at]!.map((words) => `Residual(${block}`.indexOf(words));
      expect(places).toEqual(places.toSorted((a, b) => a - b));
      expect(Math.min(...places)).toBeGreaterThan(-1);
    }
  });
});

describe('residual layers with a convolution beside them', () => {
  const lead: LayerSpec = { kind: 'conv', filters: 3, kernel: 3, stride: 1, activation: 'relu' };
  const block: LayerSpec = { kind: 'residual', filters: 4, kernel: 3, activation: 'relu', channels: 8, stride: 2 };
  const said = {
    keras: {
      plain: ['], [', 'layers.Conv2D(8, 1, strides=2, padding="same"),', '])'],
      normalised: ['], [', 'layers.Conv2D(8, 1, strides=2, padding="same", use_bias=False),', 'BatchNormalization()'],
    },
    pytorch: {
      plain: ['beside=nn.Conv2d(3, 8, 1, stride=2)', 'nn.ReLU()'],
      normalised: ['beside=nn.Sequential(', 'nn.Conv2d(3, 8, 1, stride=2, bias=False)', 'nn.BatchNorm2d(8, '],
    },
    tfjs: {
      plain: ['residual([28, 28, 3], [', 'filters: 8,', '], [', 'kernelSize: 1,', 'strides: 2,', '])'],
      normalised: ['residual([28, 28, 3], [', '], [', 'useBias: false', 'batchNormalization', '])'],
    },
  } as const;

  it.each(['keras', 'pytorch', 'tfjs'] as const)('have it beside the two, normalised as they are, in %s', (dialect) => {
    const text = (layer: LayerSpec) => textOf(dialect, experimentOf('conv', {}, { encoder: [lead, layer] }));
    const expectInOrder = (found: string, words: readonly string[]): void => {
      let at = found.indexOf(dialect === 'tfjs' ? 'encoder.add(' : 'encoder = ');
      for (const word of words) expect((at = found.indexOf(word, at + 1)), word).toBeGreaterThan(-1);
    };
    expectInOrder(text(block), said[dialect].plain);
    expectInOrder(text({ ...block, batchNorm: true }), said[dialect].normalised);
  });
});

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
      'class Residual(nn.Module):',
    ],
    tfjs: [
      'const drawApart = (maxval) => ({',
      'tf.layers.separableConv2d({',
      '...drawApart(Math.sqrt(3 / 16))',
      'function residual(shape, inner, beside = []) {',
      'kernelSize: 3',
    ],
  } as const;

  it.each(['keras', 'pytorch', 'tfjs'] as const)('are made with the app’s weights in %s', (dialect) => {
    const text = textOf(dialect, experimentOf('conv', {}, { encoder: [separable, separable, residual] }));
    for (const words of said[dialect]) expect(text).toContain(words);
    expect(textOf(dialect, experimentOf('conv'))).not.toMatch(/Residual|residual|DEPTHWISE|kaiming|drawApart/);
  });
});
