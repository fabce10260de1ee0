import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ModelSpec } from '../../../electron/domain/experiment.ts';
import { decodeSafetensors } from '../../../electron/files/safetensors.ts';
import { exportModel } from '../../../electron/model/export/export-model.ts';
import type { ExportOptions } from '../../../electron/model/export/exported-model.ts';
import { TemporaryFolder } from '../../dataset/idx-bytes.ts';
import { conv, dense, modelSpec, onNetwork, weightsByName } from '../../engine/samples.ts';
import { architectures } from './architectures.ts';

/** The module's source and the state it loads. */
async function exported(spec: ModelSpec, options: Omit<ExportOptions, 'format'> = {}) {
  using folder = new TemporaryFolder();
  const place = join(folder.path, 'export');
  let own: Record<string, Float32Array> = {};
  await onNetwork(spec, async (network) => {
    own = weightsByName(network);
    await exportModel({ network, origin: {} }, { format: 'pytorch', ...options }, place);
  });
  const weights = join(place, 'model.safetensors');
  return {
    own,
    source: readFileSync(join(place, 'model.py'), 'utf8'),
    state: decodeSafetensors(readFileSync(weights), weights).tensors,
  };
}

describe('a PyTorch module', () => {
  test.each(Object.entries(architectures))('has exactly the layers that its state is of: %s', async (_, spec) => {
    const { source, state } = await exported(spec);
    const [, encoder = '', decoder = ''] = source.split(/^class \w+\(nn\.Module\):$/m);
    const layers = (part: string, text: string): string[] =>
      [...text.matchAll(/^ +self\.(\w+) = nn\./gm)].map(([, name]) => `${part}.${name}`);
    const stated = Object.keys(state).map((name) => name.split('.').slice(0, 2).join('.'));
    expect(new Set(stated)).toEqual(new Set([...layers('encoder', encoder), ...layers('decoder', decoder)]));
  });

  test('has its kernels as PyTorch lays them out', async () => {
    const spec = modelSpec({ inputShape: [4, 3, 1], encoder: [conv(2, 3, 1)] });
    const { own, state } = await exported(spec);
    const flipped = (name: string, axes: [number, number, number, number]) => {
      const [high, wide, third, last] = axes;
      // The last axis first, the third second.
      return Float32Array.from({ length: own[name]!.length }, (_, index) => {
        const [column, row] = [index % wide, Math.floor(index / wide) % high];
        const [c, d] = [Math.floor(index / wide / high) % third, Math.floor(index / wide / high / third)];
        return own[name]![((row * wide + column) * third + c) * last + d]!;
      });
    };
    expect(state['encoder.encoder_1.weight']).toEqual({
      shape: [2, 1, 3, 3],
      data: flipped('encoder-1/kernel', [3, 3, 1, 2]),
    });
    expect(state['decoder.output.weight']).toEqual({
      shape: [2, 1, 3, 3],
      data: flipped('output/kernel', [3, 3, 1, 2]),
    });
    const code = state['encoder.code.weight']!;
    expect(code.shape).toEqual([3, 24]);
    expect(code.data[1]).toBe(own['code/kernel']![3]);
    expect(state['encoder.code.bias']!.data).toEqual(own['code/bias']);
  });

  test('pads as TensorFlow does, and cuts a transposed convolution where it does', async () => {
    const { source } = await exported(modelSpec({ inputShape: [7, 5, 3], encoder: [conv(4, 3, 2)] }));
    expect(source).toContain('x = F.pad(x, (1, 1, 1, 1))\n        x = self.encoder_1(x)');
    expect(source).toContain('self.output = nn.ConvTranspose2d(4, 3, 3, stride=2)');
    expect(source).toContain('x = self.output(x)[:, :, 0:7, 0:5]');
  });

  test('of the encoder alone is one class, which takes bytes where it is asked to', async () => {
    const { source, state } = await exported(modelSpec({ encoder: [dense(5)] }), {
      part: 'encoder',
      scalingInside: true,
    });
    expect(source.match(/^class \w+/gm)).toEqual(['class Encoder']);
    expect(source).toContain('x = x.float() / 255');
    expect(source).toContain('def load(folder: str | Path = Path(__file__).parent) -> Encoder:');
    expect(Object.keys(state).every((name) => name.startsWith('encoder.'))).toBe(true);
  });

  test('of the decoder alone is not asked to take bytes', async () => {
    await expect(exported(modelSpec(), { part: 'decoder', scalingInside: true })).rejects.toMatchObject({
      code: 'bad-request',
      message: 'A decoder takes codes: expected no scaling of bytes, found it asked for.',
    });
  });
});
