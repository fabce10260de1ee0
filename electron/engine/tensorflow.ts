import util from 'node:util';
import * as tf from '@tensorflow/tfjs-node';
import type { NodeJSKernelBackend } from '@tensorflow/tfjs-node/dist/nodejs_kernel_backend.js';

// tfjs-node 4.22 calls two helpers, at each op, that Node 23 removed or warns about.
const legacy = util as typeof util & {
  isNullOrUndefined?: (value: unknown) => boolean;
  isArray?: typeof Array.isArray;
};
legacy.isNullOrUndefined ??= (value) => value === null || value === undefined;
legacy.isArray = Array.isArray;

export { tf };

/** The native backend, for ops that tfjs has no name for. */
export function nativeBackend(): NodeJSKernelBackend {
  return tf.backend() as NodeJSKernelBackend;
}

/** libtensorflow's version, such as "2.21.0". */
export function tensorflowVersion(): string {
  return nativeBackend().binding.TF_Version;
}

/** The values of one tensor: see `valuesOfAll`. */
export function valuesOf(compute: () => tf.Tensor): Float32Array {
  return valuesOfAll(() => [compute()])[0]!;
}

/**
 * Computes tensors and reads them, leaving nothing behind. Never return arrays from `tf.tidy` instead: tidy walks whatever
 * is returned in search of tensors, element by element (seconds for a few million numbers).
 */
export function valuesOfAll(compute: () => tf.Tensor[]): Float32Array[] {
  const results = tf.tidy(compute);
  try {
    return results.map((result) => result.dataSync() as Float32Array);
  } finally {
    tf.dispose(results);
  }
}
