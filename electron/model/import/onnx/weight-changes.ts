import type { PlainStep, PlainWeight } from '../../export/plain-model.ts';
import type { ReadOp } from '../read-chain.ts';

type Dense = Extract<PlainStep, { kind: 'dense' }>;
type Weighted = Extract<ReadOp, { kind: 'dense' | 'conv' | 'conv-transpose' }>;

export const isWeighted = (op: ReadOp | undefined): op is Weighted =>
  op?.kind === 'dense' || op?.kind === 'conv' || op?.kind === 'conv-transpose';

const picked = (values: Float32Array, source: Uint32Array): Float32Array =>
  Float32Array.from(source, (from) => values[from] as number);

/** A dense layer of the units of another, in this order: all of them, or some. */
export function withUnits({ kernel, bias }: Dense, source: Uint32Array): Pick<Dense, 'kernel' | 'bias'> {
  const [rows = 1, before = 1] = kernel.shape;
  const units = source.length;
  const data = new Float32Array(rows * units);
  for (let row = 0; row < rows; row += 1) {
    for (let unit = 0; unit < units; unit += 1) {
      data[row * units + unit] = kernel.data[row * before + (source[unit] as number)] as number;
    }
  }
  return {
    kernel: { ...kernel, shape: [rows, units], data },
    ...(bias === undefined ? {} : { bias: { ...bias, shape: [units], data: picked(bias.data, source) } }),
  };
}

/** Steps behind a dense layer that look at one value at a time, or at all of them alike. */
export const KEEPING_ORDER: readonly string[] = [
  'activation',
  'prelu',
  'rescale',
  'batch-norm',
  'layer-norm',
  'reshape',
  'flatten',
];

/** A step on rows whose values have changed places; undefined where its weights are not one a value. */
export function inOrder(op: ReadOp, source: Uint32Array): ReadOp | undefined {
  const of = (weight: PlainWeight): PlainWeight => ({ ...weight, data: picked(weight.data, source) });
  switch (op.kind) {
    case 'dense':
      return { ...op, ...withUnits(op, source) };
    case 'prelu':
      return op.alpha.data.length === source.length ? { ...op, alpha: of(op.alpha) } : undefined;
    case 'layer-norm':
    case 'batch-norm': {
      if (op.scale.data.length !== source.length) return undefined;
      const own = { scale: of(op.scale), shift: of(op.shift) };
      return op.kind === 'layer-norm'
        ? { ...op, ...own }
        : { ...op, ...own, mean: of(op.mean), variance: of(op.variance) };
    }
    default:
      return op;
  }
}

/** Multiplies and adds by unit, or by channel; one number alone is for all of them. */
export function withScale(op: Weighted, factors: ArrayLike<number>, summands: ArrayLike<number>): ReadOp {
  const { kernel, bias } = op;
  const transposed = op.kind === 'conv-transpose';
  const units = kernel.shape.at(transposed ? 2 : -1) ?? 1;
  // A transposed convolution's kernel has its filters before its inputs.
  const every = transposed ? (kernel.shape[3] ?? 1) : 1;
  const data = kernel.data.map((value, index) => value * numberAt(factors, Math.floor(index / every) % units));
  const moved = Float32Array.from(
    { length: units },
    (_, unit) => (bias?.data[unit] ?? 0) * numberAt(factors, unit) + numberAt(summands, unit),
  );
  const name = bias?.name ?? `${op.name}/bias`;
  return { ...op, kernel: { ...kernel, data }, bias: { name, shape: [units], data: moved } };
}

/** Of so many units; one number alone is for all of them. */
export const numberAt = (values: ArrayLike<number>, unit: number): number =>
  values[values.length === 1 ? 0 : unit] as number;

/** A step that gives some of a row's values, or of an image's channels, in this order. @param units that there are */
export function selection(name: string, units: number, source: Uint32Array, isImage: boolean): PlainStep {
  const data = new Float32Array(units * source.length);
  source.forEach((from, to) => (data[from * source.length + to] = 1));
  const kernel: PlainWeight = { name: `${name}/selection`, shape: [units, source.length], data };
  if (!isImage) return { kind: 'dense', kernel };
  const none = { top: 0, left: 0, bottom: 0, right: 0 };
  return { kind: 'conv', kernel: { ...kernel, shape: [1, 1, units, source.length] }, stride: 1, padding: none };
}

/** Multiplies and adds by unit, or by channel, where there are no weights before it to take it in: a normalisation of nothing. */
export function scaling(
  name: string,
  units: number,
  factors: ArrayLike<number>,
  summands: ArrayLike<number>,
): PlainStep {
  const of = (suffix: string, values: ArrayLike<number>): PlainWeight => ({
    name: `${name}/${suffix}`,
    shape: [units],
    data: Float32Array.from({ length: units }, (_, unit) => numberAt(values, unit)),
  });
  const [scale, shift] = [of('scale', factors), of('shift', summands)];
  return { kind: 'batch-norm', scale, shift, mean: of('mean', [0]), variance: of('variance', [1]), epsilon: 0 };
}
