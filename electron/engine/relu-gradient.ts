import { createTensorsTypeOpAttr } from '@tensorflow/tfjs-node/dist/nodejs_kernel_backend.js';
import { nativeBackend, tf } from './tensorflow.ts';

/**
 * Gives ReLU TensorFlow's own gradient op. tfjs multiplies by a step function, which tfjs-node makes of four ops over the whole
 * activation: a tenth of a convolutional training step's time.
 */
export function useNativeReluGradient(): void {
  tf.registerGradient({
    kernelName: 'Relu',
    outputsToSave: [true],
    gradFunc: (dy, [y]) => ({
      x: () =>
        nativeBackend().executeSingleOutput(
          'ReluGrad',
          [createTensorsTypeOpAttr('T', 'float32')],
          [dy as tf.Tensor, y as tf.Tensor],
        ),
    }),
  });
}
