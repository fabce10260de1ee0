import type { NodeList } from './graph-def.ts';
import type { Trace, ValueSource } from './trace.ts';

/**
 * Writes a trace's ops into a graph or a function.
 * @param inputs references of the trace's inputs, in their order
 * @returns references of its results
 */
export function emitTrace(nodes: NodeList, trace: Trace, inputs: readonly string[]): string[] {
  const constants = new Map<number, string>();
  const firstOutputs: string[] = [];
  const reference = (source: ValueSource): string => {
    switch (source.from) {
      case 'input':
        return inputs[source.index] ?? '';
      case 'constant': {
        const known = constants.get(source.index);
        if (known !== undefined) return known;
        const value = trace.constants[source.index];
        const made = value === undefined ? '' : nodes.constant(value);
        constants.set(source.index, made);
        return made;
      }
      case 'node':
        return nodes.output(firstOutputs[source.index] ?? '', source.output);
    }
  };
  for (const node of trace.nodes) {
    firstOutputs.push(nodes.add(node.op, node.inputs.map(reference), node.attributes));
  }
  return trace.results.map(reference);
}
