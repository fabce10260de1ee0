import { tf } from '../tensorflow.ts';
import { addIntegers } from './common-nodes.ts';
import { after, DataType, nodeName, type NodeList } from './graph-def.ts';
import type { Feed, GraphSession } from './session.ts';

/** A variable that lives in a graph's session. */
export interface SessionVariable {
  readonly shape: readonly number[];
  /** Reference of the resource. */
  readonly handle: string;
  /** Where a new value is fed, and what to fetch to have it taken. */
  readonly setFeed: string;
  readonly setFetch: string;
  /** Reference of the variable's value. */
  readonly value: string;
  readonly type: number;
}

/**
 * Adds a variable with the ops that read and set it from outside.
 * @param takesFed whether the tensor that is fed becomes its value: it then must not share its memory, as `ownedByTensorFlow` sees to
 */
export function addVariable(
  nodes: NodeList,
  name: string,
  type: number,
  shape: readonly number[],
  takesFed = false,
): SessionVariable {
  const dtype = { kind: 'type', value: type } as const;
  const size = { kind: 'shape', value: shape } as const;
  const shared = { kind: 'text', value: name } as const;
  const handle = nodes.add('VarHandleOp', [], { dtype, shape: size, shared_name: shared });
  const feed = nodes.add('Placeholder', [], { dtype, shape: size });
  // A fed tensor shares the memory of a JavaScript array: the variable must own its bytes.
  const given = takesFed ? feed : nodes.add('DeepCopy', [feed], { T: dtype });
  const assign = nodes.add('AssignVariableOp', [handle, given], { dtype });
  // Fetching needs a tensor; one number will do.
  const done = nodes.add('Identity', [addIntegers(nodes, [], [0]), after(assign)], {
    T: { kind: 'type', value: DataType.int32 },
  });
  const value = nodes.add('ReadVariableOp', [handle], { dtype });
  return { shape, handle, setFeed: nodeName(feed), setFetch: done, value, type };
}

/**
 * The same bytes at an odd address: a tensor of an array that is not aligned is a copy (TF_NewTensor), of which nothing in JavaScript
 * knows. What TensorFlow copies by itself is so held once: what has passed through its allocator is not given back to the system.
 */
export function ownedByTensorFlow(values: Uint8Array): Uint8Array {
  const whole = new Uint8Array(values.length + 1);
  whole.set(values, 1);
  return whole.subarray(1);
}

/** @param values in the order of `variables` */
export function setVariables(
  session: GraphSession,
  variables: readonly SessionVariable[],
  values: readonly (Feed['values'] | tf.Tensor)[],
): void {
  const feeds = variables.map(({ setFeed: placeholder, shape }, index) => {
    const given = values[index]!;
    return given instanceof tf.Tensor ? { placeholder, tensor: given } : { placeholder, shape, values: given };
  });
  session.run(
    feeds,
    variables.map(({ setFetch }) => setFetch),
  );
}

export function getVariables(session: GraphSession, variables: readonly SessionVariable[]): Float32Array[] {
  return session.run(
    [],
    variables.map(({ value }) => value),
  );
}

/** Their values as they are now, which stay as they are: a variable that is set, or trained, takes other memory. */
export function tensorsOfVariables(session: GraphSession, variables: readonly SessionVariable[]): tf.Tensor[] {
  return session.fetch(variables.map(({ value }) => value));
}
