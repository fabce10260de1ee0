import type { LayerFinish } from '../../domain/layer-settings.ts';
import type { Padding, PlainStep, PlainWeight } from '../export/plain-model.ts';
import { bad, ONE_PATH, type ReadOp } from './read-chain.ts';

type Step<Kind extends PlainStep['kind']> = Extract<PlainStep, { kind: Kind }>;
type Bend = Extract<ReadOp, { kind: 'activation' | 'prelu' }>;
type BatchNorm = Step<'batch-norm'>;
type GroupNorm = Step<'group-norm'>;
type Norm = BatchNorm | GroupNorm;
type Bent = Pick<LayerFinish, 'activation' | 'slope'> & { readonly alpha?: PlainWeight };

/** One of a residual block's convolutions. */
export interface BlockConvolution {
  readonly kernel: PlainWeight;
  readonly bias?: PlainWeight;
  readonly padding: Padding;
  readonly stride: number;
  readonly norm?: Norm;
  /** Slopes of a PReLU behind it. */
  readonly alpha?: PlainWeight;
}

/** Two convolutions or three, an activation between them, and what comes in added, or what a convolution of 1 × 1 makes of it. */
export interface ResidualParts extends LayerFinish {
  readonly first: BlockConvolution;
  readonly middle?: BlockConvolution;
  readonly second: BlockConvolution;
  readonly shortcut?: BlockConvolution;
  /** Of channels, where each is normalised over such. */
  readonly groups?: number;
  readonly epsilon?: number;
  /** Nothing stands behind the sum. */
  readonly plainSum: boolean;
  /** The activation stands before the first of them too: what normalises before it, and a PReLU's slopes there. */
  readonly before?: { readonly norm?: Norm; readonly alpha?: PlainWeight };
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
  const row = convolutionsOf(rest, op.name, bendingOf);
  const before = lead && bendingOf(lead.bend);
  const [{ bend = undefined } = {}] = row;
  const bends = row.slice(0, -1).map((each) => each.bend);
  const isAlike = [...bends, ...(before === undefined ? [] : [before])].every(
    (each) => each?.activation === bend?.activation && each?.slope === bend?.slope,
  );
  const isOne = row.slice(0, -1).filter(({ stride }) => stride > 1).length <= 1 && row.at(-1)?.stride === 1;
  if (row.length < 2 || row.at(-1)?.bend !== undefined || rest.length > 0 || !isAlike || !isOne) {
    const kinds = op.ops.map(({ kind }) => kind).join(', ');
    const found = `a sum with what ${kinds} make of it: put such blocks in its place, or leave the sum out, and train it on`;
    throw bad(
      `${file}: ${op.name}`,
      `${ONE_PATH}, or blocks of two or three convolutions, the last of stride 1, with an activation between, or the same before each`,
      found,
    );
  }
  const { activation, slope }: Bent = bend ?? { activation: 'linear' };
  const stride = row.reduce((all, each) => all * each.stride, 1);
  const beside = shortcutOf(op, stride, file);
  const plainSum = activation !== 'linear' || lead !== undefined;
  const parts = { activation, ...(slope === undefined ? {} : { slope }), dropout: 0, plainSum };
  const leading =
    before === undefined
      ? {}
      : {
          before: {
            ...(lead?.norm === undefined ? {} : { norm: lead.norm }),
            ...(before.alpha === undefined ? {} : { alpha: before.alpha }),
          },
        };
  const block = { row: row.map(({ bend: own, ...each }) => ({ ...each, ...alphaIn(own) })), beside, lead: lead?.norm };
  const normalised =
    groupsOf(block, before !== undefined, `${file}: ${op.name}`) ?? inBatches(block, before !== undefined, op.name);
  return { ...parts, ...normalised, ...leading };
}

const alphaIn = (bend: Bent | undefined): { readonly alpha?: PlainWeight } =>
  bend?.alpha === undefined ? {} : { alpha: bend.alpha };

