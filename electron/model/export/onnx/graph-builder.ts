import type { PlainWeight } from '../plain-model.ts';
import { ElementType, type OnnxAttribute, type OnnxGraph, type OnnxNode, type OnnxTensor } from './onnx-file.ts';

/** A graph as it grows, node by node, one value handed on from each to the next. */
export class GraphBuilder {
  readonly input: string;
  private readonly nodes: OnnxNode[] = [];
  private readonly tensors: OnnxTensor[] = [];
  /** The value that the next op takes. */
  protected value: string;
  /** Whether that is an image with its channels first. */
  protected channelsFirst = false;

  constructor(input: string) {
    this.input = input;
    this.value = input;
  }

  scaleBytes(): void {
    this.node('Cast', 'scale-cast', [], { to: ElementType.float32 });
    this.node('Div', 'scale', [this.floats('scale/255', [], [255])]);
  }

  /** Calls the last value by this name. */
  end(output: string): Pick<OnnxGraph, 'nodes' | 'tensors'> {
    this.order('last');
    if (this.nodes.length === 0) this.node('Identity', 'identity');
    const last = this.nodes.pop() as OnnxNode;
    return { nodes: [...this.nodes, { ...last, outputs: [output] }], tensors: this.tensors };
  }

  protected order(wanted: 'first' | 'last'): void {
    if (this.channelsFirst === (wanted === 'first')) return;
    this.channelsFirst = wanted === 'first';
    const perm = this.channelsFirst ? [0, 3, 1, 2] : [0, 2, 3, 1];
    this.node('Transpose', `channels-${wanted}-${this.nodes.length}`, [], { perm });
  }

  /** Adds a node that takes the current value first, and makes its output the current value. */
  protected node(
    op: string,
    name: string,
    more: readonly string[] = [],
    attributes: Readonly<Record<string, OnnxAttribute>> = {},
  ): void {
    this.push(op, name, [this.value, ...more], attributes);
  }

  /** The rows of a table that the current value has the numbers of. */
  protected lookUp(name: string, table: string): void {
    this.push('Gather', name, [table, this.value], { axis: 0 });
  }

  private push(op: string, name: string, inputs: string[], attributes: Readonly<Record<string, OnnxAttribute>>): void {
    // The name of a layer may also be that of an input.
    const output = `${name}:output`;
    this.nodes.push({ op, name, inputs, outputs: [output], attributes });
    this.value = output;
  }

  protected bias(bias: PlainWeight | undefined): string[] {
    return bias === undefined ? [] : [this.weight(bias)];
  }

  protected weight({ name, shape, data }: PlainWeight): string {
    this.tensors.push({ name, shape, data });
    return name;
  }

  protected floats(name: string, shape: readonly number[], values: readonly number[]): string {
    return this.weight({ name, shape, data: Float32Array.from(values) });
  }

  protected integers(name: string, values: readonly number[]): string {
    this.tensors.push({ name, shape: [values.length], data: BigInt64Array.from(values, BigInt) });
    return name;
  }
}
