import type { LayerFinish } from '../../domain/layer-settings.ts';
import type { Padding, PlainStep, PlainWeight } from '../export/plain-model.ts';
import { bad, ONE_PATH, type ReadOp } from './read-chain.ts';

type Step<Kind extends PlainStep['kind']> = Extract<PlainStep, { kind: Kind }>;
type Bend = Extract<ReadOp, { kind: 'activation' | 'prelu' }>;

/** One of a residual block's two convolutions. */
export interface ResidualHalf {
  readonly kernel: PlainWeight;
  readonly bias?: PlainWeight;
  readonly padding: Padding;
  readonly norm?: Step<'batch-norm'>;
}

/** Two convolutions, an activation between them, and what comes in added. */
export interface ResidualParts extends LayerFinish {
  readonly first: ResidualHalf;
  readonly second: ResidualHalf;
  /** Slopes of a PReLU between them. */
  readonly between?: PlainWeight;
  /** Nothing stands behind the sum. */
  readonly plainSum: boolean;
}

/**
 * A block as the app's layer has it.
 * @param bendingOf of an activation, as layers say it
 * @throws StudioError `bad-file` where it is made of other layers
 */
export function residualParts(
  op: Extract<ReadOp, { kind: 'residual' }>,
  bendingOf: (bend: Bend) => Pick<LayerFinish, 'activation' | 'slope'> & { readonly alpha?: PlainWeight },
  file: string,
): ResidualParts {
  const rest: ReadOp[] = [...op.ops];
  const first = halfOf(rest);
  const bend = rest[0]?.kind === 'activation' || rest[0]?.kind === 'prelu' ? (rest.shift() as Bend) : undefined;
  const second = halfOf(rest);
  if (first === undefined || second === undefined || rest.length > 0) {
    const kinds = op.ops.map(({ kind }) => kind).join(', ');
    const found = `a sum with what ${kinds} make of it: put such blocks in its place, or leave the sum out, and train it on`;
    throw bad(
      `${file}: ${op.name}`,
      `${ONE_PATH}, or blocks of two convolutions of stride 1 with an activation between`,
      found,
    );
  }
  const { alpha, ...bent } = bend === undefined ? ({ activation: 'linear' } as const) : bendingOf(bend);
  const batchNorm = first.norm !== undefined && second.norm !== undefined;
  const [one, other] = batchNorm ? [first, second] : [folded(first), folded(second)];
  return {
    ...bent,
    batchNorm,
    dropout: 0,
    first: one,
    second: other,
    ...(alpha === undefined ? {} : { between: alpha }),
    plainSum: bent.activation !== 'linear',
  };
}

/** Takes a convolution that keeps the image's shape, zeros around that and its normalisation from the front of the steps. */
function halfOf(steps: ReadOp[]): ResidualHalf | undefined {
  const pad = steps[0]?.kind === 'pad' ? steps[0] : undefined;
  const [op, next] = pad === undefined ? steps : steps.slice(1);
  const from = pad?.inputShape ?? op?.inputShape;
  const keeps = from?.slice(0, 2).join() === op?.shape.slice(0, 2).join();
  if (op?.kind !== 'conv' || op.stride !== 1 || !keeps) return undefined;
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
