import { addIntegers, addUnitPixels, typed } from '../../../engine/graph/common-nodes.ts';
import { DataType, NodeList, type Attribute, type GraphNode } from '../../../engine/graph/graph-def.ts';
import type { PlainOp, PlainWeight } from '../plain-model.ts';

type Op<K extends PlainOp['kind']> = Extract<PlainOp, { kind: K }>;
type Attributes = Readonly<Record<string, Attribute>>;

const FLOAT: Attributes = { T: typed(DataType.float32) };
const INTEGER = typed(DataType.int32);

/** Plain steps as nodes of a TensorFlow graph, the weights as constants: each once, however many chains of steps use it. */
export class TensorFlowGraph {
  private readonly list = new NodeList({ inFunction: false });
  private readonly constants = new Map<string, string>();

  get nodes(): readonly GraphNode[] {
    return this.list.nodes;
  }

  /** What is fed: any number of images or codes. @returns the reference of its values; of all methods */
  placeholder(name: string, type: number, shape: readonly number[]): string {
    return this.list.add(
      'Placeholder',
      [],
      {
        dtype: typed(type),
        shape: { kind: 'shape', value: [-1, ...shape] },
      },
      name,
    );
  }

  /** Bytes as the model takes them. */
  scaled(bytes: string): string {
    return addUnitPixels(this.list, bytes);
  }

  /** The steps one after another, of what `value` refers to. */
  chain(ops: readonly PlainOp[], value: string): string {
    return ops.reduce((x, op) => this.step(op, x), value);
  }

  private step(op: PlainOp, x: string): string {
    switch (op.kind) {
      case 'flatten':
      case 'reshape':
        return this.sized('Reshape', op.name, [x], [-1, ...op.shape], 'Tshape');
      case 'dense':
        return this.biased(op, this.node('MatMul', op.name, [x, this.weight(op.kernel)]));
      case 'conv': {
        const product = this.node('Conv2D', op.name, [x, this.weight(op.kernel)], windows({ strides: op.stride }));
        return this.biased(op, product);
      }
      case 'conv-transpose':
        return this.transposed(op, x);
      case 'batch-norm':
        return this.normalised(op, x);
      case 'activation':
        return this.activated(op, x);
      case 'pool': {
        const attributes = windows({ ksize: op.size, strides: op.size });
        return this.node(op.method === 'max' ? 'MaxPool' : 'AvgPool', op.name, [x], attributes);
      }
      case 'upsample': {
        const [height = 1, width = 1] = op.inputShape;
        const size = this.integers([height * op.size, width * op.size]);
        return this.cropped(op, op.size, this.node('ResizeNearestNeighbor', op.name, [x, size]));
      }
    }
  }

  /** The gradient of a convolution, of a whole number times the size; its first argument is the result's shape. */
  private transposed(op: Op<'conv-transpose'>, x: string): string {
    const [height = 1, width = 1] = op.inputShape;
    const outputs = op.kernel.shape[2] ?? 1;
    const batch = this.first(this.list.add('Shape', [x], { ...FLOAT, out_type: INTEGER }));
    const sizes = this.list.add(
      'ConcatV2',
      [batch, this.integers([height * op.stride, width * op.stride, outputs]), addIntegers(this.list, [], [0])],
      { T: INTEGER, N: { kind: 'integer', value: 2 }, Tidx: INTEGER },
    );
    const inputs = [sizes, this.weight(op.kernel), x];
    const whole = this.node('Conv2DBackpropInput', op.name, inputs, windows({ strides: op.stride }));
    return this.biased(op, this.cropped(op, op.stride, whole));
  }

  /** The first of some sizes, as a list of one. */
  private first(sizes: string): string {
    const inputs = [sizes, this.integers([0]), this.integers([1])];
    return this.list.add('Slice', inputs, { T: INTEGER, Index: INTEGER });
  }

  private normalised(op: Op<'batch-norm'>, x: string): string {
    const { name, mean, scale, shift, variance, epsilon } = op;
    const factor = scale.data.map((value, unit) => value / Math.sqrt((variance.data[unit] ?? 0) + epsilon));
    const centred = this.node('Sub', `${name}-centred`, [x, this.weight(mean)]);
    const scaled = this.node('Mul', `${name}-scaled`, [centred, this.floats(`${name}/factor`, scale.shape, factor)]);
    return this.node('AddV2', name, [scaled, this.weight(shift)]);
  }

  private activated({ name, activation, slope = 0 }: Op<'activation'>, x: string): string {
    if (activation === 'gelu') return this.gelu(name, x);
    const attributes: Attributes = activation === 'leaky-relu' ? { alpha: { kind: 'float', value: slope } } : {};
    return this.node(operators[activation], name, [x], attributes);
  }

  /** x / 2 · (1 + erf(x / √2)) */
  private gelu(name: string, x: string): string {
    const scaled = this.node('Mul', `${name}-scaled`, [x, this.floats('sqrt-half', [], [Math.SQRT1_2])]);
    const above = this.node('AddV2', `${name}-above`, [
      this.node('Erf', `${name}-erf`, [scaled]),
      this.floats('one', [], [1]),
    ]);
    const half = this.node('Mul', `${name}-half`, [x, this.floats('half', [], [0.5])]);
    return this.node('Mul', name, [half, above]);
  }

  private biased({ name, bias }: Op<'dense' | 'conv' | 'conv-transpose'>, x: string): string {
    return bias === undefined ? x : this.node('BiasAdd', `${name}-bias`, [x, this.weight(bias)]);
  }

  /** Cut off at the far edges is what growing by a whole number overshoots. */
  private cropped({ name, inputShape, shape }: PlainOp, by: number, x: string): string {
    const [height = 1, width = 1, channels = 1] = shape;
    if ((inputShape[0] ?? 1) * by === height && (inputShape[1] ?? 1) * by === width) return x;
    const begin = this.integers([0, 0, 0, 0]);
    return this.sized('Slice', `${name}-crop`, [x, begin], [-1, height, width, channels], 'Index');
  }

  /** An op whose last input is a list of sizes. */
  private sized(op: string, name: string, inputs: readonly string[], sizes: readonly number[], type: string): string {
    return this.node(op, name, [...inputs, this.integers(sizes)], { [type]: INTEGER });
  }

  private node(op: string, name: string, inputs: readonly string[], attributes: Attributes = {}): string {
    return this.list.add(op, inputs, { ...FLOAT, ...attributes }, name);
  }

  private weight({ name, shape, data }: PlainWeight): string {
    return this.floats(name, shape, data);
  }

  private floats(name: string, shape: readonly number[], values: ArrayLike<number>): string {
    const known = this.constants.get(name);
    if (known !== undefined) return known;
    const data = values instanceof Float32Array ? values : Float32Array.from(values);
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    const reference = this.list.constant({ type: DataType.float32, shape, bytes }, name);
    this.constants.set(name, reference);
    return reference;
  }

  private integers(values: readonly number[]): string {
    return addIntegers(this.list, [values.length], values);
  }
}

/** Of an op with windows, "SAME" as the plain steps describe it; each number is for rows and columns. */
function windows(sizes: Readonly<Record<string, number>>): Attributes {
  const lists = Object.entries(sizes).map(([key, size]) => [key, { kind: 'integers', value: [1, size, size, 1] }]);
  return { ...(Object.fromEntries(lists) as Attributes), padding: { kind: 'text', value: 'SAME' } };
}

const operators = {
  sigmoid: 'Sigmoid',
  tanh: 'Tanh',
  relu: 'Relu',
  'leaky-relu': 'LeakyRelu',
  elu: 'Elu',
  softplus: 'Softplus',
} as const;
