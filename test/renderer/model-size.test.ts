import { describe, expect, it } from 'vitest';
import type { ModelSpec } from '../../electron/contract/experiment.ts';
import { memoryHint, weightsAbout, weightWords } from '../../renderer/state/model-size.ts';
import { articleExperiment } from './samples.ts';

const article = articleExperiment.model;
const conv = { kind: 'conv', filters: 8, kernel: 3, stride: 2, activation: 'relu' } as const;

describe('the size of a model', () => {
  it('is twice the encoder’s, biases left out', () => {
    expect(weightsAbout(article)).toBe(2 * (784 * 256 + 256 * 128));
    expect(weightWords(article)).toBe('about 466,944');
  });

  it('follows strides and channels', () => {
    const model: ModelSpec = { ...article, inputShape: [9, 8, 3], encoder: [conv, conv] };
    expect(weightsAbout(model)).toBe(2 * (9 * 3 * 8 + 9 * 8 * 8 + 3 * 2 * 8 * 128));
  });

  it('is warned of where dense layers meet large images', () => {
    expect(memoryHint(article)).toBeUndefined();
    const large: ModelSpec = {
      ...article,
      inputShape: [256, 256, 3],
      encoder: [{ kind: 'dense', units: 1_000, activation: 'gelu' }],
    };
    expect(weightWords(large)).toBe('about 393 million');
    expect(memoryHint(large)).toMatch(/^Training it takes about 6\.3 GB of memory/);
    expect(memoryHint({ ...large, encoder: [conv, conv, conv] })).toBeUndefined();
  });
});
