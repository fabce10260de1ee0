import { samePadding } from '../../domain/geometry.ts';
import type { Padding, PlainStep } from '../export/plain-model.ts';
import { NO_PADDING, type KerasLayer } from './keras-layer.ts';
import { sizeOf } from './read-chain.ts';

export function pool(layer: KerasLayer, method: 'max' | 'average'): void {
  const [height, width, channels] = layer.builder.imageShape(layer.name);
  layer.options.channelsLast();
  const size = layer.options.square('pool_size');
  const stride = layer.options.square('strides', size);
  const same = layer.options.isSame();
  const sized = (side: number): number => Math.floor((same ? side + stride - 1 : side - size + stride) / stride);
  const padding = same ? samePadding([height, width], size, stride) : NO_PADDING;
  const step: PlainStep = { kind: 'pool', method, size, stride, padding };
  layer.builder.add(layer.name, step, [sized(height), sized(width), channels]);
}

export function globalPool(layer: KerasLayer, method: 'max' | 'average'): void {
  const [, , channels] = layer.builder.imageShape(layer.name);
  layer.options.channelsLast();
  const keeps = layer.config['keepdims'] === true;
  layer.builder.add(layer.name, { kind: 'global-pool', method }, [channels]);
  if (keeps) layer.builder.add(layer.name, { kind: 'reshape' }, [1, 1, channels]);
}

export function zeroPad(layer: KerasLayer): void {
  const [height, width, channels] = layer.builder.imageShape(layer.name);
  layer.options.channelsLast();
  const padding = sides(layer, 'padding', 'rows and columns to add');
  const { top, bottom, left, right } = padding;
  layer.builder.add(layer.name, { kind: 'pad', padding }, [height + top + bottom, width + left + right, channels]);
}

export function crop(layer: KerasLayer): void {
  const [height, width, channels] = layer.builder.imageShape(layer.name);
  layer.options.channelsLast();
  const padding = sides(layer, 'cropping', 'rows and columns to cut off');
  const { top, bottom, left, right } = padding;
  layer.builder.add(layer.name, { kind: 'crop', padding }, [height - top - bottom, width - left - right, channels]);
}

export function upsample(layer: KerasLayer): void {
  const [height, width, channels] = layer.builder.imageShape(layer.name);
  layer.options.channelsLast();
  const size = layer.options.square('size', 2);
  const method = layer.config['interpolation'] ?? 'nearest';
  if (method !== 'nearest' && method !== 'bilinear') {
    throw layer.bad(
      'nearest-neighbour or bilinear enlarging',
      `${JSON.stringify(method)}: use one of them, and save it again`,
    );
  }
  layer.builder.add(layer.name, { kind: 'upsample', size, method }, [height * size, width * size, channels]);
}

/** @param wanted without the batch */
export function reshape(layer: KerasLayer, wanted = layer.config['target_shape']): void {
  const { shape } = layer.builder;
  const values = sizeOf(shape);
  const sizes = Array.isArray(wanted) ? (wanted as unknown[]).map(Number) : [];
  const known = sizes.filter((size) => size !== -1).reduce((all, size) => all * size, 1);
  const said = sizes.map((size) => (size === -1 ? values / known : size));
  // Images without an axis of channels are grey ones.
  const target = said.length === 2 ? [...said, 1] : said;
  layer.builder.lacksChannels = said.length === 2;
  if ((target.length !== 1 && target.length !== 3) || sizeOf(target) !== values) {
    throw layer.bad(`a row or an image of ${values} values`, `${JSON.stringify(wanted)}: reshape to one of them`);
  }
  layer.builder.add(layer.name, { kind: target.length === 1 ? 'flatten' : 'reshape' }, target);
}

/** One number, one for each axis, or two for each. */
function sides(layer: KerasLayer, key: 'cropping' | 'padding', expected: string): Padding {
  const given = layer.config[key];
  const axes: readonly unknown[] = Array.isArray(given) ? (given as unknown[]) : [given, given];
  const pairs = axes.map((side) => (Array.isArray(side) ? side.map(Number) : [Number(side), Number(side)]));
  const [[top = -1, bottom = -1] = [], [left = -1, right = -1] = []] = pairs;
  const isWhole = [top, bottom, left, right].every((side) => Number.isSafeInteger(side) && side >= 0);
  if (!isWhole) throw layer.bad(expected, `${JSON.stringify(given) ?? 'none'}: save the model again`);
  return { top, left, bottom, right };
}
