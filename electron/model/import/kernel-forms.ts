import type { StudioError } from '../../domain/errors.ts';
import type { PlainWeight } from '../export/plain-model.ts';
import { sizeOf } from './read-chain.ts';

/** Of a kernel that is written out with its zeros. */
const MOST_NUMBERS = 2 ** 25;

type Bad = (expected: string, found: string) => StudioError;

/** A kernel's weights at other places among zeros; of a weight whose numbers are not read yet, the shape alone. */
function spread(
  kernel: PlainWeight,
  shape: readonly number[],
  placeOf: (row: number, column: number, third: number, fourth: number) => number,
  bad: Bad,
): PlainWeight {
  if (sizeOf(shape) > MOST_NUMBERS)
    throw bad(
      `a kernel of at most ${MOST_NUMBERS} numbers with its zeros`,
      `${shape.join(' × ')}: use fewer channels or groups`,
    );
  if (kernel.data.length === 0) return { ...kernel, shape };
  const [, wide = 1, thirds = 1, fourths = 1] = kernel.shape;
  const data = new Float32Array(sizeOf(shape));
  kernel.data.forEach((value, at) => {
    const place = Math.floor(at / (thirds * fourths));
    const [third, fourth] = [Math.floor(at / fourths) % thirds, at % fourths];
    data[placeOf(Math.floor(place / wide), place % wide, third, fourth)] = value;
  });
  return { ...kernel, shape, data };
}

/**
 * A kernel whose rows and columns lie `steps` apart, as one that has zeros between them.
 * @param kernel [high, wide, …]
 */
export function dilated(kernel: PlainWeight, steps: readonly [number, number], bad: Bad): PlainWeight {
  const [down, across] = steps;
  if (down === 1 && across === 1) return kernel;
  const [high = 1, wide = 1, thirds = 1, fourths = 1] = kernel.shape;
  const [rows, columns] = [(high - 1) * down + 1, (wide - 1) * across + 1];
  return spread(
    kernel,
    [rows, columns, thirds, fourths],
    (row, column, third, fourth) => ((row * down * columns + column * across) * thirds + third) * fourths + fourth,
    bad,
  );
}

/**
 * The kernel of groups of channels, each group's outputs from its own inputs, as one of all channels that is zero elsewhere.
 * @param kernel of a convolution [high, wide, inputs of a group, outputs]
 */
export function ungrouped(kernel: PlainWeight, groups: number, bad: Bad): PlainWeight {
  if (groups === 1) return kernel;
  const [high = 1, wide = 1, ins = 1, outs = 1] = kernel.shape;
  const each = outs / groups;
  if (!Number.isSafeInteger(each))
    throw bad(`outputs that ${groups} groups share evenly`, `${outs}: save the model again`);
  const all = ins * groups;
  return spread(
    kernel,
    [high, wide, all, outs],
    (row, column, input, output) =>
      ((row * wide + column) * all + Math.floor(output / each) * ins + input) * outs + output,
    bad,
  );
}

/**
 * The same of a transposed convolution.
 * @param kernel [high, wide, outputs of a group, inputs]
 */
export function ungroupedTransposed(kernel: PlainWeight, groups: number, bad: Bad): PlainWeight {
  if (groups === 1) return kernel;
  const [high = 1, wide = 1, outs = 1, ins = 1] = kernel.shape;
  const each = ins / groups;
  if (!Number.isSafeInteger(each))
    throw bad(`inputs that ${groups} groups share evenly`, `${ins}: save the model again`);
  return spread(
    kernel,
    [high, wide, outs * groups, ins],
    (row, column, output, input) =>
      ((row * wide + column) * outs * groups + Math.floor(input / each) * outs + output) * ins + input,
    bad,
  );
}

/**
 * Some kernels for each channel by itself, as the kernel of a convolution: output c × many + j sees channel c by its kernel j.
 * @param kernel [high, wide, channels, many]
 */
export function withAllChannels(kernel: PlainWeight, bad: Bad): PlainWeight {
  const [high = 1, wide = 1, channels = 1, many = 1] = kernel.shape;
  const outs = channels * many;
  return spread(
    kernel,
    [high, wide, channels, outs],
    (row, column, channel, one) => ((row * wide + column) * channels + channel) * outs + channel * many + one,
    bad,
  );
}
