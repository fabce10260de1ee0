import { expect, test } from 'vitest';
import { DataType, NodeList } from '../../electron/engine/graph/graph-def.ts';
import { GraphSession } from '../../electron/engine/graph/session.ts';
import { addVariable, ownedByTensorFlow, setVariables } from '../../electron/engine/graph/session-variables.ts';

/** More than TensorFlow asks any address to be a multiple of. */
const ADDRESSES = 128;
const COUNT = 1_000;

test.each([
  ['that takes what is fed', true, ownedByTensorFlow],
  ['that copies what is fed', false, (values: Uint8Array) => values],
])('a variable %s keeps its value, wherever that lay and whatever becomes of it', async (_kind, takesFed, given) => {
  const nodes = new NodeList({ inFunction: false });
  const variable = addVariable(nodes, 'bytes', DataType.uint8, [COUNT], takesFed);
  // Bytes cannot be fetched.
  const value = nodes.add('Cast', [variable.value], {
    SrcT: { kind: 'type', value: DataType.uint8 },
    DstT: { kind: 'type', value: DataType.int32 },
  });
  const session = await GraphSession.load(nodes.nodes, []);
  const memory = new Uint8Array(COUNT + ADDRESSES);
  for (let offset = 0; offset < ADDRESSES; offset += 1) {
    memory.fill(offset);
    const fed = given(memory.subarray(offset, offset + COUNT));
    setVariables(session, [variable], [fed]);
    fed.fill(255);
    memory.fill(255);
    const [found] = session.run([], [value]);
    expect(Array.from(found!)).toEqual(new Array<number>(COUNT).fill(offset));
  }
  session.dispose();
});
