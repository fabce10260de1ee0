import { paddingWord, transposedStart } from '../../../domain/geometry.ts';
import { nearestParts, type PlainOp } from '../plain-model.ts';
import { activated } from './activation-nodes.ts';
import { FloatNodes, INTEGER, type Attributes } from './float-nodes.ts';

type Op<K extends PlainOp['kind']> = Extract<PlainOp, { kind: K }>;

/** Plain steps as nodes of a TensorFlow graph, the weights as constants: each once, however many chains of steps use it. */
export class TensorFlowGraph extends FloatNodes {
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
        return activated(this, op, x);
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
        return this.node('AddV2', op.name, [this.chain(op.shortcut, x), this.chain(op.ops, x)]);
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
    const indices = this.leastOf(`${name}-indices`, distances);
    const rows = this.rowsOf(`${name}-rows`, this.weight(codebook), indices);
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
        const paddings = this.integers([0, 0, top, bottom, left, right, 0, 0], 2);
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
    const sizes = this.sizesAfterBatch(x, [rows, columns, outputs]);
    const inputs = [sizes, this.weight(op.kernel), x];
    const attributes = windows({ strides: op.stride }, isSame ? 'same' : 'valid');
    const whole = this.node('Conv2DBackpropInput', op.name, inputs, attributes);
    return this.biased(op, this.cropped(op, isSame ? [0, 0] : [op.top, op.left], [rows, columns], whole));
  }

  private normalised(op: Op<'batch-norm'>, x: string): string {
    const { name, mean, scale, shift, variance, epsilon } = op;
    const factor = scale.data.map((value, unit) => value / Math.sqrt((variance.data[unit] ?? 0) + epsilon));
    const centred = this.node('Sub', `${name}-centred`, [x, this.weight(mean)]);
    const scaled = this.node('Mul', `${name}-scaled`, [centred, this.floats(`${name}/factor`, scale.shape, factor)]);
    return this.node('AddV2', name, [scaled, this.weight(shift)]);
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
}

/** Of an op with windows, each number for rows and columns. */
function windows(sizes: Readonly<Record<string, number>>, padding: 'same' | 'valid'): Attributes {
  const lists = Object.entries(sizes).map(([key, size]) => [key, { kind: 'integers', value: [1, size, size, 1] }]);
  return { ...(Object.fromEntries(lists) as Attributes), padding: { kind: 'text', value: padding.toUpperCase() } };
}

const wordOf = (op: Op<'conv' | 'depthwise' | 'pool'>, window: number): 'same' | 'valid' =>
  paddingWord(op.inputShape, window, op.stride, op.padding);
