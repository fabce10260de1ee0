import { samePadding, transposedStart } from '../../domain/geometry.ts';
import type { StoredTensor } from '../../files/safetensors.ts';
import type { PlainWeight } from '../export/plain-model.ts';
import type { LayerUnit } from './layer-units.ts';
import { bad, sizeOf } from './read-chain.ts';

type Conv = Extract<LayerUnit, { kind: 'conv' | 'conv-transpose' }>;

/** Side of the largest kernel that a spec can say. */
export const MOST_KERNEL = 15;

/** A kernel of as many rows as columns: zeros at the bottom and right, behind the first of an equal number. */
export function squared(kernel: PlainWeight, file: string, name: string): StoredTensor {
  const [high = 1, wide = 1, third = 1, fourth = 1] = kernel.shape;
  const side = Math.max(high, wide);
  if (side > MOST_KERNEL)
    throw bad(
      `${file}: ${name}`,
      `a kernel of at most ${MOST_KERNEL} × ${MOST_KERNEL}`,
      `${high} × ${wide}: use a smaller one, and train it on`,
    );
  return placedIn(kernel, side, 0, 0, [third, fourth]);
}

/** The kernel as the app pads it; nothing where none of its kernels is padded as the file does. */
export function shrinkingKernel(unit: Extract<LayerUnit, { kind: 'conv' }>, file: string): StoredTensor | undefined {
  const { inputShape, stride, kernel, padding } = unit;
  const begin = (side: number): readonly [number, number] => {
    const { top, left } = samePadding(inputShape, side, stride);
    return [top, left];
  };
  try {
    return fitted(padding, kernel, begin, `${file}: ${unit.name}`);
  } catch {
    return undefined;
  }
}

/** Behind the code a plain convolution becomes a transposed one, which of stride 1 is the same with its kernel turned around. */
export function growingKernel(unit: Conv, file: string): StoredTensor {
  const where = `${file}: ${unit.name}`;
  const start = (stride: number) => (side: number) => {
    const first = transposedStart(side, stride);
    return [first, first] as const;
  };
  if (unit.kind === 'conv-transpose') return fitted(unit, unit.kernel, start(unit.stride), where);
  if (unit.stride !== 1) {
    throw bad(where, 'a convolution of stride 1, or a transposed one, behind the code', `one of stride ${unit.stride}`);
  }
  if (unit.inputShape.slice(0, 2).join() !== unit.shape.slice(0, 2).join()) {
    const expected = unit.inputShape.slice(0, 2).join(' × ');
    const found = unit.shape.slice(0, 2).join(' × ');
    throw bad(where, `padding that gives ${expected} ("same")`, `an output of ${found}`);
  }
  const [high = 1, wide = 1] = unit.kernel.shape;
  const turned = { top: high - 1 - unit.padding.top, left: wide - 1 - unit.padding.left };
  return fitted(turned, turnedAround(unit.kernel), start(1), where);
}

/** [h, w, in, out] → [h, w, out, in], rows and columns from the other end. */
function turnedAround({ shape, data, name }: PlainWeight): PlainWeight {
  const [high = 1, wide = 1, ins = 1, outs = 1] = shape;
  const turned = new Float32Array(data.length);
  let to = 0;
  for (let y = high - 1; y >= 0; y -= 1) {
    for (let x = wide - 1; x >= 0; x -= 1) {
      const from = (y * wide + x) * ins * outs;
      for (let out = 0; out < outs; out += 1) {
        for (let each = 0; each < ins; each += 1, to += 1) turned[to] = data[from + each * outs + out]!;
      }
    }
  }
  return { name, shape: [high, wide, outs, ins], data: turned };
}

/**
 * The kernel in the smallest one that the app would pad as the file does: zeros around it move it to its place.
 * @param begin what the app pads before the first row and column for a kernel of that side
 */
function fitted(
  { top, left }: { readonly top: number; readonly left: number },
  kernel: PlainWeight,
  begin: (side: number) => readonly [number, number],
  where: string,
): StoredTensor {
  const [high = 1, wide = 1, third = 1, fourth = 1] = kernel.shape;
  for (let side = Math.max(high, wide); side <= MOST_KERNEL; side += 1) {
    const [beginTop, beginLeft] = begin(side);
    const [down, across] = [beginTop - top, beginLeft - left];
    if (down < 0 || across < 0 || down + high > side || across + wide > side) continue;
    return placedIn(kernel, side, down, across, [third, fourth]);
  }
  throw bad(
    where,
    `a kernel and padding that fit into ${MOST_KERNEL} × ${MOST_KERNEL}`,
    `${high} × ${wide}, padded by ${top} and ${left}: use a smaller one, and train it on`,
  );
}

/** A kernel within a larger one of zeros, from this row and column on. */
function placedIn(
  kernel: PlainWeight,
  side: number,
  down: number,
  across: number,
  [third, fourth]: readonly [number, number],
): StoredTensor {
  const [high = 1, wide = 1] = kernel.shape;
  const depth = third * fourth;
  const shape = [side, side, third, fourth];
  if (side === high && side === wide) return { shape, data: kernel.data };
  const data = new Float32Array(sizeOf(shape));
  for (let y = 0; y < high; y += 1) {
    const row = kernel.data.subarray(y * wide * depth, (y + 1) * wide * depth);
    data.set(row, ((y + down) * side + across) * depth);
  }
  return { shape, data };
}
