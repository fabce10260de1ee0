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
});
