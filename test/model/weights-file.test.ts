import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ModelSpec } from '../../electron/domain/experiment.ts';
import { decodeSafetensors, encodeSafetensors, type StoredTensor } from '../../electron/files/safetensors.ts';
import { epochsOf, loadModel, loadWeights, saveModel } from '../../electron/model/weights-file.ts';
import { TemporaryFolder } from '../dataset/idx-bytes.ts';
import { expectNoLeak } from '../engine/no-leak.ts';
import {
  conv,
  dense,
  modelSpec,
  noiseImages,
  onNetwork,
  reconstructionOf,
  trainEagerly,
  trainingSpec,
  weightsByName,
} from '../engine/samples.ts';

const specs: Readonly<Record<string, ModelSpec>> = {
  dense: modelSpec(),
  'convolutional and normalised': modelSpec({
    inputShape: [7, 5, 3],
    encoder: [conv(4, 3, 2, { batchNorm: true }), dense(5)],
  }),
  variational: modelSpec({ code: { size: 2, activation: 'linear', variational: true } }),
};

/** A saved small model, its weights changed as a broken or foreign file has them. */
async function saved(folder: TemporaryFolder): Promise<string> {
  const place = join(folder.path, 'model');
  await onNetwork(modelSpec(), (network) => saveModel(network, place));
  return place;
}

function rewrite(
  place: string,
  change: (tensors: Record<string, StoredTensor>) => Record<string, StoredTensor>,
): string {
  const path = join(place, 'weights.safetensors');
  writeFileSync(path, encodeSafetensors(change({ ...decodeSafetensors(readFileSync(path), path).tensors })));
  return path;
}

describe('a saved model', () => {
  test('says how many epochs its weights have had, where that was known', () =>
    onNetwork(modelSpec(), async (network) => {
      using folder = new TemporaryFolder();
      await saveModel(network, folder.path, 7.25);
      expect(await epochsOf(folder.path)).toBe(7.25);
      await saveModel(network, folder.path);
      expect(await epochsOf(folder.path)).toBeUndefined();
    }));

  test.each(Object.entries(specs))('%s comes back bit for bit', (_, spec) =>
    onNetwork(spec, async (network) => {
      trainEagerly(network, trainingSpec(), noiseImages(4, spec.inputShape), [0.5]);
      using folder = new TemporaryFolder();
      const place = join(folder.path, 'deep', 'model');
      await saveModel(network, place);
      expect(readdirSync(place).sort()).toEqual(['model-spec.json', 'weights.safetensors']);
      const loaded = await loadModel(place);
      try {
        expect(loaded.spec).toEqual(spec);
        expect(weightsByName(loaded)).toEqual(weightsByName(network));
        const images = noiseImages(2, spec.inputShape);
        expect(reconstructionOf(loaded, images)).toEqual(reconstructionOf(network, images));
      } finally {
        loaded.dispose();
      }
    }),
  );

  test('is replaced whole by the next', () =>
    onNetwork(modelSpec(), async (network) => {
      using folder = new TemporaryFolder();
      const place = await saved(folder);
      writeFileSync(join(place, 'stray'), '');
      await saveModel(network, place);
      expect(readdirSync(place).sort()).toEqual(['model-spec.json', 'weights.safetensors']);
      expect(readdirSync(folder.path)).toEqual(['model']);
    }));
});

