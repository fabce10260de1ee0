import { MessageWriter } from '../../../engine/graph/protobuf.ts';

/** The operator set the graph is written in, and the file format's version that goes with it (github.com/onnx/onnx/blob/main/docs/Versioning.md). */
const OPSET = 17;
const IR_VERSION = 8;

/** TensorProto.DataType and AttributeProto.AttributeType (onnx.proto). */
export const ElementType = { float32: 1, uint8: 2, int64: 7, bool: 9, double: 11 } as const;
const AttributeType = { float: 1, integer: 2, text: 3, integers: 7 } as const;

export type OnnxAttribute = number | string | readonly number[] | { readonly float: number };

export interface OnnxNode {
  readonly op: string;
  /** Unique in the graph: ONNX Runtime refuses two nodes of one name. */
  readonly name: string;
  /** "" leaves an optional input out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Numbers are integers; a fraction is said as `{ float }`. */
  readonly attributes: Readonly<Record<string, OnnxAttribute>>;
}

export interface OnnxTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array | Float64Array | BigInt64Array;
}

/** An input or output of the graph; its first axis is the batch, of any size. */
export interface OnnxValue {
  readonly name: string;
  readonly type: number;
  /** Without the batch. */
  readonly shape: readonly number[];
}

export interface OnnxGraph {
  readonly name: string;
  readonly about: string;
  readonly input: OnnxValue;
  readonly outputs: readonly OnnxValue[];
  readonly nodes: readonly OnnxNode[];
  readonly tensors: readonly OnnxTensor[];
}

/** What an ONNX file holds (onnx.proto, ModelProto). */
export function onnxMessage(
  graph: OnnxGraph,
  producer: { readonly name: string; readonly version: string },
): MessageWriter {
  return new MessageWriter()
    .integer(1, IR_VERSION)
    .text(2, producer.name)
    .text(3, producer.version)
    .message(7, (inner) => writeGraph(inner, graph))
    .message(8, (opset) => opset.text(1, '').integer(2, OPSET));
}

function writeGraph(writer: MessageWriter, graph: OnnxGraph): void {
  for (const node of graph.nodes) writer.message(1, (inner) => writeNode(inner, node));
  writer.text(2, graph.name);
  for (const tensor of graph.tensors) writer.message(5, (inner) => writeTensor(inner, tensor));
  writer.text(10, graph.about);
  writer.message(11, (inner) => writeValue(inner, graph.input));
  for (const output of graph.outputs) writer.message(12, (inner) => writeValue(inner, output));
}

function writeNode(writer: MessageWriter, node: OnnxNode): void {
  for (const input of node.inputs) writer.text(1, input);
  for (const output of node.outputs) writer.text(2, output);
  writer.text(3, node.name).text(4, node.op);
  for (const [name, value] of Object.entries(node.attributes)) {
    writer.message(5, (inner) => writeAttribute(inner.text(1, name), value));
  }
}

function writeAttribute(writer: MessageWriter, value: OnnxAttribute): void {
  if (typeof value === 'number') writer.integer(3, value).integer(20, AttributeType.integer);
  else if (typeof value === 'string') writer.bytes(4, new TextEncoder().encode(value)).integer(20, AttributeType.text);
  else if ('float' in value) writer.float(2, value.float).integer(20, AttributeType.float);
  else {
    for (const number of value) writer.integer(8, number);
    writer.integer(20, AttributeType.integers);
  }
}

function writeTensor(writer: MessageWriter, { name, shape, data }: OnnxTensor): void {
  for (const size of shape) writer.integer(1, size);
  writer.integer(2, typeOf(data));
  writer.text(8, name).bytes(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
}

function typeOf(data: OnnxTensor['data']): number {
  if (data instanceof BigInt64Array) return ElementType.int64;
  return data instanceof Float32Array ? ElementType.float32 : ElementType.double;
}

function writeValue(writer: MessageWriter, { name, type, shape }: OnnxValue): void {
  writer.text(1, name).message(2, (valueType) =>
    valueType.message(1, (tensor) =>
      tensor.integer(1, type).message(2, (sizes) => {
        sizes.message(1, (dimension) => dimension.text(2, 'batch'));
        for (const size of shape) sizes.message(1, (dimension) => dimension.integer(1, size));
      }),
    ),
  );
}
