import { StudioError } from '../../domain/errors.ts';
import opOutputs from './op-outputs.json' with { type: 'json' };
import { MessageWriter } from './protobuf.ts';

/** TensorFlow's DataType numbers (tensorflow/core/framework/types.proto). */
export const DataType = { float32: 1, int32: 3, uint8: 4, bool: 10, resource: 20 } as const;

/** A constant's content: little-endian bytes of its shape. */
export interface ConstantValue {
  readonly type: number;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

/** An op's attribute (tensorflow/core/framework/attr_value.proto). */
export type Attribute =
  | { readonly kind: 'type'; readonly value: number }
  | { readonly kind: 'types'; readonly value: readonly number[] }
  | { readonly kind: 'integer'; readonly value: number }
  | { readonly kind: 'integers'; readonly value: readonly number[] }
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'shape'; readonly value: readonly number[] }
  | { readonly kind: 'shapes'; readonly value: readonly (readonly number[])[] }
  | { readonly kind: 'tensor'; readonly value: ConstantValue }
  | { readonly kind: 'function'; readonly value: string };

export interface GraphNode {
  readonly name: string;
  readonly op: string;
  /** As this body writes references: `reference` makes them; "^name" waits for a node. */
  readonly inputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

/** Nodes of a graph or of a function. The two name a node's outputs differently: that difference lives here alone. */
export class NodeList {
  readonly nodes: GraphNode[] = [];
  private readonly inFunction: boolean;

  constructor(options: { readonly inFunction: boolean }) {
    this.inFunction = options.inFunction;
  }

  /** Adds a node. @returns the reference of its first output */
  add(op: string, inputs: readonly string[], attributes: GraphNode['attributes'], name = op.toLowerCase()): string {
    const unique = `${name}_${this.nodes.length}`;
    this.nodes.push({ name: unique, op, inputs, attributes });
    return this.reference(unique, op, 0);
  }

  /** The reference of one output of a node in this list. */
  output(first: string, index: number): string {
    const name = nodeName(first);
    const node = this.nodes.find((candidate) => candidate.name === name);
    if (node === undefined) throw new StudioError('internal', `No graph node "${name}".`);
    return this.reference(name, node.op, index);
  }

  constant(value: ConstantValue, name = 'constant'): string {
    const attributes = { dtype: { kind: 'type', value: value.type }, value: { kind: 'tensor', value } } as const;
    return this.add('Const', [], attributes, name);
  }

