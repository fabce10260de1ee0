import type { Padding, PlainModel, PlainOp, PlainWeight } from '../../../electron/model/export/plain-model.ts';

type Op<K extends PlainOp['kind']> = Extract<PlainOp, { kind: K }>;

/** What a plain model computes of one image or code, by its definition, in double precision. */
export function interpret(model: PlainModel, input: ArrayLike<number>): Float64Array {
  return model.ops.reduce<Float64Array>((x, op) => apply(op, x), Float64Array.from(input));
}

function apply(op: PlainOp, x: Float64Array): Float64Array {
  switch (op.kind) {
    case 'flatten':
    case 'reshape':
      return x;
    case 'dense':
      return dense(op, x);
    case 'conv':
      return convolve(op, x);
    case 'conv-transpose':
      return convolveTransposed(op, x);
    case 'batch-norm':
      return normalise(op, x);
    case 'activation':
      return x.map((value) => activate(op, value));
    case 'pool':
      return pool(op, x);
    case 'upsample':
      return op.method === 'nearest' ? upsample(op, x) : enlarge(op, x);
    case 'depthwise':
      return depthwise(op, x);
    case 'layer-norm':
      return normaliseGroups({ ...op, groups: 1 }, x, op.shape.at(-1) ?? 1);
    case 'group-norm':
      return normaliseGroups(op, x, x.length);
    case 'prelu':
      return x.map((value, index) => (value < 0 ? op.alpha.data[index % op.alpha.data.length]! * value : value));
    case 'global-pool':
      return pool({ ...op, kind: 'pool', ...whole(op) }, x);
    case 'pad':
      return moved(op, x, -op.padding.top, -op.padding.left);
    case 'crop':
      return moved(op, x, op.padding.top, op.padding.left);
    case 'rescale':
      return x.map((value) => value * op.scale + op.offset);
    case 'residual': {
      const [inner, beside] = [op.ops, op.shortcut].map((ops) =>
        ops.reduce<Float64Array>((y, each) => apply(each, y), x),
      );
      return inner!.map((value, index) => value + beside![index]!);
    }
    case 'conditional': {
      const exponents = dense(op.classes, x).map(Math.exp);
      const sum = exponents.reduce((all, each) => all + each, 0);
      const classes = exponents.map((each) => each / sum);
      return Float64Array.of(...dense(op.style, Float64Array.of(...x, ...classes)), ...classes);
    }
    case 'quantise':
      return quantise(op, x);
  }
}

/** By the squared distances themselves. */
function quantise({ codebook }: Op<'quantise'>, x: Float64Array): Float64Array {
  const channels = codebook.shape[1]!;
  const vectors = Array.from({ length: codebook.shape[0]! }, (_, index) =>
    codebook.data.subarray(index * channels, (index + 1) * channels),
  );
  return Float64Array.from({ length: x.length / channels }).reduce<Float64Array>((result, _, place) => {
    const own = x.subarray(place * channels, (place + 1) * channels);
    const distances = vectors.map((vector) => vector.reduce((sum, value, at) => sum + (value - own[at]!) ** 2, 0));
    result.set(vectors[distances.indexOf(Math.min(...distances))]!, place * channels);
    return result;
  }, new Float64Array(x.length));
}

const nothing: Padding = { top: 0, left: 0, bottom: 0, right: 0 };

/** One window over the whole image: larger than it, where it is no square. */
function whole({ inputShape, shape }: PlainOp) {
  const size = Math.max(...inputShape.slice(0, 2));
  return { size, stride: size, padding: nothing, shape: [1, 1, ...shape] };
}

/** The rows and columns of the output, from row `top` and column `left` of the input on; zeros beyond it. */
function moved(op: PlainOp, x: Float64Array, top: number, left: number): Float64Array {
  const [rows = 0, columns = 0, channels = 0] = op.shape;
  const [height = 0, width = 0] = op.inputShape;
  return Float64Array.from({ length: rows * columns * channels }, (_, index) => {
    const place = Math.floor(index / channels);
    const [row, column] = [Math.floor(place / columns) + top, (place % columns) + left];
    if (row < 0 || row >= height || column < 0 || column >= width) return 0;
    return x[(row * width + column) * channels + (index % channels)]!;
  });
}

