import type { StudioError } from '../../domain/errors.ts';
import type { ConfigLayer } from './keras-config.ts';

const MOST_SIDE = 1_024;
/** What a person can do about an option that the app has no word for. */
const USE_THAT = 'use that, train it on, and save the model again';

/** The options of one Keras layer, checked as they are asked for. */
export class KerasOptions {
  private readonly values: ConfigLayer['config'];
  private readonly bad: (expected: string, found: string) => StudioError;

  /** @param bad makes the error that names the layer */
  constructor(values: ConfigLayer['config'], bad: (expected: string, found: string) => StudioError) {
    this.values = values;
    this.bad = bad;
  }

  /** @throws StudioError `bad-file` where channels come first, or the windows are spread or grouped */
  plain(): void {
    this.channelsLast();
    if (this.square('dilation_rate', 1) !== 1)
      throw this.bad('no dilation', `${JSON.stringify(this.values['dilation_rate'])}: ${USE_THAT}`);
    if (this.number('groups', 1) !== 1)
      throw this.bad('one group of channels', `${String(this.values['groups'])}: ${USE_THAT}`);
  }

  /** @throws StudioError `bad-file` where channels come first */
  channelsLast(): void {
    const order = this.values['data_format'] ?? 'channels_last';
    if (order !== 'channels_last' && order !== 'channelsLast')
      throw this.bad('channels last', `${JSON.stringify(order)}: convert the model to ONNX, where that is read`);
  }

  /** Padding. @throws StudioError `bad-file` where it is none of the two */
  isSame(): boolean {
    const padding = this.values['padding'] ?? 'valid';
    if (padding === 'same' || padding === 'valid') return padding === 'same';
    throw this.bad('padding "same" or "valid"', `${JSON.stringify(padding)}: ${USE_THAT}`);
  }

  /** Of a leaky ReLU, under any of its names. */
  slope(key: string, usual: number): number {
    const value = this.values[key];
    // Keras before 3 keeps an array of one number here.
    const plain: unknown = Array.isArray(value) ? (value as unknown[])[0] : value;
    return typeof plain === 'number' ? plain : usual;
  }

  /** @throws StudioError `bad-file` where it is no number */
  number(key: string, usual: number): number {
    const value = this.values[key] ?? usual;
    if (typeof value === 'number') return value;
    throw this.bad(`a number as ${key}`, `${JSON.stringify(value)}: ${USE_THAT}`);
  }

  /** @throws StudioError `bad-file` where it is no whole number of 1 to 65,536 */
  count(key: string): number {
    const value = this.values[key];
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 1 && value <= 65_536) return value;
    throw this.bad(`${key} of 1 to 65536`, `${JSON.stringify(value) ?? 'none'}: ${USE_THAT}`);
  }

  /** One whole number for both axes. @throws StudioError `bad-file` where they differ */
  square(key: string, usual?: number, least = 1): number {
    const pair = this.wholes(key, usual, least);
    if (pair !== undefined && pair[0] === pair[1]) return pair[0];
    const found = `${JSON.stringify(this.values[key]) ?? 'none'}: ${USE_THAT}`;
    throw this.bad(`the same ${key} of ${least} to ${MOST_SIDE} both ways`, found);
  }

  /** Rows and columns, each a whole number. @throws StudioError `bad-file` where they are none */
  pair(key: string, usual?: number): readonly [number, number] {
    const pair = this.wholes(key, usual, 1);
    if (pair !== undefined) return pair;
    throw this.bad(`${key} of 1 to ${MOST_SIDE}`, `${JSON.stringify(this.values[key]) ?? 'none'}: ${USE_THAT}`);
  }

  private wholes(key: string, usual: number | undefined, least: number): readonly [number, number] | undefined {
    const value = this.values[key] ?? usual;
    const [first, second = first]: readonly unknown[] = Array.isArray(value) ? (value as unknown[]) : [value];
    const isWhole = (side: unknown): side is number =>
      typeof side === 'number' && Number.isSafeInteger(side) && side >= least && side <= MOST_SIDE;
    return isWhole(first) && isWhole(second) ? [first, second] : undefined;
  }
}
