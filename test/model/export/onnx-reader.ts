/** A value of an ONNX graph: floats, or the integers that shapes are given in. */
export interface Tensor {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

export interface Node {
  readonly op: string;
  readonly name: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, number | string | readonly number[]>>;
}

/** An input or output; a dimension without a size is called by its name. */
export interface Value {
  readonly name: string;
  readonly type: number;
  readonly shape: readonly (number | string)[];
}

export interface Graph {
  readonly irVersion: number;
  readonly opset: number;
  readonly producer: string;
  readonly nodes: readonly Node[];
  readonly tensors: Readonly<Record<string, Tensor>>;
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
}

type Fields = ReadonlyMap<number, readonly (bigint | Buffer)[]>;

/** The fields of one message by number, in their order; numbers as bigint, everything else as bytes. */
function fieldsOf(bytes: Buffer): Fields {
  const fields = new Map<number, (bigint | Buffer)[]>();
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++]!;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asIntN(64, value);
    }
  };
  while (at < bytes.length) {
    const key = Number(varint());
    const kind = key & 7;
    let value: bigint | Buffer;
    if (kind === 0) value = varint();
    else {
      const length = kind === 5 ? 4 : Number(varint());
      value = bytes.subarray(at, at + length);
      at += length;
    }
    fields.set(key >> 3, [...(fields.get(key >> 3) ?? []), value]);
  }
  if (at !== bytes.length) throw new Error(`The message ends at ${bytes.length}, its fields at ${at}.`);
  return fields;
}

const messages = (fields: Fields, field: number): Fields[] =>
  (fields.get(field) ?? []).map((value) => fieldsOf(value as Buffer));
const texts = (fields: Fields, field: number): string[] => (fields.get(field) ?? []).map(String);
const numbers = (fields: Fields, field: number): number[] => (fields.get(field) ?? []).map(Number);
const only = <T>(values: readonly T[]): T => {
  if (values.length !== 1) throw new Error(`Expected one value, found ${values.length}.`);
  return values[0]!;
};

/** Reads an ONNX file by the field numbers of onnx.proto. */
export function readOnnx(bytes: Uint8Array): Graph {
  const model = fieldsOf(Buffer.from(bytes));
  const graph = only(messages(model, 7));
  return {
    irVersion: only(numbers(model, 1)),
    producer: only(texts(model, 2)),
    opset: only(numbers(only(messages(model, 8)), 2)),
    nodes: messages(graph, 1).map((node) => ({
      inputs: texts(node, 1),
      outputs: texts(node, 2),
      name: only(texts(node, 3)),
      op: only(texts(node, 4)),
      attributes: Object.fromEntries(messages(node, 5).map((each) => [only(texts(each, 1)), attribute(each)])),
    })),
    tensors: Object.fromEntries(messages(graph, 5).map((tensor) => [only(texts(tensor, 8)), tensorOf(tensor)])),
    inputs: messages(graph, 11).map(valueOf),
    outputs: messages(graph, 12).map(valueOf),
  };
}

function attribute(fields: Fields): number | string | readonly number[] {
  const type = only(numbers(fields, 20));
  if (type === 1) return (only(fields.get(2) ?? []) as Buffer).readFloatLE();
  if (type === 2) return only(numbers(fields, 3));
  if (type === 3) return only(texts(fields, 4));
  if (type === 7) return numbers(fields, 8);
  throw new Error(`An attribute of type ${type}.`);
}

function tensorOf(fields: Fields): Tensor {
  const shape = numbers(fields, 1);
  const body = Uint8Array.from(only(fields.get(9) ?? []) as Buffer);
  const type = only(numbers(fields, 2));
  const data =
    type === 7 ? Array.from(new BigInt64Array(body.buffer), Number) : Array.from(new Float32Array(body.buffer));
  if (data.length !== shape.reduce((product, size) => product * size, 1))
    throw new Error('A body of the wrong length.');
  return { shape, data: Float64Array.from(data) };
}

function valueOf(fields: Fields): Value {
  const tensor = only(messages(only(messages(fields, 2)), 1));
  const shape = messages(only(messages(tensor, 2)), 1).map((size) =>
    size.has(2) ? only(texts(size, 2)) : only(numbers(size, 1)),
  );
  return { name: only(texts(fields, 1)), type: only(numbers(tensor, 1)), shape };
}
