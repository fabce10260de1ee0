import { samePadding } from '../../../domain/geometry.ts';
import type { Padding } from '../../export/plain-model.ts';
import { DAMAGED, type NodeAttributes } from './node-attributes.ts';
import type { OnnxTensor } from './onnx-file.ts';

/** Row i goes to its place in the chain's own order. */
export function rowsAt(data: Float32Array, places: Uint32Array, units: number): Float32Array {
  const moved = new Float32Array(data.length);
  places.forEach((to, from) => moved.set(data.subarray(from * units, (from + 1) * units), to * units));
  return moved;
}

export function weightOf(tensor: OnnxTensor | undefined, attributes: NodeAttributes) {
  if (tensor?.data instanceof Float32Array) return { dims: tensor.dims, data: tensor.data };
  throw attributes.bad('weights that are part of the file', 'none: export it with its parameters');
}

export function paddingOf(
  attributes: NodeAttributes,
  [height, width]: readonly [number, number, number],
  [high, wide]: readonly [number, number],
  stride: number,
): Padding {
  const auto = attributes.text('auto_pad');
  if (auto === 'SAME_UPPER' || auto === 'SAME_LOWER') {
    const { top, bottom } = samePadding([height, 1], high, stride);
    const { left, right } = samePadding([1, width], wide, stride);
    return auto === 'SAME_UPPER'
      ? { top, left, bottom, right }
      : { top: bottom, left: right, bottom: top, right: left };
  }
  if (auto !== '' && auto !== 'NOTSET' && auto !== 'VALID')
    throw attributes.bad('padding that ONNX knows', `${auto}: ${DAMAGED}`);
  const pads = auto === 'VALID' ? [] : (attributes.ofImage('pads', 4) ?? []);
  const [top = 0, left = 0, bottom = 0, right = 0] = pads;
  if (Math.min(top, left, bottom, right) < 0)
    throw attributes.bad('padding of 0 or more', `${pads.join(', ')}: crop in a layer of its own, and export again`);
  return { top, left, bottom, right };
}

/** Float32 of so many dimensions. */
export function weight(
  tensor: OnnxTensor | undefined,
  rank: number,
  attributes: NodeAttributes,
): { readonly dims: readonly number[]; readonly data: Float32Array } {
  if (tensor === undefined)
    throw attributes.bad('weights that are part of the file', 'none: export it with its parameters');
  const { dims, data } = tensor;
  if (dims.length === rank && data instanceof Float32Array) return { dims, data };
  throw attributes.bad(
    `weights of ${rank} dimensions`,
    `[${dims.join(', ')}]: the app knows layers of rows and of images`,
  );
}
