import type { LayerFinish } from '../../domain/layer-settings.ts';
import type { Padding, PlainStep, PlainWeight } from '../export/plain-model.ts';
import { bad, ONE_PATH, type ReadOp } from './read-chain.ts';

type Step<Kind extends PlainStep['kind']> = Extract<PlainStep, { kind: Kind }>;
type Bend = Extract<ReadOp, { kind: 'activation' | 'prelu' }>;
type BatchNorm = Step<'batch-norm'>;
type Bent = Pick<LayerFinish, 'activation' | 'slope'> & { readonly alpha?: PlainWeight };

/** One of a residual block's two convolutions. */
export interface ResidualHalf {
  readonly kernel: PlainWeight;
  readonly bias?: PlainWeight;
  readonly padding: Padding;
  readonly norm?: BatchNorm;
}

/** Two convolutions, an activation between them, and what comes in added, or what a convolution of 1 × 1 makes of it. */
export interface ResidualParts extends LayerFinish {
  readonly first: ResidualHalf;
  readonly second: ResidualHalf;
  /** Of the first, and of the shortcut's. */
  readonly stride: number;
  readonly shortcut?: ResidualHalf;
  /** Slopes of a PReLU between them. */
  readonly between?: PlainWeight;
  /** Nothing stands behind the sum. */
  readonly plainSum: boolean;
  /** The activation stands before the first of them too: what normalises before it, and a PReLU's slopes there. */
  readonly before?: { readonly norm?: BatchNorm; readonly alpha?: PlainWeight };
}

/**
 * A block as the app's layer has it.
 * @param bendingOf of an activation, as layers say it
 * @throws StudioError `bad-file` where it is made of other layers
 */
export function residualParts(
  op: Extract<ReadOp, { kind: 'residual' }>,
  bendingOf: (bend: Bend) => Bent,
  file: string,
): ResidualParts {
  const rest: ReadOp[] = [...op.ops];
  const lead = leadOf(rest);
  const stride = strideOf(rest);
  const first = halfOf(rest, stride);
  const bend = bendOf(rest);
  // Of a single one what it gives is added as it is.
  const second = halfOf(rest) ?? (first === undefined || rest.length > 0 ? undefined : unchanged(first, op.name));
  const [before, between] = [lead?.bend, bend].map((each) => each && bendingOf(each));
  const isAlike = before === undefined || (before.activation === between?.activation && before.slope === between.slope);
  if (first === undefined || second === undefined || rest.length > 0 || !isAlike) {
    const kinds = op.ops.map(({ kind }) => kind).join(', ');
    const found = `a sum with what ${kinds} make of it: put such blocks in its place, or leave the sum out, and train it on`;
    throw bad(
      `${file}: ${op.name}`,
      `${ONE_PATH}, or blocks of two convolutions, the second of stride 1, with an activation between, or the same before each`,
      found,
    );
  }
  const bending: Bent = between ?? { activation: 'linear' };
  const { alpha, ...bent } = bending;
  const beside = shortcutOf(op, stride, file);
  const parts = {
    ...bent,
    dropout: 0,
    stride,
    ...(alpha === undefined ? {} : { between: alpha }),
    plainSum: bent.activation !== 'linear' || lead !== undefined,
  };
  if (before === undefined) {
    const batchNorm = first.norm !== undefined && second.norm !== undefined;
    if (!batchNorm)
      return { ...parts, batchNorm, first: folded(first), second: folded(second), ...along(beside, folded) };
    const normed = (half: ResidualHalf): ResidualHalf => ({
      ...half,
      norm: half.norm ?? changingNothing(half, op.name),
    });
    return { ...parts, batchNorm, first, second, ...along(beside, normed) };
  }
  const norm = lead?.norm;
  return {
    ...parts,
    batchNorm: norm !== undefined,
    // Where one is normalised before its activation, both are.
    first: norm === undefined ? folded(first) : { ...first, norm: first.norm ?? changingNothing(first, op.name) },
    second: folded(second),
    ...along(beside, folded),
    before: {
      ...(norm === undefined ? {} : { norm }),
      ...(before.alpha === undefined ? {} : { alpha: before.alpha }),
    },
  };
}

const strideOf = (steps: readonly ReadOp[]): number => {
  const first = steps.find((step) => step.kind === 'conv');
  return first?.kind === 'conv' ? first.stride : 1;
};

const along = (
  shortcut: ResidualHalf | undefined,
  as: (half: ResidualHalf) => ResidualHalf,
): { readonly shortcut?: ResidualHalf } => (shortcut === undefined ? {} : { shortcut: as(shortcut) });

