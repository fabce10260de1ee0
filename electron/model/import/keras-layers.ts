import type { LayerShape } from '../../domain/layer-settings.ts';
import { samePadding, transposedStart } from '../../domain/geometry.ts';
import type { Padding, PlainStep, PlainWeight } from '../export/plain-model.ts';
import { asConfig, type ConfigLayer, type LayerChain } from './keras-config.ts';
import { KerasOptions } from './keras-options.ts';
import { activations, type Activation } from './keras-activations.ts';
import type { FindWeight, WeightWish } from './weight-wish.ts';
import { addRescaling, ChainBuilder, sizeOf, type ReadChain } from './read-chain.ts';

const NO_PADDING: Padding = { top: 0, left: 0, bottom: 0, right: 0 };

/**
 * Keras's layers as plain steps.
 * @throws StudioError `bad-file` naming the layer that is not known, or an option of it that is not
 */
export function kerasChain({ inputShape, layers, notes }: LayerChain, find: FindWeight, file: string): ReadChain {
  const builder = new ChainBuilder(file, inputShape);
  builder.notes.push(...notes);
  for (const layer of layers) new KerasLayer(layer, find, builder).read();
  return builder.finish('Keras');
}

/** The same, each weight empty but for its shape: what a file claims, before any of it is read. */
export function weightWishes(chain: LayerChain, file: string): WeightWish[] {
  const wishes: WeightWish[] = [];
  kerasChain(
    chain,
    (wish) => {
      wishes.push(wish);
      return { name: wish.name, shape: wish.shape, data: new Float32Array(0) };
    },
    file,
  );
  return wishes;
}

/** Slopes of what is called leaky: Keras 3's function, and Keras's layer in all versions. */
const FUNCTION_SLOPE = 0.2;
const LAYER_SLOPE = 0.3;

class KerasLayer {
  private readonly layer: ConfigLayer;
  private readonly find: FindWeight;
  private readonly builder: ChainBuilder;
  private readonly options: KerasOptions;
  private weights = 0;

  constructor(layer: ConfigLayer, find: FindWeight, builder: ChainBuilder) {
    this.layer = layer;
    this.find = find;
    this.builder = builder;
    this.options = new KerasOptions(layer.config, (expected, found) => this.bad(expected, found));
  }

  read(): void {
    switch (this.layer.className) {
      case 'Dense':
        return this.dense();
      case 'Conv2D':
        return this.convolution();
      case 'Conv2DTranspose':
        return this.transposedConvolution();
      case 'BatchNormalization':
        return this.batchNorm();
      case 'Activation':
        return this.activation(this.config['activation']);
      case 'ReLU':
        return this.relu();
      case 'LeakyReLU':
        return this.activate(
          'leaky-relu',
          this.options.slope('negative_slope', this.options.slope('alpha', LAYER_SLOPE)),
        );
      case 'ELU':
        return this.elu();
      case 'PReLU':
        return this.prelu();
      case 'SeparableConv2D':
        return this.separable();
      case 'DepthwiseConv2D':
        return this.depthwise();
      case 'ZeroPadding2D':
        return this.zeroPad();
      case 'GlobalAveragePooling2D':
        return this.globalPool('average');
      case 'GlobalMaxPooling2D':
        return this.globalPool('max');
      case 'LayerNormalization':
        return this.layerNorm();
      case 'GroupNormalization':
        return this.groupNorm();
      case 'Normalization':
        return this.normalization();
      case 'MaxPooling2D':
        return this.pool('max');
      case 'AveragePooling2D':
        return this.pool('average');
      case 'UpSampling2D':
        return this.upsample();
      case 'Flatten':
        return this.builder.add(this.name, { kind: 'flatten' }, [sizeOf(this.builder.shape)]);
      case 'Reshape':
        return this.reshape();
      case 'Dropout':
      case 'AlphaDropout':
        return this.dropOut('units');
      case 'SpatialDropout2D':
        return this.dropOut('channels');
      case 'GaussianDropout':
        return this.dropOut('gaussian');
      case 'Cropping2D':
        return this.crop();
      case 'Rescaling':
        return this.rescaling();
      case 'GaussianNoise':
      case 'ActivityRegularization':
      case 'RandomFlip':
      case 'RandomRotation':
      case 'RandomTranslation':
      case 'RandomZoom':
      case 'RandomContrast':
        return void this.builder.notes.push(
          `${this.name}: a ${this.layer.className} layer, only for training, was left out.`,
        );
      case 'Identity':
        return undefined;
      default:
        throw this.bad('a layer that the app knows', `one of class "${this.layer.className}"`);
    }
  }