/** Takes convolutions, each with an activation behind it, from the front of the steps; a single one gets one behind it that changes nothing. */
function convolutionsOf(steps: ReadOp[], block: string, bendingOf: (bend: Bend) => Bent) {
  const row: (BlockConvolution & { readonly bend?: Bent })[] = [];
  for (let own = convolutionOf(steps); own !== undefined && row.length < 3; own = convolutionOf(steps)) {
    const bend = bendOf(steps);
    row.push({ ...own, ...(bend === undefined ? {} : { bend: bendingOf(bend) }) });
  }
  const [only, ...more] = row;
  if (only !== undefined && more.length === 0 && steps.length === 0) row.push(unchanged(only, block));
  return row;
}

interface Block {
  readonly row: readonly BlockConvolution[];
  readonly beside: BlockConvolution | undefined;
  /** What normalises before the first activation. */
  readonly lead: Norm | undefined;
}

type Normalised = Pick<ResidualParts, 'first' | 'middle' | 'second' | 'shortcut' | 'batchNorm' | 'groups' | 'epsilon'>;

function named(row: readonly BlockConvolution[], shortcut: BlockConvolution | undefined) {
  const [first, ...more] = row as [BlockConvolution, BlockConvolution, BlockConvolution?];
  const middle = more.length > 1 ? { middle: more[0]! } : {};
  return { first, ...middle, second: more.at(-1)!, ...(shortcut === undefined ? {} : { shortcut }) };
}

/** Where anything is normalised over groups all must be, alike: that goes into no weights. @param isFirst whether the activation stands before each */
function groupsOf({ row, beside, lead }: Block, isFirst: boolean, where: string): Normalised | undefined {
  const behind = [...row, ...(beside === undefined ? [] : [beside])].map(({ norm }) => norm);
  const all = isFirst ? [lead, ...row.slice(0, -1).map(({ norm }) => norm)] : behind;
  const [some] = [lead, ...behind].filter((norm) => norm?.kind === 'group-norm');
  if (some === undefined) return undefined;
  const isAlike = (norm: Norm | undefined): boolean =>
    norm?.kind === 'group-norm' && norm.groups === some.groups && norm.epsilon === some.epsilon;
  const count = [lead, ...behind].filter((norm) => norm !== undefined).length;
  if (!all.every(isAlike) || all.length !== count) {
    const expected = 'group normalisation alike behind each convolution, or alike before each activation';
    throw bad(where, expected, 'a block that has it elsewhere, or otherwise: normalise each alike, and train it on');
  }
  // As it was said, before it was float32.
  const epsilon = Number(some.epsilon.toPrecision(6));
  return { batchNorm: false, groups: some.groups, epsilon, ...named(row, beside) };
}

/** What is normalised over the batch: all of them, or none, whose normalisation goes into their weights. */
function inBatches({ row, beside, lead }: Block, isFirst: boolean, name: string): Normalised {
  const normed = (own: BlockConvolution): BlockConvolution => ({
    ...own,
    norm: own.norm ?? changingNothing(own, name),
  });
  if (isFirst) {
    // Where one is normalised before its activation, all are; behind the last the app has none.
    const own = row.map((each, at) => (lead === undefined || at === row.length - 1 ? folded(each) : normed(each)));
    return { batchNorm: lead !== undefined, ...named(own, beside && folded(beside)) };
  }
  const batchNorm = row.every(({ norm }) => norm !== undefined);
  const as = batchNorm ? normed : folded;
  return { batchNorm, ...named(row.map(as), beside && as(beside)) };
}

/** The one convolution that what comes in passes; undefined where it is added as it is. */
function shortcutOf(
  { name, shortcut }: Extract<ReadOp, { kind: 'residual' }>,
  stride: number,
  file: string,
): BlockConvolution | undefined {
  if (shortcut.length === 0) return undefined;
  const rest: ReadOp[] = [...shortcut];
  const own = convolutionOf(rest);
  const isOne =
    own?.kernel.shape.slice(0, 2).join() === '1,1' && Object.values(own.padding).every((side) => side === 0);
  if (own !== undefined && own.stride === stride && isOne && rest.length === 0) return own;
  const expected = `one convolution of 1 × 1 and of the block’s stride ${stride} beside it, or none`;
  const kinds = shortcut.map(({ kind }) => kind).join(', ');
  throw bad(`${file}: ${name}`, expected, `${kinds}: put such a one in its place, and train it on`);
}

