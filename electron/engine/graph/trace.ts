import type { Int64Scalar } from '@tensorflow/tfjs-node/dist/int64_tensors.js';
import { createTensorsTypeOpAttr } from '@tensorflow/tfjs-node/dist/nodejs_kernel_backend.js';
import type { TFEOpAttr, TFJSBinding } from '@tensorflow/tfjs-node/dist/tfjs_binding.js';
import { StudioError } from '../../domain/errors.ts';
import { nativeBackend, tf } from '../tensorflow.ts';
import { DataType, type Attribute, type ConstantValue } from './graph-def.ts';

/** What of tfjs-node's backend recording needs; its declarations hide the second. */
interface RecordableBackend {
  binding: TFJSBinding;
  getInputTensorIds(tensors: readonly (tf.Tensor | Int64Scalar)[]): number[];
}

/** Where a value of a trace comes from. */
export type ValueSource =
  | { readonly from: 'input'; readonly index: number }
  | { readonly from: 'constant'; readonly index: number }
  | { readonly from: 'node'; readonly index: number; readonly output: number };

export interface TraceNode {
  readonly op: string;
  readonly attributes: Readonly<Record<string, Attribute>>;
  readonly inputs: readonly ValueSource[];
}

/** A computation written down op by op, in the order in which it ran. */
export interface Trace {
  readonly constants: readonly ConstantValue[];
  readonly nodes: readonly TraceNode[];
  readonly results: readonly ValueSource[];
}

/**
 * Runs a computation once, eagerly, and records every native op that it executes: what is recorded is its graph.
 * Values that are neither inputs nor computed from them become constants.
 * @param inputs tensors and variables the computation reads; each gets a native tensor of its own first, because tensors that
 *   share one could not be told apart
 * @throws whatever `compute` throws
 */
export function trace(inputs: readonly tf.Tensor[], compute: () => readonly tf.Tensor[]): Trace {
  inputs.forEach(separate);
  const backend = recordableBackend();
  const { binding } = backend;
  const recorder = new Recorder(binding);
  inputs.forEach((input, index) => recorder.know(idOf(input), { from: 'input', index }));
  // The binding's own properties are read-only, and assigning to them fails silently: a derived object records instead.
  backend.binding = Object.create(binding, {
    executeOp: { value: recorder.executeOp },
    createTensor: { value: recorder.createTensor },
  }) as TFJSBinding;
  // Tensors from before the trace reach the binding as bare ids; here their type and shape are still known.
  const readIds = backend.getInputTensorIds.bind(backend);
  backend.getInputTensorIds = (tensors) => {
    const ids = readIds(tensors);
    tensors.forEach((tensor, index) => recorder.meet(ids[index] ?? -1, tensor));
    return ids;
  };
  try {
    const results = compute();
    const sources = results.map((result) => recorder.source(idOf(result)));
    // Some results were kept beyond tidy (step.ts); of a trace only the graph is wanted.
    results.filter((result) => !inputs.includes(result)).forEach((result) => result.dispose());
    return { constants: recorder.constants, nodes: recorder.nodes, results: sources };
  } finally {
    backend.binding = binding;
    // Uncovers the prototype's method again.
    Reflect.deleteProperty(backend, 'getInputTensorIds');
  }
}

/** The trace without what no result needs. */
export function withoutDeadNodes(trace: Trace): Trace {
  const live = new Set<number>();
  const visit = (source: ValueSource): void => {
    if (source.from !== 'node' || live.has(source.index)) return;
    live.add(source.index);
    trace.nodes[source.index]?.inputs.forEach(visit);
  };
  trace.results.forEach(visit);
  const kept = [...live].sort((a, b) => a - b);
  const places = new Map(kept.map((index, place) => [index, place]));
  const moved = (source: ValueSource): ValueSource =>
    source.from === 'node' ? { ...source, index: places.get(source.index) ?? -1 } : source;
  const nodes = kept.flatMap((index) => {
    const node = trace.nodes[index];
    return node === undefined ? [] : [{ ...node, inputs: node.inputs.map(moved) }];
  });
  return { constants: trace.constants, nodes, results: trace.results.map(moved) };
}

/**
 * The trace with each constant and each op once: an op on the same inputs gives the same values, for none that is traced draws by itself.
 * TensorFlow would find as much, but goes over everything several times before.
 */
export function withoutTwins({ constants, nodes, results }: Trace): Trace {
  const places = new Map<string, number>();
  const firstOf = (key: string, place: number): number => {
    const known = places.get(key) ?? place;
    places.set(key, known);
    return known;
  };
  const constantPlaces = constants.map(({ type, shape, bytes }, place) =>
    firstOf(`${type} [${shape.join()}] ${Buffer.from(bytes).toString('latin1')}`, place),
  );
  const kept: TraceNode[] = [];
  const nodePlaces: number[] = [];
  const moved = (source: ValueSource): ValueSource => {
    if (source.from === 'input') return source;
    const index = (source.from === 'constant' ? constantPlaces : nodePlaces)[source.index] ?? -1;
    return { ...source, index };
  };
  for (const { op, attributes, inputs: given } of nodes) {
    const inputs = given.map(moved);
    const place = firstOf(`${op} ${JSON.stringify([inputs, attributes])}`, kept.length);
    if (place === kept.length) kept.push({ op, attributes, inputs });
    nodePlaces.push(place);
  }
  return { constants, nodes: kept, results: results.map(moved) };
}

