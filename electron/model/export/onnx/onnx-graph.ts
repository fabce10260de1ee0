import { transposeTensor } from '../transpose-tensor.ts';
import { nearestParts, type Padding, type PlainModel, type PlainOp, type PlainWeight } from '../plain-model.ts';
import { GraphBuilder } from './graph-builder.ts';
import { ElementType, type OnnxGraph } from './onnx-file.ts';

type Op<K extends PlainOp['kind']> = Extract<PlainOp, { kind: K }>;

/**
 * A plain model in ONNX's operators. Images go in and come out with their channels last; within, convolutions and pooling have
 * them first, as ONNX knows no others.
 * @param bytesIn whether images come as uint8 and are divided by 255 here
 */
export function onnxGraph(model: PlainModel, bytesIn: boolean, about: string): OnnxGraph {
  const builder = new OpsBuilder(model.part === 'decoder' ? 'code' : 'image');
  if (bytesIn) builder.scaleBytes();
  for (const op of model.ops) builder.add(op);
  const output = model.part === 'encoder' ? 'code' : 'reconstruction';
  return {
    name: model.part,
    about,
    input: { name: builder.input, type: bytesIn ? ElementType.uint8 : ElementType.float32, shape: model.inputShape },
    outputs: [{ name: output, type: ElementType.float32, shape: model.shape }],
    ...builder.end(output),
  };
}

/** What the ops of a plain model are in ONNX's. */
class OpsBuilder extends GraphBuilder {
  add(op: PlainOp): void {
    switch (op.kind) {
      case 'flatten':
      case 'reshape':
        this.order('last');
        this.node('Reshape', op.name, [this.integers(`${op.name}/shape`, [-1, ...op.shape])]);
        break;
      case 'dense':
        this.node('Gemm', op.name, [this.weight(op.kernel), ...this.bias(op.bias)]);
        break;
      case 'conv':
        this.order('first');
        this.node('Conv', op.name, [this.kernel(op.kernel), ...this.bias(op.bias)], {
          strides: [op.stride, op.stride],
          pads: padsOf(op.padding),
        });
        break;
      case 'conv-transpose':
        this.convTranspose(op);
        break;
      case 'batch-norm':
        if (op.shape.length > 1) this.order('first');
        this.node(
          'BatchNormalization',
          op.name,
          [op.scale, op.shift, op.mean, op.variance].map((weight) => this.weight(weight)),
          { epsilon: { float: op.epsilon } },
        );
        break;
      case 'activation':
        this.activation(op);
        break;
      case 'pool':
        this.order('first');
        this.node(op.method === 'max' ? 'MaxPool' : 'AveragePool', op.name, [], {
          kernel_shape: [op.size, op.size],
          strides: [op.stride, op.stride],
          pads: padsOf(op.padding),
        });
        break;
      case 'upsample':
        this.upsample(op);
        break;
      case 'residual': {
        this.order('first');
        const before = this.value;
        for (const each of op.ops) this.add(each);
        this.order('first');
        const inner = this.value;
        this.value = before;
        // Convolutions and what stands behind them leave channels first.
        for (const each of op.shortcut) this.add(each);
        this.node('Add', op.name, [inner]);
        break;
      }
      case 'conditional':
        this.conditional(op);
        break;
      case 'quantise':
        this.quantise(op);
        break;
      default:
        this.plain(op);
    }
  }

  private conditional({ name, classes, style }: Op<'conditional'>): void {
    this.order('last');
    const features = this.value;
    this.add(classes);
    this.node('Softmax', `${classes.name}-softmax`, [], { axis: -1 });
    const probabilities = this.value;
    this.value = features;
    this.node('Concat', `${style.name}-given`, [probabilities], { axis: 1 });
    this.add(style);
    this.node('Concat', name, [probabilities], { axis: 1 });
  }

  /** Of each vector its squared length less twice its product with the place: the least is the nearest's. */
  private quantise({ name, codebook }: Op<'quantise'>): void {
    this.order('last');
    const { factors, squares } = nearestParts(codebook);
    this.node('MatMul', `${name}-products`, [this.weight(factors)]);
    this.node('Add', `${name}-distances`, [this.weight(squares)]);
    this.node('ArgMin', `${name}-indices`, [], { axis: -1, keepdims: 0 });
    this.lookUp(name, this.weight(codebook));
  }

