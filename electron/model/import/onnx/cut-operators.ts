import { sizeOf } from '../read-chain.ts';
import type { ChainValue } from './chain-writer.ts';
import { axesOf } from './constants.ts';
import type { LayerNode } from './layer-operators.ts';
import { Layout } from './layout.ts';

/** How much of an axis is left out before what is kept, and behind it. */
type Cut = readonly [before: number, behind: number];

/** From here on a place is none that anything ends at: the largest number of 32 bits, or of 64. */
const WITHOUT_END = 2 ** 31 - 1;

export function slice(node: LayerNode): ChainValue {
  const { constants, attributes, value } = node;
  const part = (at: number, key: string): readonly number[] | undefined =>
    constants[at] === undefined ? attributes.integers(key) : Array.from(constants[at].data);
  const starts = part(1, 'starts') ?? [];
  const ends = part(2, 'ends') ?? [];
  const axes = axesOf(part(3, 'axes') ?? starts.map((_, at) => at), value.layout.dims.length + 1) ?? [];
  if ((part(4, 'steps') ?? []).some((step) => step !== 1))
    throw attributes.bad('every row and column', 'some left out: export without steps in slices');
  // The batch is an axis before those that a layout has; TensorFlow's slices say all of it too.
  const batch = axes.indexOf(0);
  if (batch >= 0 && ((starts[batch] ?? 0) !== 0 || (ends[batch] ?? 0) < WITHOUT_END))
    throw attributes.bad('all images of a batch', 'some cut off: export for a batch of any size');
  const cuts = value.layout.dims.map((size, axis): Cut => {
    const at = axes.indexOf(axis + 1);
    const from = (place: number): number => Math.min(Math.max(place < 0 ? place + size : place, 0), size);
    return at < 0 ? [0, 0] : [from(starts[at] ?? 0), size - from(ends[at] ?? size)];
  });
  return cutOff(node, cuts);
}

/** One of the parts that a value is split into: other nodes give the others. */
export function split(node: LayerNode): ChainValue {
  const { constants, attributes, value, part } = node;
  const { dims } = value.layout;
  const [axis = 0] = axesOf([attributes.integer('axis', 0)], dims.length + 1) ?? [];
  const size = dims[axis - 1];
  if (size === undefined || part === undefined)
    throw attributes.bad('images or their channels split', `axis ${axis}: split along another`);
  const { at, of } = part;
  const given = constants[1]?.data ?? attributes.integers('split');
  const each = Math.ceil(size / of);
  const sizes = given === undefined ? Array.from({ length: of }, () => each) : Array.from(given);
  const before = sizes.slice(0, at).reduce((sum, own) => sum + own, 0);
  const behind = Math.max(size - before - (sizes[at] ?? 0), 0);
  return cutOff(
    node,
    dims.map((_, own): Cut => (own === axis - 1 ? [before, behind] : [0, 0])),
  );
}

/** One place of an axis, which is no more afterwards. */
export function gather(node: LayerNode): ChainValue {
  const { constants, attributes, value } = node;
  const { dims } = value.layout;
  const [axis = 0] = axesOf([attributes.integer('axis', 0)], dims.length + 1) ?? [];
  const [size, place] = [dims[axis - 1], constants[1]?.data[0]];
  const at = size !== undefined && place !== undefined && place < 0 ? place + size : place;
  const isOne = constants[1]?.dims.length === 0 && size !== undefined && at !== undefined && at >= 0 && at < size;
  if (!isOne) {
    const found = `[${Array.from(constants[1]?.data ?? []).join(', ')}] of axis ${axis}: export it with slices`;
    throw attributes.bad('one place of an axis of its images', found);
  }
  const cut = cutOff(
    node,
    dims.map((_, own): Cut => (own === axis - 1 ? [at, size - 1 - at] : [0, 0])),
  );
  return { ...cut, layout: cut.layout.reshaped(dims.toSpliced(axis - 1, 1)) ?? cut.layout };
}

/** Values of a row, channels of an image, or its rows and columns. */
function cutOff(node: LayerNode, cuts: readonly Cut[]): ChainValue {
  const { name, chain, attributes } = node;
  if (cuts.every(([before, behind]) => before + behind === 0)) return node.value;
  const value = chain.settled(node.value, name);
  const { shape } = chain.builder;
  const { layout } = value;
  const { dims } = layout;
  const isLast = shape.length === 3 && dims.join() === shape.join() && layout.follows(Layout.plain(shape));
  const unitAxis = isLast ? dims.length - 1 : 0;
  const isOfUnits = cuts.every(([before, behind], axis) => axis === unitAxis || before + behind === 0);
  if (shape.length === 1 && dims.length > 1 && layout.size === shape[0]) {
    const isKept = insideOf(dims, cuts);
    const smaller = dims.map((size, axis) => size - (cuts[axis]?.[0] ?? 0) - (cuts[axis]?.[1] ?? 0));
    return chain.select(
      name,
      layout.places().filter((_, at) => isKept(at)),
      Layout.plain(smaller),
    );
  }
  const isRow = dims.length === 1 && layout.size === shape.at(-1);
  if (isRow || (isOfUnits && dims.length === 3)) {
    const image = isRow || isLast ? shape : chain.image(value, name).shape;
    const [before = 0, behind = 0] = cuts[unitAxis] ?? [];
    const all = isRow ? layout.places() : Uint32Array.from({ length: image.at(-1) ?? 1 }, (_, at) => at);
    const kept = all.slice(before, all.length - behind);
    const smaller = [...image.slice(0, -1), kept.length];
    const own = isRow ? Layout.plain([kept.length]) : isLast ? Layout.plain(smaller) : Layout.channelsFirst(smaller);
    return chain.select(name, kept, own);
  }
  const [height = 1, width = 1, channels = 1] = isLast ? shape : chain.image(value, name).shape;
  const [first, second, third] = cuts;
  const [rows, columns, units] = isLast ? [first, second, third] : [second, third, first];
  const [[top, bottom], [left, right]] = [rows ?? [0, 0], columns ?? [0, 0]];
  if ((units ?? []).some((side) => side !== 0)) {
    throw attributes.bad('channels cut off alone, or rows and columns', 'both at once: export them one after another');
  }
  const smaller = [height - top - bottom, width - left - right, channels];
  const step = chain.add(name, { kind: 'crop', padding: { top, left, bottom, right } }, smaller);
  return isLast ? { ...step, layout: Layout.plain(smaller) } : step;
}

/** Tells of each number of a value, in its order, whether it is inside of what is cut off every axis. */
function insideOf(dims: readonly number[], cuts: readonly Cut[]): (at: number) => boolean {
  const axes = dims.map((size, axis) => {
    const [before, behind] = cuts[axis] ?? [0, 0];
    return { size, before, end: size - behind, every: sizeOf(dims.slice(axis + 1)) };
  });
  return (at) =>
    axes.every(({ size, before, end, every }) => {
      const place = Math.floor(at / every) % size;
      return place >= before && place < end;
    });
}