  private reference(name: string, op: string, index: number): string {
    if (!this.inFunction) return `${name}:${index}`;
    const outputs = (opOutputs as Readonly<Record<string, readonly string[]>>)[op];
    if (outputs === undefined) {
      throw new StudioError('engine-failed', `The compiler does not know the outputs of the op "${op}".`);
    }
    if (outputs.length === 0) return name;
    const [only] = outputs;
    if (only?.endsWith('[]')) return `${name}:${only.slice(0, -2)}:${index}`;
    return `${name}:${outputs[index] ?? ''}:0`;
  }
}

/** The node that a reference points into: what a call feeds. */
export function nodeName(reference: string): string {
  return reference.split(':')[0] ?? reference;
}

/** What a node waits for. */
export function after(reference: string): string {
  return `^${nodeName(reference)}`;
}

export interface FunctionArgument {
  readonly name: string;
  readonly type: number;
}

/** A function of the graph's library (tensorflow/core/framework/function.proto). */
export interface GraphFunction {
  readonly name: string;
  readonly inputs: readonly FunctionArgument[];
  readonly outputs: readonly (FunctionArgument & { readonly reference: string })[];
  readonly nodes: readonly GraphNode[];
}

/** What goes in and comes out of a graph, each by a name of its own (tensorflow/core/protobuf/meta_graph.proto). */
export interface Signature {
  readonly inputs: Readonly<Record<string, SignatureTensor>>;
  readonly outputs: Readonly<Record<string, SignatureTensor>>;
}

export interface SignatureTensor {
  readonly reference: string;
  readonly type: number;
  /** -1 where any size will do. */
  readonly shape: readonly number[];
}

/** A SavedModel that holds nothing but a graph, with its values as constants: no variables folder. */
export function savedModelMessage(
  nodes: readonly GraphNode[],
  functions: readonly GraphFunction[],
  tag: string,
  signatures: Readonly<Record<string, Signature>> = {},
): MessageWriter {
  return new MessageWriter().integer(1, 1).message(2, (meta) => {
    meta.message(1, (info) => info.text(4, tag));
    meta.message(2, (graph) => {
      for (const node of nodes) graph.message(1, (inner) => writeNode(inner, node));
      graph.message(2, (library) => {
        for (const definition of functions) library.message(1, (inner) => writeFunction(inner, definition));
      });
      // The producer of TensorFlow 2.x graphs; older numbers change what some ops' attributes mean.
      graph.message(4, (versions) => versions.integer(1, 1_395));
    });
    for (const [name, signature] of Object.entries(signatures)) {
      meta.entry(5, name, (value) => writeSignature(value, signature));
    }
  });
}

function writeSignature(writer: MessageWriter, { inputs, outputs }: Signature): void {
  const write = (field: number, tensors: Signature['inputs']): void => {
    for (const [name, { reference, type, shape }] of Object.entries(tensors)) {
      writer.entry(field, name, (info) =>
        info
          .text(1, reference)
          .integer(2, type)
          .message(3, (sizes) => writeShape(sizes, shape)),
      );
    }
  };
  write(1, inputs);
  write(2, outputs);
  writer.text(3, 'tensorflow/serving/predict');
}

function writeNode(writer: MessageWriter, node: GraphNode): void {
  writer.text(1, node.name).text(2, node.op);
  for (const input of node.inputs) writer.text(3, input);
  for (const [key, attribute] of Object.entries(node.attributes)) {
    writer.entry(5, key, (value) => writeAttribute(value, attribute));
  }
}

function writeFunction(writer: MessageWriter, definition: GraphFunction): void {
  writer.message(1, (signature) => {
    signature.text(1, definition.name);
    for (const { name, type } of definition.inputs)
      signature.message(2, (argument) => argument.text(1, name).integer(3, type));
    for (const { name, type } of definition.outputs)
      signature.message(3, (argument) => argument.text(1, name).integer(3, type));
  });
  for (const node of definition.nodes) writer.message(3, (inner) => writeNode(inner, node));
  for (const { name, reference } of definition.outputs)
    writer.message(4, (pair) => pair.text(1, name).text(2, reference));
}

function writeAttribute(writer: MessageWriter, attribute: Attribute): void {
  switch (attribute.kind) {
    case 'text':
      writer.text(2, attribute.value);
      break;
    case 'integer':
      writer.integer(3, attribute.value);
      break;
    case 'float':
      writer.float(4, attribute.value);
      break;
    case 'boolean':
      writer.boolean(5, attribute.value);
      break;
    case 'type':
      writer.integer(6, attribute.value);
      break;
    case 'shape':
      writer.message(7, (shape) => writeShape(shape, attribute.value));
      break;
    case 'tensor':
      writer.message(8, (tensor) => writeTensor(tensor, attribute.value));
      break;
    case 'function':
      writer.message(10, (call) => call.text(1, attribute.value));
      break;
    default:
      writer.message(1, (list) => writeList(list, attribute));
  }
}

function writeList(
  list: MessageWriter,
  attribute: Extract<Attribute, { kind: 'types' | 'integers' | 'shapes' }>,
): void {
  if (attribute.kind === 'integers') for (const value of attribute.value) list.integer(3, value);
  else if (attribute.kind === 'types') for (const value of attribute.value) list.integer(6, value);
  else for (const value of attribute.value) list.message(7, (shape) => writeShape(shape, value));
}

function writeShape(writer: MessageWriter, shape: readonly number[]): void {
  for (const size of shape) writer.message(2, (dimension) => dimension.integer(1, size));
}

function writeTensor(writer: MessageWriter, value: ConstantValue): void {
  writer
    .integer(1, value.type)
    .message(2, (shape) => writeShape(shape, value.shape))
    .bytes(4, value.bytes);
}