/** Takes an activation, and a normalisation before it, from the front of the steps. */
function leadOf(steps: ReadOp[]): { readonly norm?: Norm; readonly bend: Bend } | undefined {
  const norm = normIn(steps[0]);
  const rest = norm === undefined ? [...steps] : steps.slice(1);
  const bend = bendOf(rest);
  if (bend === undefined) return undefined;
  steps.splice(0, steps.length, ...rest);
  return { bend, ...(norm === undefined ? {} : { norm }) };
}

const normIn = (step: ReadOp | undefined): Norm | undefined =>
  step?.kind === 'batch-norm' || step?.kind === 'group-norm' ? step : undefined;

/** Takes an activation from the front of the steps. */
function bendOf(steps: ReadOp[]): Bend | undefined {
  const [first] = steps;
  if (first?.kind !== 'activation' && first?.kind !== 'prelu') return undefined;
  steps.shift();
  return first;
}

/** Takes a convolution that shrinks the image by its stride alone, zeros around that and its normalisation from the front of the steps. */
function convolutionOf(steps: ReadOp[]): BlockConvolution | undefined {
  const pad = steps[0]?.kind === 'pad' ? steps[0] : undefined;
  const [op, next] = pad === undefined ? steps : steps.slice(1);
  if (op?.kind !== 'conv') return undefined;
  const { kernel, bias, padding: own, stride } = op;
  const shrunk = (pad ?? op).inputShape.slice(0, 2).map((side) => Math.ceil(side / stride));
  if (shrunk.join() !== op.shape.slice(0, 2).join()) return undefined;
  const norm = normIn(next);
  steps.splice(0, (pad === undefined ? 1 : 2) + (norm === undefined ? 0 : 1));
  return {
    kernel,
    padding: pad === undefined ? own : added(own, pad.padding),
    stride,
    ...(bias === undefined ? {} : { bias }),
    ...(norm === undefined ? {} : { norm }),
  };
}

const added = (a: Padding, b: Padding): Padding => ({
  top: a.top + b.top,
  left: a.left + b.left,
  bottom: a.bottom + b.bottom,
  right: a.right + b.right,
});

/** A convolution that gives what another has given: each channel to itself. */
function unchanged({ kernel }: BlockConvolution, block: string): BlockConvolution {
  const channels = kernel.shape[3] ?? 1;
  const data = new Float32Array(channels * channels);
  for (let at = 0; at < data.length; at += channels + 1) data[at] = 1;
  const padding = { top: 0, left: 0, bottom: 0, right: 0 };
  return { kernel: { name: `${block}/identity`, shape: [1, 1, channels, channels], data }, padding, stride: 1 };
}

/** A normalisation of what a convolution gives that leaves it as it is: exporters have taken its own into the weights. */
function changingNothing({ kernel }: BlockConvolution, block: string): BatchNorm {
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
function folded({ norm, ...own }: BlockConvolution): BlockConvolution {
  if (norm?.kind !== 'batch-norm') return own;
  const { kernel, bias } = own;
  const units = norm.mean.data.length;
  const factor = norm.scale.data.map((scale, unit) => scale / Math.sqrt(norm.variance.data[unit]! + norm.epsilon));
  const moved = norm.shift.data.map(
    (shift, unit) => ((bias?.data[unit] ?? 0) - norm.mean.data[unit]!) * factor[unit]! + shift,
  );
  const name = bias?.name ?? `${kernel.name}/bias`;
  return {
    ...own,
    kernel: { ...kernel, data: kernel.data.map((value, at) => value * factor[at % units]!) },
    bias: { name, shape: [units], data: moved },
  };
}
