import type { PlainWeight } from '../../export/plain-model.ts';
import type { ChainValue } from './chain-writer.ts';
import type { LayerNode } from './layer-operators.ts';
import { Layout } from './layout.ts';
import { FOR_TRAINING } from './node-attributes.ts';
import { rowsAt, weight, weightOf } from './operator-parts.ts';

export function batchNorm({ name, value, constants, names, attributes, chain }: LayerNode): ChainValue {
  if (attributes.integer('training_mode', 0) !== 0) throw attributes.bad('a model for use', FOR_TRAINING);
  const isRow = value.layout.dims.length === 1;
  const { layout, places } = isRow ? chain.row(value, name) : { layout: undefined, places: undefined };
  const { shape } = isRow ? chain.builder : chain.image(value, name);
  const units = shape.at(-1) ?? 1;
  const of = (at: number): PlainWeight => {
    const { data, dims } = weight(constants[at], 1, attributes);
    if (data.length !== units) throw attributes.bad(`${units} statistics`, `${data.length}`);
    return { name: names[at] ?? '', shape: dims, data: places === undefined ? data : rowsAt(data, places(), 1) };
  };
  const [scale, shift, mean, variance] = [of(1), of(2), of(3), of(4)];
  const epsilon = attributes.number('epsilon', 1e-5);
  const step = chain.add(name, { kind: 'batch-norm', scale, shift, mean, variance, epsilon }, shape);
  // A row in another order than the chain's is still in it.
  return layout === undefined ? step : { ...step, layout };
}

export function layerNorm({ name, value, constants, names, attributes, chain }: LayerNode): ChainValue {
  const current = chain.settled(value, name);
  const { shape } = chain.builder;
  const channels = shape.at(-1) ?? 1;
  const axis = attributes.integer('axis', -1);
  const isLast = axis === -1 || axis === current.layout.dims.length;
  if (!isLast || !current.layout.follows(Layout.plain(shape)))
    throw attributes.bad('the channels of each place normalised', 'others');
  const of = (at: number, otherwise: number): PlainWeight => {
    const data =
      constants[at] === undefined
        ? new Float32Array(channels).fill(otherwise)
        : weightOf(constants[at], attributes).data;
    if (data.length !== channels) throw attributes.bad(`${channels} numbers`, `${data.length}`);
    return { name: names[at] ?? `${name}/${at}`, shape: [channels], data };
  };
  const step = {
    kind: 'layer-norm',
    scale: of(1, 1),
    shift: of(2, 0),
    epsilon: attributes.number('epsilon', 1e-5),
  } as const;
  return { ...chain.add(name, step, shape), layout: current.layout };
}

/**
 * Each channel of an image by itself: as many groups as channels. Of channels that have been laid together in groups, as PyTorch and
 * the app write GroupNorm, those groups.
 */
export function instanceNorm(node: LayerNode): ChainValue {
  const { name, value, chain, attributes } = node;
  const { dims } = value.layout;
  if (dims.length !== 2) {
    const { shape } = chain.image(value, name);
    return chain.add(name, groupNorm(node, shape[2], shape[2]), shape);
  }
  const current = chain.settled(value, name);
  const { shape } = chain.builder;
  const [height, width, channels = 1] = shape.length === 3 ? shape : [1, 1, shape[0]];
  const own = shape.length === 3 ? Layout.channelsFirst([height!, width!, channels]) : Layout.plain(shape);
  const grouped = own.reshaped(dims);
  if (grouped === undefined || !current.layout.follows(grouped) || channels % (dims[0] ?? 1) !== 0) {
    throw attributes.bad('channels in groups', `[${dims.join(', ')}]`);
  }
  return { ...chain.add(name, groupNorm(node, channels, dims[0] ?? 1), shape), layout: current.layout };
}

/** With scales and shifts of the groups as those of their channels. */
function groupNorm({ constants, names, attributes }: LayerNode, channels: number, groups: number) {
  const of = (at: number): PlainWeight => {
    const { data } = weight(constants[at], 1, attributes);
    if (data.length !== groups) throw attributes.bad(`${groups} numbers`, `${data.length}`);
    const each = channels / groups;
    const all = Float32Array.from({ length: channels }, (_, channel) => data[Math.floor(channel / each)] as number);
    return { name: names[at] ?? '', shape: [channels], data: all };
  };
  const epsilon = attributes.number('epsilon', 1e-5);
  return { kind: 'group-norm', scale: of(1), shift: of(2), epsilon, groups } as const;
}
