import type { PlainStep } from '../../export/plain-model.ts';

type Activation = Omit<Extract<PlainStep, { kind: 'activation' }>, 'kind'>;

/**
 * Where functions of one number are looked at. Programs write an activation as one operator or as several; what they compute
 * tells it, and these places tell every activation from the others; the outermost tell a clip of bytes from one that never ends.
 */
const places: readonly number[] = [
  -300, -100, -30, -9, -5, -3.5, -2.25, -1.5, -1, -0.75, -0.5, -0.1, 0, 0.1, 0.3, 0.75, 1, 1.5, 2, 3, 5, 9, 30, 100,
  300,
];

/** A function of one number, by its values at those places, and the operators that it is made of. */
export interface ScalarFunction {
  readonly values: readonly number[];
  readonly operators: readonly string[];
  /** Where it begins with a number that is added or multiplied: that, and what is done afterwards. */
  readonly start?: { readonly line: Line; readonly rest: ScalarFunction };
  /** Where it goes on behind an activation: the function up to that one, and what is done afterwards. */
  readonly stage?: { readonly before: ScalarFunction; readonly rest: ScalarFunction };
}

interface Line {
  readonly factor: number;
  readonly summand: number;
}

export const identity: ScalarFunction = { values: places, operators: [] };

type Operand = ScalarFunction | number;

/**
 * Puts an operator behind functions and numbers.
 * @returns undefined where it is none of one value at a time
 */
export function applied(
  operator: string,
  operands: readonly Operand[],
  settings: Settings,
): ScalarFunction | undefined {
  const made = appliedAtOnce(operator, operands, settings);
  // What begins with a line has its stages behind that.
  const stage = made === undefined || made.start !== undefined ? undefined : stageOf(operator, operands, settings);
  return made && { ...made, ...(stage === undefined ? {} : { stage }) };
}

function appliedAtOnce(operator: string, operands: readonly Operand[], settings: Settings): ScalarFunction | undefined {
  const compute = Object.hasOwn(operators, operator) ? operators[operator] : undefined;
  if (compute === undefined) return undefined;
  const given = (at: number): number[] =>
    operands.map((operand) => (typeof operand === 'number' ? operand : (operand.values[at] as number)));
  const before = operands.flatMap((operand) => (typeof operand === 'number' ? [] : operand.operators));
  const start = startOf(operator, operands, settings);
  return {
    values: places.map((_, at) => compute(given(at), settings)),
    operators: [...new Set([...before, operator])],
    ...(start === undefined ? {} : { start }),
  };
}

function startOf(operator: string, operands: readonly Operand[], settings: Settings): ScalarFunction['start'] {
  const [one, other] = operands;
  if (one === identity || other === identity) {
    const number = typeof one === 'number' ? one : other;
    if (typeof number !== 'number' || operands.length !== 2) return undefined;
    const lines: Readonly<Record<string, Line>> = {
      Add: { factor: 1, summand: number },
      Mul: { factor: number, summand: 0 },
      ...(one === identity ? { Sub: { factor: 1, summand: -number }, Div: { factor: 1 / number, summand: 0 } } : {}),
    };
    const line = lines[operator];
    return line && { line, rest: identity };
  }
  const starts = operands.map((operand) => (typeof operand === 'number' ? undefined : operand.start));
  const line = starts.find((start) => start !== undefined)?.line;
  const rests = operands.map((operand, at) => (typeof operand === 'number' ? operand : starts[at]?.rest));
  const isSame = operands.every((operand, at) => typeof operand === 'number' || starts[at]?.line === line);
  const known = rests.filter((rest) => rest !== undefined);
  const rest = isSame && known.length === rests.length ? applied(operator, known, settings) : undefined;
  return line && rest && { line, rest };
}

/** Two activations, one behind the other, are two layers: the second begins where all operands go on from the same function. */
function stageOf(operator: string, operands: readonly Operand[], settings: Settings): ScalarFunction['stage'] {
  const functions = operands.filter((operand) => typeof operand !== 'number');
  const [first] = functions;
  if (first === undefined) return undefined;
  const isOne = functions.every((each) => each === first) && first !== identity;
  const before = isOne && endsKnown(first) ? first : functions.find(({ stage }) => stage !== undefined)?.stage?.before;
  if (before === undefined) return undefined;
  const rests = operands.map((operand) => {
    if (typeof operand === 'number') return operand;
    if (operand === before) return identity;
    return operand.stage?.before === before ? operand.stage.rest : undefined;
  });
  const known = rests.filter((rest) => rest !== undefined);
  const rest = known.length === rests.length ? appliedAtOnce(operator, known, settings) : undefined;
  return rest && { before, rest };
}

const endsKnown = (given: ScalarFunction): boolean =>
  activationOf(given) !== undefined || (given.stage !== undefined && activationOf(given.stage.rest) !== undefined);

