import type { PlainWeight } from './plain-model.ts';

/** The same values with their axes in another order: axis i of the result is axis `order[i]` of the weight. */
export function transposeTensor({ name, shape, data }: PlainWeight, order: readonly number[]): PlainWeight {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, size) => product * size, 1));
  const turned = order.map((axis) => shape[axis] ?? 1);
  const steps = order.map((axis) => strides[axis] ?? 1);
  const result = new Float32Array(data.length);
  const place = turned.map(() => 0);
  let from = 0;
  for (let to = 0; to < result.length; to += 1) {
    result[to] = data[from]!;
    // Counts up the place like an odometer, the last axis fastest.
    for (let axis = turned.length - 1; axis >= 0; axis -= 1) {
      from += steps[axis]!;
      place[axis]! += 1;
      if (place[axis]! < turned[axis]!) break;
      from -= steps[axis]! * turned[axis]!;
      place[axis] = 0;
    }
  }
  return { name, shape: turned, data: result };
}