  private get name(): string {
    return this.layer.name;
  }

  private get config(): ConfigLayer['config'] {
    return this.layer.config;
  }

  private dense(): void {
    const { shape } = this.builder;
    if (shape.length !== 1) throw this.bad('rows of values for a Dense layer', `images of ${shape.join(' × ')}`);
    const units = this.options.count('units');
    const kernel = this.weight('kernel', [shape[0]!, units]);
    this.builder.add(this.name, { kind: 'dense', kernel, ...this.bias(units) }, [units]);
    this.activation(this.config['activation']);
  }

  private convolution(): void {
    const [height, width, channels] = this.builder.imageShape(this.name);
    this.options.plain();
    const [filters, side, stride] = [
      this.options.count('filters'),
      this.options.square('kernel_size'),
      this.options.square('strides', 1),
    ];
    const kernel = this.weight('kernel', [side, side, channels, filters]);
    const same = this.options.isSame();
    const sized = (size: number): number => Math.ceil((same ? size : size - side + 1) / stride);
    const padding = same ? samePadding([height, width], side, stride) : NO_PADDING;
    const step: PlainStep = { kind: 'conv', kernel, ...this.bias(filters), stride, padding };
    this.builder.add(this.name, step, [sized(height), sized(width), filters]);
    this.activation(this.config['activation']);
  }

  private transposedConvolution(): void {
    const [height, width, channels] = this.builder.imageShape(this.name);
    this.options.plain();
    if (this.config['output_padding'] !== undefined && this.config['output_padding'] !== null) {
      throw this.bad('no output padding', JSON.stringify(this.config['output_padding']));
    }
    const [filters, side, stride] = [
      this.options.count('filters'),
      this.options.square('kernel_size'),
      this.options.square('strides', 1),
    ];
    const kernel = this.weight('kernel', [side, side, filters, channels]);
    const same = this.options.isSame();
    const start = same ? transposedStart(side, stride) : 0;
    const sized = (size: number): number => size * stride + (same ? 0 : Math.max(side - stride, 0));
    const step: PlainStep = { kind: 'conv-transpose', kernel, ...this.bias(filters), stride, top: start, left: start };
    this.builder.add(this.name, step, [sized(height), sized(width), filters]);
    this.activation(this.config['activation']);
  }

  private batchNorm(): void {
    const { shape } = this.builder;
    this.lastAxis();
    const units = shape.at(-1) ?? 1;
    // In this order: Keras's archives tell a layer's weights by their number.
    const [scale, shift] = this.affine(units);
    const [mean, variance] = [this.weight('moving_mean', [units]), this.weight('moving_variance', [units])];
    this.builder.add(this.name, {
      kind: 'batch-norm',
      scale,
      shift,
      mean,
      variance,
      epsilon: this.options.number('epsilon', 1e-3),
    });
  }

  /** A name, or what Keras makes of an activation with settings. */
  private activation(value: unknown): void {
    const described = asConfig(value);
    const name = typeof value === 'string' ? value : (described['config'] ?? described['class_name']);
    if (value === undefined || value === null) return;
    const known = typeof name === 'string' && Object.hasOwn(activations, name) ? activations[name] : undefined;
    if (known === undefined) throw this.bad('an activation that the app knows', JSON.stringify(name));
    if (known !== 'linear') this.activate(known, FUNCTION_SLOPE);
  }

