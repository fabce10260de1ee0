import { StudioError } from '../../domain/errors.ts';
import type { ImageColumns } from '../../domain/words.ts';
import type { Breathe, Inference } from '../inference.ts';
import { forwardInference } from '../forward.ts';
import type { Network } from '../network.ts';
import { batchWithin, imagesACall } from '../operations.ts';
import { tf } from '../tensorflow.ts';
import { checkedTrace } from './check-trace.ts';
import { addUnitPixels, typed } from './common-nodes.ts';
import { emitTrace } from './emit-trace.ts';
import { DataType, NodeList, nodeName } from './graph-def.ts';
import { GraphSession } from './session.ts';
import { addVariable, setVariables, type SessionVariable } from './session-variables.ts';
import type { Trace } from './trace.ts';

/** The most images in a batch: of 500 to 4,000, this encodes MNIST fastest (dense, two cores). */
const IMAGES_A_BATCH = 2_000;

/** Values in a batch: fewer larger images, so that activations stay within some tens of megabytes. */
const VALUES_A_BATCH = IMAGES_A_BATCH * 784;

interface Entry {
  readonly feed: string;
  readonly fetch: string;
}

/** Encodes and measures whole sets inside TensorFlow: bytes go in, codes or errors come out. */
export class CompiledInference implements Inference {
  private readonly network: Network;
  private readonly session: GraphSession;
  private readonly weights: readonly SessionVariable[];
  private readonly batchSize: number;
  private readonly entries: { readonly encode: Entry; readonly errors: Entry };
  /** What the session's weights are of. */
  private taken: readonly object[] = [];

  private constructor(
    network: Network,
    session: GraphSession,
    weights: readonly SessionVariable[],
    batchSize: number,
    entries: CompiledInference['entries'],
  ) {
    this.network = network;
    this.session = session;
    this.weights = weights;
    this.batchSize = batchSize;
    this.entries = entries;
  }

  /**
   * @param counts images in the sets that it is mostly used on
   * @throws StudioError `engine-failed` where the graph cannot be traced, loaded or compiled
   */
  static async compile(network: Network, counts: readonly number[] = []): Promise<CompiledInference> {
    const [height, width, channels] = network.spec.inputShape;
    const within = Math.max(1, Math.floor(VALUES_A_BATCH / (height * width * channels)));
    const batchSize = batchWithin(Math.min(IMAGES_A_BATCH, within, imagesACall(network)), counts);
    const shape = [batchSize, height, width, channels] as const;
    const nodes = new NodeList({ inFunction: false });
    const weights = network.weights.map(({ variable }, index) =>
      addVariable(nodes, `weight_${index}`, DataType.float32, variable.shape),
    );
    const entry = (compute: (images: tf.Tensor4D) => tf.Tensor): Entry =>
      addEntry(nodes, traceOn(network, [...shape], compute), weights, shape);
    const encoding = [...network.encoderLayers, ...network.codeLayers];
    const entries = {
      encode: entry((images) => forwardInference(encoding, images)),
      errors: entry((images) => {
        const output = forwardInference([...encoding, ...network.decoderLayers], images) as tf.Tensor4D;
        return tf.mean(tf.squaredDifference(images, output), [1, 2, 3]);
      }),
    };
    const session = await GraphSession.load(nodes.nodes, []);
    const inference = new CompiledInference(network, session, weights, batchSize, entries);
    try {
      inference.refresh();
      // A failure must be met here.
      const one = { count: 1, height, width, channels, pixels: new Uint8Array(height * width * channels) };
      for (const each of Object.values(entries)) inference.runBatch(each, one, 0, 1);
    } catch (error) {
      session.dispose();
      throw error;
    }
    return inference;
  }

  refresh(): void {
    const variables = this.network.weights.map(({ variable }) => variable);
    // Whatever sets a weight gives it other data.
    if (variables.every(({ dataId }, index) => dataId === this.taken[index])) return;
    setVariables(this.session, this.weights, variables);
    this.taken = variables.map(({ dataId }) => dataId);
  }

  encode(images: ImageColumns, breathe: Breathe): Promise<Float32Array> {
    return this.runAll(this.entries.encode, images, this.network.spec.code.size, breathe);
  }

  errors(images: ImageColumns, breathe: Breathe): Promise<Float32Array> {
    return this.runAll(this.entries.errors, images, 1, breathe);
  }

  dispose(): void {
    this.session.dispose();
  }

  private async runAll(entry: Entry, images: ImageColumns, size: number, breathe: Breathe): Promise<Float32Array> {
    this.checkShape(images);
    const results = new Float32Array(images.count * size);
    for (let first = 0; first < images.count; first += this.batchSize) {
      const count = Math.min(this.batchSize, images.count - first);
      results.set(this.runBatch(entry, images, first, count).subarray(0, count * size), first * size);
      await breathe((first + count) / images.count);
    }
    return results;
  }

  /** TensorFlow would take other images of as many pixels in silence. */
  private checkShape({ height, width, channels }: ImageColumns): void {
    const found = [height, width, channels].join(' × ');
    const expected = this.network.spec.inputShape.join(' × ');
    if (found !== expected) throw new StudioError('internal', `The model takes images of ${expected}, found ${found}.`);
  }

  private runBatch(entry: Entry, images: ImageColumns, first: number, count: number): Float32Array {
    const { height, width, channels } = images;
    const size = height * width * channels;
    const given = images.pixels.subarray(first * size, (first + count) * size);
    const values = count === this.batchSize ? given : padded(given, this.batchSize * size);
    const shape = [this.batchSize, height, width, channels];
    const [result] = this.session.run([{ placeholder: entry.feed, shape, values }], [entry.fetch]);
    return result as Float32Array;
  }
}

/** Adds "bytes → result" to a graph: bytes to [0, 1], then the trace. */
function addEntry(
  nodes: NodeList,
  traced: Trace,
  weights: readonly SessionVariable[],
  shape: readonly number[],
): Entry {
  const feed = nodes.add('Placeholder', [], { dtype: typed(DataType.uint8), shape: { kind: 'shape', value: shape } });
  const images = addUnitPixels(nodes, feed);
  const [fetch = ''] = emitTrace(nodes, traced, [...weights.map(({ value }) => value), images]);
  return { feed: nodeName(feed), fetch };
}

function traceOn(
  network: Network,
  shape: [number, number, number, number],
  compute: (images: tf.Tensor4D) => tf.Tensor,
): Trace {
  const variables = network.weights.map(({ variable }) => variable);
  return checkedTrace(variables, (fill) => {
    const images = tf.fill(shape, fill) as tf.Tensor4D;
    return { inputs: [images], compute: () => [compute(images)] };
  });
}

function padded(values: Uint8Array, length: number): Uint8Array {
  const whole = new Uint8Array(length);
  whole.set(values);
  return whole;
}
