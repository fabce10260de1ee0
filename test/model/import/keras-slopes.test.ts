import { describe, expect, test } from 'vitest';
import { kerasChain } from '../../../electron/model/import/keras-layers.ts';

/** What a PReLU of these shared axes becomes behind an input of this shape; its weights count up from 0.25. */
function slopesOf(inputShape: readonly number[], shared: readonly number[] | undefined) {
  const config = shared === undefined ? {} : { shared_axes: shared };
  const layers = [{ className: 'PReLU', name: 'p', config, place: '', within: [] }];
  const { ops } = kerasChain(
    { inputShape, layers, notes: [], major: 3 },
    ({ name, shape }) => ({
      name,
      shape,
      data: Float32Array.from({ length: shape.reduce((all, size) => all * size, 1) }, (_, at) => at + 0.25),
    }),
    'a.keras',
  );
  const [op] = ops;
  return op?.kind === 'prelu' ? { shape: op.alpha.shape, data: [...op.alpha.data] } : undefined;
}

describe('a PReLU of Keras', () => {
  test('has a slope a channel, or one for all', () => {
    expect(slopesOf([2, 2, 3], [1, 2])).toEqual({ shape: [1, 1, 3], data: [0.25, 1.25, 2.25] });
    expect(slopesOf([2, 2, 3], [1, 2, 3])).toEqual({ shape: [1, 1, 3], data: [0.25, 0.25, 0.25] });
    expect(slopesOf([3], undefined)).toEqual({ shape: [3], data: [0.25, 1.25, 2.25] });
    expect(slopesOf([3], [1])).toEqual({ shape: [3], data: [0.25, 0.25, 0.25] });
  });

  test('is refused where it has one a place', () => {
    expect(() => slopesOf([2, 2, 3], undefined)).toThrow(
      'a.keras: p: expected a PReLU of one slope a channel, found null: use shared_axes=[1, 2], train it on, and save it.',
    );
  });
});
