import { ElementType, type OnnxAttribute, type OnnxGraph, type OnnxNode, type OnnxTensor } from './onnx-file.ts';

/** Nodes of a graph that reckons with doubles; each gives the name of its value. */
export class Nodes {
  readonly all: OnnxNode[] = [];
  /** Values that are made once, whoever asks: constants, and arrays as doubles. */
  private readonly once = new Map<string, string>();
  private readonly kept = new Map<string, OnnxTensor>();

  get tensors(): readonly OnnxTensor[] {
    return [...this.kept.values()];
  }

  op(
    op: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, OnnxAttribute>> = {},
    output = `value-${this.all.length}`,
  ): string {
    this.all.push({ op, name: `${op}-${this.all.length}`, inputs, outputs: [output], attributes });
    return output;
  }

  /** The largest (or smallest) values of the last axis. */
  top(values: string, count: number, largest: boolean): string {
    const [output, places] = [`value-${this.all.length}`, `places-${this.all.length}`];
    this.all.push({
      op: 'TopK',
      name: `TopK-${this.all.length}`,
      inputs: [values, this.integers([count])],
      outputs: [output, places],
      attributes: { axis: -1, largest: largest ? 1 : 0 },
    });
    return output;
  }

  /** Another graph's nodes, on a value of this one; its tensors keep their names. */
  splice(graph: OnnxGraph, input: string, prefix: string): string {
    const made = new Set(graph.nodes.flatMap(({ outputs }) => outputs));
    const named = (name: string): string => {
      if (name === graph.input.name) return input;
      return made.has(name) ? `${prefix}/${name}` : name;
    };
    for (const tensor of graph.tensors) this.kept.set(tensor.name, tensor);
    for (const node of graph.nodes) {
      this.all.push({
        ...node,
        name: `${prefix}/${node.name}`,
        inputs: node.inputs.map(named),
        outputs: node.outputs.map(named),
      });
    }
    return named(graph.outputs[0]!.name);
  }

  number(value: number): string {
    return this.tensor(`number/${value}`, Float64Array.of(value), []);
  }

  integers(values: readonly number[], shape: readonly number[] = [values.length]): string {
    const name = values.length > 8 ? `integers-${this.kept.size}` : `integers/${values.join(',')}/${shape.length}`;
    return this.tensor(name, BigInt64Array.from(values, BigInt), shape);
  }

  /** Floats, kept as such in the file. */
  array(name: string, data: Float32Array, shape: readonly number[]): string {
    const known = this.once.get(name);
    if (known !== undefined) return known;
    const made = this.toDouble(this.tensor(`inspection/${name}`, data, shape));
    this.once.set(name, made);
    return made;
  }

  toDouble(value: string): string {
    return this.op('Cast', [value], { to: ElementType.double });
  }

  transposed(value: string, perm: readonly number[]): string {
    return this.op('Transpose', [value], { perm });
  }

  square(value: string): string {
    return this.op('Mul', [value, value]);
  }

  atLeast(value: string, least: number): string {
    return this.op('Max', [value, this.number(least)]);
  }

  over(value: string, divisor: number): string {
    return this.op('Div', [value, this.number(divisor)]);
  }

  sum(values: readonly string[]): string {
    return values.reduce((sum, value) => this.op('Add', [sum, value]));
  }

  mean(value: string, axes: readonly number[], keep = false): string {
    return this.op('ReduceMean', [value], { axes, keepdims: keep ? 1 : 0 });
  }

  /** The first places of an axis. */
  first(value: string, count: number, axis: number): string {
    return this.op('Slice', [value, this.integers([0]), this.integers([count]), this.integers([axis])]);
  }

  /** Planes [… × height × width]: their columns by one matrix, their rows by the other. */
  linear(planes: string, down: Matrix, across: Matrix): string {
    const [left, right] = [down, across].map((matrix) =>
      this.tensor(matrix.name, matrix.data, [matrix.rows, matrix.columns]),
    ) as [string, string];
    return this.op('MatMul', [left, this.op('MatMul', [planes, this.transposed(right, [1, 0])])]);
  }

  private tensor(name: string, data: OnnxTensor['data'], shape: readonly number[]): string {
    if (!this.kept.has(name)) this.kept.set(name, { name, data, shape });
    return name;
  }
}

/** [rows × columns], row by row; the name says what it does. */
export interface Matrix {
  readonly name: string;
  readonly rows: number;
  readonly columns: number;
  readonly data: Float64Array;
}
