import { createTensorsTypeOpAttr } from '@tensorflow/tfjs-node/dist/nodejs_kernel_backend.js';
import { nativeBackend, tf } from './tensorflow.ts';

/** The low bits that fill a float32's mantissa. */
const MANTISSA = 0x7fffff;

/**
 * Uniform noise in [0, 1) from TensorFlow's counter-based generator (Philox: Salmon et al. 2011): the same seed gives the same
 * numbers, in a compiled graph too, where tfjs's own `randomUniform` would be baked in as a constant. Made of whole random
 * words, because XLA turns the same words into other floats than TensorFlow's own kernel does.
 * @param seed int32 [2]
 */
export function statelessUniform(shape: readonly number[], seed: tf.Tensor1D): tf.Tensor {
  return tf.tidy(() => {
    const attributes = ['dtype', 'T', 'Tseed'].map((name) => createTensorsTypeOpAttr(name, 'int32'));
    const size = tf.tensor1d([...shape], 'int32');
    const words = nativeBackend().executeSingleOutput('StatelessRandomUniformFullInt', attributes, [size, seed]);
    const low = nativeBackend().executeSingleOutput(
      'BitwiseAnd',
      [createTensorsTypeOpAttr('T', 'int32')],
      [words, tf.scalar(MANTISSA, 'int32')],
    );
    return tf.mul(tf.cast(low, 'float32'), 1 / (MANTISSA + 1));
  });
}

/** Standard normal noise by the transform of Box & Muller 1958; otherwise as `statelessUniform`. */
export function statelessNormal(shape: readonly number[], seed: tf.Tensor1D): tf.Tensor {
  return tf.tidy(() => {
    const count = shape.reduce((product, size) => product * size, 1);
    const half = Math.ceil(count / 2);
    const [first, second] = tf.split(statelessUniform([2, half], seed), 2) as [tf.Tensor, tf.Tensor];
    // 1 - u is never zero, so that the logarithm is finite.
    const radius = tf.sqrt(tf.mul(tf.log(tf.sub(1, first)), -2));
    const angle = tf.mul(second, 2 * Math.PI);
    const both = tf.concat([tf.mul(radius, tf.cos(angle)), tf.mul(radius, tf.sin(angle))], 1);
    return tf.reshape(tf.slice(both, [0, 0], [1, count]), [...shape]);
  });
}

/**
 * Eigenvalues (ascending) and eigenvectors (columns) of a symmetric matrix, by TensorFlow's SelfAdjointEigV2 (Eigen).
 * @param matrix float32 [n, n]
 */
export function symmetricEigen(matrix: tf.Tensor2D): { readonly values: tf.Tensor1D; readonly vectors: tf.Tensor2D } {
  const { binding } = nativeBackend();
  const attributes = [
    createTensorsTypeOpAttr('T', 'float32'),
    { name: 'compute_v', type: binding.TF_ATTR_BOOL, value: true },
  ];
  const [values, vectors] = nativeBackend().executeMultipleOutputs('SelfAdjointEigV2', attributes, [matrix], 2);
  return { values: values as tf.Tensor1D, vectors: vectors as tf.Tensor2D };
}
