import { addIntegers, addUnitPixels, typed } from './common-nodes.ts';
import { emitTrace } from './emit-trace.ts';
import { after, DataType, NodeList, nodeName, type FunctionArgument, type GraphFunction } from './graph-def.ts';
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

/** Where a call of the loop takes its inputs and what to fetch. */
export interface TrainingLoop {
  readonly batchSize: number;
  readonly steps: number;
  readonly feeds: Readonly<Record<'count' | 'indices' | 'rates' | 'betas' | 'seed', string>>;
  /** float32 [steps]; fetching it makes the steps happen */
  readonly costs: string;
}

interface LoopVariable extends FunctionArgument {
  readonly shape: readonly number[];
}

/** Where among the loop's variables the costs and the state stand (`loopVariables`). */
const COSTS_PLACE = 1;
const STATE_PLACE = 8;

/** What a trace takes after the state, but for labels (`LoopOptions.trace`). */
const INPUTS_AFTER_STATE = 4;

/**
 * Adds "run up to K training steps" to a graph: a While over the step whose loop variables are the state, so that nothing
 * leaves TensorFlow between two steps. Fed: how many steps, indices [K, batch], learning rates [K], betas [K], the first
 * step's seed [2].
 */
export function addTrainingLoop(nodes: NodeList, functions: GraphFunction[], options: LoopOptions): TrainingLoop {
  const { steps, batchSize } = options;
  const feed = (type: number, shape: readonly number[]): string =>
    nodes.add('Placeholder', [], { dtype: typed(type), shape: { kind: 'shape', value: shape } });
  const count = feed(DataType.int32, []);
  const indices = feed(DataType.int32, [steps, batchSize]);
  const rates = feed(DataType.float32, [steps]);
  const betas = feed(DataType.float32, [steps]);
  const seed = feed(DataType.int32, [2]);
  const parts = partsOf(options);
  const variables = loopVariables(parts);
  functions.push(conditionFunction(parts, variables), bodyFunction(parts, variables));

  const fed: FedInputs = { count, indices, rates, betas, seed, draws: addDraws(nodes, parts, seed) };
  const costs =
    options.kind === 'xla-loop'
      ? callCompiled(nodes, functions, parts, variables, fed)
      : runInGraph(nodes, parts, variables, fed);
  return {
    batchSize,
    steps,
    feeds: {
      count: nodeName(count),
      indices: nodeName(indices),
      rates: nodeName(rates),
      betas: nodeName(betas),
      seed: nodeName(seed),
    },
    costs,
  };
}

/** References of what a call feeds, and of the numbers drawn from its seed: for each draw [K, ...shape]. */
type FedInputs = TrainingLoop['feeds'] & { readonly draws: readonly string[] };

/** The step's trace as the loop's body runs it, and what is drawn before the loop. */
interface LoopParts extends LoopOptions {
  readonly split: SplitTrace;
}

/**
 * Random words are drawn before a loop that XLA compiles, by TensorFlow's own kernel: the words are the same, and XLA takes a
 * hundred times longer for each, because it computes them anew for every use.
 */
function partsOf(options: LoopOptions): LoopParts {
  const { kind, trace, state, labels } = options;
  const inputs = state.length + INPUTS_AFTER_STATE + (labels === undefined ? 0 : 1);
  const whole = { draws: { constants: [], nodes: [], results: [] }, shapes: [], rest: trace };
  return { ...options, split: kind === 'xla-loop' ? splitDraws(trace, inputs - 1, inputs) : whole };
}

/** What the loop finds in TensorFlow: images, state, labels. */
const residentOf = ({ images, state, labels }: LoopOptions): readonly SessionVariable[] => [
  images,
  ...state,
  ...(labels === undefined ? [] : [labels]),
];

/** The draws of all K steps. */
function addDraws(nodes: NodeList, { split, steps }: LoopParts, seed: string): string[] {
  if (split.shapes.length === 0) return [];
  const drawn = Array.from({ length: steps }, (_, step) => {
    const own = nodes.add('AddV2', [seed, addIntegers(nodes, [2], [0, step])], { T: typed(DataType.int32) });
    return emitTrace(nodes, split.draws, [own]);
  });
  const count = { kind: 'integer', value: steps } as const;
  return split.shapes.map((_, draw) =>
    nodes.add(
      'Pack',
      drawn.map((own) => own[draw] ?? ''),
      { N: count, T: typed(DataType.int32), axis: { kind: 'integer', value: 0 } },
    ),
  );
}

