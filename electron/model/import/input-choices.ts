import type * as v from 'valibot';
import type { importedModelRequests } from '../../contract/imported-models.ts';
import type { LayerShape } from '../../domain/layer-settings.ts';
import type { PlainWeight } from '../export/plain-model.ts';
import { bad, sizeOf, type ReadChain, type ReadOp } from './read-chain.ts';

/** What a person may say of a file in place of what is found out. */
export type ImportChoices = Pick<
  v.InferOutput<(typeof importedModelRequests)['model:inspect']>,
  'inputShape' | 'codeLayer' | 'order' | 'pixels'
>;

/**
 * A chain as the app gives images to it: rows of values in the order of the app's pixels, and pixels from 0 to 1.
 * @throws StudioError `bad-file` where the rows' order is said and is not that of a dense layer's weights
 */
export function preparedFor(chain: ReadChain, { inputShape, order, pixels }: ImportChoices): ReadChain {
  const shape = inputShape ?? squareOf(sizeOf(chain.inputShape));
  const isRow = takesRows(chain);
  const ordered = order === 'channels-first' && isRow && shape !== undefined ? channelsFirst(chain, shape) : chain;
  const ranged = pixels === '-1..1' ? fromMinusOne(ordered) : ordered;
  return isRow && shape !== undefined ? asImages(ranged, shape) : ranged;
}

/** Whether nothing in the file says how its values make an image. */
export const takesRows = ({ inputShape, ops }: ReadChain): boolean =>
  inputShape.length === 1 && ops[0]?.kind !== 'reshape';

export function squareOf(values: number): readonly [number, number, 1 | 3] | undefined {
  for (const channels of [1, 3] as const) {
    const side = Math.sqrt(values / channels);
    if (Number.isInteger(side)) return [side, side, channels];
  }
  return undefined;
}

/** Pixels as −1 to 1 where the file's model is, as 0 to 1 outside it. */
function fromMinusOne(chain: ReadChain): ReadChain {
  const { inputShape, shape, ops } = chain;
  const first = { kind: 'rescale', scale: 2, offset: -1, name: 'pixels in', inputShape, shape: inputShape } as const;
  const last = { kind: 'rescale', scale: 0.5, offset: 0.5, name: 'pixels out', inputShape: shape, shape } as const;
  const note = 'Pixels are taken and given as −1 to 1.';
  return { ...chain, ops: [first, ...ops, last], notes: [...chain.notes, note] };
}

/** What looks at one value at a time before the first layer of weights looks at images here. */
function asImages(chain: ReadChain, image: LayerShape): ReadChain {
  const end = chain.ops.findIndex(({ kind }) => !['rescale', 'activation', 'dropout'].includes(kind));
  const count = end === -1 ? chain.ops.length : end;
  const ops = chain.ops.map((op, at): ReadOp => (at < count ? { ...op, inputShape: image, shape: image } : op));
  const next = ops[count];
  if (next === undefined || next.kind === 'dense' || next.inputShape.length > 1) return { ...chain, ops };
  const row = { kind: 'flatten', name: next.name, inputShape: image, shape: next.inputShape } as const;
  return { ...chain, ops: ops.toSpliced(count, 0, row) };
}

/** Rows that have one channel's pixels after another's, as PyTorch flattens images: the weights are put in the app's order. */
function channelsFirst(chain: ReadChain, [height = 1, width = 1, channels = 1]: LayerShape): ReadChain {
  if (channels === 1) return chain;
  const places = height * width;
  /** Where each of the app's values lies in the file's rows. */
  const source = Uint32Array.from(
    { length: places * channels },
    (_, at) => (at % channels) * places + Math.floor(at / channels),
  );
  const first = chain.ops.findIndex(({ kind }) => kind !== 'rescale' && kind !== 'dropout' && kind !== 'activation');
  const last = chain.ops.findLastIndex(({ kind }) => kind === 'dense');
  const isRest = (op: ReadOp): boolean =>
    ['activation', 'dropout', 'rescale', 'flatten', 'batch-norm'].includes(op.kind) && op.shape.length === 1;
  const { ops } = chain;
  if (ops[first]?.kind !== 'dense' || last <= first || !ops.slice(last + 1).every(isRest)) {
    throw bad(
      chain.file,
      'dense layers at both ends, where rows have their channels first',
      'others: leave the order as it is',
    );
  }
  const next = ops.map((op, at): ReadOp => {
    if (op.kind === 'dense' && at === first) return { ...op, kernel: rowsFrom(op.kernel, source) };
    if (op.kind === 'dense' && at === last) {
      return { ...op, kernel: columnsFrom(op.kernel, source), ...(op.bias && { bias: picked(op.bias, source) }) };
    }
    if (op.kind !== 'batch-norm' || at < last) return op;
    const of = (weight: PlainWeight): PlainWeight => picked(weight, source);
    return { ...op, scale: of(op.scale), shift: of(op.shift), mean: of(op.mean), variance: of(op.variance) };
  });
  return { ...chain, ops: next, notes: [...chain.notes, 'Rows of values are read with their channels first.'] };
}

const picked = (weight: PlainWeight, source: Uint32Array): PlainWeight => ({
  ...weight,
  data: Float32Array.from(source, (from) => weight.data[from] as number),
});

function rowsFrom(kernel: PlainWeight, source: Uint32Array): PlainWeight {
  const units = kernel.shape[1] ?? 1;
  const data = new Float32Array(kernel.data.length);
  source.forEach((from, to) => data.set(kernel.data.subarray(from * units, (from + 1) * units), to * units));
  return { ...kernel, data };
}

function columnsFrom(kernel: PlainWeight, source: Uint32Array): PlainWeight {
  const units = source.length;
  const data = new Float32Array(kernel.data.length);
  for (let row = 0; row < data.length; row += units) {
    source.forEach((from, to) => (data[row + to] = kernel.data[row + from] as number));
  }
  return { ...kernel, data };
}
