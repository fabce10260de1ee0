import { addIntegers, typed } from './common-nodes.ts';
import { emitTrace } from './emit-trace.ts';
import { after, DataType, NodeList, nodeName, type FunctionArgument, type GraphFunction } from './graph-def.ts';
import {
  bodyFunction,
  conditionFunction,
  COSTS_PLACE,
  drawName,
  loopVariables,
  partsOf,
  STATE_PLACE,
  type LoopOptions,
  type LoopParts,
  type LoopVariable,
} from './loop-functions.ts';
import type { SessionVariable } from './session-variables.ts';

/** Where a call of the loop takes its inputs and what to fetch. */
export interface TrainingLoop {
  readonly batchSize: number;
  readonly steps: number;
  readonly feeds: Readonly<Record<'count' | 'indices' | 'rates' | 'betas' | 'seed', string>>;
  /** float32 [steps]; fetching it makes the steps happen */
  readonly costs: string;
}

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