  private activate(activation: Activation['activation'], slope: number): void {
    const own = activation === 'leaky-relu' ? { slope } : {};
    this.builder.add(this.name, { kind: 'activation', activation, ...own });
  }

  private relu(): void {
    const most = this.config['max_value'] ?? this.config['maxValue'] ?? null;
    if (this.options.number('threshold', 0) !== 0) throw this.bad('a ReLU from 0 on', String(this.config['threshold']));
    const slope = this.options.slope('negative_slope', 0);
    if (most === null) return this.activate(slope === 0 ? 'relu' : 'leaky-relu', slope);
    if (most !== 1 || slope !== 0) throw this.bad('a ReLU without a largest value, or one of 1', String(most));
    return this.activate('clip', 0);
  }

  private prelu(): void {
    const { shape } = this.builder;
    const channels = shape.at(-1) ?? 1;
    const shared = this.config['shared_axes'] ?? this.config['sharedAxes'];
    const axes = Array.isArray(shared) ? (shared as unknown[]).map(Number) : [];
    const isShared = shape.length === 1 || (axes.includes(1) && axes.includes(2) && !axes.includes(3));
    if (!isShared)
      throw this.bad('a PReLU of one slope a channel (shared_axes [1, 2])', JSON.stringify(shared ?? null));
    const own = shape.length === 1 ? [channels] : [1, 1, channels];
    this.builder.add(this.name, { kind: 'prelu', alpha: this.weight('alpha', own) });
  }

  private dropOut(method: 'units' | 'channels' | 'gaussian'): void {
    this.builder.add(this.name, { kind: 'dropout', method, rate: this.options.number('rate', 0) });
  }

  private elu(): void {
    const alpha = this.options.number('alpha', 1);
    if (alpha !== 1) throw this.bad('an ELU of alpha 1', String(alpha));
    this.activate('elu', 0);
  }

  private pool(method: 'max' | 'average'): void {
    const [height, width, channels] = this.builder.imageShape(this.name);
    this.options.channelsLast();
    const size = this.options.square('pool_size');
    const stride = this.options.square('strides', size);
    const same = this.options.isSame();
    const sized = (side: number): number => Math.floor((same ? side + stride - 1 : side - size + stride) / stride);
    const padding = same ? samePadding([height, width], size, stride) : NO_PADDING;
    const step: PlainStep = { kind: 'pool', method, size, stride, padding };
    this.builder.add(this.name, step, [sized(height), sized(width), channels]);
  }

  private globalPool(method: 'max' | 'average'): void {
    const [, , channels] = this.builder.imageShape(this.name);
    this.options.channelsLast();
    const keeps = this.config['keepdims'] === true;
    this.builder.add(this.name, { kind: 'global-pool', method }, [channels]);
    if (keeps) this.builder.add(this.name, { kind: 'reshape' }, [1, 1, channels]);
  }

  private separable(): void {
    const { name } = this;
    const { kernel, step, shape } = this.depthwiseStep('depthwise_kernel');
    const filters = this.options.count('filters');
    const pointwise = this.weight('pointwise_kernel', [1, 1, kernel.shape[2] ?? 1, filters]);
    this.builder.add(name, step, shape);
    const own = { kernel: pointwise, ...this.bias(filters), stride: 1, padding: NO_PADDING };
    this.builder.add(name, { kind: 'conv', ...own }, [shape[0] ?? 1, shape[1] ?? 1, filters]);
    this.activation(this.config['activation']);
  }

