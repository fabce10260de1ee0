import { expect, test, vi } from 'vitest';
import { DataType, NodeList } from '../../electron/engine/graph/graph-def.ts';
import { GraphSession } from '../../electron/engine/graph/session.ts';
import { SessionState } from '../../electron/engine/graph/session-state.ts';
import { addVariable, getVariables, setVariables } from '../../electron/engine/graph/session-variables.ts';
import { expectNoLeak } from './no-leak.ts';

/** Two weights and a slot, small; another slot that is as much as goes in or out at once. */
const SHAPES = [[2], [3], [2], [2 ** 22]];
const WEIGHTS = 2;
const valuesOf = (part: number): Float32Array => new Float32Array(SHAPES[part]![0]!).fill(part + 1);

/** Equal byte for byte: told one number after another, millions take seconds. */
const isAll = (found: readonly Float32Array[]): boolean =>
  found.length === SHAPES.length &&
  found.every((values, part) => Buffer.from(values.buffer).equals(Buffer.from(valuesOf(part).buffer)));

async function made(shapes = SHAPES) {
  const nodes = new NodeList({ inFunction: false });
  const variables = shapes.map((shape, part) => addVariable(nodes, `part_${part}`, DataType.float32, shape));
  const session = await GraphSession.load(nodes.nodes, []);
  const parts = variables.map((variable, part) => ({ variable, isWeight: part < WEIGHTS }));
  const state = new SessionState(session, parts);
  return { session, variables, state, run: vi.spyOn(session, 'run') };
}

test('parts come out as they went in, small ones of a kind together', async () => {
  const { session, variables, state, run } = await made();
  SHAPES.forEach((_, part) => state.write(part, valuesOf(part)));
  // The weights; each slot by itself, because the second is as large as may be.
  expect(run).toHaveBeenCalledTimes(3);
  expect(isAll(getVariables(session, variables))).toBe(true);
  run.mockClear();
  for (let pass = 1; pass <= 2; pass += 1) {
    expect(isAll(SHAPES.map((_, part) => state.read(part)))).toBe(true);
    expect(run).toHaveBeenCalledTimes(3 * pass);
  }
  session.dispose();
});

test('a part that was set alone is there when another is read, and once it is settled', async () => {
  const { session, variables, state } = await made();
  SHAPES.forEach((_, part) => state.write(part, valuesOf(part)));
  expect(state.read(0)).toEqual(valuesOf(0));
  // The second weight has been fetched with the first.
  state.write(1, Float32Array.of(7, 8, 9));
  expect(state.read(1)).toEqual(Float32Array.of(7, 8, 9));
  state.write(0, Float32Array.of(5, 6));
  state.settle();
  expect(getVariables(session, [variables[0]!])).toEqual([Float32Array.of(5, 6)]);
  session.dispose();
});

test('what was fetched before something else changed the state is not handed out', async () => {
  const { session, variables, state } = await made();
  SHAPES.forEach((_, part) => state.write(part, valuesOf(part)));
  state.read(0);
  setVariables(session, [variables[1]!], [Float32Array.of(1, 1, 1)]);
  state.forget();
  expect(state.read(1)).toEqual(Float32Array.of(1, 1, 1));
  session.dispose();
});

test('a small state comes out as a whole', async () => {
  const { session, state, run } = await made(SHAPES.slice(0, 3));
  const parts = [0, 1, 2];
  for (const part of parts) state.write(part, valuesOf(part));
  expect(run).toHaveBeenCalledTimes(1);
  expect(parts.map((part) => state.read(part))).toEqual(parts.map(valuesOf));
  expect(run).toHaveBeenCalledTimes(2);
  session.dispose();
});

test('all parts are filled in few calls, and what is beside them with the first', async () => {
  const { session, variables, run } = await made([...SHAPES, [4]]);
  const other = variables.pop()!;
  const parts = variables.map((variable, part) => ({ variable, isWeight: part < WEIGHTS }));
  new SessionState(session, parts).fill(valuesOf, [{ variable: other, values: Float32Array.of(1, 2, 3, 4) }]);
  // The last part is as large as may be.
  expect(run).toHaveBeenCalledTimes(2);
  expect(isAll(getVariables(session, variables))).toBe(true);
  expect(getVariables(session, [other])).toEqual([Float32Array.of(1, 2, 3, 4)]);
  session.dispose();
});

test.each([3, SHAPES.length])('of a state of %i parts, each weight is handed out as a tensor, and no slot', (count) =>
  expectNoLeak(async () => {
    const { session, state } = await made(SHAPES.slice(0, count));
    for (let part = 0; part < count; part += 1) state.write(part, valuesOf(part));
    const found: [number, number[], unknown][] = [];
    state.eachWeight((part, values) => found.push([part, values.shape, values.dataSync()]));
    expect(found).toEqual([0, 1].map((part) => [part, SHAPES[part], valuesOf(part)]));
    session.dispose();
  }),
);
