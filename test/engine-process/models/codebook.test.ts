import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ModelDetails } from '../../../electron/contract/models.ts';
import type { ModelSpec } from '../../../electron/domain/experiment.ts';
import { TemporaryFolder } from '../../dataset/idx-bytes.ts';
import { expectNoLeak } from '../../engine/no-leak.ts';
import { experiment, withoutCompiler } from '../../training/samples.ts';
import { onService, set } from './model-desk.ts';
import { MODEL, deskOver, saveRun, type Desk } from './samples.ts';

withoutCompiler();

/** A codebook of three vectors of two numbers, for the 4 × 3 places of an image. */
const vectors: Partial<ModelSpec> = {
  encoder: [],
  code: { size: 24, activation: 'linear', variational: false, map: { channels: 2, kernel: 1 }, codebook: 3 },
};

describe('the vectors of a codebook', () => {
  async function onCodebook(body: (handlers: Desk['service']['handlers'], opened: ModelDetails) => Promise<void>) {
    await expectNoLeak(async () => {
      using data = new TemporaryFolder();
      await saveRun(data.path, experiment({ validationCount: 5 }, vectors));
      const { service } = deskOver(data.path, set);
      try {
        await body(service.handlers, await service.handlers['model:open']({ model: MODEL }));
      } finally {
        await service.close();
      }
    });
  }

  test('come with the model, and each place of all training images is counted at one', () =>
    onCodebook(async (handlers, { codebook }) => {
      expect(codebook).toHaveLength(6);
      const { uses } = await handlers['model:codebook']({ model: MODEL });
      const { codes } = await handlers['model:codes']({ model: MODEL, split: 'training' });
      const expected = new Uint32Array(3);
      for (let at = 0; at < codes.length; at += 2) {
        const index = [0, 2, 4].find((row) => codebook![row] === codes[at] && codebook![row + 1] === codes[at + 1])!;
        expected[index / 2]! += 1;
      }
      expect(uses).toEqual(expected);
      expect(uses.reduce((sum, each) => sum + each)).toBe(40 * 12);
    }));

  test('are what drawn codes consist of, the same for a seed', () =>
    onCodebook(async (handlers, { codebook }) => {
      const drawn = (seed: number) => handlers['model:draw']({ model: MODEL, count: 5, seed });
      const { codes } = await drawn(1);
      expect(codes).toHaveLength(5 * 24);
      const known = new Set([0, 2, 4].map((row) => `${codebook![row]} ${codebook![row + 1]}`));
      for (let at = 0; at < codes.length; at += 2) expect(known).toContain(`${codes[at]} ${codes[at + 1]}`);
      expect(await drawn(1)).toEqual({ codes });
    }));

  test('are not asked of a model without', () =>
    onService(async (handlers, { path }) => {
      expect(await handlers['model:open']({ model: MODEL })).not.toHaveProperty('codebook');
      const message = `${join(path, 'runs/a-run/model/best')}: expected a model with a codebook, found one without.`;
      const refused = { code: 'bad-request', message };
      await expect(handlers['model:codebook']({ model: MODEL })).rejects.toMatchObject(refused);
      await expect(handlers['model:draw']({ model: MODEL, count: 1, seed: 1 })).rejects.toMatchObject(refused);
    }));
});
