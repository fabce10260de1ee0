import { StudioError } from '../../../domain/errors.ts';
import { bad, ONE_PATH } from '../read-chain.ts';
import type { OnnxNode } from './onnx-file.ts';

/** A node takes a value that other layers have gone on from. */
export class SecondPath extends StudioError {
  /** The node that gives the value. */
  readonly from: string;

  /** @param where file and node */
  constructor(where: string, from: string) {
    super('bad-file', bad(where, ONE_PATH, `a second path from "${from}": leave it out, and export the model again`).message);
    this.from = from;
  }
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
