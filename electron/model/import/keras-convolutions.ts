import { samePadding, transposedStart } from '../../domain/geometry.ts';
import type { PlainStep, PlainWeight } from '../export/plain-model.ts';
import { dilated, ungrouped, withAllChannels } from './kernel-forms.ts';
import { NO_PADDING, type KerasLayer } from './keras-layer.ts';

export function convolution(layer: KerasLayer): void {
  const [, , channels] = layer.builder.imageShape(layer.name);
  layer.options.channelsLast();
  const filters = layer.options.count('filters');
  const [high, wide] = layer.options.pair('kernel_size');
  const groups = layer.options.number('groups', 1);
  if (!Number.isSafeInteger(channels / groups))
    throw layer.bad(`groups that ${channels} channels share`, `${groups}: use as many as divide them`);
  const own = layer.weight('kernel', [high, wide, channels / groups, filters]);
  const kernel = ungrouped(dilated(own, layer.options.pair('dilation_rate', 1), layer.isBad), groups, layer.isBad);
  addConvolution(layer, kernel, layer.bias(filters));
  layer.activation(layer.config['activation']);
}

/** @param kernel [high, wide, channels, filters], as it is laid over the image */
function addConvolution(layer: KerasLayer, kernel: PlainWeight, bias: { bias?: PlainWeight }): void {
  const { shape, ...window } = windowOf(layer, kernel);
  layer.builder.add(layer.name, { kind: 'conv', kernel, ...bias, ...window }, [...shape, kernel.shape[3] ?? 1]);
}

/** How a kernel goes over the image, and the height and width that it leaves. */
function windowOf(layer: KerasLayer, { shape: [high = 1, wide = 1] }: PlainWeight) {
  const [height, width] = layer.builder.imageShape(layer.name);
  const stride = layer.options.square('strides', 1);
  const same = layer.options.isSame();
  const sized = (size: number, side: number): number => Math.ceil((same ? size : size - side + 1) / stride);
  const { top, bottom } = same ? samePadding([height, 1], high, stride) : NO_PADDING;
  const { left, right } = same ? samePadding([1, width], wide, stride) : NO_PADDING;
  return { stride, padding: { top, left, bottom, right }, shape: [sized(height, high), sized(width, wide)] };
}

export function transposedConvolution(layer: KerasLayer): void {
  const [height, width, channels] = layer.builder.imageShape(layer.name);
  layer.options.plain();
  const filters = layer.options.count('filters');
  const [high, wide] = layer.options.pair('kernel_size');
  const stride = layer.options.square('strides', 1);
  const kernel = layer.weight('kernel', [high, wide, filters, channels]);
  const same = layer.options.isSame();
  const beyond = layer.config['output_padding'] ?? null;
  const more = beyond === null ? undefined : layer.options.square('output_padding', 0, 0);
  /** Where the output begins in all that the kernels reach, and its size (Keras's conv_transpose, TensorFlow's padding). */
  const axis = (size: number, side: number): readonly [start: number, size: number] => {
    if (more === undefined)
      return same ? [transposedStart(side, stride), size * stride] : [0, size * stride + Math.max(side - stride, 0)];
    const given = (size - 1) * stride + side - (same ? 2 * Math.floor(side / 2) : 0) + more;
    const cut = same ? Math.max((size - 1) * stride + side - given, 0) : 0;
    return [Math.floor(cut / 2), given];
  };
  const [[top, rows], [left, columns]] = [axis(height, high), axis(width, wide)];
  const step: PlainStep = { kind: 'conv-transpose', kernel, ...layer.bias(filters), stride, top, left };
  layer.builder.add(layer.name, step, [rows, columns, filters]);
  layer.activation(layer.config['activation']);
}

/** Each channel by kernels of its own, then what is made of them at each place. */
export function separable(layer: KerasLayer): void {
  const { kernel: own, channels, many } = depthwiseKernel(layer, 'depthwise_kernel');
  const filters = layer.options.count('filters');
  const kernel = layer.weight('pointwise_kernel', [1, 1, many, filters]);
  const [height, width] = addDepthwise(layer, own, channels, {});
  const pointwise = { kernel, ...layer.bias(filters), stride: 1, padding: NO_PADDING };
  layer.builder.add(layer.name, { kind: 'conv', ...pointwise }, [height, width, filters]);
  layer.activation(layer.config['activation']);
}

export function depthwise(layer: KerasLayer): void {
  const { kernel, channels, many } = depthwiseKernel(layer, 'kernel');
  addDepthwise(layer, kernel, channels, layer.bias(many));
  layer.activation(layer.config['activation']);
}

/** As it is laid over the image, [high, wide, channels, kernels of each], and how many channels they make. */
function depthwiseKernel(layer: KerasLayer, name: 'kernel' | 'depthwise_kernel') {
  const [, , channels] = layer.builder.imageShape(layer.name);
  layer.options.channelsLast();
  const [high, wide] = layer.options.pair('kernel_size');
  const each = layer.config['depth_multiplier'] === undefined ? 1 : layer.options.count('depth_multiplier');
  const kernel = layer.weight(name, [high, wide, channels, each]);
  const steps = layer.options.pair('dilation_rate', 1);
  return { kernel: dilated(kernel, steps, layer.isBad), channels, many: channels * each };
}

/** Returns the height and width that it leaves. */
function addDepthwise(
  layer: KerasLayer,
  kernel: PlainWeight,
  channels: number,
  bias: { bias?: PlainWeight },
): readonly [number, number] {
  const [high, wide, , each] = kernel.shape;
  if (each !== 1 || high !== wide) addConvolution(layer, withAllChannels(kernel, layer.isBad), bias);
  else {
    const { shape, ...window } = windowOf(layer, kernel);
    layer.builder.add(layer.name, { kind: 'depthwise', kernel, ...window }, [...shape, channels]);
    if (bias.bias !== undefined) addIdentity(layer, channels, bias);
  }
  const [height, width] = layer.builder.imageShape(layer.name);
  return [height, width];
}

/** A bias by itself: each channel as it is. */
function addIdentity(layer: KerasLayer, channels: number, bias: { bias?: PlainWeight }): void {
  const data = new Float32Array(channels * channels);
  for (let at = 0; at < data.length; at += channels + 1) data[at] = 1;
  const kernel = { name: `${layer.name}/identity`, shape: [1, 1, channels, channels], data };
  layer.builder.add(layer.name, { kind: 'conv', kernel, ...bias, stride: 1, padding: NO_PADDING });
}
