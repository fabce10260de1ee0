import type { Network } from './network.ts';
import type { tf } from './tensorflow.ts';

/**
 * Multiply-adds of one training step: each kernel's size times the places where it is applied, once forward and twice
 * backward (for its input and for itself).
 */
export function operationsPerStep(network: Network, batchSize: number): number {
  const layers = [...network.encoderLayers, ...network.codeLayers, ...network.decoderLayers];
  return 3 * batchSize * layers.reduce((sum, layer) => sum + layerOperations(layer), 0);
}

/** Multiply-adds of a layer for one image, forward. */
function layerOperations(layer: tf.layers.Layer): number {
  const kernel = layer.weights[0];
  if (kernel === undefined || kernel.shape.length < 2) return 0;
  const size = kernel.shape.reduce<number>((product, length) => product * (length ?? 1), 1);
  if (kernel.shape.length === 2) return size;
  const transposed = layer.getClassName() === 'Conv2DTranspose';
  // A transposed convolution applies its kernel at each place of its input. The decoder's layers are used in two models.
  const shape = (transposed ? layer.getInputAt(0) : layer.getOutputAt(0)) as tf.SymbolicTensor;
  return size * (shape.shape[1] ?? 1) * (shape.shape[2] ?? 1);
}
