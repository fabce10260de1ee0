import type { ChainValue } from './chain-writer.ts';
import { axesOf } from './constants.ts';
import type { LayerNode } from './layer-operators.ts';
import { Layout } from './layout.ts';
import { paddingOf } from './operator-parts.ts';

export function pool({ name, value, attributes, chain }: LayerNode, method: 'max' | 'average'): ChainValue {
  const { shape } = chain.image(value, name);
  const [height, width, channels] = shape;
  const size = attributes.square('kernel_shape', 1);
  const stride = attributes.square('strides', 1);
  if (attributes.square('dilations', 1) !== 1)
    throw attributes.bad('no dilation', 'it: pool without gaps, and export again');
  const given = paddingOf(attributes, shape, [size, size], stride);
  const ceils = attributes.integer('ceil_mode', 0) === 1;
  const places = (side: number, before: number, after: number): number => {
    const spare = side + before + after - size;
    const count = (ceils ? Math.ceil(spare / stride) : Math.floor(spare / stride)) + 1;
    // A last window that begins beyond the image and the padding before it is none (ONNX's MaxPool, ceil_mode).
    return ceils && (count - 1) * stride >= side + before ? count - 1 : count;
  };
  const [rows, columns] = [places(height, given.top, given.bottom), places(width, given.left, given.right)];
  const padding = {
    ...given,
    bottom: Math.max((rows - 1) * stride + size - height - given.top, 0),
    right: Math.max((columns - 1) * stride + size - width - given.left, 0),
  };
  const isPadded = Object.values(padding).some((side) => side > 0);
  if (method === 'average' && isPadded && attributes.integer('count_include_pad', 0) === 1) {
    if (ceils)
      throw attributes.bad(
        'means of whole windows',
        'a last window that is cut off (ceil_mode): export with ceil_mode=False or count_include_pad=False',
      );
    // Zeros around the image, which then are pixels as others are.
    const { top, left, bottom, right } = given;
    chain.add(name, { kind: 'pad', padding: given }, [height + top + bottom, width + left + right, channels]);
    const none = { top: 0, left: 0, bottom: 0, right: 0 };
    return chain.add(name, { kind: 'pool', method, size, stride, padding: none }, [rows, columns, channels]);
  }
  return chain.add(name, { kind: 'pool', method, size, stride, padding }, [rows, columns, channels]);
}

export function globalPool({ name, value, chain }: LayerNode, method: 'max' | 'average'): ChainValue {
  const { shape } = chain.image(value, name);
  const pooled = chain.add(name, { kind: 'global-pool', method }, [shape[2]]);
  // One pixel is left of the image.
  return { ...pooled, layout: Layout.plain([shape[2]]).reshaped([shape[2], 1, 1]) ?? pooled.layout };
}

/** The mean, or the largest, of all places, as PyTorch and TensorFlow write it: channels first, or last. */
export function poolOfPlaces(node: LayerNode, method: 'max' | 'average'): ChainValue {
  const { name, constants, attributes, chain } = node;
  const value = chain.settled(node.value, name);
  const { shape } = chain.builder;
  const rank = value.layout.dims.length + 1;
  const given = constants[1] === undefined ? attributes.integers('axes') : Array.from(constants[1].data);
  const axes = axesOf(given, rank)?.toSorted((a, b) => a - b);
  const isLast = shape.length === 3 && value.layout.follows(Layout.plain(shape)) && axes?.join() === '1,2';
  if (rank !== 4 || (!isLast && axes?.join() !== '2,3')) {
    const found = `[${given?.join(', ') ?? 'all'}]: pool over rows and columns, or leave it out, and export again`;
    throw attributes.bad('the mean or the largest over rows and columns', found);
  }
  const pooled = isLast
    ? chain.add(name, { kind: 'global-pool', method }, [shape[2] ?? 1])
    : globalPool({ ...node, value }, method);
  const row = Layout.plain(chain.builder.shape);
  if (attributes.integer('keepdims', 1) !== 1) return { ...pooled, layout: row };
  return isLast ? { ...pooled, layout: row.reshaped([1, 1, row.size]) ?? row } : pooled;
}