  private plain(
    op: Op<'depthwise' | 'layer-norm' | 'group-norm' | 'prelu' | 'global-pool' | 'pad' | 'crop' | 'rescale'>,
  ): void {
    const [height = 1, width = 1, channels = 1] = op.inputShape;
    switch (op.kind) {
      case 'depthwise':
        this.order('first');
        // (h, w, channels, 1) → (channels, 1, h, w): as many groups as channels.
        this.node('Conv', op.name, [this.weight(transposeTensor(op.kernel, [2, 3, 0, 1]))], {
          strides: [op.stride, op.stride],
          pads: padsOf(op.padding),
          group: channels,
        });
        return;
      case 'layer-norm':
        this.order('last');
        return this.node('LayerNormalization', op.name, [this.weight(op.scale), this.weight(op.shift)], {
          axis: -1,
          epsilon: { float: op.epsilon },
        });
      case 'group-norm':
        return this.groupNorm(op);
      case 'prelu': {
        const isImage = op.shape.length > 1;
        if (isImage) this.order('first');
        const { name, data } = op.alpha;
        const shape = isImage ? [data.length, 1, 1] : [data.length];
        return this.node('PRelu', op.name, [this.weight({ name, shape, data })]);
      }
      case 'global-pool':
        this.order('first');
        this.node(op.method === 'max' ? 'GlobalMaxPool' : 'GlobalAveragePool', `${op.name}-places`);
        this.channelsFirst = false;
        return this.node('Flatten', op.name);
      case 'pad': {
        this.order('first');
        const { top, left, bottom, right } = op.padding;
        return this.node('Pad', op.name, [this.integers(`${op.name}/pads`, [0, 0, top, left, 0, 0, bottom, right])]);
      }
      case 'crop': {
        this.order('first');
        const { top, left, bottom, right } = op.padding;
        return this.slice(op.name, [top, left], [height - bottom, width - right]);
      }
      case 'rescale':
        this.node('Mul', `${op.name}-scaled`, [this.floats(`${op.name}/scale`, [], [op.scale])]);
        return this.node('Add', op.name, [this.floats(`${op.name}/offset`, [], [op.offset])]);
    }
  }

  /** Instances of one channel each, a group's values in it; then scaled and shifted: the operator of that name comes later. */
  private groupNorm(op: Op<'group-norm'>): void {
    const isImage = op.shape.length > 1;
    if (isImage) this.order('first');
    const channels = op.scale.data.length;
    const ones = this.floats(`${op.name}/ones`, [op.groups], new Array<number>(op.groups).fill(1));
    const zeros = this.floats(`${op.name}/zeros`, [op.groups], new Array<number>(op.groups).fill(0));
    const { shape } = op;
    const whole = isImage ? [-1, channels, shape[0]!, shape[1]!] : [-1, channels];
    const own = isImage ? [channels, 1, 1] : [channels];
    this.node('Reshape', `${op.name}-parted`, [this.integers(`${op.name}/parts`, [0, op.groups, -1])]);
    this.node('InstanceNormalization', `${op.name}-normal`, [ones, zeros], { epsilon: { float: op.epsilon } });
    this.node('Reshape', `${op.name}-whole`, [this.integers(`${op.name}/whole`, whole)]);
    this.node('Mul', `${op.name}-scaled`, [this.weight({ ...op.scale, shape: own })]);
    this.node('Add', op.name, [this.weight({ ...op.shift, shape: own })]);
  }

  private slice(name: string, starts: readonly number[], ends: readonly number[]): void {
    this.node('Slice', name, [
      this.integers(`${name}/starts`, starts),
      this.integers(`${name}/ends`, ends),
      this.integers(`${name}/axes`, [2, 3]),
    ]);
  }

  /** Kernels of both kinds, (h, w, in, out) and (h, w, out, in), turn into what ONNX wants by the same permutation. */
  private kernel(weight: PlainWeight): string {
    return this.weight(transposeTensor(weight, [3, 2, 0, 1]));
  }

