import { erf } from './plain-interpreter.ts';
import type { Graph, Node, Tensor } from './onnx-reader.ts';

/** Runs an ONNX graph by the operators' definitions (onnx.ai/onnx/operators), in double precision. */
export function runOnnx(graph: Graph, input: Tensor): Tensor {
  const values: Record<string, Tensor> = { ...graph.tensors, [graph.inputs[0]!.name]: input };
  for (const node of graph.nodes) {
    const given = node.inputs.map((name) => {
      if (name !== '' && values[name] === undefined) throw new Error(`${node.name}: nothing is called "${name}".`);
      return values[name];
    });
    const operator = operators[node.op];
    if (operator === undefined) throw new Error(`${node.name}: unknown operator ${node.op}.`);
    const [output = ''] = node.outputs;
    if (values[output] !== undefined) throw new Error(`${node.name}: "${output}" is there already.`);
    values[output] = operator(node, given as Tensor[]);
  }
  return values[graph.outputs[0]!.name]!;
}

type Operator = (node: Node, inputs: readonly Tensor[]) => Tensor;

const size = (shape: readonly number[]): number => shape.reduce((product, length) => product * length, 1);

const each =
  (f: (x: number, node: Node) => number): Operator =>
  (node, [x]) => ({ shape: x!.shape, data: x!.data.map((value) => f(value, node)) });

/** With a scalar, or with an equal. */
const pairwise =
  (f: (a: number, b: number) => number): Operator =>
  (_, [a, b]) => {
    if (b!.shape.length > 0 && b!.shape.join() !== a!.shape.join()) throw new Error('Shapes differ.');
    return {
      shape: a!.shape,
      data: a!.data.map((value, index) => f(value, b!.data[b!.shape.length > 0 ? index : 0]!)),
    };
  };

const ints = (node: Node, name: string, otherwise: readonly number[]): readonly number[] =>
  (node.attributes[name] as readonly number[] | undefined) ?? otherwise;

const operators: Readonly<Record<string, Operator>> = {
  Identity: each((x) => x),
  Cast: each((x) => x),
  Sigmoid: each((x) => 1 / (1 + Math.exp(-x))),
  Tanh: each(Math.tanh),
  Relu: each((x) => Math.max(0, x)),
  LeakyRelu: each((x, { attributes }) => (x < 0 ? (attributes['alpha'] as number) * x : x)),
  Elu: each((x, { attributes }) => (x < 0 ? ((attributes['alpha'] as number | undefined) ?? 1) * Math.expm1(x) : x)),
  Softplus: each((x) => Math.log1p(Math.exp(x))),
  Erf: each(erf),
  Mul: pairwise((a, b) => a * b),
  Div: pairwise((a, b) => a / b),
  Add: pairwise((a, b) => a + b),
  Transpose: (node, [x]) => transpose(x!, ints(node, 'perm', [])),
  Reshape: (_, [x, wanted]) => {
    const known = size(Array.from(wanted!.data).filter((length) => length !== -1));
    return {
      shape: Array.from(wanted!.data, (length) => (length === -1 ? x!.data.length / known : length)),
      data: x!.data,
    };
  },
  Gemm: (_, [a, b, c]) => {
    const [rows = 0, inner = 0] = a!.shape;
    const [depth = 0, columns = 0] = b!.shape;
    if (inner !== depth) throw new Error(`Gemm of ${a!.shape.join(' × ')} and ${b!.shape.join(' × ')}.`);
    const data = new Float64Array(rows * columns);
    data.forEach((__, index) => {
      const [row, column] = [Math.floor(index / columns), index % columns];
      let sum = c?.data[column] ?? 0;
      for (let k = 0; k < inner; k += 1) sum += a!.data[row * inner + k]! * b!.data[k * columns + column]!;
      data[index] = sum;
    });
    return { shape: [rows, columns], data };
  },
  BatchNormalization: (node, [x, scale, shift, mean, variance]) => {
    const after = size(x!.shape.slice(2));
    const data = x!.data.map((value, index) => {
      const channel = Math.floor(index / after) % x!.shape[1]!;
      const root = Math.sqrt(variance!.data[channel]! + (node.attributes['epsilon'] as number));
      return ((value - mean!.data[channel]!) / root) * scale!.data[channel]! + shift!.data[channel]!;
    });
    return { shape: x!.shape, data };
  },
  Conv: (node, [x, kernel, bias]) => convolve(node, x!, kernel!, bias),
  ConvTranspose: (node, [x, kernel, bias]) => convolveTransposed(node, x!, kernel!, bias),
  MaxPool: (node, [x]) => pool(node, x!, (values) => Math.max(...values)),
  AveragePool: (node, [x]) => pool(node, x!, (values) => values.reduce((sum, value) => sum + value, 0) / values.length),
  Resize: (node, [x, , scales]) => {
    const { mode, coordinate_transformation_mode: coordinates, nearest_mode: nearest } = node.attributes;
    if ([mode, coordinates, nearest].join() !== 'nearest,asymmetric,floor') throw new Error('Another kind of Resize.');
    const shape = x!.shape.map((length, axis) => length * scales!.data[axis]!);
    return gather(x!, shape, (place) => place.map((at, axis) => Math.floor(at / scales!.data[axis]!)));
  },
  Slice: (_, [x, starts, ends, axes]) => {
    const offsets = x!.shape.map(() => 0);
    const shape = [...x!.shape];
    axes!.data.forEach((axis, index) => {
      offsets[axis] = starts!.data[index]!;
      shape[axis] = ends!.data[index]! - starts!.data[index]!;
    });
    return gather(x!, shape, (place) => place.map((at, axis) => at + offsets[axis]!));
  },
};

