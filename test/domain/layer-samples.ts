import type { LayerSpec, ModelSpec } from '../../electron/domain/experiment.ts';
import { presets } from '../../electron/domain/presets.ts';

export const article: ModelSpec = { ...presets[0]!.model, inputShape: [28, 28, 1] };
export const dense = (units: number, more: object = {}): LayerSpec => ({
  kind: 'dense',
  units,
  activation: 'relu',
  ...more,
});
export const conv = (filters: number, kernel: number, stride: number, more: object = {}): LayerSpec => ({
  kind: 'conv',
  filters,
  kernel,
  stride,
  activation: 'relu',
  ...more,
});
export const pool = (size: number): LayerSpec => ({ kind: 'pool', method: 'max', size });
export const upsample = (size: number): LayerSpec => ({ kind: 'upsample', size });
export const model = (changes: Partial<ModelSpec>): ModelSpec => ({ ...article, ...changes });