/** The one convolution that what comes in passes; undefined where it is added as it is. */
function shortcutOf(
  { name, shortcut }: Extract<ReadOp, { kind: 'residual' }>,
  stride: number,
  file: string,
): ResidualHalf | undefined {
  if (shortcut.length === 0) return undefined;
  const rest: ReadOp[] = [...shortcut];
  const half = halfOf(rest, stride);
  const isOne =
    half?.kernel.shape.slice(0, 2).join() === '1,1' && Object.values(half.padding).every((side) => side === 0);
  if (half !== undefined && isOne && rest.length === 0) return half;
  const expected = `one convolution of 1 × 1 and of the block’s stride ${stride} beside it, or none`;
  const kinds = shortcut.map(({ kind }) => kind).join(', ');
  throw bad(`${file}: ${name}`, expected, `${kinds}: put such a one in its place, and train it on`);
}

/** Takes an activation, and a normalisation before it, from the front of the steps. */
function leadOf(steps: ReadOp[]): { readonly norm?: BatchNorm; readonly bend: Bend } | undefined {
  const [first] = steps;
  const rest = first?.kind === 'batch-norm' ? steps.slice(1) : [...steps];
  const bend = bendOf(rest);
  if (bend === undefined) return undefined;
  steps.splice(0, steps.length, ...rest);
  return { bend, ...(first?.kind === 'batch-norm' ? { norm: first } : {}) };
}

/** Takes an activation from the front of the steps. */
function bendOf(steps: ReadOp[]): Bend | undefined {
  const [first] = steps;
  if (first?.kind !== 'activation' && first?.kind !== 'prelu') return undefined;
  steps.shift();
  return first;
}

/**
 * Takes a convolution that shrinks the image by its stride alone, zeros around that and its normalisation from the front of the steps.
 * @param stride that it must have
 */
function halfOf(steps: ReadOp[], stride = 1): ResidualHalf | undefined {
  const pad = steps[0]?.kind === 'pad' ? steps[0] : undefined;
  const [op, next] = pad === undefined ? steps : steps.slice(1);
  const from = pad?.inputShape ?? op?.inputShape;
  const shrunk = from?.slice(0, 2).map((side) => Math.ceil(side / stride));
  if (op?.kind !== 'conv' || op.stride !== stride || shrunk?.join() !== op.shape.slice(0, 2).join()) return undefined;
  steps.splice(0, (pad === undefined ? 1 : 2) + (next?.kind === 'batch-norm' ? 1 : 0));
  const { kernel, bias, padding: own } = op;
  return {
    kernel,
    padding: pad === undefined ? own : added(own, pad.padding),
    ...(bias === undefined ? {} : { bias }),
    ...(next?.kind === 'batch-norm' ? { norm: next } : {}),
  };
}

const added = (a: Padding, b: Padding): Padding => ({
  top: a.top + b.top,
  left: a.left + b.left,
  bottom: a.bottom + b.bottom,
  right: a.right + b.right,
});

/** A convolution that gives what another has given: each channel to itself. */
function unchanged({ kernel }: ResidualHalf, block: string): ResidualHalf {
  const channels = kernel.shape[3] ?? 1;
  const data = new Float32Array(channels * channels);
  for (let at = 0; at < data.length; at += channels + 1) data[at] = 1;
  const padding = { top: 0, left: 0, bottom: 0, right: 0 };
  return { kernel: { name: `${block}/identity`, shape: [1, 1, channels, channels], data }, padding };
}

/** A normalisation of what a convolution gives that leaves it as it is: exporters have taken its own into the weights. */
function changingNothing({ kernel }: ResidualHalf, block: string): BatchNorm {
  const units = kernel.shape[3] ?? 1;
  const of = (name: string, value: number): PlainWeight => ({
    name: `${block}/${name}`,
    shape: [units],
    data: new Float32Array(units).fill(value),
  });
  const [scale, shift, mean, variance] = [of('scale', 1), of('shift', 0), of('mean', 0), of('variance', 1)];
  return { kind: 'batch-norm', scale, shift, mean, variance, epsilon: 0 };
}

/** Its normalisation in its weights, by its moving statistics. */
function folded({ kernel, bias, padding, norm }: ResidualHalf): ResidualHalf {
  if (norm === undefined) return { kernel, padding, ...(bias === undefined ? {} : { bias }) };
  const units = norm.mean.data.length;
  const factor = norm.scale.data.map((scale, unit) => scale / Math.sqrt(norm.variance.data[unit]! + norm.epsilon));
  const moved = norm.shift.data.map(
    (shift, unit) => ((bias?.data[unit] ?? 0) - norm.mean.data[unit]!) * factor[unit]! + shift,
  );
  const name = bias?.name ?? `${kernel.name}/bias`;
  return {
    kernel: { ...kernel, data: kernel.data.map((value, at) => value * factor[at % units]!) },
    bias: { name, shape: [units], data: moved },
    padding,
  };
}
