import { describe, expect, it } from 'vitest';
import { checkedTrace } from '../../electron/engine/graph/check-trace.ts';
import { splitDraws } from '../../electron/engine/graph/split-draws.ts';
import { statelessUniform } from '../../electron/engine/native-ops.ts';
import { tf } from '../../electron/engine/tensorflow.ts';
import { expectNoLeak } from './no-leak.ts';

const ops = ({ nodes }: { readonly nodes: readonly { readonly op: string }[] }): string[] => nodes.map(({ op }) => op);

/** The trace of a computation on an image and a seed, split; there are no variables. */
function split(compute: (image: tf.Tensor, seed: tf.Tensor1D) => tf.Tensor) {
  const trace = checkedTrace([], (fill) => {
    const image = tf.tensor1d([fill, fill]);
    const seed = tf.tensor1d([fill * 8, fill * 16], 'int32');
    return { inputs: [image, seed], compute: () => [compute(image, seed)] };
  });
  return splitDraws(trace, 1, 2);
}

describe('random words taken out of a trace', () => {
  it('are drawn from the seed alone; the rest takes them as further inputs', () =>
    expectNoLeak(() => {
      const { draws, shapes, rest } = split((image, seed) => {
        const first = statelessUniform([2], seed);
        const second = statelessUniform([3, 2], tf.add(seed, tf.tensor1d([1, 0], 'int32')));
        return tf.add(tf.mul(image, first), tf.sum(second, 0));
      });
      expect(shapes).toEqual([[2], [3, 2]]);
      expect(ops(draws)).toEqual(['StatelessRandomUniformFullInt', 'Add', 'StatelessRandomUniformFullInt']);
      expect(draws.results).toEqual([0, 2].map((index) => ({ from: 'node', index, output: 0 })));
      expect(draws.nodes[1]?.inputs[0]).toEqual({ from: 'input', index: 0 });
      expect(ops(rest)).not.toContain('StatelessRandomUniformFullInt');
      const words = rest.nodes.filter(({ op }) => op === 'BitwiseAnd').map(({ inputs }) => inputs[0]);
      expect(words).toEqual([2, 3].map((index) => ({ from: 'input', index })));
    }));

  it('stay where they are if their seed depends on more than the seed', () =>
    expectNoLeak(() => {
      const { draws, shapes, rest } = split((image, seed) =>
        statelessUniform([2], tf.add(seed, tf.cast(image, 'int32'))),
      );
      expect(shapes).toEqual([]);
      expect(draws.nodes).toEqual([]);
      expect(ops(rest)).toContain('StatelessRandomUniformFullInt');
    }));

  it('are none in a trace without noise, which stays as it was', () =>
    expectNoLeak(() => {
      const { shapes, rest } = split((image) => tf.square(image));
      expect(shapes).toEqual([]);
      expect(ops(rest)).toEqual(['Square']);
    }));
});
