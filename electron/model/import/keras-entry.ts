import { snakeCase } from '../keras-naming.ts';

/** A part of a model's description, as its file has it. */
export type Config = Readonly<Record<string, unknown>>;

/** Models, and lists of what a layer takes, within each other; deeper is a mistake. */
export const MOST_DEPTH = 8;

/** A value of a graph of layers. */
export interface TensorPlace {
  readonly name: string;
  /** Which of its layer's. */
  readonly output: number;
}

/**
 * A layer of the model's own code, or a function, by the names that tutorials give it: it draws a code around a mean, by a log-variance.
 */
export function isSampling(entry: Config): boolean {
  const config = asConfig(entry['config']);
  const code = config['function'];
  const called = typeof code === 'string' ? code : asConfig(code)['config'];
  const names = entry['class_name'] === 'Lambda' ? [called, config['name']] : [entry['class_name']];
  return names.some((name) => typeof name === 'string' && /(^|>|_)(re)?(sampl|param)|^z(_\d+)?$/i.test(name));
}

/** A layer of a model. */
export interface Placed {
  readonly entry: Config;
  /** Where a `.keras` archive keeps its weights. */
  readonly place: string;
}

export const nameOf = (entry: Config): string =>
  String(asConfig(entry['config'])['name'] ?? entry['name'] ?? entry['class_name']);

/** Keras calls a layer's weights after its class and how many of that class come before it (saving_lib.py). */
export function placed(entries: readonly Config[], place: string): Placed[] {
  const used = new Map<string, number>();
  return entries.map((entry) => {
    const word = snakeCase(String(entry['class_name']));
    const before = used.get(word) ?? 0;
    used.set(word, before + 1);
    return { entry, place: `${place === '' ? '' : `${place}/`}layers/${word}${before === 0 ? '' : `_${before}`}` };
  });
}

/** What a layer takes: Keras 3 has it in tensors' histories, those before it in lists of [name, node, output]. */
export function sourcesOf(node: unknown, depth: number): TensorPlace[] {
  if (depth > MOST_DEPTH || typeof node !== 'object' || node === null) return [];
  if (!Array.isArray(node)) {
    const { keras_history: history } = node as Config;
    if (Array.isArray(history)) return placeOf(history);
    return Object.values(node).flatMap((value) => sourcesOf(value, depth + 1));
  }
  const list = node as readonly unknown[];
  if (typeof list[0] === 'string' && typeof list[1] === 'number') return placeOf(list);
  return list.flatMap((value) => sourcesOf(value, depth + 1));
}

function placeOf([name, , output]: readonly unknown[]): TensorPlace[] {
  return typeof name === 'string' ? [{ name, output: typeof output === 'number' ? output : 0 }] : [];
}

/** [[name, node, output], …], or one of them alone. */
export const outputsOf = (outputs: unknown): readonly TensorPlace[] => sourcesOf(outputs, 0);

/** [batch, …] without the batch, null where a size is left open; undefined where there is none. */
export function shapeOf(value: unknown): readonly (number | null)[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const sizes = (value as unknown[]).slice(1);
  const isShape = (size: unknown): size is number | null => typeof size === 'number' || size === null;
  return sizes.length > 0 && sizes.every(isShape) ? sizes : undefined;
}

/** An object of the file; anything else counts as an empty one. */
export function asConfig(value: unknown): Config {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Config) : {};
}
