import { LEAKY_SLOPE, type LayerShape } from '../../domain/layer-settings.ts';
import { samePadding, transposedStart } from '../../domain/geometry.ts';
import type { Padding, PlainStep, PlainWeight } from '../export/plain-model.ts';
import { asConfig, type ConfigLayer, type LayerChain } from './keras-config.ts';
import { KerasOptions } from './keras-options.ts';
import { ChainBuilder, sizeOf, type ReadChain } from './read-chain.ts';

/** Which of a layer's weights is asked for. */
export interface WeightWish {
  readonly layer: ConfigLayer;
  readonly name: 'kernel' | 'bias' | 'gamma' | 'beta' | 'moving_mean' | 'moving_variance';
  /** Among those that the layer has. */
  readonly index: number;
  readonly shape: LayerShape;
}

/** Gives a weight of exactly that shape. @throws StudioError `bad-file` naming the weight */
export type FindWeight = (wish: WeightWish) => PlainWeight;

const NO_PADDING: Padding = { top: 0, left: 0, bottom: 0, right: 0 };

/**
 * Keras's layers as plain steps.
 * @throws StudioError `bad-file` naming the layer that is not known, or an option of it that is not
 */
export function kerasChain({ inputShape, layers }: LayerChain, find: FindWeight, file: string): ReadChain {
  const builder = new ChainBuilder(file, inputShape);
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

type Activation = Extract<PlainStep, { kind: 'activation' }>;

const activations: Readonly<Record<string, Activation['activation'] | 'linear'>> = {
  linear: 'linear',
  sigmoid: 'sigmoid',
  tanh: 'tanh',
  relu: 'relu',
  elu: 'elu',
  gelu: 'gelu',
  softplus: 'softplus',
  leaky_relu: 'leaky-relu',
};

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
        return this.activate('leaky-relu', this.options.slope('negative_slope', this.options.slope('alpha', 0.3)));
      case 'ELU':
        return this.elu();
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
        return this.builder.add(this.name, { kind: 'dropout', rate: this.options.number('rate', 0) });
      case 'Cropping2D':
        return this.crop();
      case 'Rescaling':
        return this.rescaling();
      case 'GaussianNoise':
      case 'ActivityRegularization':
        return void this.builder.notes.push(
          `${this.name}: a ${this.layer.className} layer, only for training, was left out.`,
        );
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
    const axis = this.config['axis'] ?? -1;
    const last: unknown = Array.isArray(axis) && axis.length === 1 ? (axis as unknown[])[0] : axis;
    if (last !== -1 && last !== shape.length)
      throw this.bad('normalisation over the last axis', `axis ${JSON.stringify(axis)}`);
    const units = shape.at(-1) ?? 1;
    const one = (name: WeightWish['name'], wanted: unknown, value: number): PlainWeight =>
      wanted === false
        ? { name: `${this.name}/${name}`, shape: [units], data: new Float32Array(units).fill(value) }
        : this.weight(name, [units]);
    // In this order: Keras's archives tell a layer's weights by their number.
    const scale = one('gamma', this.config['scale'], 1);
    const shift = one('beta', this.config['center'], 0);
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
    if (known !== 'linear') this.activate(known, LEAKY_SLOPE);
  }

  private activate(activation: Activation['activation'], slope: number): void {
    const own = activation === 'leaky-relu' ? { slope } : {};
    this.builder.add(this.name, { kind: 'activation', activation, ...own });
  }

  private relu(): void {
    const most = this.config['max_value'] ?? null;
    if (most !== null) throw this.bad('a ReLU without a largest value', String(most));
    if (this.options.number('threshold', 0) !== 0) throw this.bad('a ReLU from 0 on', String(this.config['threshold']));
    const slope = this.options.slope('negative_slope', 0);
    this.activate(slope === 0 ? 'relu' : 'leaky-relu', slope);
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
    if (stride !== size) throw this.bad(`windows beside each other (strides ${size})`, `strides ${stride}`);
    const same = this.options.isSame();
    const sized = (side: number): number => (same ? Math.ceil(side / size) : Math.floor(side / size));
    // Without a remainder both paddings are the same; with one, "valid" leaves pixels out.
    if (!same && (height % size !== 0 || width % size !== 0)) {
      throw this.bad('padding "same", which leaves no pixel out', '"valid"');
    }
    const step: PlainStep = { kind: 'pool', method, size, padding: samePadding([height, width], size, size) };
    this.builder.add(this.name, step, [sized(height), sized(width), channels]);
  }

  private upsample(): void {
    const [height, width, channels] = this.builder.imageShape(this.name);
    this.options.channelsLast();
    const size = this.options.square('size', 2);
    const how = this.config['interpolation'] ?? 'nearest';
    if (how !== 'nearest') throw this.bad('nearest-neighbour enlarging', JSON.stringify(how));
    this.builder.add(this.name, { kind: 'upsample', size }, [height * size, width * size, channels]);
  }

  private reshape(): void {
    const { shape } = this.builder;
    const wanted = this.config['target_shape'];
    const values = sizeOf(shape);
    const sizes = Array.isArray(wanted) ? (wanted as unknown[]).map(Number) : [];
    const known = sizes.filter((size) => size !== -1).reduce((all, size) => all * size, 1);
    const target = sizes.map((size) => (size === -1 ? values / known : size));
    if ((target.length !== 1 && target.length !== 3) || sizeOf(target) !== values) {
      throw this.bad(`a shape of ${values} values`, JSON.stringify(wanted));
    }
    this.builder.add(this.name, { kind: target.length === 1 ? 'flatten' : 'reshape' }, target);
  }

  private crop(): void {
    const [height, width, channels] = this.builder.imageShape(this.name);
    const given = this.config['cropping'];
    const sides = Array.isArray(given)
      ? (given as unknown[]).map((side) => (Array.isArray(side) ? side.map(Number) : [Number(side), Number(side)]))
      : [];
    const [[top = -1, bottom = -1] = [], [left = -1, right = -1] = []] = sides;
    if (Math.min(top, bottom, left, right) < 0) throw this.bad('rows and columns to cut off', JSON.stringify(given));
    const shape = [height - top - bottom, width - left - right, channels];
    this.builder.add(this.name, { kind: 'crop', top, left, bottom, right }, shape);
  }

  /** Bytes to pixels of 0 to 1, which the app's images are already. */
  private rescaling(): void {
    const [scale, offset] = [this.options.number('scale', Number.NaN), this.options.number('offset', 0)];
    if (this.builder.ops.length > 0 || Math.abs(scale * 255 - 1) > 1e-6 || offset !== 0) {
      throw this.bad('a scaling of bytes by 1/255 at the input', `by ${scale} and ${offset}`);
    }
    this.builder.notes.push(`${this.name}: takes bytes and divides them by 255; images here are divided already.`);
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
