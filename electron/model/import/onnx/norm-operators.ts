import type { PlainWeight } from '../../export/plain-model.ts';
import type { ChainValue, ChainWriter } from './chain-writer.ts';
import type { LayerNode } from './layer-operators.ts';
import { Layout } from './layout.ts';
import { DAMAGED, FOR_TRAINING, type NodeAttributes } from './node-attributes.ts';
import { rowsAt, weight, weightOf } from './operator-parts.ts';

export function batchNorm({ name, value, constants, names, attributes, chain }: LayerNode): ChainValue {
  if (attributes.integer('training_mode', 0) !== 0) throw attributes.bad('a model for use', FOR_TRAINING);
  const isRow = value.layout.dims.length === 1;
  const { layout, places } = isRow ? chain.row(value, name) : { layout: undefined, places: undefined };
  const { shape } = isRow ? chain.builder : chain.image(value, name);
  const units = shape.at(-1) ?? 1;
  const of = (at: number): PlainWeight => {
    const { data, dims } = weight(constants[at], 1, attributes);
    if (data.length !== units) throw attributes.bad(`${units} statistics`, `${data.length}: ${DAMAGED}`);
    return { name: names[at] ?? '', shape: dims, data: places === undefined ? data : rowsAt(data, places(), 1) };
  };
  const [scale, shift, mean, variance] = [of(1), of(2), of(3), of(4)];
  const epsilon = attributes.number('epsilon', 1e-5);
  const step = chain.add(name, { kind: 'batch-norm', scale, shift, mean, variance, epsilon }, shape);
  // A row in another order than the chain's is still in it.
  return layout === undefined ? step : { ...step, layout };
}

export function layerNorm({ name, value, constants, names, attributes, chain }: LayerNode): ChainValue {
  const axis = attributes.integer('axis', -1);
  if (axis !== -1 && axis !== value.layout.dims.length) throw attributes.bad(CHANNELS_NORMALISED, OTHERS_NORMALISED);
  const current = chain.settled(value, name);
  const channels = chain.builder.shape.at(-1) ?? 1;
  const of = (at: number, otherwise: number): PlainWeight => {
    const data =
      constants[at] === undefined
        ? new Float32Array(channels).fill(otherwise)
        : weightOf(constants[at], attributes).data;
    if (data.length !== channels) throw attributes.bad(`${channels} numbers`, `${data.length}: ${DAMAGED}`);
    return { name: names[at] ?? `${name}/${at}`, shape: [channels], data };
  };
  return normalised(current, name, attributes.number('epsilon', 1e-5), chain, attributes, {
    scale: of(1, 1),
    shift: of(2, 0),
  });
}

const CHANNELS_NORMALISED = 'the channels of each place normalised';
const OTHERS_NORMALISED =
  'others: put GroupNorm(1, channels) in place of LayerNorm over whole images, train it on, and export again';

/** The channels of each place, or a row's values, normalised. @param affine ones and zeros where it is left out */
export function normalised(
  value: ChainValue,
  name: string,
  epsilon: number,
  chain: ChainWriter,
  attributes: NodeAttributes,
  affine?: { readonly scale: PlainWeight; readonly shift: PlainWeight },
): ChainValue {
  const current = chain.settled(value, name);
  const { shape } = chain.builder;
  const channels = shape.at(-1) ?? 1;
  if (!current.layout.follows(Layout.plain(shape)) || current.layout.dims.at(-1) !== channels) {
    throw attributes.bad(CHANNELS_NORMALISED, OTHERS_NORMALISED);
  }
  const of = (suffix: string, each: number): PlainWeight => ({
    name: `${name}/${suffix}`,
    shape: [channels],
    data: new Float32Array(channels).fill(each),
  });
  const { scale = of('scale', 1), shift = of('shift', 0) } = affine ?? {};
  return { ...chain.add(name, { kind: 'layer-norm', scale, shift, epsilon }, shape), layout: current.layout };
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
    return chain.add(name, groups(node, shape[2], shape[2]), shape);
  }
  const current = chain.settled(value, name);
  const { shape } = chain.builder;
  const [height, width, channels = 1] = shape.length === 3 ? shape : [1, 1, shape[0]];
  const own = shape.length === 3 ? Layout.channelsFirst([height!, width!, channels]) : Layout.plain(shape);
  const grouped = own.reshaped(dims);
  if (grouped === undefined || !current.layout.follows(grouped) || channels % (dims[0] ?? 1) !== 0) {
    throw attributes.bad(
      'channels in groups',
      `[${dims.join(', ')}]: normalise images [batch, channels, height, width]`,
    );
  }
  return { ...chain.add(name, groups(node, channels, dims[0] ?? 1), shape), layout: current.layout };
}

/** Operator sets from 21 on have scales and shifts of channels, those before of groups. */
export function groupNorm(node: LayerNode): ChainValue {
  const { name, value, chain, attributes } = node;
  const { shape } = chain.image(value, name);
  const count = attributes.integer('num_groups', 1);
  if (count < 1 || shape[2] % count !== 0)
    throw attributes.bad(`groups that ${shape[2]} channels can be parted into`, `${count}: use as many as divide them`);
  return chain.add(name, groups(node, shape[2], count), shape);
}

/** With scales and shifts of the groups as those of their channels. */
function groups({ constants, names, attributes }: LayerNode, channels: number, count: number) {
  const of = (at: number): PlainWeight => {
    const { data } = weight(constants[at], 1, attributes);
    if (data.length !== count && data.length !== channels)
      throw attributes.bad(`${count} numbers`, `${data.length}: ${DAMAGED}`);
    const each = channels / data.length;
    const all = Float32Array.from({ length: channels }, (_, channel) => data[Math.floor(channel / each)] as number);
    return { name: names[at] ?? '', shape: [channels], data: all };
  };
  const epsilon = attributes.number('epsilon', 1e-5);
  return { kind: 'group-norm', scale: of(1), shift: of(2), epsilon, groups: count } as const;
}
