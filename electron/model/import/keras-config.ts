import {
  asConfig,
  isSampling,
  MOST_DEPTH,
  nameOf,
  outputsOf,
  placed,
  shapeOf,
  sourcesOf,
  type Config,
  type Placed,
  type TensorPlace,
} from './keras-entry.ts';
import { operandsOf } from './keras-operations.ts';
import { meetingWords } from './meeting-words.ts';
import { bad, ONE_PATH, sizeOpen } from './read-chain.ts';

/** A layer of a Keras model, in whichever program's file. */
export interface ConfigLayer {
  readonly className: string;
  readonly name: string;
  readonly config: Readonly<Record<string, unknown>>;
  /** Where a `.keras` archive keeps its weights, such as "layers/functional/layers/dense_1". */
  readonly place: string;
  /** Names of the models that it is in, the outermost first; the whole model is none of them. */
  readonly within: readonly string[];
  /** Of a layer that adds: how many of the layers before it have made what is added to what the others make of it. */
  readonly adds?: number;
  /** Of the first layer of a shortcut: how many of the layers before it have made what it takes. */
  readonly returns?: number;
  /** Of a function between layers: what it takes, its numbers as they are. */
  readonly operands?: readonly (number | undefined)[];
}

export interface LayerChain {
  /** Without the batch. */
  readonly inputShape: readonly number[];
  readonly layers: readonly ConfigLayer[];
  /** What was left out or chosen, a sentence each. */
  readonly notes: readonly string[];
  /** Of Keras's version: 2 and 3 compute some things in other ways. */
  readonly major: number;
  /** Whether its images have no axis of channels, so that their last is their width. */
  readonly lacksChannels?: boolean;
}

/** Of one model, those of the models in it among them. */
const MOST_LAYERS = 1_000;

/** Layers of a shortcut: a convolution, its normalisation, and what is nothing outside training. */
const MOST_SHORTCUT = 16;

const modelClasses = new Set(['Functional', 'Model', 'Sequential']);

/**
 * The layers of a Keras model in the order in which an image passes them, models within it opened up; what its output does not
 * need is left out.
 * @param topology `{ class_name, config }` as Keras and TensorFlow.js write it
 * @param said the images' shape, for a file that leaves it open
 * @param version of the Keras that wrote it; TensorFlow.js computes as 2 does
 * @throws StudioError `bad-file` where it is not one path from one input to its output
 */
