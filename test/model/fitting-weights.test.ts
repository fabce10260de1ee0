import { describe, expect, test } from 'vitest';
import { checkFitting } from '../../electron/files/fitting-weights.ts';
import { tensorsOf } from '../../electron/model/weights-file.ts';
import { dense, modelSpec, onNetwork } from '../engine/samples.ts';
import { architectures } from './export/architectures.ts';

describe('weights compared with the layers that they are for', () => {
  test.each(Object.entries(architectures))('are those that a network has: %s', (_, spec) =>
    onNetwork(spec, (network) => {
      expect(() => checkFitting(spec, tensorsOf(network), 'a file', 'copy it again')).not.toThrow();
    }),
  );

  test('are of another model where a layer has more or fewer: of ten layers the first is none of the tenth’s', () => {
    const spec = modelSpec({ inputShape: [3, 3, 1], encoder: Array.from({ length: 10 }, () => dense(4)) });
    return onNetwork(spec, (network) => {
      const { 'encoder-10/bias': bias, ...rest } = tensorsOf(network);
      expect(bias!.shape).toEqual([4]);
      const message = 'a file: expected 20 numbers of "encoder-10", found 16: copy it again.';
      expect(() => checkFitting(spec, rest, 'a file', 'copy it again')).toThrow(message);
    });
  });

  test.each([
    ['a dense layer', 'encoder-1/kernel', 'encoder-1/kernel" of shape 9 × 4, found 4 × 9'],
    ['the code', 'code/kernel', 'code/kernel" of shape 4 × 2, found 2 × 4'],
  ])('are of another model where the kernel of %s lies another way round', (_, key, found) => {
    const spec = modelSpec({
      inputShape: [3, 3, 1],
      encoder: [dense(4)],
      code: { size: 2, activation: 'linear', variational: false },
    });
    return onNetwork(spec, (network) => {
      const tensors = tensorsOf(network);
      const turned = { ...tensors, [key]: { ...tensors[key]!, shape: tensors[key]!.shape.toReversed() } };
      const message = `a file: expected "${found}: copy it again.`;
      expect(() => checkFitting(spec, turned, 'a file', 'copy it again')).toThrow(message);
    });
  });
});
