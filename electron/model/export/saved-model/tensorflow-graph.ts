import { addIntegers, addUnitPixels, typed } from '../../../engine/graph/common-nodes.ts';
import { DataType, NodeList, type Attribute, type GraphNode } from '../../../engine/graph/graph-def.ts';
import { paddingWord, transposedStart } from '../../../domain/geometry.ts';
import { nearestParts, type PlainOp, type PlainWeight } from '../plain-model.ts';

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
        const attributes = windows({ strides: op.stride }, wordOf(op, op.kernel.shape[0] ?? 1));
        return this.biased(op, this.node('Conv2D', op.name, [x, this.weight(op.kernel)], attributes));
      }
      case 'conv-transpose':
        return this.transposed(op, x);
      case 'batch-norm':
        return this.normalised(op, x);
      case 'activation':
        return this.activated(op, x);
      case 'pool': {
        const attributes = windows({ ksize: op.size, strides: op.stride }, wordOf(op, op.size));
        return this.node(op.method === 'max' ? 'MaxPool' : 'AvgPool', op.name, [x], attributes);
      }
      case 'upsample': {
        const [height = 1, width = 1] = op.inputShape;
        const grown = [height * op.size, width * op.size] as const;
        const kind = op.method === 'nearest' ? 'ResizeNearestNeighbor' : 'ResizeBilinear';
        const places: Attributes =
          op.method === 'nearest'
            ? {}
            : { [op.method === 'bilinear' ? 'half_pixel_centers' : 'align_corners']: { kind: 'boolean', value: true } };
        return this.cropped(op, [0, 0], grown, this.node(kind, op.name, [x, this.integers(grown)], places));
      }
      case 'residual':
        return this.node('AddV2', op.name, [x, this.chain(op.ops, x)]);
      case 'conditional': {
        const { classes, style } = op;
        const probabilities = this.node('Softmax', `${classes.name}-softmax`, [this.step(classes, x)]);
        const given = this.beside(`${style.name}-given`, x, probabilities);
        return this.beside(op.name, this.step(style, given), probabilities);
      }
      case 'quantise':
        return this.quantised(op, x);
      default:
        return this.plain(op, x);
    }
  }

  private quantised({ name, codebook, shape }: Op<'quantise'>, x: string): string {
    const { factors, squares } = nearestParts(codebook);
    const [, channels = 1] = codebook.shape;
    const places = this.sized('Reshape', `${name}-places`, [x], [-1, channels], 'Tshape');
    const products = this.node('MatMul', `${name}-products`, [places, this.weight(factors)]);
    const distances = this.node('AddV2', `${name}-distances`, [products, this.weight(squares)]);
    const attributes: Attributes = { Tidx: INTEGER, output_type: INTEGER };
    const axis = addIntegers(this.list, [], [1]);
    const indices = this.node('ArgMin', `${name}-indices`, [distances, axis], attributes);
    const rows = this.list.add(
      'GatherV2',
      [this.weight(codebook), indices, addIntegers(this.list, [], [0])],
      { Tparams: typed(DataType.float32), Tindices: INTEGER, Taxis: INTEGER },
      `${name}-rows`,
    );
    return this.sized('Reshape', name, [rows], [-1, ...shape], 'Tshape');
  }

  private plain(
    op: Op<'depthwise' | 'layer-norm' | 'group-norm' | 'prelu' | 'global-pool' | 'pad' | 'crop' | 'rescale'>,
    x: string,
  ): string {
    const { name } = op;
    switch (op.kind) {
      case 'depthwise': {
        const attributes = windows({ strides: op.stride }, wordOf(op, op.kernel.shape[0] ?? 1));
        return this.node('DepthwiseConv2dNative', name, [x, this.weight(op.kernel)], attributes);
      }
      case 'layer-norm':
        return this.scaledNormal(op, this.normal(name, x, [op.shape.length], op.epsilon));
      case 'group-norm': {
        const [channels, places] = [op.scale.data.length, op.shape.slice(0, -1).reduce((all, size) => all * size, 1)];
        const parts = [-1, places, op.groups, channels / op.groups];
        const parted = this.sized('Reshape', `${name}-parted`, [x], parts, 'Tshape');
        const normal = this.normal(name, parted, [1, 3], op.epsilon);
        return this.scaledNormal(op, this.sized('Reshape', `${name}-whole`, [normal], [-1, ...op.shape], 'Tshape'));
      }
      case 'prelu': {
        const above = this.node('Relu', `${name}-above`, [x]);
        const below = this.node('Minimum', `${name}-below`, [x, this.floats('zero', [], [0])]);
        return this.node('AddV2', name, [above, this.node('Mul', `${name}-bent`, [below, this.weight(op.alpha)])]);
      }
      case 'global-pool':
        return this.reduced(op.method === 'max' ? 'Max' : 'Mean', name, x, [1, 2], false);
      case 'pad': {
        const { top, left, bottom, right } = op.padding;
        const paddings = addIntegers(this.list, [4, 2], [0, 0, top, bottom, left, right, 0, 0]);
        return this.node('Pad', name, [x, paddings], { Tpaddings: INTEGER });
      }
      case 'crop':
        return this.cropped(op, [op.padding.top, op.padding.left], op.inputShape, x);
      case 'rescale': {
        const scaled = this.node('Mul', `${name}-scaled`, [x, this.floats(`${name}/scale`, [], [op.scale])]);
        return this.node('AddV2', name, [scaled, this.floats(`${name}/offset`, [], [op.offset])]);
      }
    }
  }

  /** Less its mean over these axes, by its deviation over them. */
  private normal(name: string, x: string, axes: readonly number[], epsilon: number): string {
    const centred = this.node('Sub', `${name}-centred`, [x, this.reduced('Mean', `${name}-mean`, x, axes, true)]);
    const squares = this.node('Mul', `${name}-squares`, [centred, centred]);
    const variance = this.reduced('Mean', `${name}-variance`, squares, axes, true);
    const above = this.node('AddV2', `${name}-above`, [variance, this.floats(`${name}/epsilon`, [], [epsilon])]);
    return this.node('Mul', `${name}-normal`, [centred, this.node('Rsqrt', `${name}-factor`, [above])]);
  }

  private scaledNormal({ name, scale, shift }: Op<'layer-norm' | 'group-norm'>, x: string): string {
    const scaled = this.node('Mul', `${name}-scaled`, [x, this.weight(scale)]);
    return this.node('AddV2', name, [scaled, this.weight(shift)]);
  }

  private reduced(op: 'Mean' | 'Max', name: string, x: string, axes: readonly number[], keeps: boolean): string {
    const attributes: Attributes = { Tidx: INTEGER, keep_dims: { kind: 'boolean', value: keeps } };
    return this.node(op, name, [x, this.integers(axes)], attributes);
  }

  /** The gradient of a convolution: its first argument is the shape of what that would have been of. */
  private transposed(op: Op<'conv-transpose'>, x: string): string {
    const [height = 1, width = 1] = op.inputShape;
    const [window = 1, , outputs = 1] = op.kernel.shape;
    const grown = [height * op.stride, width * op.stride] as const;
    const isSame =
      op.top === transposedStart(window, op.stride) &&
      op.left === op.top &&
      [0, 1].every((axis) => (op.shape[axis] ?? 1) <= (grown[axis] ?? 1));
    // Without padding: as large as leaves just so many places for the kernel.
    const reached = [0, 1].map((axis) =>
      Math.max(
        ([op.top, op.left][axis] ?? 0) + (op.shape[axis] ?? 1),
        ((op.inputShape[axis] ?? 1) - 1) * op.stride + window,
      ),
    );
    const [rows = 1, columns = 1] = isSame ? grown : reached;
    const batch = this.first(this.list.add('Shape', [x], { ...FLOAT, out_type: INTEGER }));
    const sizes = this.list.add(
      'ConcatV2',
      [batch, this.integers([rows, columns, outputs]), addIntegers(this.list, [], [0])],
      { T: INTEGER, N: { kind: 'integer', value: 2 }, Tidx: INTEGER },
    );
    const inputs = [sizes, this.weight(op.kernel), x];
    const attributes = windows({ strides: op.stride }, isSame ? 'same' : 'valid');
    const whole = this.node('Conv2DBackpropInput', op.name, inputs, attributes);
    return this.biased(op, this.cropped(op, isSame ? [0, 0] : [op.top, op.left], [rows, columns], whole));
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
    if (activation === 'silu') return this.node('Mul', name, [x, this.node('Sigmoid', `${name}-gate`, [x])]);
    if (activation === 'clip') {
      const above = this.node('Relu', `${name}-above`, [x]);
      return this.node('Minimum', name, [above, this.floats('one', [], [1])]);
    }
    if (activation === 'gelu-tanh') return this.geluByTanh(name, x);
    if (activation === 'hard-silu') {
      const moved = this.node('AddV2', `${name}-moved`, [x, this.floats('three', [], [3])]);
      const gate = this.node('Mul', `${name}-gate`, [
        this.node('Relu6', `${name}-relu6`, [moved]),
        this.floats('sixth', [], [1 / 6]),
      ]);
      return this.node('Mul', name, [x, gate]);
    }
    if (activation === 'mish') {
      const gate = this.node('Tanh', `${name}-gate`, [this.node('Softplus', `${name}-softplus`, [x])]);
      return this.node('Mul', name, [x, gate]);
    }
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

  /** x / 2 · (1 + tanh(√(2 / π) · (x + 0.044715 x³))) */
  private geluByTanh(name: string, x: string): string {
    const cube = this.node('Mul', `${name}-cube`, [this.node('Square', `${name}-square`, [x]), x]);
    const bent = this.node('Mul', `${name}-bent`, [cube, this.floats('cubic', [], [0.044715])]);
    const steeper = this.node('AddV2', `${name}-steeper`, [x, bent]);
    const scaled = this.node('Mul', `${name}-scaled`, [steeper, this.floats('root', [], [Math.sqrt(2 / Math.PI)])]);
    const above = this.node('AddV2', `${name}-above`, [
      this.node('Tanh', `${name}-tanh`, [scaled]),
      this.floats('one', [], [1]),
    ]);
    const half = this.node('Mul', `${name}-half`, [x, this.floats('half', [], [0.5])]);
    return this.node('Mul', name, [half, above]);
  }

  /** Rows side by side. */
  private beside(name: string, ...rows: readonly string[]): string {
    const attributes: Attributes = { N: { kind: 'integer', value: rows.length }, Tidx: INTEGER };
    return this.node('ConcatV2', name, [...rows, addIntegers(this.list, [], [1])], attributes);
  }

  private biased({ name, bias }: Op<'dense' | 'conv' | 'conv-transpose'>, x: string): string {
    return bias === undefined ? x : this.node('BiasAdd', `${name}-bias`, [x, this.weight(bias)]);
  }

  /** The output's rows and columns, from these on. */
  private cropped(
    { name, shape }: PlainOp,
    [top = 0, left = 0]: readonly number[],
    whole: readonly number[],
    x: string,
  ): string {
    const [height = 1, width = 1, channels = 1] = shape;
    if (whole[0] === height && whole[1] === width) return x;
    const begin = this.integers([0, top, left, 0]);
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

/** Of an op with windows, each number for rows and columns. */
function windows(sizes: Readonly<Record<string, number>>, padding: 'same' | 'valid'): Attributes {
  const lists = Object.entries(sizes).map(([key, size]) => [key, { kind: 'integers', value: [1, size, size, 1] }]);
  return { ...(Object.fromEntries(lists) as Attributes), padding: { kind: 'text', value: padding.toUpperCase() } };
}

const wordOf = (op: Op<'conv' | 'depthwise' | 'pool'>, window: number): 'same' | 'valid' =>
  paddingWord(op.inputShape, window, op.stride, op.padding);

const operators = {
  sigmoid: 'Sigmoid',
  tanh: 'Tanh',
  relu: 'Relu',
  'leaky-relu': 'LeakyRelu',
  elu: 'Elu',
  softplus: 'Softplus',
  selu: 'Selu',
  softsign: 'Softsign',
} as const;
