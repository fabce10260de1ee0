import type { KerasLayer } from './keras-layer.ts';
import { clipped } from './read-chain.ts';

/** Slope of Keras's layer that is called leaky, in all versions. */
const LAYER_SLOPE = 0.3;

/** Layers that bend values, also where another layer has one as its activation. */
export function bent(layer: KerasLayer): void {
  switch (layer.className) {
    case 'ReLU':
      return relu(layer);
    case 'ELU':
      return elu(layer);
    default: {
      const { options } = layer;
      return layer.activate('leaky-relu', options.slope('negative_slope', options.slope('alpha', LAYER_SLOPE)));
    }
  }
}

function relu(layer: KerasLayer): void {
  const most = layer.config['max_value'] ?? layer.config['maxValue'] ?? null;
  if (layer.options.number('threshold', 0) !== 0)
    throw layer.bad(
      'a ReLU from 0 on',
      `${JSON.stringify(layer.config['threshold'])}: use 0, train it on, and save it`,
    );
  const slope = layer.options.slope('negative_slope', 0);
  if (most === null) return layer.activate(slope === 0 ? 'relu' : 'leaky-relu', slope);
  if (slope !== 0 || typeof most !== 'number' || most <= 0) {
    const found = `${JSON.stringify(most)} and ${slope}: use one of them, train it on, and save it`;
    throw layer.bad('a ReLU with a largest value and no slope, or without one', found);
  }
  return clipped(layer.builder, layer.name, { least: 0, most, factor: 1, summand: 0 });
}

export function elu(layer: KerasLayer): void {
  const alpha = layer.options.number('alpha', 1);
  if (alpha !== 1) throw layer.bad('an ELU of alpha 1', `${alpha}: use 1, train it on, and save the model again`);
  layer.activate('elu', 0);
}

export function prelu(layer: KerasLayer): void {
  const { shape } = layer.builder;
  const channels = shape.at(-1) ?? 1;
  const shared = layer.config['shared_axes'] ?? layer.config['sharedAxes'];
  const axes = Array.isArray(shared) ? (shared as unknown[]).map(Number) : [];
  const isShared = shape.length === 1 || (axes.includes(1) && axes.includes(2));
  if (!isShared) {
    const found = `${JSON.stringify(shared ?? null)}: use shared_axes=[1, 2], train it on, and save it`;
    throw layer.bad('a PReLU of one slope a channel', found);
  }
  const ofSlopes = (count: number): number[] => (shape.length === 1 ? [count] : [1, 1, count]);
  if (!axes.includes(shape.length)) {
    layer.builder.add(layer.name, { kind: 'prelu', alpha: layer.weight('alpha', ofSlopes(channels)) });
    return;
  }
  // One slope for all of them.
  const { name, data } = layer.weight('alpha', ofSlopes(1));
  const every = new Float32Array(channels).fill(data[0] ?? 0);
  layer.builder.add(layer.name, { kind: 'prelu', alpha: { name, shape: ofSlopes(channels), data: every } });
}
