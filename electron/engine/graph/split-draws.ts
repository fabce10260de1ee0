import { withoutDeadNodes, type Trace, type TraceNode, type ValueSource } from './trace.ts';

/** The op that noise starts from (native-ops.ts): its inputs are a shape and a seed. */
const DRAW = 'StatelessRandomUniformFullInt';

/** A step's trace in two parts. */
export interface SplitTrace {
  /** Of the seed alone, its only input: the random words, one result for each draw. */
  readonly draws: Trace;
  /** The shape of each draw. */
  readonly shapes: readonly (readonly number[])[];
  /** All else: its inputs are those of the whole trace, then the draws. */
  readonly rest: Trace;
}

/**
 * Takes out of a trace the random words that follow from its seed, so that they can be drawn elsewhere.
 * @param seed which of the trace's inputs is the seed
 * @param inputs how many inputs the trace has
 */
export function splitDraws(trace: Trace, seed: number, inputs: number): SplitTrace {
  const fromSeed = (source: ValueSource): boolean => {
    if (source.from === 'input') return source.index === seed;
    return source.from === 'constant' || (trace.nodes[source.index]?.inputs ?? []).every(fromSeed);
  };
  const isDraw = ({ op, inputs: [shape] }: TraceNode): boolean => op === DRAW && shape?.from === 'constant';
  const drawn = trace.nodes.flatMap((node, index) => (isDraw(node) && node.inputs.every(fromSeed) ? [index] : []));
  const places = new Map(drawn.map((index, place) => [index, inputs + place]));
  const given = (source: ValueSource): ValueSource => {
    const place = source.from === 'node' ? places.get(source.index) : undefined;
    return place === undefined ? source : { from: 'input', index: place };
  };
  const onlySeed = (source: ValueSource): ValueSource =>
    source.from === 'input' ? { from: 'input', index: 0 } : source;
  return {
    draws: withoutDeadNodes({
      constants: trace.constants,
      nodes: trace.nodes.map((node) => ({ ...node, inputs: node.inputs.map(onlySeed) })),
      results: drawn.map((index) => ({ from: 'node', index, output: 0 })),
    }),
    shapes: drawn.map((index) => shapeOf(trace, trace.nodes[index]?.inputs[0])),
    rest: withoutDeadNodes({
      constants: trace.constants,
      nodes: trace.nodes.map((node) => ({ ...node, inputs: node.inputs.map(given) })),
      results: trace.results.map(given),
    }),
  };
}

/** The numbers of an int32 constant. */
function shapeOf(trace: Trace, source: ValueSource | undefined): number[] {
  const { bytes } = (source?.from === 'constant' ? trace.constants[source.index] : undefined) ?? {};
  return bytes === undefined ? [] : [...new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4)];
}