  private depthwise(): void {
    const { step, kernel, shape } = this.depthwiseStep('kernel');
    const channels = kernel.shape[2] ?? 1;
    this.builder.add(this.name, step, shape);
    if (this.config['use_bias'] !== false) {
      const identity = new Float32Array(channels * channels);
      for (let at = 0; at < identity.length; at += channels + 1) identity[at] = 1;
      const pointwise = { name: `${this.name}/identity`, shape: [1, 1, channels, channels], data: identity };
      const own = { kernel: pointwise, ...this.bias(channels), stride: 1, padding: NO_PADDING };
      this.builder.add(this.name, { kind: 'conv', ...own }, shape);
    }
    this.activation(this.config['activation']);
  }

  private depthwiseStep(name: 'kernel' | 'depthwise_kernel') {
    const [height, width, channels] = this.builder.imageShape(this.name);
    this.options.plain();
    const [side, stride] = [this.options.square('kernel_size'), this.options.square('strides', 1)];
    if (this.options.number('depth_multiplier', 1) !== 1) {
      throw this.bad('one kernel a channel', String(this.config['depth_multiplier']));
    }
    const kernel = this.weight(name, [side, side, channels, 1]);
    const same = this.options.isSame();
    const sized = (size: number): number => Math.ceil((same ? size : size - side + 1) / stride);
    const padding = same ? samePadding([height, width], side, stride) : NO_PADDING;
    const step: PlainStep = { kind: 'depthwise', kernel, stride, padding };
    return { step, kernel, shape: [sized(height), sized(width), channels] };
  }

  private zeroPad(): void {
    const [height, width, channels] = this.builder.imageShape(this.name);
    this.options.channelsLast();
    const padding = this.sides('padding', 'rows and columns to add');
    const { top, bottom, left, right } = padding;
    this.builder.add(this.name, { kind: 'pad', padding }, [height + top + bottom, width + left + right, channels]);
  }

  private layerNorm(): void {
    const { shape } = this.builder;
    this.lastAxis();
    const [scale, shift] = this.affine(shape.at(-1) ?? 1);
    if (this.config['rms_scaling'] === true) throw this.bad('a mean that is taken away', 'RMS scaling');
    this.builder.add(this.name, { kind: 'layer-norm', scale, shift, epsilon: this.options.number('epsilon', 1e-3) });
  }

  private groupNorm(): void {
    const { shape } = this.builder;
    this.lastAxis();
    const channels = shape.at(-1) ?? 1;
    const asked = this.options.number('groups', 32);
    const groups = asked === -1 ? channels : asked;
    if (!Number.isSafeInteger(groups) || groups < 1 || channels % groups !== 0) {
      throw this.bad(`groups that ${channels} channels can be parted into`, String(asked));
    }
    const [scale, shift] = this.affine(channels);
    const epsilon = this.options.number('epsilon', 1e-3);
    this.builder.add(this.name, { kind: 'group-norm', scale, shift, epsilon, groups });
  }

  /** Less the mean and by the deviation that the model's images had: the file's own numbers. */
  private normalization(): void {
    this.lastAxis();
    const units = this.builder.shape.at(-1) ?? 1;
    if (this.config['invert'] === true) throw this.bad('a normalisation that is not turned around', 'one that is');
    const told = (key: 'mean' | 'variance'): PlainWeight | undefined => {
      const values = [this.config[key]].flat(4).map(Number);
      if (this.config[key] === undefined || this.config[key] === null || values.some(Number.isNaN)) return undefined;
      const data = Float32Array.from(
        { length: units },
        (_, unit) => values[values.length === 1 ? 0 : unit] ?? Number.NaN,
      );
      return { name: `${this.name}/${key}`, shape: [units], data };
    };
    const mean = told('mean') ?? this.weight('mean', [units]);
    const variance = told('variance') ?? this.weight('variance', [units]);
    const filled = (name: string, value: number): PlainWeight => ({
      name: `${this.name}/${name}`,
      shape: [units],
      data: new Float32Array(units).fill(value),
    });
    const own = { scale: filled('scale', 1), shift: filled('shift', 0), mean, variance, epsilon: 0 };
    this.builder.add(this.name, { kind: 'batch-norm', ...own });
  }

