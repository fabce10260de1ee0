import { describe, expect, test, vi } from 'vitest';
import { encodeImages, reconstructionErrors } from '../../../electron/engine/inference.ts';
import { buildNetwork } from '../../../electron/engine/network.ts';
import { CompiledInference } from '../../../electron/engine/graph/compiled-inference.ts';
import { TemporaryFolder } from '../../dataset/idx-bytes.ts';
import { breathe, distance } from '../../engine/samples.ts';
import { expectNoLeak } from '../../engine/no-leak.ts';
import { experiment, tinySet } from '../../training/samples.ts';
import { MODEL, deskOver, saveRun } from './samples.ts';

describe('a compiled model', () => {
  test('maps whole sets to the same numbers as op by op, and is compiled once', () =>
    expectNoLeak(async () => {
      using data = new TemporaryFolder();
      const set = tinySet(1_200, 30);
      const given = experiment({}, { code: { size: 3, activation: 'linear', variational: false } });
      await saveRun(data.path, given, { seed: 4 });
      const compile = vi.spyOn(CompiledInference, 'compile');
      const { service } = deskOver(data.path, set);
      const map = await service.handlers['model:measures']({ model: MODEL, split: 'training' });
      const { codes } = await service.handlers['model:codes']({ model: MODEL, split: 'training' });
      await service.handlers['model:measures']({ model: MODEL, split: 'test' });
      expect(compile).toHaveBeenCalledTimes(1);
      compile.mockRestore();
      await service.close();
      const network = buildNetwork(given.model, 4);
      expect(distance(codes, await encodeImages(network, set.training.images, breathe))).toBeLessThan(1e-5);
      const errors = await reconstructionErrors(network, set.training.images, breathe);
      const squared = errors.map((mse) => mse * 12);
      expect(distance(map.squaredErrors, squared)).toBeLessThan(1e-5);
      network.dispose();
    }));
});
