import { addIntegers, addUnitPixels, typed } from './common-nodes.ts';
import { emitTrace } from './emit-trace.ts';
import { DataType, NodeList, type FunctionArgument, type GraphFunction } from './graph-def.ts';
import type { SessionVariable } from './session-variables.ts';
import { splitDraws, type SplitTrace } from './split-draws.ts';
import type { Trace } from './trace.ts';

/** How TensorFlow runs the loop: compiled by XLA as one kernel, or lowered into its own dataflow graph. */
export type LoopKind = 'xla-loop' | 'graph-loop';

export interface LoopOptions {
  readonly kind: LoopKind;
  /** Of the step: inputs are the state, images, labels where there are some, learning rate, beta and seed; results the cost and the next state. */
  readonly trace: Trace;
  readonly state: readonly SessionVariable[];
  /** uint8 [count, height, width, channels] */
  readonly images: SessionVariable;
  /** uint8 [count] */
  readonly labels?: SessionVariable;
  readonly batchSize: number;
  /** The most steps one call can run. */
  readonly steps: number;
  /** Keeps the functions of several loops in one graph apart. */
  readonly name: string;
}

export interface LoopVariable extends FunctionArgument {
  readonly shape: readonly number[];
}

/** Where among the loop's variables the costs and the state stand (`loopVariables`). */
export const COSTS_PLACE = 1;
export const STATE_PLACE = 8;

/** What a trace takes after the state, but for labels (`LoopOptions.trace`). */
const INPUTS_AFTER_STATE = 4;

/** The step's trace as the loop's body runs it, and what is drawn before the loop. */
export interface LoopParts extends LoopOptions {
  readonly split: SplitTrace;
}

/**
 * Random words are drawn before a loop that XLA compiles, by TensorFlow's own kernel: the words are the same, and XLA takes a
 * hundred times longer for each, because it computes them anew for every use.
 */
export function partsOf(options: LoopOptions): LoopParts {
  const { kind, trace, state, labels } = options;
  const inputs = state.length + INPUTS_AFTER_STATE + (labels === undefined ? 0 : 1);
  const whole = { draws: { constants: [], nodes: [], results: [] }, shapes: [], rest: trace };
  return { ...options, split: kind === 'xla-loop' ? splitDraws(trace, inputs - 1, inputs) : whole };
}

/** Everything the While carries, in order. */
export function loopVariables({ state, images, labels, steps, batchSize, split }: LoopParts): LoopVariable[] {
  return [
    { name: 'step', type: DataType.int32, shape: [] },
    { name: 'costs', type: DataType.float32, shape: [steps] },
    { name: 'count', type: DataType.int32, shape: [] },
    { name: 'images', type: DataType.uint8, shape: images.shape },
    { name: 'indices', type: DataType.int32, shape: [steps, batchSize] },
    { name: 'rates', type: DataType.float32, shape: [steps] },
    { name: 'betas', type: DataType.float32, shape: [steps] },
    { name: 'seed', type: DataType.int32, shape: [2] },
    ...state.map(({ type, shape }, index) => ({ name: `state_${index}`, type, shape })),
    ...split.shapes.map((shape, index) => ({ name: drawName(index), type: DataType.int32, shape: [steps, ...shape] })),
    ...(labels === undefined ? [] : [{ name: 'labels', type: DataType.uint8, shape: labels.shape }]),
  ];
}

export const drawName = (index: number): string => `draw_${index}`;

/** step < count */
export function conditionFunction({ name }: LoopParts, variables: readonly LoopVariable[]): GraphFunction {
  const nodes = new NodeList({ inFunction: true });
  const more = nodes.add('Less', ['step', 'count'], { T: typed(DataType.int32) });
  return {
    name: `${name}_condition`,
    inputs: variables,
    outputs: [{ name: 'more', type: DataType.bool, reference: more }],
    nodes: nodes.nodes,
  };
}

/** One step: gathers its batch from the resident images, runs the trace, notes the cost. */
export function bodyFunction(
  { name, split, state, steps, labels }: LoopParts,
  variables: readonly LoopVariable[],
): GraphFunction {
  const nodes = new NodeList({ inFunction: true });
  const float = typed(DataType.float32);
  const integer = typed(DataType.int32);
  const zero = addIntegers(nodes, [], [0]);
  const one = addIntegers(nodes, [], [1]);
  const gather = (from: string, type: number, at: string): string =>
    nodes.add('GatherV2', [from, at, zero], { Tparams: typed(type), Tindices: integer, Taxis: integer });

  const indices = gather('indices', DataType.int32, 'step');
  const batch = addUnitPixels(nodes, gather('images', DataType.uint8, indices));
  const classes = (labels === undefined ? [] : ['labels']).map((all) =>
    nodes.add('Cast', [gather(all, DataType.uint8, indices)], { SrcT: typed(DataType.uint8), DstT: float }),
  );
  // The seed pair is [run's seed, step's number in the run].
  const offset = nodes.add('Mul', [addIntegers(nodes, [2], [0, 1]), 'step'], { T: integer });
  const seed = nodes.add('AddV2', ['seed', offset], { T: integer });
  const scalars = ['rates', 'betas'].map((name) => gather(name, DataType.float32, 'step'));
  const draws = split.shapes.map((_, index) => drawName(index));
  const drawn = draws.map((name) => gather(name, DataType.int32, 'step'));
  const inputs = [...state.map((_, index) => `state_${index}`), batch, ...classes, ...scalars, seed, ...drawn];
  const [cost, ...next] = emitTrace(nodes, split.rest, inputs) as [string, ...string[]];

  const places = addIntegers(
    nodes,
    [steps],
    Array.from({ length: steps }, (_, index) => index),
  );
  const here = nodes.add('Equal', [places, 'step'], { T: integer });
  const costs = nodes.add('SelectV2', [here, cost, 'costs'], { T: float });
  const following = nodes.add('AddV2', ['step', one], { T: integer });
  const results = [
    following,
    costs,
    'count',
    'images',
    'indices',
    'rates',
    'betas',
    'seed',
    ...next,
    ...draws,
    ...(labels ? ['labels'] : []),
  ];
  return {
    name: `${name}_body`,
    inputs: variables,
    outputs: variables.map((variable, index) => ({
      name: `${variable.name}_next`,
      type: variable.type,
      reference: results[index] ?? '',
    })),
    nodes: nodes.nodes,
  };
}
