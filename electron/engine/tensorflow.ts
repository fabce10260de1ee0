import util from 'node:util';
import * as tf from '@tensorflow/tfjs-node';
import { castConfig } from '@tensorflow/tfjs-node/dist/kernels/Cast.js';
import { reshapeConfig } from '@tensorflow/tfjs-node/dist/kernels/Reshape.js';
import type { NodeJSKernelBackend } from '@tensorflow/tfjs-node/dist/nodejs_kernel_backend.js';

// tfjs-node 4.22 calls two helpers, at each op, that Node 23 removed or warns about.
const legacy = util as typeof util & {
  isNullOrUndefined?: (value: unknown) => boolean;
  isArray?: typeof Array.isArray;
};
legacy.isNullOrUndefined ??= (value) => value === null || value === undefined;
legacy.isArray = Array.isArray;

// tfjs's gradients cast and reshape to be sure, mostly to what is there already: a sixth to a fourth of the ops of a training step.
handOnUnchanged(castConfig, ({ dtype }, { dtype: wanted }) => dtype === wanted);
handOnUnchanged(reshapeConfig, ({ shape }, { shape: wanted }) => tf.util.arraysEqual(shape, wanted as number[]));

export { tf };

/** Has a kernel of one input share its values where the result is the same tensor again, as tfjs-node's own for identities does. */
function handOnUnchanged(
  config: tf.KernelConfig,
  isSame: (x: tf.TensorInfo, attributes: tf.NamedAttrMap) => boolean,
): void {
  const { kernelName, backendName, kernelFunc } = config;
  tf.unregisterKernel(kernelName, backendName);
  tf.registerKernel({
    ...config,
    kernelFunc: (given) => {
      const x = given.inputs['x']!;
      if (!isSame(x, given.attrs ?? {})) return kernelFunc(given);
      const { dataId, shape, dtype } = x;
      nativeBackend().incRef(dataId);
      return { dataId, shape, dtype };
    },
  });
}

/** The native backend, for ops that tfjs has no name for. */
export function nativeBackend(): NodeJSKernelBackend {
  return tf.backend() as NodeJSKernelBackend;
}

/** libtensorflow's version, such as "2.21.0". */
export function tensorflowVersion(): string {
  return nativeBackend().binding.TF_Version;
}

/** Whether TensorFlow was told to compute with oneDNN's kernels, when it was loaded; absent where it chose by its processor. */
export function oneDnnAsked(): 'on' | 'off' | undefined {
  const asked = process.env['TF_ENABLE_ONEDNN_OPTS'];
  if (asked === undefined) return undefined;
  return asked === '1' || asked.toLowerCase() === 'true' ? 'on' : 'off';
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
