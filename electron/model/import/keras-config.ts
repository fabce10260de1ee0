import { bad } from './read-chain.ts';

/** A layer of a Keras model, in whichever program's file. */
export interface ConfigLayer {
  readonly className: string;
  readonly name: string;
  readonly config: Readonly<Record<string, unknown>>;
  /** Where a `.keras` archive keeps its weights, such as "layers/functional/layers/dense_1". */
  readonly place: string;
  /** Names of the models that it is in, the outermost first; the whole model is none of them. */
  readonly within: readonly string[];
}

export interface LayerChain {
  /** Without the batch. */
  readonly inputShape: readonly number[];
  readonly layers: readonly ConfigLayer[];
}

/** Models within each other; deeper is a mistake. */
const MOST_DEPTH = 8;
/** Of one model, those of the models in it among them. */
const MOST_LAYERS = 1_000;

const modelClasses = new Set(['Functional', 'Model', 'Sequential']);

type Config = Readonly<Record<string, unknown>>;

/**
 * The layers of a Keras model in the order in which an image passes them, models within it opened up.
 * @param topology `{ class_name, config }` as Keras and TensorFlow.js write it
 * @throws StudioError `bad-file` where it is not one path from one input to one output
 */
export function layerChain(topology: unknown, file: string): LayerChain {
  const reader = new ConfigReader(file);
  reader.model(topology, '', []);
  const { inputShape } = reader;
  if (inputShape === undefined) throw bad(file, 'a model that says the shape of its input', 'none');
  return { inputShape, layers: reader.layers };
}

class ConfigReader {
  readonly layers: ConfigLayer[] = [];
  inputShape: readonly number[] | undefined;
  private readonly file: string;

  constructor(file: string) {
    this.file = file;
  }

  model(topology: unknown, place: string, within: readonly string[]): void {
    const { class_name: className, config } = asConfig(topology);
    if (within.length > MOST_DEPTH) throw bad(this.file, `models at most ${MOST_DEPTH} deep within each other`, 'more');
    if (typeof className !== 'string' || !modelClasses.has(className)) {
      throw bad(this.file, 'a model of class Sequential or Functional', JSON.stringify(className) ?? 'none');
    }
    const own = Array.isArray(config) ? { layers: config as unknown[] } : asConfig(config);
    const entries: readonly unknown[] = Array.isArray(own['layers']) ? own['layers'] : [];
    const layers = placed(entries.map(asConfig), place);
    if (layers.length > MOST_LAYERS) throw bad(this.file, `at most ${MOST_LAYERS} layers`, `${layers.length}`);
    const path = className === 'Sequential' ? layers : this.path(layers, own);
    for (const layer of path) this.layer(layer, within);
    // A Sequential that was built says so where none of its layers does.
    const built = asConfig(own['build_config'])['input_shape'] ?? own['build_input_shape'];
    if (this.inputShape === undefined && within.length === 0) this.inputShape = shapeOf(built);
  }

  private layer({ entry, place }: Placed, within: readonly string[]): void {
    const className = String(entry['class_name']);
    if (modelClasses.has(className)) {
      this.model(entry, place, [...within, nameOf(entry)]);
      return;
    }
    const config = asConfig(entry['config']);
    const shape = shapeOf(config['batch_input_shape'] ?? config['batch_shape']);
    if (this.layers.length === 0) this.inputShape ??= shape;
    if (className === 'InputLayer') return;
    const name = nameOf(entry);
    if (this.layers.length >= MOST_LAYERS) throw bad(this.file, `at most ${MOST_LAYERS} layers`, 'more');
    this.layers.push({ className, name, config, place, within });
  }

  /** The one way from the input through a graph of layers. */
  private path(layers: readonly Placed[], model: Config): readonly Placed[] {
    const named = new Map(layers.map((layer) => [nameOf(layer.entry), layer]));
    const following = new Map<string, string>();
    let [first, steps] = ['', 0];
    for (const layer of layers) {
      const name = nameOf(layer.entry);
      const sources = sourcesOf(layer.entry['inbound_nodes'], 0);
      if (sources.length > 1) {
        throw bad(`${this.file}: ${name}`, 'one layer after another', `a layer with ${sources.length} inputs`);
      }
      const [source] = sources;
      if (source === undefined) {
        if (first !== '') throw bad(this.file, 'a model of one input', `two: "${first}" and "${name}"`);
        first = name;
      } else if (following.has(source)) {
        const both = `"${following.get(source)}" and "${name}" after it`;
        throw bad(`${this.file}: ${source}`, 'one layer after another', both);
      } else following.set(source, name);
    }
    const outputs = outputsOf(model['output_layers']);
    if (outputs.length > 1) throw bad(this.file, 'a model of one output', `${outputs.length}`);
    const path: Placed[] = [];
    for (let name: string | undefined = first; name !== undefined; name = following.get(name)) {
      const layer = named.get(name);
      if (layer === undefined || (steps += 1) > layers.length) break;
      path.push(layer);
    }
    if (path.length !== layers.length) {
      throw bad(this.file, 'one path through all layers', `${path.length} of ${layers.length} layers on it`);
    }
    return path;
  }
}

interface Placed {
  readonly entry: Config;
  readonly place: string;
}

const nameOf = (entry: Config): string =>
  String(asConfig(entry['config'])['name'] ?? entry['name'] ?? entry['class_name']);

/** Keras calls a layer's weights after its class and how many of that class come before it (saving_lib.py). */
function placed(entries: readonly Config[], place: string): Placed[] {
  const used = new Map<string, number>();
  return entries.map((entry) => {
    const word = snakeCase(String(entry['class_name']));
    const before = used.get(word) ?? 0;
    used.set(word, before + 1);
    return { entry, place: `${place === '' ? '' : `${place}/`}layers/${word}${before === 0 ? '' : `_${before}`}` };
  });
}

/** As Keras does it (naming.py): "Conv2DTranspose" → "conv2d_transpose". */
function snakeCase(name: string): string {
  return name
    .replaceAll(/\W+/g, '')
    .replaceAll(/(.)([A-Z][a-z]+)/g, '$1_$2')
    .replaceAll(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase();
}

/** The layers that a layer takes from: Keras 3 has them in tensors' histories, those before it in lists of [name, node, output]. */
function sourcesOf(node: unknown, depth: number): string[] {
  if (depth > MOST_DEPTH || typeof node !== 'object' || node === null) return [];
  if (!Array.isArray(node)) {
    const { keras_history: history } = node as Config;
    if (Array.isArray(history)) return typeof history[0] === 'string' ? [history[0]] : [];
    return Object.values(node).flatMap((value) => sourcesOf(value, depth + 1));
  }
  const list = node as readonly unknown[];
  if (typeof list[0] === 'string' && typeof list[1] === 'number') return [list[0]];
  return list.flatMap((value) => sourcesOf(value, depth + 1));
}

/** [[name, node, output], …], or one of them alone. */
function outputsOf(outputs: unknown): readonly unknown[] {
  if (!Array.isArray(outputs)) return [];
  return typeof outputs[0] === 'string' ? [outputs] : (outputs as unknown[]);
}

/** [batch, …] without the batch; undefined where a size is not said. */
function shapeOf(value: unknown): readonly number[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const sizes = (value as unknown[]).slice(1);
  return sizes.length > 0 && sizes.every((size) => typeof size === 'number') ? sizes : undefined;
}

/** An object of the file; anything else counts as an empty one. */
export function asConfig(value: unknown): Config {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Config) : {};
}
