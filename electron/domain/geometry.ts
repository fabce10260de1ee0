import type { LayerShape } from './layer-settings.ts';

/** Rows and columns of zeros (for pooling: of nothing) around an image. */
export interface Padding {
  readonly top: number;
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
}

/**
 * What TensorFlow pads an image by so that ceil(size / stride) windows fit ("SAME", tensorflow.org/api_docs/python/tf/nn#notes_on_padding):
 * the odd row and column at the bottom and right.
 */
export function samePadding([height = 1, width = 1]: LayerShape, window: number, stride: number): Padding {
  const [top, bottom] = sides(totalPadding(height, window, stride));
  const [left, right] = sides(totalPadding(width, window, stride));
  return { top, left, bottom, right };
}

/** Where the output of a transposed convolution begins in all that its kernels reach: what its convolution would have padded. */
export function transposedStart(window: number, stride: number): number {
  const [before] = sides(Math.max(window - stride, 0));
  return before;
}

/**
 * The word for a window's padding, of those two that TensorFlow and Keras have.
 * @returns "same" where both would do
 */
export function paddingWord(
  inputShape: LayerShape,
  window: number,
  stride: number,
  padding: Padding,
): 'same' | 'valid' {
  const { top, left, bottom, right } = samePadding(inputShape, window, stride);
  const isSame = top === padding.top && left === padding.left && bottom === padding.bottom && right === padding.right;
  // Without padding "valid" leaves out what no whole window is left for.
  const whole = inputShape.slice(0, 2).every((size) => (size - window) % stride === 0 && size >= window);
  return isSame && (top + left + bottom + right > 0 || whole) ? 'same' : 'valid';
}

function totalPadding(size: number, window: number, stride: number): number {
  return Math.max((Math.ceil(size / stride) - 1) * stride + window - size, 0);
}

const sides = (total: number): [number, number] => [Math.floor(total / 2), total - Math.floor(total / 2)];
