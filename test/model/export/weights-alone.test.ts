import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import type { ModelPart } from '../../../electron/domain/export-formats.ts';
import { decodeSafetensors } from '../../../electron/files/safetensors.ts';
import { exportModel } from '../../../electron/model/export/export-model.ts';
import type { PlainModel } from '../../../electron/model/export/plain-model.ts';
import { TemporaryFolder } from '../../dataset/idx-bytes.ts';
import { modelSpec, noiseImages, onNetwork, reconstructionOf } from '../../engine/samples.ts';
import { architectures } from './architectures.ts';
import { interpret } from './plain-interpreter.ts';
import { readNpy } from './read-npy.ts';
import { floats, largestDifference, onTrained } from './trained.ts';

interface Weight {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

const readers: Readonly<Record<'safetensors' | 'npz', (folder: string) => Record<string, Weight>>> = {
  safetensors: (folder) => {
    const path = join(folder, 'weights.safetensors');
    return decodeSafetensors(readFileSync(path), path).tensors as Record<string, Weight>;
  },
  npz: (folder) =>
    Object.fromEntries(
      Object.entries(unzipSync(readFileSync(join(folder, 'weights.npz')))).map(([name, bytes]) => [
        name.replace(/\.npy$/, ''),
        readNpy(bytes) as Weight,
      ]),
    ),
};

/** A part as its files describe it: the steps of network.json with their weights looked up by name. */
function partOf(folder: string, part: ModelPart, weights: Record<string, Weight>): PlainModel {
  const { parts } = JSON.parse(readFileSync(join(folder, 'network.json'), 'utf8')) as {
    readonly parts: Record<string, Omit<PlainModel, 'ops'> & { readonly steps: Record<string, unknown>[] }>;
  };
  const { steps, ...rest } = parts[part]!;
  const opOf = (step: Record<string, unknown>): Record<string, unknown> =>
    Object.fromEntries(
      Object.entries(step).map(([key, value]) => {
        if (key === 'classes' || key === 'style') return [key, opOf(value as Record<string, unknown>)];
        if (key === 'ops' || key === 'shortcut') return [key, (value as Record<string, unknown>[]).map(opOf)];
        const isWeight = key !== 'name' && typeof value === 'string' && value in weights;
        return [key, isWeight ? { name: value, ...weights[value] } : value];
      }),
    );
  return { ...rest, ops: steps.map(opOf) } as unknown as PlainModel;
}

describe.each(['safetensors', 'npz'] as const)('weights alone as %s', (format) => {
  test.each(Object.entries(architectures))('hold all that the app’s output is computed from: %s', (_, spec) =>
    onTrained(spec, async (network) => {
      using folder = new TemporaryFolder();
      const place = join(folder.path, 'export');
      const image = noiseImages(1, spec.inputShape);
      await exportModel({ network, origin: {}, samples: image }, { format }, place);
      const weights = readers[format](place);
      const own = reconstructionOf(network, image);
      const whole = interpret(partOf(place, 'autoencoder', weights), floats(image));
      expect(largestDifference(whole, own)).toBeLessThan(2e-6);
      const samples = (name: string) => readNpy(readFileSync(join(place, 'samples', `${name}.npy`)));
      expect(samples('images')).toEqual({ shape: [1, ...spec.inputShape], data: image.pixels });
      expect(largestDifference(samples('reconstructions').data, own)).toBeLessThan(1e-6);
      const decoded = interpret(partOf(place, 'decoder', weights), samples('codes').data);
      expect(largestDifference(decoded, own)).toBeLessThan(2e-6);
    }),
  );

  test('of the encoder hold its weights only', () =>
    onNetwork(modelSpec(), async (network) => {
      using folder = new TemporaryFolder();
      const place = join(folder.path, 'export');
      await exportModel({ network, origin: {} }, { format, part: 'encoder' }, place);
      expect(Object.keys(readers[format](place)).sort()).toEqual([
        'code/bias',
        'code/kernel',
        'encoder-1/bias',
        'encoder-1/kernel',
      ]);
    }));
});

test('a format that takes no bytes is not asked to', () =>
  onNetwork(modelSpec(), async (network) => {
    const asked = exportModel({ network, origin: {} }, { format: 'npz', scalingInside: true }, '/nowhere');
    await expect(asked).rejects.toMatchObject({
      code: 'bad-request',
      message: 'NumPy: expected no scaling inside the model, found it asked for.',
    });
  }));