/** A tensor of another shape, each place of it filled from a place of the source. */
function gather(x: Tensor, shape: readonly number[], from: (place: readonly number[]) => readonly number[]): Tensor {
  const data = Float64Array.from({ length: size(shape) }, (_, index) => {
    let rest = index;
    const place = shape.map(() => 0);
    for (let axis = shape.length - 1; axis >= 0; axis -= 1) {
      place[axis] = rest % shape[axis]!;
      rest = Math.floor(rest / shape[axis]!);
    }
    return x.data[from(place).reduce((sum, at, axis) => sum * x.shape[axis]! + at, 0)]!;
  });
  return { shape, data };
}

function transpose(x: Tensor, perm: readonly number[]): Tensor {
  const shape = perm.map((axis) => x.shape[axis]!);
  return gather(x, shape, (place) => x.shape.map((_, axis) => place[perm.indexOf(axis)]!));
}

/** Where windows lie: [n, channels, height, width] → rows and columns of the output, and the source's place of each. */
function windows(node: Node, x: Tensor, window: readonly [number, number]) {
  const [, , height = 0, width = 0] = x.shape;
  const [top = 0, left = 0, bottom = 0, right = 0] = ints(node, 'pads', [0, 0, 0, 0]);
  const [down = 1, across = 1] = ints(node, 'strides', [1, 1]);
  return {
    rows: Math.floor((height + top + bottom - window[0]) / down) + 1,
    columns: Math.floor((width + left + right - window[1]) / across) + 1,
    /** Undefined in the padding. */
    place: (row: number, column: number, dy: number, dx: number): number | undefined => {
      const [y, across_] = [row * down + dy - top, column * across + dx - left];
      return y >= 0 && y < height && across_ >= 0 && across_ < width ? y * width + across_ : undefined;
    },
  };
}

function convolve(node: Node, x: Tensor, kernel: Tensor, bias: Tensor | undefined): Tensor {
  const [n = 0, channels = 0] = x.shape;
  const [outputs = 0, inputs = 0, high = 0, wide = 0] = kernel.shape;
  if (inputs !== channels) throw new Error(`A kernel of ${inputs} inputs on ${channels} channels.`);
  const { rows, columns, place } = windows(node, x, [high, wide]);
  const area = x.data.length / n / channels;
  const shape = [n, outputs, rows, columns];
  const data = Float64Array.from({ length: size(shape) }, (_, index) => {
    const [column, row] = [index % columns, Math.floor(index / columns) % rows];
    const output = Math.floor(index / columns / rows) % outputs;
    const image = Math.floor(index / columns / rows / outputs);
    let sum = bias?.data[output] ?? 0;
    for (let tap = 0; tap < high * wide; tap += 1) {
      const at = place(row, column, Math.floor(tap / wide), tap % wide);
      if (at === undefined) continue;
      for (let input = 0; input < inputs; input += 1) {
        const weight = kernel.data[(output * inputs + input) * high * wide + tap]!;
        sum += x.data[(image * channels + input) * area + at]! * weight;
      }
    }
    return sum;
  });
  return { shape, data };
}

function convolveTransposed(node: Node, x: Tensor, kernel: Tensor, bias: Tensor | undefined): Tensor {
  const [n = 0, channels = 0, height = 0, width = 0] = x.shape;
  const [, outputs = 0, high = 0, wide = 0] = kernel.shape;
  const [top = 0, left = 0, bottom = 0, right = 0] = ints(node, 'pads', [0, 0, 0, 0]);
  const [down = 1, across = 1] = ints(node, 'strides', [1, 1]);
  const [extraRows = 0, extraColumns = 0] = ints(node, 'output_padding', [0, 0]);
  const rows = down * (height - 1) + extraRows + high - top - bottom;
  const columns = across * (width - 1) + extraColumns + wide - left - right;
  const shape = [n, outputs, rows, columns];
  const data = Float64Array.from(
    { length: size(shape) },
    (_, index) => bias?.data[Math.floor(index / rows / columns) % outputs] ?? 0,
  );
  x.data.forEach((value, index) => {
    const [column, row] = [index % width, Math.floor(index / width) % height];
    const channel = Math.floor(index / width / height) % channels;
    const image = Math.floor(index / width / height / channels);
    for (let tap = 0; tap < high * wide; tap += 1) {
      const y = row * down + Math.floor(tap / wide) - top;
      const x_ = column * across + (tap % wide) - left;
      if (y < 0 || y >= rows || x_ < 0 || x_ >= columns) continue;
      for (let output = 0; output < outputs; output += 1) {
        const weight = kernel.data[(channel * outputs + output) * high * wide + tap]!;
        data[((image * outputs + output) * rows + y) * columns + x_]! += value * weight;
      }
    }
  });
  return { shape, data };
}

function pool(node: Node, x: Tensor, reduce: (values: readonly number[]) => number): Tensor {
  const [n = 0, channels = 0] = x.shape;
  const [high = 0, wide = 0] = ints(node, 'kernel_shape', []);
  const { rows, columns, place } = windows(node, x, [high, wide]);
  const area = x.data.length / n / channels;
  const shape = [n, channels, rows, columns];
  const data = Float64Array.from({ length: size(shape) }, (_, index) => {
    const [column, row, plane] = [
      index % columns,
      Math.floor(index / columns) % rows,
      Math.floor(index / columns / rows),
    ];
    const taps = Array.from({ length: high * wide }, (__, tap) =>
      place(row, column, Math.floor(tap / wide), tap % wide),
    );
    return reduce(taps.filter((at) => at !== undefined).map((at) => x.data[plane * area + at]!));
  });
  return { shape, data };
}
