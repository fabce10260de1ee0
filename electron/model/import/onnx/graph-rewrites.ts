import { Attribute, type OnnxNode } from './onnx-file.ts';

/** Operators that leave a draw one of the same kind. */
const passing = new Set(['Cast', 'Identity', 'Mul', 'Div', 'Neg', 'Reshape', 'Unsqueeze', 'Squeeze', 'Expand']);

/**
 * A graph in which a sum of a mean and what is drawn around it, as variational codes are in training, is that mean; and in which every
 * part of what is split is given by a node of its own, so that parts that nothing needs fall away.
 */
export function rewritten(nodes: readonly OnnxNode[]): readonly OnnxNode[] {
  const draws = new Set<string>();
  return nodes.flatMap((node): readonly OnnxNode[] => {
    if (node.op === 'Sum' && node.inputs.length <= 2) {
      return rewritten([{ ...node, op: node.inputs.length === 1 ? 'Identity' : 'Add' }]);
    }
    const [output = ''] = node.outputs;
    const drawn = node.inputs.map((name) => draws.has(name));
    if (isDraw(node) || (passing.has(node.op) && isPassed(node, drawn))) draws.add(output);
    if (node.op === 'Split') {
      const of = node.outputs.length;
      return node.outputs.map((name, at) => ({ ...node, outputs: [name], part: { at, of } }));
    }
    const isSum = node.inputs.length === 2 && (node.op === 'Add' || (node.op === 'Sub' && drawn[0] === false));
    if (!isSum || !drawn.includes(true)) return [node];
    const mean = node.inputs[drawn.indexOf(false)];
    if (mean !== undefined) return [{ ...node, op: 'Identity', inputs: [mean], isMean: true }];
    draws.add(output);
    return [node];
  });
}

/** Of mean 0. */
function isDraw({ op, attributes }: OnnxNode): boolean {
  if (op !== 'RandomNormal' && op !== 'RandomNormalLike') return false;
  return (attributes.get('mean')?.floats(Attribute.float)[0] ?? 0) === 0;
}

/** A product is drawn where one of its factors is; whatever else is done must be done to the draw. */
const isPassed = ({ op }: OnnxNode, drawn: readonly boolean[]): boolean =>
  op === 'Mul' ? drawn.includes(true) : drawn[0] === true;

/**
 * Nodes behind those whose values they take, else in the file's order: converters to half precision put theirs last.
 * Of nodes that take each other's values none is moved.
 */
export function sorted(nodes: readonly OnnxNode[]): readonly OnnxNode[] {
  const makers = new Map(nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)));
  const placed = new Set<OnnxNode>();
  const open = new Set<OnnxNode>();
  for (const first of nodes) {
    const stack = [first];
    for (let node = stack.at(-1); node !== undefined; node = stack.at(-1)) {
      open.add(node);
      const next = node.inputs.map((name) => makers.get(name)).find((maker) => maker !== undefined && !open.has(maker));
      if (next !== undefined) stack.push(next);
      else {
        placed.add(node);
        stack.pop();
      }
    }
  }
  return [...placed];
}

/** The nodes that an output needs, in the file's order. */
export function ancestors(nodes: readonly OnnxNode[], output: string): OnnxNode[] {
  const wanted = new Set([output]);
  const needed = nodes.toReversed().filter(({ inputs, outputs }) => {
    if (!outputs.some((name) => wanted.has(name))) return false;
    for (const name of inputs) wanted.add(name);
    return true;
  });
  return needed.reverse();
}