export function layerChain(topology: unknown, file: string, said?: readonly number[], version = '2'): LayerChain {
  const reader = new ConfigReader(file);
  reader.model(topology, '', [], 0);
  const { inputShape, notes } = reader;
  if (inputShape === undefined)
    throw bad(
      file,
      'a model that says the shape of its input',
      'none: call it once on images, or give it a keras.Input, and save it again',
    );
  const major = Number.parseInt(version, 10);
  const lacksChannels = inputShape.length === 2;
  return { inputShape: sizedShape(inputShape, said, file), layers: reader.layers, notes, major, lacksChannels };
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
  /** What layers take, once it has been read: sums ask for it again and again. */
  private readonly sources = new Map<Placed, readonly TensorPlace[]>();

  constructor(file: string) {
    this.file = file;
  }

  /** @param output which of its outputs is followed; of the whole model the one that most layers lie before */
  model(topology: unknown, place: string, within: readonly string[], output: number): void {
    const { class_name: className, config } = asConfig(topology);
    if (within.length > MOST_DEPTH)
      throw bad(this.file, `models at most ${MOST_DEPTH} deep within each other`, 'more: save it flatter');
    if (typeof className !== 'string' || !modelClasses.has(className)) {
      const found = `${JSON.stringify(className) ?? 'none'}, whose layers are in its own code: save keras.Sequential([encoder, decoder]) of its parts, or ONNX`;
      throw bad(this.file, 'a model of class Sequential or Functional', found);
    }
    const own = Array.isArray(config) ? { layers: config as unknown[] } : asConfig(config);
    const entries: readonly unknown[] = Array.isArray(own['layers']) ? own['layers'] : [];
    const layers = placed(entries.map(asConfig), place);
    if (layers.length > MOST_LAYERS)
      throw bad(this.file, `at most ${MOST_LAYERS} layers`, `${layers.length}: save a smaller model`);
    const isWhole = within.length === 0;
    const path: readonly PathStep[] =
      className === 'Sequential'
        ? layers.map((layer) => ({ layer, output: 0 }))
        : this.path(layers, own, isWhole ? undefined : output);
    const counts = new Map<string, number>();
    for (const step of path) {
      const countOf = (name: string | undefined) =>
        name === undefined ? undefined : (counts.get(name) ?? this.layers.length);
      this.layer(step, within, countOf(step.adds), countOf(step.returns));
      counts.set(nameOf(step.layer.entry), this.layers.length);
    }
    // A Sequential that was built says so where none of its layers does.
    const built = asConfig(own['build_config'])['input_shape'] ?? own['build_input_shape'];
    if (this.inputShape === undefined && isWhole) this.inputShape = shapeOf(built);
  }

  private layer(
    { layer: { entry, place }, output }: PathStep,
    within: readonly string[],
    adds: number | undefined,
    returns: number | undefined,
  ): void {
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
    if (this.layers.length >= MOST_LAYERS)
      throw bad(this.file, `at most ${MOST_LAYERS} layers`, 'more: save a smaller model');
    const joins = { ...(adds === undefined ? {} : { adds }), ...(returns === undefined ? {} : { returns }) };
    const operands = operandsOf(entry);
    const taken = operands === undefined ? {} : { operands };
    this.layers.push({ className, name, config, place, within, ...joins, ...taken });
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
        throw bad(
          `${this.file}: ${at.name}`,
          'a path of layers from the input',
          'one that leads nowhere: save the model again',
        );
      }
      const sources = this.sourcesOf(layer);
      const drawn = sources.length === 2 && isSampling(layer.entry);
      const added = sources.length === 2 && !drawn ? this.block(layer, sources, named) : undefined;
      if (sources.length > 1 && !drawn && added === undefined) {
        this.checkInputs(at.name, named);
        throw bad(
          `${this.file}: ${at.name}`,
          ONE_PATH,
          meetingWords(String(layer.entry['class_name']), 'save it again'),
        );
      }
      if (drawn) {
        this.notes.push(`${at.name}: draws around "${sources[0]!.name}"; the code is that mean, undrawn.`);
      } else {
        const joins = added === undefined ? {} : { adds: added.source.name };
        path.unshift(...(added?.shortcut ?? []), { layer, output: at.output, ...joins });
      }
      at = added?.last ?? sources[0];
    }
    return path;
  }

  /** @throws StudioError `bad-file` where a layer comes of several inputs, such as images and their labels */
  private checkInputs(name: string, named: ReadonlyMap<string, Placed>): void {
    const leading = this.leadingTo(name, named);
    const isInput = (each: string): boolean => named.get(each)?.entry['class_name'] === 'InputLayer';
    const inputs = [...named.keys()].filter((each) => leading.has(each) && isInput(each));
    if (inputs.length < 2) return;
    const found = `${inputs.length}: ${inputs.join(', ')}. Train one that takes images alone, and save it`;
    throw bad(`${this.file}: ${name}`, 'a model of one input', found);
  }

  /** A block: one of a sum's two values is made of the other, or of what both come of, by the fewer layers. */
  private block(
    { entry }: Placed,
    [one, other]: readonly TensorPlace[],
    named: ReadonlyMap<string, Placed>,
  ): Block | undefined {
    if (entry['class_name'] !== 'Add' || one === undefined || other === undefined) return undefined;
    const ways = [this.way(one, other, named), this.way(other, one, named)].filter((way) => way !== undefined);
    return ways.toSorted((a, b) => a.shortcut.length - b.shortcut.length)[0];
  }

  /** From the end of a shortcut, one layer behind another, back to one on the way to the other value. */
  private way(end: TensorPlace, last: TensorPlace, named: ReadonlyMap<string, Placed>): Block | undefined {
    const others = this.leadingTo(last.name, named);
    const shortcut: PathStep[] = [];
    let source = end;
    while (!others.has(source.name)) {
      const layer = named.get(source.name);
      const [only, ...more] = layer === undefined ? [] : this.sourcesOf(layer);
      const isModel = layer !== undefined && modelClasses.has(String(layer.entry['class_name']));
      if (layer === undefined || only === undefined || more.length > 0 || isModel) return undefined;
      if (shortcut.length === MOST_SHORTCUT) return undefined;
      shortcut.unshift({ layer, output: source.output });
      source = only;
    }
    const [first, ...rest] = shortcut;
    return { source, last, shortcut: first === undefined ? [] : [{ ...first, returns: source.name }, ...rest] };
  }

  /** The layers on the ways to one, itself among them. */
  private leadingTo(last: string, named: ReadonlyMap<string, Placed>): ReadonlySet<string> {
    const found = new Set([last]);
    for (const name of found) {
      const layer = named.get(name);
      if (layer !== undefined) for (const source of this.sourcesOf(layer)) found.add(source.name);
    }
    return found;
  }

  private sourcesOf(layer: Placed): readonly TensorPlace[] {
    const known = this.sources.get(layer) ?? this.sourcesIn(layer);
    this.sources.set(layer, known);
    return known;
  }

  private sourcesIn({ entry }: Placed): readonly TensorPlace[] {
    const nodes = entry['inbound_nodes'];
    if (Array.isArray(nodes) && nodes.length > 1) {
      const found = `one used ${nodes.length} times: give each place a layer of its own, and save it again`;
      throw bad(`${this.file}: ${nameOf(entry)}`, 'layers that are used once', found);
    }
    return sourcesOf(nodes, 0);
  }
}

/** What a sum adds. */
interface Block {
  /** What both of its values come of. */
  readonly source: TensorPlace;
  readonly last: TensorPlace;
  /** What the one passes that is not made by the block itself. */
  readonly shortcut: readonly PathStep[];
}

interface PathStep {
  readonly layer: Placed;
  readonly output: number;
  /** Of a layer that adds: the one before it on the path whose output is added to that of the last. */
  readonly adds?: string;
  /** Of the first layer of a shortcut: the one before it on the path whose output it takes. */
  readonly returns?: string;
}
