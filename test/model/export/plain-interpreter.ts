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
      return upsample(op, x);
  }
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
  eachWindow(op, [op.size, op.size], op.size, (to, from) => {
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
