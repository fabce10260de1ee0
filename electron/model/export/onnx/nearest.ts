import type { Nodes } from './nodes.ts';

const NEIGHBOURS = 3;

/**
 * The mean distance of rows [batch × size] to their nearest known rows [known × size]: [batch]. With a place before all of these
 * axes, place by place. Squares of differences as ‖a‖² + ‖b‖² - 2ab, which double precision allows.
 * @param count known rows
 */
export function nearestDistance(nodes: Nodes, rows: string, known: string, count: number, byPlace = false): string {
  const axes = nodes.integers([-1]);
  const own = nodes.op('ReduceSum', [nodes.square(rows), axes], { keepdims: 1 });
  const theirs = nodes.op('ReduceSum', [nodes.square(known), axes], { keepdims: 0 });
  const across = byPlace ? nodes.op('Unsqueeze', [theirs, nodes.integers([1])]) : theirs;
  const products = nodes.op('MatMul', [rows, nodes.transposed(known, byPlace ? [0, 2, 1] : [1, 0])]);
  const sum = nodes.op('Add', [own, across]);
  const squares = nodes.atLeast(nodes.op('Sub', [sum, nodes.op('Mul', [products, nodes.number(2)])]), 0);
  return nodes.mean(nodes.op('Sqrt', [nodes.top(squares, Math.min(NEIGHBOURS, count), false)]), [-1]);
}
