import { brainFloats, halves } from '../halves.ts';
import { bad, COPY_AGAIN, sizeOf } from '../read-chain.ts';
import { FieldBudget, Message } from './message.ts';

/** A constant of a graph: weights, or the few whole numbers that shapes are given in. */
export interface OnnxTensor {
  readonly dims: readonly number[];
  readonly data: Float32Array | readonly number[];
}

export interface OnnxNode {
  /** With its domain in front, where that is not ONNX's own: "com.microsoft.FusedConv". */
  readonly op: string;
  /** As the file calls it; its first output where it has no name. */
  readonly name: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, Message>;
  /** Of a value that is split: which part this node gives, and of how many. */
  readonly part?: { readonly at: number; readonly of: number };
  /** It stands for a sum of its input and a draw around that. */
  readonly isMean?: true;
}

/** An input or output; sizes that are not said are 0. */
export interface OnnxValue {
  readonly name: string;
  readonly dims: readonly number[];
}

/** What lies in a file beside the model. */
export interface ExternalPlace {
  readonly location: string;
  readonly offset: number;
  readonly length: number;
}

/** A model as its file has it (onnx.proto), weights not yet taken out. */
export interface OnnxFile {
  readonly nodes: readonly OnnxNode[];
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  readonly tensors: ReadonlyMap<string, Message>;
}

const MOST_FIELDS = 200_000;
const MOST_NODES = 10_000;
/** Of one constant of whole numbers: a shape, axes. */
const MOST_INTEGERS = 4_096;

/** Field numbers of onnx.proto. */
const Model = { graph: 7, sets: 8 } as const;
const OperatorSet = { domain: 1, version: 2 } as const;

/** The newest of ONNX's own that was read through for what it changed (github.com/onnx/onnx/blob/main/docs/Changelog.md). */
const NEWEST_SET = 28;
const Graph = { node: 1, initializer: 5, input: 11, output: 12, sparse: 15 } as const;
const Node = { input: 1, output: 2, name: 3, op: 4, attribute: 5, domain: 7 } as const;
export const Attribute = { name: 1, float: 2, integer: 3, text: 4, tensor: 5, floats: 7, integers: 8 } as const;
const Tensor = {
  dims: 1,
  type: 2,
  floats: 4,
  int32s: 5,
  int64s: 7,
  name: 8,
  raw: 9,
  doubles: 10,
  external: 13,
  location: 14,
} as const;

/** TensorProto.DataType. */
const elementTypes = [
  'undefined',
  'float32',
  'uint8',
  'int8',
  'uint16',
  'int16',
  'int32',
  'int64',
  'string',
  'bool',
  'float16',
  'float64',
  'uint32',
  'uint64',
  'complex64',
  'complex128',
  'bfloat16',
] as const;

/**
 * @param name what messages call the file
 * @throws StudioError `bad-file` where the bytes are no ONNX model
 */
export function decodeOnnx(bytes: Uint8Array, name: string): OnnxFile {
  const model = new Message(bytes, new FieldBudget(MOST_FIELDS), name);
  const [graph] = model.has(Model.graph) ? model.messages(Model.graph) : [];
  if (graph === undefined) throw bad(name, 'an ONNX model, with a graph', `none: ${COPY_AGAIN}`);
  checkSets(model.messages(Model.sets), name);
  const nodes = graph.messages(Graph.node).map(nodeOf);
  if (nodes.length > MOST_NODES)
    throw bad(name, `at most ${MOST_NODES} nodes`, `${nodes.length}: export a smaller model`);
  if (graph.has(Graph.sparse)) throw bad(name, 'weights that are not sparse', 'sparse ones: export them whole');
  const tensors = graph.messages(Graph.initializer).map((tensor) => [tensor.text(Tensor.name), tensor] as const);
  checkNames([...tensors.map(([tensor]) => tensor), ...nodes.flatMap(({ outputs }) => outputs)], name);
  return {
    nodes,
    inputs: graph.messages(Graph.input).map(valueOf),
    outputs: graph.messages(Graph.output).map(valueOf),
    tensors: new Map(tensors),
  };
}

/** In a set that is yet to come an operator may compute something else. */
function checkSets(sets: readonly Message[], file: string): void {
  for (const set of sets) {
    const isOwn = ['', 'ai.onnx'].includes(set.text(OperatorSet.domain));
    const version = set.number(OperatorSet.version);
    if (isOwn && version > NEWEST_SET)
      throw bad(
        file,
        `an operator set up to ${NEWEST_SET}`,
        `${version}: export it with an older one (opset_version=17)`,
      );
  }
}

/** Of two values of one name nobody can tell which is meant; outputs that nobody takes have none. */
function checkNames(names: readonly string[], file: string): void {
  const seen = new Set<string>();
  for (const each of names) {
    if (seen.has(each)) throw bad(file, 'a name of its own for each value', `two called "${each}": export it again`);
    if (each !== '') seen.add(each);
  }
}

function nodeOf(node: Message): OnnxNode {
  const domain = node.text(Node.domain);
  const own = domain === '' || domain === 'ai.onnx';
  const outputs = node.texts(Node.output);
  const attributes = node.messages(Node.attribute).map((each) => [each.text(Attribute.name), each] as const);
  return {
    op: own ? node.text(Node.op) : `${domain}.${node.text(Node.op)}`,
    name: node.text(Node.name) || (outputs[0] ?? ''),
    inputs: node.texts(Node.input),
    outputs,
    attributes: new Map(attributes),
  };
}