/** Everything the While carries, in order. */
function loopVariables({ state, images, labels, steps, batchSize, split }: LoopParts): LoopVariable[] {
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

const drawName = (index: number): string => `draw_${index}`;

/** step < count */
function conditionFunction({ name }: LoopParts, variables: readonly LoopVariable[]): GraphFunction {
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
function bodyFunction(
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

/**
 * The While, then the assignment of the state it ends with.
 * @param handles references of the resources: images first, then the state, then the labels
 * @returns reference of the costs, there once the state has been assigned
 */
function addLoop(
  nodes: NodeList,
  options: LoopParts,
  variables: readonly LoopVariable[],
  fed: FedInputs,
  handles: readonly string[],
): string {
  const { name, kind, steps, state, trace } = options;
  const [pixels = '', ...values] = residentOf(options).map(({ type }, index) =>
    nodes.add('ReadVariableOp', [handles[index] ?? ''], { dtype: typed(type) }),
  );
  const [weights, classes] = [values.slice(0, state.length), values.slice(state.length)];
  const start = addIntegers(nodes, [], [0]);
  const costs = nodes.constant({ type: DataType.float32, shape: [steps], bytes: new Uint8Array(4 * steps) });
  const loop = nodes.add(
    'While',
    [
      start,
      costs,
      fed.count,
      pixels,
      fed.indices,
      fed.rates,
      fed.betas,
      fed.seed,
      ...weights,
      ...fed.draws,
      ...classes,
    ],
    {
      T: { kind: 'types', value: variables.map(({ type }) => type) },
      cond: { kind: 'function', value: `${name}_condition` },
      body: { kind: 'function', value: `${name}_body` },
      output_shapes: { kind: 'shapes', value: variables.map(({ shape }) => shape) },
      parallel_iterations: { kind: 'integer', value: 1 },
      ...(kind === 'graph-loop' ? { _lower_using_switch_merge: { kind: 'boolean', value: true } as const } : {}),
    },
  );
  const assigns = state.flatMap(({ type }, index) => {
    // A variable that the step hands on unchanged need not be written.
    if (trace.results[index + 1]?.from === 'input') return [];
    const value = nodes.output(loop, STATE_PLACE + index);
    return [nodes.add('AssignVariableOp', [handles[index + 1] ?? '', value], { dtype: typed(type) })];
  });
  const done = [nodes.output(loop, COSTS_PLACE), ...assigns.map(after)];
  return nodes.add('Identity', done, { T: typed(DataType.float32) });
}

/** The loop in the graph itself. */
function runInGraph(nodes: NodeList, options: LoopParts, variables: readonly LoopVariable[], fed: FedInputs): string {
  const handles = residentOf(options).map(({ handle }) => handle);
  return addLoop(nodes, options, variables, fed, handles);
}

/**
 * The loop in a function of its own that XLA must compile. It is given the resources, not their values: XLA then updates the
 * state in place instead of returning a copy of it.
 */
function callCompiled(
  nodes: NodeList,
  functions: GraphFunction[],
  options: LoopParts,
  variables: readonly LoopVariable[],
  fed: FedInputs,
): string {
  const inside = new NodeList({ inFunction: true });
  const resources = residentOf(options);
  const names = resources.map((_, index) => `resource_${index}`);
  const draws = fed.draws.map((_, index) => drawName(index));
  const inputs: FunctionArgument[] = [
    { name: 'count', type: DataType.int32 },
    { name: 'indices', type: DataType.int32 },
    { name: 'rates', type: DataType.float32 },
    { name: 'betas', type: DataType.float32 },
    { name: 'seed', type: DataType.int32 },
    ...draws.map((name) => ({ name, type: DataType.int32 })),
    ...names.map((name) => ({ name, type: DataType.resource })),
  ];
  const arguments_ = { count: 'count', indices: 'indices', rates: 'rates', betas: 'betas', seed: 'seed', draws };
  const reference = addLoop(inside, options, variables, arguments_, names);
  const outputs = [{ name: 'costs', type: DataType.float32, reference }];
  functions.push({ name: `${options.name}_loop`, inputs, outputs, nodes: inside.nodes });
  const given = [
    fed.count,
    fed.indices,
    fed.rates,
    fed.betas,
    fed.seed,
    ...fed.draws,
    ...resources.map(({ handle }) => handle),
  ];
  return nodes.add('StatefulPartitionedCall', given, {
    Tin: { kind: 'types', value: inputs.map(({ type }) => type) },
    Tout: { kind: 'types', value: [DataType.float32] },
    f: { kind: 'function', value: `${options.name}_loop` },
    _XlaMustCompile: { kind: 'boolean', value: true },
  });
}
