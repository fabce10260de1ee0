import type { LayerShape } from '../../domain/layer-settings.ts';
import type { Padding, PlainWeight } from '../export/plain-model.ts';
import { bent } from './keras-activation-layers.ts';
import { activations, type Activation } from './keras-activations.ts';
import type { ConfigLayer } from './keras-config.ts';
import { asConfig } from './keras-entry.ts';
import { KerasOptions } from './keras-options.ts';
import { clipped, type ChainBuilder } from './read-chain.ts';
import type { FindWeight, WeightWish } from './weight-wish.ts';

export const NO_PADDING: Padding = { top: 0, left: 0, bottom: 0, right: 0 };

const knownWords = [...Object.keys(activations), 'relu6', 'hard_sigmoid', 'hard_tanh'].join(', ');

/** Activations that are the identity between two values. */
const clips: Readonly<Record<string, { readonly least: number; readonly most: number }>> = {
  relu6: { least: 0, most: 6 },
  hard_tanh: { least: -1, most: 1 },
};

/** Slope of what Keras 3's function of that name calls leaky. */
const FUNCTION_SLOPE = 0.2;

/** A layer of Keras that is being read: its options, its weights in their order, and the steps it becomes. */
export class KerasLayer {
  readonly builder: ChainBuilder;
  readonly options: KerasOptions;
  private readonly layer: ConfigLayer;
  private readonly find: FindWeight;
  private readonly major: number;
  private weights = 0;

  /** @param major of Keras's version */
  constructor(layer: ConfigLayer, find: FindWeight, builder: ChainBuilder, major: number) {
    this.major = major;
    this.layer = layer;
    this.find = find;
    this.builder = builder;
    this.options = new KerasOptions(layer.config, (expected, found) => this.bad(expected, found));
  }

  get className(): string {
    return this.layer.className;
  }

  get name(): string {
    return this.layer.name;
  }

  /** Of a function between layers. */
  get operands(): ConfigLayer['operands'] {
    return this.layer.operands;
  }

  get config(): ConfigLayer['config'] {
    return this.layer.config;
  }

  /** A name, a function's name, or a layer that another has as its activation. */
  activation(value: unknown): void {
    if (value === undefined || value === null) return;
    const { class_name: className, config } = asConfig(value);
    if (className === 'ReLU' || className === 'LeakyReLU' || className === 'ELU') {
      return bent(
        new KerasLayer({ ...this.layer, className, config: asConfig(config) }, this.find, this.builder, this.major),
      );
    }
    const name = typeof value === 'string' ? value : typeof config === 'string' ? config : className;
    const clip = typeof name === 'string' && Object.hasOwn(clips, name) ? clips[name] : undefined;
    if (name === 'hard_sigmoid') {
      // x / 6 + ½ since Keras 3, steeper before.
      const factor = this.major >= 3 ? 1 / 6 : 0.2;
      return clipped(this.builder, this.name, { least: 0, most: 1, factor, summand: 0.5 });
    }
    if (clip !== undefined) return clipped(this.builder, this.name, { ...clip, factor: 1, summand: 0 });
    const known = typeof name === 'string' && Object.hasOwn(activations, name) ? activations[name] : undefined;
    if (known === undefined) {
      const found = `${JSON.stringify(name)}: use one of these, train it on, and save the model again`;
      throw this.bad(`an activation that the app knows (${knownWords})`, found);
    }
    if (known !== 'linear') this.activate(known, FUNCTION_SLOPE);
  }

  activate(activation: Activation['activation'], slope: number): void {
    const own = activation === 'leaky-relu' ? { slope } : {};
    this.builder.add(this.name, { kind: 'activation', activation, ...own });
  }

  bias(units: number): { bias?: PlainWeight } {
    return this.config['use_bias'] === false ? {} : { bias: this.weight('bias', [units]) };
  }

  /** @throws StudioError `bad-file` where the layer would go over the last axis of images that have none of channels */
  weight(name: WeightWish['name'], shape: LayerShape): PlainWeight {
    if (this.builder.lacksChannels && this.builder.shape.length === 3 && shape.length > 0) {
      const [height = 0, width = 0] = this.builder.shape;
      const found = `[${height}, ${width}]: put Flatten or Reshape((${height}, ${width}, 1)) before it, train it on, and save the model again`;
      throw this.bad('rows, or images with an axis of channels', found);
    }
    const index = this.weights;
    this.weights += 1;
    return this.find({ layer: this.layer, name, index, shape });
  }

  /** The same, to be handed on. */
  readonly isBad = (expected: string, found: string) => this.bad(expected, found);

  bad(expected: string, found: string) {
    return this.builder.bad(this.name, expected, found);
  }
}
