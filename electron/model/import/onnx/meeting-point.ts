import { StudioError } from '../../../domain/errors.ts';
import { bad, ONE_PATH } from '../read-chain.ts';
import type { ChainValue, ChainWriter } from './chain-writer.ts';
import type { OnnxNode } from './onnx-file.ts';
import { isScalarOperator } from './scalar-functions.ts';

/** A node takes a value that other layers have gone on from. */
export class SecondPath extends StudioError {
  /** The node that gives the value. */
  readonly from: string;

  /** @param where file and node */
  constructor(where: string, from: string) {
    super(
      'bad-file',
      bad(where, ONE_PATH, `a second path from "${from}": leave it out, and export the model again`).message,
    );
    this.from = from;
  }
}

/**
 * Values that are added to what layers make of them, as blocks do: what bends them beforehand is then no part of an activation behind.
 * @param nodes in the file's order
 * @param input of the graph
 */
export function skipsIn(nodes: readonly OnnxNode[], input: string): ReadonlySet<string> {
  /** How many layers lie before each value of the images. */
  const depths = new Map([[input, 0]]);
  const skips = new Set<string>();
  for (const { op, inputs, outputs } of nodes) {
    const known = inputs.flatMap((name) => depths.get(name) ?? []);
    if (known.length === 0 || op === 'Shape') continue;
    const deepest = Math.max(...known);
    if (op === 'Add') for (const name of inputs) if ((depths.get(name) ?? deepest) < deepest) skips.add(name);
    for (const name of outputs) depths.set(name, deepest + (isScalarOperator(op) ? 0 : 1));
  }
  return skips;
}

/** Such a value, with what is to be done to it done: what comes of it begins behind that, and where a row has become an image behind that. */
export function kept(value: ChainValue, by: string, chain: ChainWriter): ChainValue {
  const current = chain.settled(value, by);
  const isRow = current.layout.dims.length === 3 && chain.builder.shape.length === 1;
  return isRow ? chain.image(current, by) : current;
}

/**
 * The node at which a second path meets the first: it takes a value of either.
 * @param nodes in the file's order, each behind those whose values it takes
 * @param start the first node of the second path; where that takes both itself, it is the one
 * @param comesOfImages whether a value that was there before is none of constants
 */
export function meetingPoint(
  nodes: readonly OnnxNode[],
  start: OnnxNode,
  comesOfImages: (value: string) => boolean,
): OnnxNode {
  if (new Set(start.inputs.filter(comesOfImages)).size > 1) return start;
  const second = new Set(start.outputs);
  const first = new Set<string>();
  for (const node of nodes.slice(nodes.indexOf(start) + 1)) {
    const isOfSecond = node.inputs.some((name) => second.has(name));
    const isOfFirst = node.inputs.some((name) => first.has(name) || comesOfImages(name));
    if (isOfSecond && isOfFirst) return node;
    // A shape is a constant, whatever it is of.
    if (node.op === 'Shape' || (!isOfSecond && !isOfFirst)) continue;
    for (const name of node.outputs) (isOfSecond ? second : first).add(name);
  }
  return start;
}