  private convTranspose(op: Op<'conv-transpose'>): void {
    this.order('first');
    const [high = 1, wide = 1] = op.kernel.shape;
    const [rows = 1, columns = 1] = op.inputShape;
    const [height = 1, width = 1] = op.shape;
    // All that the kernels reach, and zeros beyond; what does not belong to the output is cut off as padding.
    const reached = [(rows - 1) * op.stride + high, (columns - 1) * op.stride + wide] as const;
    const ends = [op.top + height, op.left + width] as const;
    const beyond = [Math.max(ends[0] - reached[0], 0), Math.max(ends[1] - reached[1], 0)] as const;
    this.node('ConvTranspose', op.name, [this.kernel(op.kernel), ...this.bias(op.bias)], {
      strides: [op.stride, op.stride],
      pads: [op.top, op.left, reached[0] + beyond[0] - ends[0], reached[1] + beyond[1] - ends[1]],
      output_padding: beyond,
    });
  }

  private activation({ name, activation, slope = 0 }: Op<'activation'>): void {
    switch (activation) {
      case 'leaky-relu':
        return this.node('LeakyRelu', name, [], { alpha: { float: slope } });
      case 'gelu':
        return this.gelu(name);
      case 'silu': {
        const x = this.value;
        this.node('Sigmoid', `${name}-gate`);
        return this.node('Mul', name, [x]);
      }
      case 'clip':
        return this.node('Clip', name, [this.floats(`${name}/least`, [], [0]), this.floats(`${name}/most`, [], [1])]);
      case 'gelu-tanh':
        return this.geluByTanh(name);
      case 'hard-silu':
        return this.node('HardSwish', name);
      case 'mish': {
        const x = this.value;
        this.node('Softplus', `${name}-softplus`);
        this.node('Tanh', `${name}-gate`);
        return this.node('Mul', name, [x]);
      }
      default:
        return this.node(operators[activation], name);
    }
  }

  /** x / 2 · (1 + erf(x / √2)): an operator of its own comes with a later operator set. */
  private gelu(name: string): void {
    const x = this.value;
    this.node('Mul', `${name}-scaled`, [this.floats(`${name}/sqrt-half`, [], [Math.SQRT1_2])]);
    this.node('Erf', `${name}-erf`);
    this.node('Add', `${name}-above`, [this.floats(`${name}/one`, [], [1])]);
    this.node('Mul', `${name}-product`, [x]);
    this.node('Mul', name, [this.floats(`${name}/half`, [], [0.5])]);
  }

  /** x / 2 · (1 + tanh(√(2 / π) · (x + 0.044715 x³))) */
  private geluByTanh(name: string): void {
    const x = this.value;
    this.node('Mul', `${name}-square`, [x]);
    this.node('Mul', `${name}-bent`, [this.floats(`${name}/cubic`, [], [0.044715])]);
    this.node('Add', `${name}-steeper`, [this.floats(`${name}/one`, [], [1])]);
    this.node('Mul', `${name}-cube`, [x]);
    this.node('Mul', `${name}-scaled`, [this.floats(`${name}/root`, [], [Math.sqrt(2 / Math.PI)])]);
    this.node('Tanh', `${name}-tanh`);
    this.node('Add', `${name}-above`, [this.floats(`${name}/unit`, [], [1])]);
    this.node('Mul', `${name}-product`, [x]);
    this.node('Mul', name, [this.floats(`${name}/half`, [], [0.5])]);
  }

  private upsample(op: Op<'upsample'>): void {
    this.order('first');
    const scales = this.floats(`${op.name}/scales`, [4], [1, 1, op.size, op.size]);
    const manner =
      op.method === 'nearest'
        ? { mode: 'nearest', coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' }
        : {
            mode: 'linear',
            coordinate_transformation_mode: op.method === 'bilinear' ? 'half_pixel' : 'align_corners',
          };
    this.node('Resize', op.name, ['', scales], manner);
    const [height = 1, width = 1] = op.shape;
    const whole = op.inputShape.slice(0, 2).map((size) => size * op.size);
    if (whole[0] === height && whole[1] === width) return;
    this.slice(`${op.name}-crop`, [0, 0], [height, width]);
  }
}

const operators = {
  sigmoid: 'Sigmoid',
  tanh: 'Tanh',
  relu: 'Relu',
  elu: 'Elu',
  softplus: 'Softplus',
  selu: 'Selu',
  softsign: 'Softsign',
} as const;

const padsOf = ({ top, left, bottom, right }: Padding): readonly number[] => [top, left, bottom, right];