describe('a model that cannot be loaded', () => {
  const refused = (place: string, error: { readonly code: string; readonly message: string }): Promise<void> =>
    expectNoLeak(async () => {
      await expect(loadModel(place)).rejects.toMatchObject(error);
    });

  test('because there is none', async () => {
    using folder = new TemporaryFolder();
    const place = join(folder.path, 'model');
    const message = `${join(place, 'model-spec.json')}: the file cannot be read.`;
    await refused(place, { code: 'not-found', message });
  });

  test('because its weights are missing', async () => {
    using folder = new TemporaryFolder();
    const place = await saved(folder);
    const path = join(place, 'weights.safetensors');
    rmSync(path);
    await refused(place, { code: 'not-found', message: `${path}: the file cannot be read.` });
  });

  test('because its weights are torn', async () => {
    using folder = new TemporaryFolder();
    const place = await saved(folder);
    const path = join(place, 'weights.safetensors');
    writeFileSync(path, readFileSync(path).subarray(0, -1));
    await refused(place, {
      code: 'bad-file',
      message: `${path}: expected 48 bytes of output/bias, found offsets 652 to 700 of 699 bytes.`,
    });
  });

  test('because a tensor is missing', async () => {
    using folder = new TemporaryFolder();
    const place = await saved(folder);
    const path = rewrite(place, (all) =>
      Object.fromEntries(Object.entries(all).filter(([name]) => name !== 'code/bias')),
    );
    await refused(place, { code: 'bad-file', message: `${path}: expected "code/bias" of shape 3, found none.` });
  });

  test('because a tensor has another shape', async () => {
    using folder = new TemporaryFolder();
    const place = await saved(folder);
    const path = rewrite(place, (all) => ({ ...all, 'code/kernel': { shape: [3, 5], data: new Float32Array(15) } }));
    await refused(place, {
      code: 'bad-file',
      message: `${path}: expected "code/kernel" of shape 5 × 3, found 3 × 5.`,
    });
  });

  test('because a tensor has another type', async () => {
    using folder = new TemporaryFolder();
    const place = await saved(folder);
    const path = rewrite(place, (all) => ({ ...all, 'code/bias': { shape: [3], data: new Uint8Array(3) } }));
    await refused(place, { code: 'bad-file', message: `${path}: expected "code/bias" of type F32, found U8.` });
  });

  test('because its spec is no spec, or one that cannot be built', async () => {
    using folder = new TemporaryFolder();
    const place = await saved(folder);
    const path = join(place, 'model-spec.json');
    writeFileSync(path, '{');
    await refused(place, { code: 'bad-file', message: `${path}: expected JSON, found text that is not JSON.` });
    writeFileSync(path, JSON.stringify({ ...modelSpec(), initialiser: 'none' }));
    const message = `${path}: initialiser must be ("standard-normal" | "glorot-uniform" | "glorot-normal" | "he-uniform" | "he-normal" | "lecun-normal"), found "none".`;
    await refused(place, { code: 'bad-file', message });
    writeFileSync(path, JSON.stringify(modelSpec({ encoder: [dense(4), conv(2, 3, 1)] })));
    await refused(place, {
      code: 'bad-spec',
      message:
        'model.encoder.1: expected an image for a conv layer, found 4 units: it must stand before every dense layer.',
    });
  });

  test('because its few words ask for 17 GB', async () => {
    using folder = new TemporaryFolder();
    const place = await saved(folder);
    writeFileSync(
      join(place, 'model-spec.json'),
      JSON.stringify(modelSpec({ encoder: [dense(65_536), dense(65_536)] })),
    );
    const path = join(place, 'weights.safetensors');
    const before = process.memoryUsage.rss();
    await refused(place, {
      code: 'bad-file',
      message: `${path}: expected 17,184,325,662 bytes of weights, as the model says, found ${statSync(path).size.toLocaleString('en')} in all.`,
    });
    expect(process.memoryUsage.rss() - before).toBeLessThan(256 * 2 ** 20);
  });

  test('leaves the network it should have gone into as it was', () =>
    onNetwork(modelSpec(), async (network) => {
      using folder = new TemporaryFolder();
      const place = await saved(folder);
      rewrite(place, (all) => ({ ...all, 'output/bias': { shape: [1], data: new Float32Array(1) } }));
      trainEagerly(network, trainingSpec(), noiseImages(4, [4, 3, 1]), [1]);
      const before = weightsByName(network);
      await expect(loadWeights(network, place)).rejects.toMatchObject({ code: 'bad-file' });
      expect(weightsByName(network)).toEqual(before);
    }));
});
