import { addIntegers, addUnitPixels, typed } from '../../../engine/graph/common-nodes.ts';
import { DataType, NodeList, type Attribute, type GraphNode } from '../../../engine/graph/graph-def.ts';
import type { PlainWeight } from '../plain-model.ts';

export type Attributes = Readonly<Record<string, Attribute>>;

const FLOAT: Attributes = { T: typed(DataType.float32) };
export const INTEGER = typed(DataType.int32);

/** Nodes of float32 values, each of a name, and their constants: one of a name, however often it is asked for. Methods give the reference of what they add. */
export class FloatNodes {
  private readonly list = new NodeList({ inFunction: false });
  private readonly constants = new Map<string, string>();

  get nodes(): readonly GraphNode[] {
    return this.list.nodes;
  }

  /** What is fed: any number of images or codes. */
  placeholder(name: string, type: number, shape: readonly number[]): string {
    const attributes: Attributes = { dtype: typed(type), shape: { kind: 'shape', value: [-1, ...shape] } };
    return this.list.add('Placeholder', [], attributes, name);
  }

  /** Bytes as the model takes them. */
  scaled(bytes: string): string {
    return addUnitPixels(this.list, bytes);
  }

  node(op: string, name: string, inputs: readonly string[], attributes: Attributes = {}): string {
    return this.list.add(op, inputs, { ...FLOAT, ...attributes }, name);
  }

  /** An op whose last input is a list of sizes, of the type that this attribute names. */
  sized(op: string, name: string, inputs: readonly string[], sizes: readonly number[], type: string): string {
    return this.node(op, name, [...inputs, this.integers(sizes)], { [type]: INTEGER });
  }

  reduced(op: 'Mean' | 'Max', name: string, x: string, axes: readonly number[], keeps: boolean): string {
    const attributes: Attributes = { Tidx: INTEGER, keep_dims: { kind: 'boolean', value: keeps } };
    return this.node(op, name, [x, this.integers(axes)], attributes);
  }

  /** The row with the least value of each, int32. */
  leastOf(name: string, rows: string): string {
    const attributes: Attributes = { Tidx: INTEGER, output_type: INTEGER };
    return this.node('ArgMin', name, [rows, this.integer(1)], attributes);
  }

  /** Rows of a table by their int32 places. */
  rowsOf(name: string, table: string, places: string): string {
    const attributes: Attributes = { Tparams: typed(DataType.float32), Tindices: INTEGER, Taxis: INTEGER };
    return this.list.add('GatherV2', [table, places, this.integer(0)], attributes, name);
  }

  /** Rows side by side. */
  beside(name: string, ...rows: readonly string[]): string {
    const attributes: Attributes = { N: { kind: 'integer', value: rows.length }, Tidx: INTEGER };
    return this.node('ConcatV2', name, [...rows, this.integer(1)], attributes);
  }

  /** The size of a batch and then these sizes, int32. */
  sizesAfterBatch(x: string, sizes: readonly number[]): string {
    const shape = this.list.add('Shape', [x], { ...FLOAT, out_type: INTEGER });
    const batch = this.list.add('Slice', [shape, this.integers([0]), this.integers([1])], {
      T: INTEGER,
      Index: INTEGER,
    });
    const attributes: Attributes = { T: INTEGER, N: { kind: 'integer', value: 2 }, Tidx: INTEGER };
    return this.list.add('ConcatV2', [batch, this.integers(sizes), this.integer(0)], attributes);
  }

  weight({ name, shape, data }: PlainWeight): string {
    return this.floats(name, shape, data);
  }

  /** A constant. @param name two of one name must be alike */
  floats(name: string, shape: readonly number[], values: ArrayLike<number>): string {
    const known = this.constants.get(name);
    if (known !== undefined) return known;
    const data = values instanceof Float32Array ? values : Float32Array.from(values);
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    const reference = this.list.constant({ type: DataType.float32, shape, bytes }, name);
    this.constants.set(name, reference);
    return reference;
  }

  /** An int32 list, or a table of so many columns. */
  integers(values: readonly number[], columns?: number): string {
    const shape = columns === undefined ? [values.length] : [values.length / columns, columns];
    return addIntegers(this.list, shape, values);
  }

  private integer(value: number): string {
    return addIntegers(this.list, [], [value]);
  }
}