/** A function as those that come one after another; itself where it is no more than one. */
export function stagesOf(given: ScalarFunction): readonly ScalarFunction[] {
  const stages: ScalarFunction[] = [];
  let current = given;
  while (current.stage !== undefined && activationOf(current) === undefined) {
    stages.push(current.stage.rest);
    current = current.stage.before;
  }
  return [current, ...stages.reverse()];
}

/** What programs write GELU with: √2, √½, √(2/π) and the weight of the cube (Hendrycks & Gimpel 2016, §2). */
const written: readonly number[] = [Math.SQRT2, Math.SQRT1_2, Math.sqrt(2 / Math.PI), 0.044715];

/** A number of a file of half precision, or of bfloat16, is the one that it was rounded from. */
export const unrounded = (value: number): number =>
  written.find((exact) => [11, 8].some((bits) => rounded(exact, bits) === value)) ?? value;

function rounded(value: number, bits: number): number {
  const step = 2 ** (Math.floor(Math.log2(value)) + 1 - bits);
  return Math.round(value / step) * step;
}

/** What an operator's attributes say. */
export interface Settings {
  readonly number: (name: string, otherwise: number) => number;
  readonly text: (name: string) => string;
}

type Compute = (operands: readonly number[], settings: Settings) => number;

const one =
  (compute: (x: number) => number): Compute =>
  ([x = 0]) =>
    compute(x);
const two =
  (compute: (x: number, y: number) => number): Compute =>
  ([x = 0, y = 0]) =>
    compute(x, y);

/** Of SELU (Klambauer et al. 2017, §2). */
const [SELU_SCALE, SELU_ALPHA] = [1.0507009873554805, 1.6732632423543772];

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const softplus = (x: number): number => (x > 0 ? x + Math.log1p(Math.exp(-x)) : Math.log1p(Math.exp(x)));
const gelu = (x: number): number => (x / 2) * (1 + erf(x * Math.SQRT1_2));
const gentleGelu = (x: number): number => (x / 2) * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));
const hardSilu = (x: number): number => x * Math.min(Math.max(x / 6 + 0.5, 0), 1);
const mish = (x: number): number => x * Math.tanh(softplus(x));
const softsign = (x: number): number => x / (1 + Math.abs(x));
const leaky = (slope: number, x: number): number => (x < 0 ? slope * x : x);

/** By ONNX's names (onnx.ai/onnx/operators). */
const operators: Readonly<Record<string, Compute>> = {
  Abs: one(Math.abs),
  Add: two((x, y) => x + y),
  Clip: ([x = 0, least = -Infinity, most = Infinity], { number }) =>
    Math.min(Math.max(x, number('min', least)), number('max', most)),
  Div: two((x, y) => x / y),
  Elu: ([x = 0], { number }) => (x < 0 ? number('alpha', 1) * Math.expm1(x) : x),
  Erf: one(erf),
  Erfc: one((x) => 1 - erf(x)),
  Exp: one(Math.exp),
  Gelu: ([x = 0], { text }) => (text('approximate') === 'tanh' ? gentleGelu(x) : gelu(x)),
  Greater: two((x, y) => (x > y ? 1 : 0)),
  GreaterOrEqual: two((x, y) => (x >= y ? 1 : 0)),
  LeakyRelu: ([x = 0], { number }) => leaky(number('alpha', 0.01), x),
  HardSigmoid: ([x = 0], { number }) => Math.min(Math.max(number('alpha', 0.2) * x + number('beta', 0.5), 0), 1),
  HardSwish: one(hardSilu),
  Celu: ([x = 0], { number }) => (x < 0 ? number('alpha', 1) * Math.expm1(x / number('alpha', 1)) : x),
  Less: two((x, y) => (x < y ? 1 : 0)),
  LessOrEqual: two((x, y) => (x <= y ? 1 : 0)),
  Log: one(Math.log),
  Max: (given) => Math.max(...given),
  Min: (given) => Math.min(...given),
  Mish: one(mish),
  Mul: two((x, y) => x * y),
  Neg: one((x) => -x),
  Pow: two((x, y) => x ** y),
  Reciprocal: one((x) => 1 / x),
  Relu: one((x) => Math.max(0, x)),
  Selu: ([x = 0], { number }) =>
    number('gamma', SELU_SCALE) * (x > 0 ? x : number('alpha', SELU_ALPHA) * Math.expm1(x)),
  Sigmoid: one(sigmoid),
  Softplus: one(softplus),
  Softsign: one(softsign),
  Sqrt: one(Math.sqrt),
  Sub: two((x, y) => x - y),
  Sum: (given) => given.reduce((sum, x) => sum + x, 0),
  Swish: ([x = 0], { number }) => x * sigmoid(number('alpha', 1) * x),
  Tanh: one(Math.tanh),
  ThresholdedRelu: ([x = 0], { number }) => (x > number('alpha', 1) ? x : 0),
  Where: ([condition = 0, x = 0, y = 0]) => (condition === 0 ? y : x),
  'com.microsoft.Gelu': one(gelu),
};