/** Values that follow each other, `run` at a time, those of each group of channels together. */
function normaliseGroups(
  { scale, shift, epsilon, groups }: Pick<Op<'group-norm'>, 'scale' | 'shift' | 'epsilon' | 'groups'>,
  x: Float64Array,
  run: number,
): Float64Array {
  const channels = scale.data.length;
  const groupOf = (index: number): string =>
    `${Math.floor(index / run)} ${Math.floor(((index % channels) * groups) / channels)}`;
  const members = new Map<string, number[]>();
  x.forEach((value, index) => {
    const group = members.get(groupOf(index));
    if (group === undefined) members.set(groupOf(index), [value]);
    else group.push(value);
  });
  const statistics = new Map(
    [...members].map(([group, values]) => {
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
      return [group, { mean, variance }] as const;
    }),
  );
  return x.map((value, index) => {
    const { mean, variance } = statistics.get(groupOf(index))!;
    const normal = (value - mean) / Math.sqrt(variance + epsilon);
    return normal * scale.data[index % channels]! + shift.data[index % channels]!;
  });
}

function depthwise(op: Op<'depthwise'>, x: Float64Array): Float64Array {
  const [high = 0, wide = 0, channels = 0] = op.kernel.shape;
  const result = filled(op, undefined, channels);
  eachWindow(op, [high, wide], op.stride, (to, from, place) => {
    for (let channel = 0; channel < channels; channel += 1) {
      result[to * channels + channel]! += x[from * channels + channel]! * op.kernel.data[place * channels + channel]!;
    }
  });
  return result;
}

/** Between the two rows and columns that a pixel's middle lies between; the edge's are repeated. */
function enlarge(op: Op<'upsample'>, x: Float64Array): Float64Array {
  const [rows = 0, columns = 0, channels = 0] = op.shape;
  const [height = 0, width = 0] = op.inputShape;
  const between = (at: number, size: number): readonly [number, number, number] => {
    const corners = (at * (size - 1)) / (size * op.size - 1);
    const place = op.method === 'bilinear' ? (at + 0.5) / op.size - 0.5 : corners;
    const within = (row: number): number => Math.min(Math.max(row, 0), size - 1);
    return [within(Math.floor(place)), within(Math.floor(place) + 1), place - Math.floor(place)];
  };
  return Float64Array.from({ length: rows * columns * channels }, (_, index) => {
    const place = Math.floor(index / channels);
    const [top, bottom, down] = between(Math.floor(place / columns), height);
    const [left, right, across] = between(place % columns, width);
    const at = (row: number, column: number): number => x[(row * width + column) * channels + (index % channels)]!;
    const upper = at(top, left) * (1 - across) + at(top, right) * across;
    const lower = at(bottom, left) * (1 - across) + at(bottom, right) * across;
    return upper * (1 - down) + lower * down;
  });
}

function dense({ kernel, bias }: Op<'dense'>, x: Float64Array): Float64Array {
  const [inputs = 0, units = 0] = kernel.shape;
  return Float64Array.from({ length: units }, (_, unit) => {
    let sum = bias?.data[unit] ?? 0;
    for (let input = 0; input < inputs; input += 1) sum += x[input]! * kernel.data[input * units + unit]!;
    return sum;
  });
}

/** Calls back with each place of the output, each of its window's places in the input that lie within it, and both offsets. */
function eachWindow(
  op: PlainOp & { readonly padding: Padding },
  window: readonly [number, number],
  stride: number,
  visit: (to: number, from: number, place: number) => void,
): void {
  const [height = 0, width = 0] = op.inputShape;
  const [rows = 0, columns = 0] = op.shape;
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      for (let place = 0; place < window[0] * window[1]; place += 1) {
        const y = row * stride + Math.floor(place / window[1]) - op.padding.top;
        const x = column * stride + (place % window[1]) - op.padding.left;
        if (y >= 0 && y < height && x >= 0 && x < width) visit(row * columns + column, y * width + x, place);
      }
    }
  }
}

function convolve(op: Op<'conv'>, x: Float64Array): Float64Array {
  const [high = 0, wide = 0, inputs = 0, outputs = 0] = op.kernel.shape;
  const result = filled(op, op.bias, outputs);
  eachWindow(op, [high, wide], op.stride, (to, from, place) => {
    for (let input = 0; input < inputs; input += 1) {
      for (let output = 0; output < outputs; output += 1) {
        const weight = op.kernel.data[(place * inputs + input) * outputs + output]!;
        result[to * outputs + output]! += x[from * inputs + input]! * weight;
      }
    }
  });
  return result;
}

