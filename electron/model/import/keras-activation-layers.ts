import type { KerasLayer } from './keras-layer.ts';
import { clipped } from './read-chain.ts';

export function relu(layer: KerasLayer): void {
  const most = layer.config['max_value'] ?? layer.config['maxValue'] ?? null;
  if (layer.options.number('threshold', 0) !== 0)
    throw layer.bad('a ReLU from 0 on', String(layer.config['threshold']));
  const slope = layer.options.slope('negative_slope', 0);
  if (most === null) return layer.activate(slope === 0 ? 'relu' : 'leaky-relu', slope);
  if (slope !== 0 || typeof most !== 'number' || most <= 0)
    throw layer.bad('a ReLU with a largest value and no slope, or without one', `${JSON.stringify(most)} and ${slope}`);
  return clipped(layer.builder, layer.name, { least: 0, most, factor: 1, summand: 0 });
}

export function elu(layer: KerasLayer): void {
  const alpha = layer.options.number('alpha', 1);
  if (alpha !== 1) throw layer.bad('an ELU of alpha 1', String(alpha));
  layer.activate('elu', 0);
}

export function prelu(layer: KerasLayer): void {
  const { shape } = layer.builder;
  const channels = shape.at(-1) ?? 1;
  const shared = layer.config['shared_axes'] ?? layer.config['sharedAxes'];
  const axes = Array.isArray(shared) ? (shared as unknown[]).map(Number) : [];
  const isShared = shape.length === 1 || (axes.includes(1) && axes.includes(2) && !axes.includes(3));
  if (!isShared) throw layer.bad('a PReLU of one slope a channel (shared_axes [1, 2])', JSON.stringify(shared ?? null));
  const own = shape.length === 1 ? [channels] : [1, 1, channels];
  layer.builder.add(layer.name, { kind: 'prelu', alpha: layer.weight('alpha', own) });
}
