// Run as a process of its own by trial-run.ts: loading a broken native library can end the process that tries.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import util from 'node:util';

interface Tensor {
  dataSync(): ArrayLike<number>;
}

/** The little of tfjs-node's interface the trial calls. */
interface TensorFlow {
  tensor2d(values: readonly (readonly number[])[]): Tensor;
  matMul(left: Tensor, right: Tensor): Tensor;
  getBackend(): string;
  backend(): { readonly binding?: { readonly TF_Version?: string } };
}

// Node 23 took away two functions that tfjs-node's kernels call.
Object.assign(util, {
  isNullOrUndefined: (value: unknown) => value === null || value === undefined,
  isArray: Array.isArray,
});

const folder = process.argv[2] ?? '';
const tf = createRequire(join(folder, 'package.json'))(folder) as TensorFlow;
const product = tf.matMul(tf.tensor2d([[1, 2]]), tf.tensor2d([[3], [4]])).dataSync()[0];
process.stdout.write(
  JSON.stringify({ product, backend: tf.getBackend(), version: tf.backend().binding?.TF_Version ?? '' }),
);