/** ValueInfoProto → TypeProto → Tensor → TensorShapeProto → Dimension. */
function valueOf(value: Message): OnnxValue {
  const [shape] = value.messages(2).flatMap((type) => type.messages(1).flatMap((tensor) => tensor.messages(2)));
  return { name: value.text(1), dims: (shape?.messages(1) ?? []).map((dimension) => dimension.number(1)) };
}

/** Where a tensor's bytes lie, if not in the model's own file. */
export function externalPlace(tensor: Message): ExternalPlace | undefined {
  if (tensor.number(Tensor.location) !== 1) return undefined;
  const entries = new Map(tensor.messages(Tensor.external).map((entry) => [entry.text(1), entry.text(2)]));
  const length = entries.has('length') ? Number(entries.get('length')) : 4 * sizeOf(tensor.integers(Tensor.dims));
  return { location: entries.get('location') ?? '', offset: Number(entries.get('offset') ?? 0), length };
}

/**
 * A tensor's numbers, copied out; their number is compared with what the file holds before memory is taken.
 * @param raw its bytes from elsewhere
 * @param where what messages call it
 * @throws StudioError `bad-file` where it is of another kind or length
 */
export function tensorOf(tensor: Message, where: string, raw = tensor.bytes(Tensor.raw)): OnnxTensor {
  const dims = tensor.integers(Tensor.dims);
  const type = tensor.number(Tensor.type);
  const count = sizeOf(dims);
  if (!dims.every((size) => Number.isSafeInteger(size) && size >= 0) || !Number.isSafeInteger(count)) {
    throw bad(where, 'sizes of 0 or more', `[${dims.join(', ')}]: ${COPY_AGAIN}`);
  }
  const kind = elementTypes[type] ?? `type ${type}`;
  if (kind === 'float32') {
    const data = raw === undefined ? tensor.floats(Tensor.floats) : floatsIn(raw, count, where);
    if (data.length !== count) throw wrongLength(where, 4 * count, 4 * data.length);
    return { dims, data };
  }
  const fractions = fractionsOf(kind, raw, tensor, count, where);
  if (fractions !== undefined) return { dims, data: fractions };
  if (count > MOST_INTEGERS)
    throw bad(
      where,
      'weights of float32, float16, bfloat16 or float64',
      `${kind} ones: export before they are quantised`,
    );
  const data = raw === undefined ? plainNumbers(tensor, kind) : rawNumbers(raw, kind, count, where);
  if (data === undefined) throw bad(where, 'a constant of float32 or whole numbers', `${kind}: export without it`);
  if (data.length !== count) throw bad(where, `${count} numbers`, `${data.length}: ${COPY_AGAIN}`);
  return { dims, data };
}

/** Numbers of half and double precision and of bfloat16, as float32; undefined for another kind. */
function fractionsOf(
  kind: string,
  raw: Uint8Array | undefined,
  tensor: Message,
  count: number,
  where: string,
): Float32Array | undefined {
  if (kind !== 'float16' && kind !== 'bfloat16' && kind !== 'float64') return undefined;
  const size = kind === 'float64' ? 8 : 2;
  // Without raw bytes halves lie in the field of whole numbers, and doubles in one of their own.
  const bytes = raw ?? (size === 2 ? twoBytes(tensor.integers(Tensor.int32s)) : tensor.bytes(Tensor.doubles));
  if (bytes?.length !== size * count) throw wrongLength(where, size * count, bytes?.length ?? 0);
  if (size === 2) return kind === 'float16' ? halves(bytes) : brainFloats(bytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float32Array.from({ length: count }, (_, at) => view.getFloat64(8 * at, true));
}

function twoBytes(numbers: readonly number[]): Uint8Array {
  return new Uint8Array(Uint16Array.from(numbers).buffer);
}

function floatsIn(raw: Uint8Array, count: number, where: string): Float32Array {
  if (raw.length !== 4 * count) throw wrongLength(where, 4 * count, raw.length);
  return new Float32Array(Uint8Array.prototype.slice.call(raw).buffer);
}

function wrongLength(where: string, expected: number, found: number) {
  return bad(
    where,
    `${expected.toLocaleString('en')} bytes of weights`,
    `${found.toLocaleString('en')}: ${COPY_AGAIN}`,
  );
}

function plainNumbers(tensor: Message, kind: string): readonly number[] | undefined {
  if (kind === 'int64') return tensor.integers(Tensor.int64s);
  return ['int32', 'int8', 'uint8', 'int16', 'uint16', 'bool'].includes(kind)
    ? tensor.integers(Tensor.int32s)
    : undefined;
}

function rawNumbers(raw: Uint8Array, kind: string, count: number, where: string): readonly number[] | undefined {
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  const readers: Readonly<Record<string, readonly [size: number, read: (at: number) => number]>> = {
    int64: [8, (at) => Number(view.getBigInt64(at, true))],
    int32: [4, (at) => view.getInt32(at, true)],
    uint8: [1, (at) => view.getUint8(at)],
    bool: [1, (at) => view.getUint8(at)],
  };
  const reader = readers[kind];
  if (reader === undefined) return undefined;
  const [size, read] = reader;
  if (raw.length !== size * count) throw bad(where, `${size * count} bytes`, `${raw.length}: ${COPY_AGAIN}`);
  return Array.from({ length: count }, (_, index) => read(size * index));
}
