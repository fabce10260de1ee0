import { describe, expect, it } from 'vitest';
import type { Request } from '../../../electron/contract/contract.ts';
import { exportFormats } from '../../../electron/domain/export-formats.ts';
import { presets } from '../../../electron/domain/presets.ts';
import { ModelExport } from '../../../renderer/run/model-export.svelte.ts';
import { FakeHost } from '../fake-host.ts';
import { record } from '../samples.ts';

function choosing(answer?: () => { kind: 'saved'; folder: string; files: string[] }) {
  const host = new FakeHost();
  const asked: Request<'model:export'>[] = [];
  if (answer) {
    host.answers['model:export'] = (request) => {
      asked.push(request);
      return answer();
    };
  }
  return { choice: new ModelExport(host.api, record('a', 'finished')), asked };
}

describe('what is chosen of an export', () => {
  it('begins as all three parts with the best weights, and offers every format', () => {
    const { choice } = choosing();
    expect(choice.request).toEqual({ runId: 'a', weights: 'best', format: 'tfjs' });
    expect(choice.formats.map(({ id }) => id)).toEqual(exportFormats.map(({ id }) => id));
    expect(choice.formats.every(({ limit }) => limit === undefined)).toBe(true);
  });

  it('begins with a format that can hold the model', () => {
    const { model } = presets.find(({ id }) => id === 'vq')!;
    const run = record('a', 'finished');
    const experiment = { ...run.experiment, model: { ...model, inputShape: [28, 28, 1] as [number, number, 1] } };
    const choice = new ModelExport(new FakeHost().api, { ...run, experiment });
    expect(choice.formats[0]).toMatchObject({ id: 'tfjs', limit: expect.stringContaining('codebook') as string });
    expect(choice.request.format).toBe('onnx');
    expect(choice.chosen.limit).toBeUndefined();
  });

  it('asks for scaling only of what can scale', () => {
    const { choice } = choosing();
    choice.scalingInside = true;
    expect(choice.scalingLimit).toBe('TensorFlow.js models take numbers from 0 to 1.');
    expect(choice.request).not.toHaveProperty('scalingInside');
    choice.format = 'onnx';
    choice.weights = 'last';
    choice.part = 'encoder';
    const asked = { runId: 'a', weights: 'last', format: 'onnx', part: 'encoder', scalingInside: true };
    expect(choice.request).toEqual(asked);
    choice.part = 'decoder';
    expect(choice.scalingLimit).toBe('A decoder takes codes, not bytes.');
    expect(choice.request).not.toHaveProperty('scalingInside');
  });

  it('says beforehand what a format cannot hold, and does not ask for it', async () => {
    const { choice, asked } = choosing(() => ({ kind: 'saved', folder: '/x', files: [] }));
    choice.format = 'html';
    choice.part = 'decoder';
    expect(choice.chosen.limit).toBe('A page encodes and decodes: it holds the autoencoder, not the decoder alone.');
    await choice.export();
    expect(asked).toEqual([]);
  });

  it('says where it was saved and which files, or why not', async () => {
    const { choice } = choosing(() => ({ kind: 'saved', folder: '/x', files: ['README.md', 'model.json'] }));
    await choice.export();
    expect(choice.outcome).toEqual({ text: 'Saved: /x', failed: false, files: ['README.md', 'model.json'] });
    const { choice: other } = choosing();
    await other.export();
    expect(other.outcome).toEqual({ text: 'Not saved: No answer for model:export.', failed: true, files: [] });
    expect(other.working).toBe(false);
  });
});
