import { describe, expect, it } from 'vitest';
import type { LayerSpec } from '../../../electron/domain/experiment.ts';
import { layerSettings } from '../../../renderer/experiment/model-settings.ts';

const block: LayerSpec = { kind: 'residual', filters: 4, kernel: 3, activation: 'relu' };
const labels = (layer: LayerSpec): string[] => layerSettings('model.encoder.0', layer).map(({ label }) => label);

describe('the fields of a residual block', () => {
  it('say where its activation stands: of one that begins with it, no more of its sum', () => {
    const common = ['Filters', 'Kernel', '2nd kernel', 'Three convolutions', 'Convolve shortcut', 'Activation first'];
    expect(labels(block).slice(0, 8)).toEqual([...common, 'Sum as it is', 'Group norm']);
    expect(labels({ ...block, preActivation: true }).slice(0, 7)).toEqual([...common, 'Group norm']);
  });

  it('say channels and a stride only where what comes in is convolved too, or a stride is left to be taken back', () => {
    expect(labels(block)).not.toContain('Stride');
    expect(labels({ ...block, channels: 8 }).slice(4, 7)).toEqual(['Convolve shortcut', 'Channels', 'Stride']);
    expect(labels({ ...block, stride: 2 }).slice(4, 6)).toEqual(['Convolve shortcut', 'Stride']);
  });

  it('say of three convolutions which has the stride, and of groups how many there are', () => {
    const three: LayerSpec = { ...block, middleKernel: 3 };
    expect(labels(three)).not.toContain('Shrink first');
    expect(labels({ ...three, channels: 8, stride: 2 }).slice(3, 6)).toEqual([
      'Three convolutions',
      'Mid kernel',
      'Shrink first',
    ]);
    expect(labels({ ...block, batchNorm: true })).not.toContain('Group norm');
    expect(labels({ ...block, groups: 2 })).toEqual(expect.arrayContaining(['Group norm', 'Groups']));
    // What both can be parted into.
    expect(layerSettings('model.encoder.0', { ...block, filters: 8, channels: 6 })).toContainEqual(
      expect.objectContaining({ path: 'model.encoder.0.groups', on: 2 }),
    );
  });

  it('begin a convolved shortcut with as many channels as filters', () => {
    expect(layerSettings('model.encoder.0', block)).toContainEqual(
      expect.objectContaining({ kind: 'switch', path: 'model.encoder.0.channels', on: 4, off: undefined }),
    );
  });

  it('show the first kernel where the second is not said', () => {
    expect(layerSettings('model.encoder.0', { ...block, kernel: 5 })).toContainEqual(
      expect.objectContaining({ path: 'model.encoder.0.secondKernel', absent: '5' }),
    );
  });
});
