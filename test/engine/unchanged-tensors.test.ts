import { expect, it, describe, vi, afterEach } from 'vitest';
import { nativeBackend, tf } from '../../electron/engine/tensorflow.ts';
import { expectNoLeak } from './no-leak.ts';

afterEach(() => void vi.restoreAllMocks());

const VALUES = [1.5, -2, 3, 4, 5, 6];

describe('a tensor that is already as it is asked for', () => {
  it.each([
    ['cast', (x: tf.Tensor) => tf.cast(x, 'float32')],
    ['reshaped', (x: tf.Tensor) => tf.reshape(x, [2, 3])],
  ])('%s is handed on without an op, and outlives what it was made of', async (_way, change) => {
    await expectNoLeak(() => {
      const x = tf.tidy(() => tf.add(tf.tensor(VALUES, [2, 3]), 0));
      const execute = vi.spyOn(nativeBackend(), 'executeSingleOutput');
      const same = change(x);
      expect(execute).not.toHaveBeenCalled();
      x.dispose();
      expect([same.shape, same.dtype, Array.from(same.dataSync())]).toEqual([[2, 3], 'float32', VALUES]);
      same.dispose();
    });
  });

  it('has its gradient', async () => {
    await expectNoLeak(() => {
      tf.tidy(() => {
        const slope = tf.grad((x) => tf.sum(tf.square(tf.reshape(tf.cast(x, 'float32'), [2, 3]))));
        expect(Array.from(slope(tf.tensor(VALUES, [2, 3])).dataSync())).toEqual(VALUES.map((value) => 2 * value));
      });
    });
  });
});

it('a tensor of another kind or shape is made', async () => {
  await expectNoLeak(() => {
    tf.tidy(() => {
      const x = tf.tensor(VALUES, [2, 3]);
      const whole = tf.cast(x, 'int32');
      expect([whole.dtype, Array.from(whole.dataSync())]).toEqual(['int32', VALUES.map(Math.trunc)]);
      for (const shape of [[3, 2], [6], [1, 2, 3]]) {
        const other = tf.square(tf.reshape(x, shape));
        expect([other.shape, Array.from(other.dataSync())]).toEqual([shape, VALUES.map((value) => value ** 2)]);
      }
    });
  });
});