  /** Scale and shift by channel, ones and zeros where the layer has none. */
  private affine(units: number): readonly [PlainWeight, PlainWeight] {
    const one = (name: 'gamma' | 'beta', wanted: unknown, value: number): PlainWeight =>
      wanted === false
        ? { name: `${this.name}/${name}`, shape: [units], data: new Float32Array(units).fill(value) }
        : this.weight(name, [units]);
    return [one('gamma', this.config['scale'], 1), one('beta', this.config['center'], 0)];
  }

  /** @throws StudioError `bad-file` where another axis than the last is normalised */
  private lastAxis(): void {
    const axis = this.config['axis'] ?? -1;
    const last: unknown = Array.isArray(axis) && axis.length === 1 ? (axis as unknown[])[0] : axis;
    if (last !== -1 && last !== this.builder.shape.length) {
      throw this.bad('normalisation over the last axis', `axis ${JSON.stringify(axis)}`);
    }
  }

  private upsample(): void {
    const [height, width, channels] = this.builder.imageShape(this.name);
    this.options.channelsLast();
    const size = this.options.square('size', 2);
    const method = this.config['interpolation'] ?? 'nearest';
    if (method !== 'nearest' && method !== 'bilinear') {
      throw this.bad('nearest-neighbour or bilinear enlarging', JSON.stringify(method));
    }
    this.builder.add(this.name, { kind: 'upsample', size, method }, [height * size, width * size, channels]);
  }

  private reshape(): void {
    const { shape } = this.builder;
    const wanted = this.config['target_shape'];
    const values = sizeOf(shape);
    const sizes = Array.isArray(wanted) ? (wanted as unknown[]).map(Number) : [];
    const known = sizes.filter((size) => size !== -1).reduce((all, size) => all * size, 1);
    const said = sizes.map((size) => (size === -1 ? values / known : size));
    // Images without an axis of channels are grey ones.
    const target = said.length === 2 ? [...said, 1] : said;
    if ((target.length !== 1 && target.length !== 3) || sizeOf(target) !== values) {
      throw this.bad(`a shape of ${values} values`, JSON.stringify(wanted));
    }
    this.builder.add(this.name, { kind: target.length === 1 ? 'flatten' : 'reshape' }, target);
  }

  private crop(): void {
    const [height, width, channels] = this.builder.imageShape(this.name);
    this.options.channelsLast();
    const padding = this.sides('cropping', 'rows and columns to cut off');
    const { top, bottom, left, right } = padding;
    this.builder.add(this.name, { kind: 'crop', padding }, [height - top - bottom, width - left - right, channels]);
  }

  /** One number, one for each axis, or two for each. */
  private sides(key: 'cropping' | 'padding', expected: string): Padding {
    const given = this.config[key];
    const axes: readonly unknown[] = Array.isArray(given) ? (given as unknown[]) : [given, given];
    const pairs = axes.map((side) => (Array.isArray(side) ? side.map(Number) : [Number(side), Number(side)]));
    const [[top = -1, bottom = -1] = [], [left = -1, right = -1] = []] = pairs;
    const isWhole = [top, bottom, left, right].every((side) => Number.isSafeInteger(side) && side >= 0);
    if (!isWhole) throw this.bad(expected, JSON.stringify(given) ?? 'none');
    return { top, left, bottom, right };
  }

  private rescaling(): void {
    const scale = this.options.number('scale', Number.NaN);
    addRescaling(this.builder, this.name, scale, this.options.number('offset', 0));
  }

  private bias(units: number): { bias?: PlainWeight } {
    return this.config['use_bias'] === false ? {} : { bias: this.weight('bias', [units]) };
  }

  private weight(name: WeightWish['name'], shape: LayerShape): PlainWeight {
    const index = this.weights;
    this.weights += 1;
    return this.find({ layer: this.layer, name, index, shape });
  }

  private bad(expected: string, found: string) {
    return this.builder.bad(this.name, expected, found);
  }
}