/** Whether an operator is of one value at a time. */
export const isScalarOperator = (operator: string): boolean => Object.hasOwn(operators, operator);

const known: readonly { readonly activation: Activation['activation']; readonly compute: (x: number) => number }[] = [
  { activation: 'sigmoid', compute: sigmoid },
  { activation: 'tanh', compute: Math.tanh },
  { activation: 'relu', compute: (x) => Math.max(0, x) },
  { activation: 'elu', compute: (x) => (x < 0 ? Math.expm1(x) : x) },
  { activation: 'gelu', compute: gelu },
  { activation: 'softplus', compute: softplus },
  { activation: 'silu', compute: (x) => x * sigmoid(x) },
  { activation: 'selu', compute: (x) => SELU_SCALE * (x > 0 ? x : SELU_ALPHA * Math.expm1(x)) },
  { activation: 'clip', compute: (x) => Math.min(Math.max(x, 0), 1) },
  { activation: 'gelu-tanh', compute: gentleGelu },
  { activation: 'hard-silu', compute: hardSilu },
  { activation: 'mish', compute: mish },
  { activation: 'softsign', compute: softsign },
];

/** The activation that a function is; undefined where it is none that the app knows. */
export function activationOf(given: ScalarFunction): Activation | undefined {
  const found = known.find(({ compute }) => agrees(given, compute));
  if (found !== undefined) return { activation: found.activation };
  const slope = -(given.values[places.indexOf(-1)] as number);
  // Of slope 1 it bends nothing.
  return slope !== 1 && agrees(given, (x) => leaky(slope, x)) ? { activation: 'leaky-relu', slope } : undefined;
}

/** What is found, and what can be done, where a function is no activation that the app knows. */
export function unknownWords({ operators: made }: ScalarFunction): string {
  if (made.join() === 'Elu') return 'an ELU of another α than 1: use 1, train the model on, and export it again';
  return `one made of ${made.join(', ')}: put ReLU, GELU or another known one in its place, and export again`;
}

/** Factor and summand of a function that is nothing else. */
export function lineOf(given: ScalarFunction): { readonly factor: number; readonly summand: number } | undefined {
  const summand = given.values[places.indexOf(0)] as number;
  const factor = (given.values[places.indexOf(1)] as number) - summand;
  return agrees(given, (x) => factor * x + summand) ? { factor, summand } : undefined;
}

/** An activation that is scaled and moved; undefined where it is no such. */
export function scaledActivationOf(
  given: ScalarFunction,
): { readonly activation: Activation; readonly factor: number; readonly summand: number } | undefined {
  for (const { activation, compute } of known) {
    const at = (x: number): number => given.values[places.indexOf(x)] as number;
    const factor = (at(1) - at(-1)) / (compute(1) - compute(-1));
    const summand = at(1) - factor * compute(1);
    if (factor !== 0 && agrees(given, (x) => factor * compute(x) + summand)) {
      return { activation: { activation }, factor, summand };
    }
  }
  return undefined;
}

/** A line between two values, and those beyond it; undefined where a function is no such. */
export function clipOf(given: ScalarFunction) {
  const [least, most] = [Math.min(...given.values), Math.max(...given.values)];
  const inside = places.flatMap((x, at) => {
    const value = given.values[at] as number;
    return value > least && value < most ? [{ x, value }] : [];
  });
  const [first, last] = [inside[0], inside.at(-1)];
  if (first === undefined || last === undefined || first === last || !Number.isFinite(most - least)) return undefined;
  const factor = (last.value - first.value) / (last.x - first.x);
  const summand = first.value - factor * first.x;
  const isClip = agrees(given, (x) => Math.min(Math.max(factor * x + summand, least), most));
  return isClip ? { least, most, factor, summand } : undefined;
}

/** As far as weights of float32 can say it; where operators on the way overflow, nothing is told. */
function agrees({ values }: ScalarFunction, compute: (x: number) => number): boolean {
  return places.every((x, at) => {
    if (Math.abs(x) > 30 && !Number.isFinite(values[at])) return true;
    const expected = compute(x);
    return Math.abs((values[at] as number) - expected) <= 2e-6 * Math.max(1, Math.abs(expected));
  });
}

/** The error function: its series about 0, and beyond 4 one less than 2e-8 (Abramowitz & Stegun 1964, 7.1.5). */
function erf(x: number): number {
  if (Math.abs(x) >= 4) return Math.sign(x);
  let [sum, term] = [x, x];
  for (let n = 1; Math.abs(term) > 1e-17; n += 1) {
    term *= -(x * x) / n;
    sum += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}
