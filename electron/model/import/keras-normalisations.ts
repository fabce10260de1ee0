import type { PlainWeight } from '../export/plain-model.ts';
import type { KerasLayer } from './keras-layer.ts';

export function batchNorm(layer: KerasLayer): void {
  const { shape } = layer.builder;
  lastAxis(layer);
  const units = shape.at(-1) ?? 1;
  // In this order: Keras's archives tell a layer's weights by their number.
  const [scale, shift] = affine(layer, units);
  const [mean, variance] = [layer.weight('moving_mean', [units]), layer.weight('moving_variance', [units])];
  layer.builder.add(layer.name, {
    kind: 'batch-norm',
    scale,
    shift,
    mean,
    variance,
    epsilon: layer.options.number('epsilon', 1e-3),
  });
}

export function layerNorm(layer: KerasLayer): void {
  const { shape } = layer.builder;
  lastAxis(layer);
  const [scale, shift] = affine(layer, shape.at(-1) ?? 1);
  if (layer.config['rms_scaling'] === true)
    throw layer.bad(
      'a mean that is taken away',
      'RMS scaling: use LayerNormalization without it, train it on, and save it',
    );
  layer.builder.add(layer.name, { kind: 'layer-norm', scale, shift, epsilon: layer.options.number('epsilon', 1e-3) });
}

export function groupNorm(layer: KerasLayer): void {
  const { shape } = layer.builder;
  lastAxis(layer);
  const channels = shape.at(-1) ?? 1;
  const asked = layer.options.number('groups', 32);
  const groups = asked === -1 ? channels : asked;
  if (!Number.isSafeInteger(groups) || groups < 1 || channels % groups !== 0) {
    throw layer.bad(`groups that ${channels} channels can be parted into`, `${asked}: use as many as divide them`);
  }
  const [scale, shift] = affine(layer, channels);
  const epsilon = layer.options.number('epsilon', 1e-3);
  layer.builder.add(layer.name, { kind: 'group-norm', scale, shift, epsilon, groups });
}

/** Less the mean and by the deviation that the model's images had: the file's own numbers. */
export function normalization(layer: KerasLayer): void {
  // Without an axis it has one mean and one variance for all.
  const isOne = Array.isArray(layer.config['axis']) && layer.config['axis'].length === 0;
  if (!isOne) lastAxis(layer);
  const units = layer.builder.shape.at(-1) ?? 1;
  const told = (key: 'mean' | 'variance'): PlainWeight | undefined => {
    const values = [layer.config[key]].flat(4).map(Number);
    if (layer.config[key] === undefined || layer.config[key] === null || values.some(Number.isNaN)) return undefined;
    const data = Float32Array.from(
      { length: units },
      (_, unit) => values[values.length === 1 ? 0 : unit] ?? Number.NaN,
    );
    return { name: `${layer.name}/${key}`, shape: [units], data };
  };
  const filled = (name: string, value: number): PlainWeight => ({
    name: `${layer.name}/${name}`,
    shape: [units],
    data: new Float32Array(units).fill(value),
  });
  const kept = (key: 'mean' | 'variance'): PlainWeight =>
    isOne ? filled(key, layer.weight(key, []).data[0] ?? Number.NaN) : layer.weight(key, [units]);
  const mean = told('mean') ?? kept('mean');
  const variance = told('variance') ?? kept('variance');
  const plain = { mean, variance, scale: filled('scale', 1), shift: filled('shift', 0) };
  const turned = {
    mean: filled('mean', 0),
    variance: filled('variance', 1),
    scale: { ...variance, data: variance.data.map(Math.sqrt) },
    shift: mean,
  };
  const own = layer.config['invert'] === true ? turned : plain;
  layer.builder.add(layer.name, { kind: 'batch-norm', ...own, epsilon: 0 });
}

/** Scale and shift by channel, ones and zeros where the layer has none. */
function affine(layer: KerasLayer, units: number): readonly [PlainWeight, PlainWeight] {
  const one = (name: 'gamma' | 'beta', wanted: unknown, value: number): PlainWeight =>
    wanted === false
      ? { name: `${layer.name}/${name}`, shape: [units], data: new Float32Array(units).fill(value) }
      : layer.weight(name, [units]);
  return [one('gamma', layer.config['scale'], 1), one('beta', layer.config['center'], 0)];
}

/** @throws StudioError `bad-file` where another axis than the last is normalised */
function lastAxis(layer: KerasLayer): void {
  const axis = layer.config['axis'] ?? -1;
  const last: unknown = Array.isArray(axis) && axis.length === 1 ? (axis as unknown[])[0] : axis;
  if (last !== -1 && last !== layer.builder.shape.length) {
    throw layer.bad(
      'normalisation over the last axis',
      `axis ${JSON.stringify(axis)}: use axis=-1, train it on, and save the model again`,
    );
  }
}