function convolveTransposed(op: Op<'conv-transpose'>, x: Float64Array): Float64Array {
  const [high = 0, wide = 0, outputs = 0, inputs = 0] = op.kernel.shape;
  const [height = 0, width = 0] = op.inputShape;
  const [rows = 0, columns = 0] = op.shape;
  const result = filled(op, op.bias, outputs);
  for (let at = 0; at < height * width; at += 1) {
    for (let place = 0; place < high * wide; place += 1) {
      const row = Math.floor(at / width) * op.stride + Math.floor(place / wide) - op.top;
      const column = (at % width) * op.stride + (place % wide) - op.left;
      if (row < 0 || row >= rows || column < 0 || column >= columns) continue;
      for (let output = 0; output < outputs; output += 1) {
        for (let input = 0; input < inputs; input += 1) {
          const weight = op.kernel.data[(place * outputs + output) * inputs + input]!;
          result[(row * columns + column) * outputs + output]! += x[at * inputs + input]! * weight;
        }
      }
    }
  }
  return result;
}

function filled(op: PlainOp, bias: PlainWeight | undefined, outputs: number): Float64Array {
  const [rows = 0, columns = 0] = op.shape;
  return Float64Array.from({ length: rows * columns * outputs }, (_, index) => bias?.data[index % outputs] ?? 0);
}

function normalise({ scale, shift, mean, variance, epsilon }: Op<'batch-norm'>, x: Float64Array): Float64Array {
  const units = scale.data.length;
  return x.map((value, index) => {
    const unit = index % units;
    const centred = (value - mean.data[unit]!) / Math.sqrt(variance.data[unit]! + epsilon);
    return centred * scale.data[unit]! + shift.data[unit]!;
  });
}

function activate({ activation, slope }: Op<'activation'>, x: number): number {
  switch (activation) {
    case 'sigmoid':
      return 1 / (1 + Math.exp(-x));
    case 'tanh':
      return Math.tanh(x);
    case 'relu':
      return Math.max(0, x);
    case 'leaky-relu':
      return x < 0 ? slope! * x : x;
    case 'elu':
      return x < 0 ? Math.expm1(x) : x;
    case 'gelu':
      return (x / 2) * (1 + erf(x / Math.SQRT2));
    case 'softplus':
      return Math.log1p(Math.exp(x));
    case 'silu':
      return x / (1 + Math.exp(-x));
    case 'selu':
      // Klambauer et al. 2017, §2.
      return 1.0507009873554805 * (x < 0 ? 1.6732632423543772 * Math.expm1(x) : x);
    case 'clip':
      return Math.min(Math.max(x, 0), 1);
    case 'gelu-tanh':
      return (x / 2) * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));
    case 'hard-silu':
      return (x * Math.min(Math.max(x + 3, 0), 6)) / 6;
    case 'mish':
      return x * Math.tanh(Math.log1p(Math.exp(x)));
    case 'softsign':
      return x / (1 + Math.abs(x));
  }
}

/** The error function by its series (Abramowitz & Stegun 7.1.5); beyond 4 it is 1, to 2e-8. */
export function erf(x: number): number {
  if (!(Math.abs(x) < 4)) return Math.sign(x);
  let [term, sum] = [x, x];
  for (let n = 1; Math.abs(term) > 1e-17; n += 1) {
    term *= -(x * x) / n;
    sum += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}

function pool(op: Op<'pool'>, x: Float64Array): Float64Array {
  const [rows = 0, columns = 0, channels = 0] = op.shape;
  const windows: number[][] = Array.from({ length: rows * columns * channels }, () => []);
  eachWindow(op, [op.size, op.size], op.stride, (to, from) => {
    for (let channel = 0; channel < channels; channel += 1) {
      windows[to * channels + channel]!.push(x[from * channels + channel]!);
    }
  });
  return Float64Array.from(windows, (values) =>
    op.method === 'max' ? Math.max(...values) : values.reduce((sum, value) => sum + value, 0) / values.length,
  );
}

function upsample(op: Op<'upsample'>, x: Float64Array): Float64Array {
  const [rows = 0, columns = 0, channels = 0] = op.shape;
  const [, width = 0] = op.inputShape;
  return Float64Array.from({ length: rows * columns * channels }, (_, index) => {
    const place = Math.floor(index / channels);
    const [row, column] = [Math.floor(place / columns), place % columns];
    const from = Math.floor(row / op.size) * width + Math.floor(column / op.size);
    return x[from * channels + (index % channels)]!;
  });
}