/** The binding's number of a tensor; uploads values that tfjs has kept back until now. */
function idOf(tensor: tf.Tensor): number {
  return recordableBackend().getInputTensorIds([tensor])[0] ?? -1;
}

function recordableBackend(): RecordableBackend {
  return nativeBackend() as unknown as RecordableBackend;
}

/** Gives a variable or an input a native tensor that nothing else shares. */
function separate(tensor: tf.Tensor): void {
  const copy = nativeBackend().executeSingleOutput('Identity', [createTensorsTypeOpAttr('T', tensor.dtype)], [tensor]);
  if (tensor instanceof tf.Variable) tensor.assign(copy);
  copy.dispose();
}

class Recorder {
  readonly constants: ConstantValue[] = [];
  readonly nodes: TraceNode[] = [];
  private readonly binding: TFJSBinding;
  private readonly sources = new Map<number, ValueSource>();

  constructor(binding: TFJSBinding) {
    this.binding = binding;
  }

  know(id: number, source: ValueSource): void {
    this.sources.set(id, source);
  }

  readonly executeOp: TFJSBinding['executeOp'] = (op, attributes, inputIds, outputCount) => {
    const outputs = this.binding.executeOp(op, attributes, inputIds, outputCount);
    const inputs = inputIds.map((id) => this.source(id));
    const readable = attributes.map(
      (attribute) => [attribute.name, readAttribute(this.binding, op, attribute)] as const,
    );
    const index = this.nodes.push({ op, attributes: Object.fromEntries(readable), inputs }) - 1;
    outputs.forEach(({ id }, output) => this.know(id, { from: 'node', index, output }));
    return outputs;
  };

  readonly createTensor: TFJSBinding['createTensor'] = (shape, type, values) => {
    const id = this.binding.createTensor(shape, type, values);
    this.addConstant(id, { type, shape: shape.map(Number), bytes: bytesOf(type, values as ArrayLike<number>) });
    return id;
  };

  /** A tensor that is about to be used: one from before the trace is a constant with its present values. */
  meet(id: number, tensor: tf.Tensor | Int64Scalar): void {
    if (this.sources.has(id) || !('dtype' in tensor)) return;
    const type = typeNumber(tensor.dtype);
    this.addConstant(id, {
      type,
      shape: tensor.shape.map(Number),
      bytes: bytesOf(type, this.binding.tensorDataSync(id)),
    });
  }

  source(id: number): ValueSource {
    const source = this.sources.get(id);
    if (source === undefined) throw new StudioError('engine-failed', `Tracing met a tensor of unknown origin (${id}).`);
    return source;
  }

  private addConstant(id: number, value: ConstantValue): void {
    const index = this.constants.push(value) - 1;
    this.know(id, { from: 'constant', index });
  }
}

function typeNumber(type: string): number {
  if (type === 'float32') return DataType.float32;
  if (type === 'int32') return DataType.int32;
  if (type === 'bool') return DataType.bool;
  throw new StudioError('engine-failed', `The compiler takes no constants of type ${type}.`);
}

function bytesOf(type: number, values: ArrayLike<number | boolean> | ArrayLike<bigint>): Uint8Array {
  const numbers = Array.from(values as ArrayLike<number>, Number);
  if (type === DataType.float32) return new Uint8Array(Float32Array.from(numbers).buffer);
  if (type === DataType.int32) return new Uint8Array(Int32Array.from(numbers).buffer);
  return Uint8Array.from(numbers);
}

/** An attribute as tfjs-node's binding takes it, in the graph's own terms. */
function readAttribute(binding: TFJSBinding, op: string, { name, type, value }: TFEOpAttr): Attribute {
  switch (type) {
    case binding.TF_ATTR_TYPE:
      return { kind: 'type', value: Number(value) };
    case binding.TF_ATTR_BOOL:
      return { kind: 'boolean', value: value as boolean };
    case binding.TF_ATTR_FLOAT:
      return { kind: 'float', value: value as number };
    case binding.TF_ATTR_STRING:
      return { kind: 'text', value: value as string };
    case binding.TF_ATTR_SHAPE:
      return { kind: 'shape', value: value as number[] };
    case binding.TF_ATTR_INT:
      return Array.isArray(value) ? { kind: 'integers', value } : { kind: 'integer', value: Number(value) };
    default:
      throw new StudioError('engine-failed', `Attribute ${name} of the op "${op}" has an unknown type ${type}.`);
  }
}
