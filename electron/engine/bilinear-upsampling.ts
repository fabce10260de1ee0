import { tf } from './tensorflow.ts';

interface BilinearOptions {
  readonly name: string;
  readonly size: number;
  /** Whether the middles of the corners stay where they are: pixel x lies at x · (h - 1) / (h · size - 1). */
  readonly corners: boolean;
}

/**
 * Enlarges images by a whole number, each pixel between its neighbours: pixel x of the result lies at (x + ½) / size - ½ of the
 * source, whose edge is repeated, as Keras, PyTorch and ONNX have it. TensorFlow.js's own layer has pixels' corners as places.
 * Made of slices and sums, or of a matrix product where corners stay, whose gradients compile.
 */
export class BilinearUpsampling extends tf.layers.Layer {
  static readonly className = 'BilinearUpsampling';
  private readonly size: number;
  private readonly corners: boolean;

  constructor({ name, size, corners }: BilinearOptions) {
    super({ name });
    this.size = size;
    this.corners = corners;
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
    const [batch = null, height, width, channels = null] = inputShape as tf.Shape;
    return [batch, (height ?? 1) * this.size, (width ?? 1) * this.size, channels];
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const images = (Array.isArray(inputs) ? inputs[0] : inputs) as tf.Tensor4D;
    const along = this.corners ? withCorners : enlarged;
    return tf.tidy(() => along(along(images, 1, this.size), 2, this.size));
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), size: this.size, corners: this.corners };
  }
}

/** @param axis 1 for rows, 2 for columns */
function enlarged(images: tf.Tensor4D, axis: 1 | 2, times: number): tf.Tensor4D {
  const before = shifted(images, axis, -1);
  const after = shifted(images, axis, 1);
  const phases = Array.from({ length: times }, (_, phase) => {
    const offset = (phase + 0.5) / times - 0.5;
    return tf.add(tf.mul(images, 1 - Math.abs(offset)), tf.mul(offset < 0 ? before : after, Math.abs(offset)));
  });
  const [count, height, width, channels] = images.shape;
  const shape: [number, number] = axis === 1 ? [height * times, width] : [height, width * times];
  return tf.reshape(tf.stack(phases, axis + 1), [count, ...shape, channels]);
}

/** Each row, or column, of the result is a mixture of two of the source: all of them by one matrix. */
function withCorners(images: tf.Tensor4D, axis: 1 | 2, times: number): tf.Tensor4D {
  const length = images.shape[axis];
  const longer = length * times;
  const shares = new Float32Array(length * longer);
  for (let to = 0; to < longer; to += 1) {
    const place = (to * (length - 1)) / (longer - 1);
    const first = Math.min(Math.floor(place), Math.max(length - 2, 0));
    shares[first * longer + to] = 1 - (place - first);
    if (first + 1 < length) shares[(first + 1) * longer + to] = place - first;
  }
  // The axis goes last, where a matrix product reaches it, and comes back.
  const order = axis === 1 ? [0, 2, 3, 1] : [0, 1, 3, 2];
  const last = tf.transpose(images, order);
  const [count, beside, across] = last.shape;
  const rows = tf.reshape(last, [-1, length]);
  const mixed = tf.matMul(rows, tf.tensor2d(shares, [length, longer]));
  const back = axis === 1 ? [0, 3, 1, 2] : [0, 1, 3, 2];
  return tf.transpose(tf.reshape(mixed, [count, beside, across, longer]), back) as tf.Tensor4D;
}

/** Each row, or column, takes the place of the one behind it (-1) or before it (1); the edge's is there twice. */
function shifted(images: tf.Tensor4D, axis: 1 | 2, by: -1 | 1): tf.Tensor4D {
  const length = images.shape[axis];
  const part = (from: number, size: number): tf.Tensor4D => {
    const [count, height, width, channels] = images.shape;
    if (axis === 1) return tf.slice(images, [0, from, 0, 0], [count, size, width, channels]);
    return tf.slice(images, [0, 0, from, 0], [count, height, size, channels]);
  };
  const inner = part(by === 1 ? 1 : 0, length - 1);
  const edge = part(by === 1 ? length - 1 : 0, 1);
  return tf.concat(by === 1 ? [inner, edge] : [edge, inner], axis);
}
