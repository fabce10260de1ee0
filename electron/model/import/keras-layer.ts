import type { LayerShape } from '../../domain/layer-settings.ts';
import type { Padding, PlainWeight } from '../export/plain-model.ts';
import { activations, type Activation } from './keras-activations.ts';
import { asConfig, type ConfigLayer } from './keras-config.ts';
import { KerasOptions } from './keras-options.ts';
import { clipped, type ChainBuilder } from './read-chain.ts';
import type { FindWeight, WeightWish } from './weight-wish.ts';

export const NO_PADDING: Padding = { top: 0, left: 0, bottom: 0, right: 0 };

const knownWords = [...Object.keys(activations), 'relu6'].join(', ');

/** Slope of what Keras 3's function of that name calls leaky. */
const FUNCTION_SLOPE = 0.2;

/** A layer of Keras that is being read: its options, its weights in their order, and the steps it becomes. */
export class KerasLayer {
  readonly builder: ChainBuilder;
  readonly options: KerasOptions;
  private readonly layer: ConfigLayer;
  private readonly find: FindWeight;
  private weights = 0;

  constructor(layer: ConfigLayer, find: FindWeight, builder: ChainBuilder) {
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

  get config(): ConfigLayer['config'] {
    return this.layer.config;
  }

  /** A name, or what Keras makes of an activation with settings. */
  activation(value: unknown): void {
    const described = asConfig(value);
    const name = typeof value === 'string' ? value : (described['config'] ?? described['class_name']);
    if (value === undefined || value === null) return;
    const known = typeof name === 'string' && Object.hasOwn(activations, name) ? activations[name] : undefined;
    if (name === 'relu6') return clipped(this.builder, this.name, { least: 0, most: 6, factor: 1, summand: 0 });
    if (known === undefined) throw this.bad(`an activation that the app knows (${knownWords})`, JSON.stringify(name));
    if (known !== 'linear') this.activate(known, FUNCTION_SLOPE);
  }

  activate(activation: Activation['activation'], slope: number): void {
    const own = activation === 'leaky-relu' ? { slope } : {};
    this.builder.add(this.name, { kind: 'activation', activation, ...own });
  }

  bias(units: number): { bias?: PlainWeight } {
    return this.config['use_bias'] === false ? {} : { bias: this.weight('bias', [units]) };
  }

  weight(name: WeightWish['name'], shape: LayerShape): PlainWeight {
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
