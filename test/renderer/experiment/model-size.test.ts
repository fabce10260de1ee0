import { describe, expect, it } from 'vitest';
import type { ModelSpec } from '../../../electron/domain/experiment.ts';
import { memoryHint, weightWords } from '../../../renderer/experiment/model-size.ts';
import { articleExperiment } from '../samples.ts';

const article = articleExperiment.model;
const conv = { kind: 'conv', filters: 8, kernel: 3, stride: 2, activation: 'relu' } as const;

describe('the size of a model', () => {
  it('is what the layout counts, biases included', () => {
    expect(weightWords(article)).toBe('468,368');
  });

  it('is warned of where dense layers meet large images', () => {
    expect(memoryHint(article)).toBeUndefined();
    const large: ModelSpec = {
      ...article,
      inputShape: [256, 256, 3],
      encoder: [{ kind: 'dense', units: 1_000, activation: 'gelu' }],
    };
    expect(weightWords(large)).toBe('394 million');
    expect(memoryHint(large)).toMatch(/^Training it takes about 6\.3 GB of memory/);
    expect(memoryHint({ ...large, encoder: [conv, conv, conv] })).toBeUndefined();
  });
});
