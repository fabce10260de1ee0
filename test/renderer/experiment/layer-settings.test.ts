import { describe, expect, it } from 'vitest';
import type { LayerSpec } from '../../../electron/domain/experiment.ts';
import { layerSettings } from '../../../renderer/experiment/model-settings.ts';

const block: LayerSpec = { kind: 'residual', filters: 4, kernel: 3, activation: 'relu' };
const labels = (layer: LayerSpec): string[] => layerSettings('model.encoder.0', layer).map(({ label }) => label);

describe('the fields of a residual block', () => {
  it('say where its activation stands: of one that begins with it, no more of its sum', () => {
    const common = ['Filters', 'Kernel', '2nd kernel', 'Channels', 'Activation first'];
    expect(labels(block).slice(0, 6)).toEqual([...common, 'Sum as it is']);
    expect(labels({ ...block, preActivation: true }).slice(0, 6)).toEqual([...common, 'Activation']);
  });

  it('say a stride only where what comes in is convolved too', () => {
    expect(labels(block)).not.toContain('Stride');
    expect(labels({ ...block, channels: 8 }).slice(3, 5)).toEqual(['Channels', 'Stride']);
  });

  it('show the first kernel where the second is not said', () => {
    expect(layerSettings('model.encoder.0', { ...block, kernel: 5 })).toContainEqual(
      expect.objectContaining({ path: 'model.encoder.0.secondKernel', absent: '5' }),
    );
  });
});
