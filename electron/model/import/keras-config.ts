import { bad, sizeOpen } from './read-chain.ts';

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
  /** What was left out or chosen, a sentence each. */
  readonly notes: readonly string[];
}

/** Models within each other; deeper is a mistake. */
const MOST_DEPTH = 8;
/** Of one model, those of the models in it among them. */
const MOST_LAYERS = 1_000;

const modelClasses = new Set(['Functional', 'Model', 'Sequential']);

type Config = Readonly<Record<string, unknown>>;

/**
 * The layers of a Keras model in the order in which an image passes them, models within it opened up; what its output does not
 * need is left out.
 * @param topology `{ class_name, config }` as Keras and TensorFlow.js write it
 * @param said the images' shape, for a file that leaves it open
 * @throws StudioError `bad-file` where it is not one path from one input to its output
 */
export function layerChain(topology: unknown, file: string, said?: readonly number[]): LayerChain {
  const reader = new ConfigReader(file);
  reader.model(topology, '', [], 0);
  const { inputShape, notes } = reader;
  if (inputShape === undefined) throw bad(file, 'a model that says the shape of its input', 'none');
  return { inputShape: sizedShape(inputShape, said, file), layers: reader.layers, notes };
}

/** Images without an axis of channels are grey ones; sizes that are left open are those that a person says. */
function sizedShape(
  shape: readonly (number | null)[],
  said: readonly number[] | undefined,
  file: string,
): readonly number[] {
  const whole = shape.length === 2 ? [...shape, 1] : shape;
  const sizes = whole.map((size, axis) => size ?? (whole.length === 3 ? said?.[axis] : undefined));
  const known = sizes.filter((size) => size !== undefined);
  if (known.length === sizes.length) return known;
  const found = `[${shape.map((size) => size ?? '?').join(', ')}]`;
  throw sizeOpen(file, found);
}

class ConfigReader {
  readonly layers: ConfigLayer[] = [];
  readonly notes: string[] = [];
  inputShape: readonly (number | null)[] | undefined;
  private readonly file: string;

  constructor(file: string) {
    this.file = file;
  }

  /** @param output which of its outputs is followed; of the whole model the one that most layers lie before */
  model(topology: unknown, place: string, within: readonly string[], output: number): void {
    const { class_name: className, config } = asConfig(topology);
    if (within.length > MOST_DEPTH) throw bad(this.file, `models at most ${MOST_DEPTH} deep within each other`, 'more');
    if (typeof className !== 'string' || !modelClasses.has(className)) {
      const found = `${JSON.stringify(className) ?? 'none'}, whose layers are in its own code: save it as one of those, or as ONNX`;
      throw bad(this.file, 'a model of class Sequential or Functional', found);
    }
    const own = Array.isArray(config) ? { layers: config as unknown[] } : asConfig(config);
    const entries: readonly unknown[] = Array.isArray(own['layers']) ? own['layers'] : [];
    const layers = placed(entries.map(asConfig), place);
    if (layers.length > MOST_LAYERS) throw bad(this.file, `at most ${MOST_LAYERS} layers`, `${layers.length}`);
    const isWhole = within.length === 0;
    const path =
      className === 'Sequential'
        ? layers.map((layer) => ({ layer, output: 0 }))
        : this.path(layers, own, isWhole ? undefined : output);
    for (const step of path) this.layer(step, within);
    // A Sequential that was built says so where none of its layers does.
    const built = asConfig(own['build_config'])['input_shape'] ?? own['build_input_shape'];
    if (this.inputShape === undefined && isWhole) this.inputShape = shapeOf(built);
  }

  private layer({ layer: { entry, place }, output }: PathStep, within: readonly string[]): void {
    const className = String(entry['class_name']);
    if (modelClasses.has(className)) {
      this.model(entry, place, [...within, nameOf(entry)], output);
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

  /** The one way to an output through a graph of layers. */
  private path(layers: readonly Placed[], model: Config, output: number | undefined): readonly PathStep[] {
    const named = new Map(layers.map((layer) => [nameOf(layer.entry), layer]));
    const outputs = outputsOf(model['output_layers']);
    const wanted = output === undefined ? outputs : outputs.slice(output, output + 1);
    const last = layers.at(-1);
    const ends = wanted.length > 0 ? wanted : last === undefined ? [] : [{ name: nameOf(last.entry), output: 0 }];
    const paths = ends.map((end) => this.pathTo(end, named));
    const longest = paths.reduce<readonly PathStep[]>((best, each) => (each.length > best.length ? each : best), []);
    if (output === undefined && outputs.length > 1) {
      const taken = longest.at(-1)?.layer.entry;
      this.notes.push(
        `Of its ${outputs.length} outputs, that of "${taken === undefined ? '' : nameOf(taken)}" is taken.`,
      );
    }
    return longest;
  }

  private pathTo(end: TensorPlace, named: ReadonlyMap<string, Placed>): readonly PathStep[] {
    const path: PathStep[] = [];
    for (let at: TensorPlace | undefined = end; at !== undefined;) {
      const layer = named.get(at.name);
      if (layer === undefined || path.length >= named.size) {
        throw bad(`${this.file}: ${at.name}`, 'a path of layers from the input', 'one that leads nowhere');
      }
      const sources = this.sourcesOf(layer);
      const drawn = sources.length === 2 && isSampling(layer.entry);
      if (sources.length > 1 && !drawn) {
        throw bad(`${this.file}: ${at.name}`, 'one layer after another', `a layer with ${sources.length} inputs`);
      }
      if (drawn) {
        this.notes.push(`${at.name}: draws around "${sources[0]!.name}"; the code is that mean, undrawn.`);
      } else path.unshift({ layer, output: at.output });
      at = sources[0];
    }
    return path;
  }

  private sourcesOf({ entry }: Placed): readonly TensorPlace[] {
    const nodes = entry['inbound_nodes'];
    if (Array.isArray(nodes) && nodes.length > 1) {
      throw bad(`${this.file}: ${nameOf(entry)}`, 'layers that are used once', `one used ${nodes.length} times`);
    }
    return sourcesOf(nodes, 0);
  }
}

/** A value of a graph of layers. */
interface TensorPlace {
  readonly name: string;
  /** Which of its layer's. */
  readonly output: number;
}

interface PathStep {
  readonly layer: Placed;
  readonly output: number;
}

/** A layer of the model's own code by the name that tutorials give it: it draws a code around a mean, by a log-variance. */
const isSampling = (entry: Config): boolean => /(^|>)sampl/i.test(String(entry['class_name']));

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

/** What a layer takes: Keras 3 has it in tensors' histories, those before it in lists of [name, node, output]. */
function sourcesOf(node: unknown, depth: number): TensorPlace[] {
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
const outputsOf = (outputs: unknown): readonly TensorPlace[] => sourcesOf(outputs, 0);

/** [batch, …] without the batch, null where a size is left open; undefined where there is none. */
function shapeOf(value: unknown): readonly (number | null)[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const sizes = (value as unknown[]).slice(1);
  const isShape = (size: unknown): size is number | null => typeof size === 'number' || size === null;
  return sizes.length > 0 && sizes.every(isShape) ? sizes : undefined;
}

/** An object of the file; anything else counts as an empty one. */
export function asConfig(value: unknown): Config {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Config) : {};
}
