import { createTensorsTypeOpAttr } from '@tensorflow/tfjs-node/dist/nodejs_kernel_backend.js';
import { nativeBackend, tf } from './tensorflow.ts';

/**
 * Standard normal noise from TensorFlow's counter-based generator: the same seed gives the same numbers, in a compiled graph
 * too, where tfjs's own `randomNormal` would be baked in as a constant.
 * @param seed int32 [2]
 */
export function statelessNormal(shape: readonly number[], seed: tf.Tensor1D): tf.Tensor {
  return stateless('StatelessRandomNormal', shape, seed);
}

/** Uniform noise in [0, 1); otherwise as `statelessNormal`. */
export function statelessUniform(shape: readonly number[], seed: tf.Tensor1D): tf.Tensor {
  return stateless('StatelessRandomUniform', shape, seed);
}

function stateless(op: string, shape: readonly number[], seed: tf.Tensor1D): tf.Tensor {
  const size = tf.tensor1d([...shape], 'int32');
  const attributes = [
    createTensorsTypeOpAttr('dtype', 'float32'),
    createTensorsTypeOpAttr('T', 'int32'),
    createTensorsTypeOpAttr('Tseed', 'int32'),
  ];
  const noise = nativeBackend().executeSingleOutput(op, attributes, [size, seed]);
  size.dispose();
  return noise;
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
