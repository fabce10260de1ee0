import { samePadding, transposedStart } from '../../domain/geometry.ts';
import type { PlainStep } from '../export/plain-model.ts';
import { NO_PADDING, type KerasLayer } from './keras-layer.ts';

export function convolution(layer: KerasLayer): void {
  const [height, width, channels] = layer.builder.imageShape(layer.name);
  layer.options.plain();
  const [filters, side, stride] = [
    layer.options.count('filters'),
    layer.options.square('kernel_size'),
    layer.options.square('strides', 1),
  ];
  const kernel = layer.weight('kernel', [side, side, channels, filters]);
  const same = layer.options.isSame();
  const sized = (size: number): number => Math.ceil((same ? size : size - side + 1) / stride);
  const padding = same ? samePadding([height, width], side, stride) : NO_PADDING;
  const step: PlainStep = { kind: 'conv', kernel, ...layer.bias(filters), stride, padding };
  layer.builder.add(layer.name, step, [sized(height), sized(width), filters]);
  layer.activation(layer.config['activation']);
}

export function transposedConvolution(layer: KerasLayer): void {
  const [height, width, channels] = layer.builder.imageShape(layer.name);
  layer.options.plain();
  if (layer.config['output_padding'] !== undefined && layer.config['output_padding'] !== null) {
    throw layer.bad('no output padding', JSON.stringify(layer.config['output_padding']));
  }
  const [filters, side, stride] = [
    layer.options.count('filters'),
    layer.options.square('kernel_size'),
    layer.options.square('strides', 1),
  ];
  const kernel = layer.weight('kernel', [side, side, filters, channels]);
  const same = layer.options.isSame();
  const start = same ? transposedStart(side, stride) : 0;
  const sized = (size: number): number => size * stride + (same ? 0 : Math.max(side - stride, 0));
  const step: PlainStep = { kind: 'conv-transpose', kernel, ...layer.bias(filters), stride, top: start, left: start };
  layer.builder.add(layer.name, step, [sized(height), sized(width), filters]);
  layer.activation(layer.config['activation']);
}

export function separable(layer: KerasLayer): void {
  const { name } = layer;
  const { kernel, step, shape } = depthwiseStep(layer, 'depthwise_kernel');
  const filters = layer.options.count('filters');
  const pointwise = layer.weight('pointwise_kernel', [1, 1, kernel.shape[2] ?? 1, filters]);
  layer.builder.add(name, step, shape);
  const own = { kernel: pointwise, ...layer.bias(filters), stride: 1, padding: NO_PADDING };
  layer.builder.add(name, { kind: 'conv', ...own }, [shape[0] ?? 1, shape[1] ?? 1, filters]);
  layer.activation(layer.config['activation']);
}

export function depthwise(layer: KerasLayer): void {
  const { step, kernel, shape } = depthwiseStep(layer, 'kernel');
  const channels = kernel.shape[2] ?? 1;
  layer.builder.add(layer.name, step, shape);
  if (layer.config['use_bias'] !== false) {
    const identity = new Float32Array(channels * channels);
    for (let at = 0; at < identity.length; at += channels + 1) identity[at] = 1;
    const pointwise = { name: `${layer.name}/identity`, shape: [1, 1, channels, channels], data: identity };
    const own = { kernel: pointwise, ...layer.bias(channels), stride: 1, padding: NO_PADDING };
    layer.builder.add(layer.name, { kind: 'conv', ...own }, shape);
  }
  layer.activation(layer.config['activation']);
}

function depthwiseStep(layer: KerasLayer, name: 'kernel' | 'depthwise_kernel') {
  const [height, width, channels] = layer.builder.imageShape(layer.name);
  layer.options.plain();
  const [side, stride] = [layer.options.square('kernel_size'), layer.options.square('strides', 1)];
  if (layer.options.number('depth_multiplier', 1) !== 1) {
    throw layer.bad('one kernel a channel', String(layer.config['depth_multiplier']));
  }
  const kernel = layer.weight(name, [side, side, channels, 1]);
  const same = layer.options.isSame();
  const sized = (size: number): number => Math.ceil((same ? size : size - side + 1) / stride);
  const padding = same ? samePadding([height, width], side, stride) : NO_PADDING;
  const step: PlainStep = { kind: 'depthwise', kernel, stride, padding };
  return { step, kernel, shape: [sized(height), sized(width), channels] };
}
