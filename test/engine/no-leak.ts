import { expect } from 'vitest';
import { nativeBackend, tf } from '../../electron/engine/tensorflow.ts';

/** TensorFlow's own tensors, which tfjs's count does not see when a native call makes them. */
function counts(): { readonly tfjs: number; readonly native: number } {
  const { binding } = nativeBackend() as unknown as { binding: { getNumOfTensors(): number } };
  return { tfjs: tf.memory().numTensors, native: binding.getNumOfTensors() };
}

/** Runs a test's body and asserts that no tensor is left of it, in tfjs or in TensorFlow. */
export async function expectNoLeak(body: () => Promise<void> | void): Promise<void> {
  const before = counts();
  await body();
  expect(counts()).toEqual(before);
}
