import { describe, expect, it } from 'vitest';
import type { TrainingPath } from '../../../electron/domain/words.ts';
import { clusterWords, fallbackWords, pathWords } from '../../../renderer/experiment/path-words.ts';

describe('the path in words', () => {
  it.each<[TrainingPath, string]>([
    [{ kind: 'xla-loop', stepsPerCall: 20, threads: 2 }, 'Compiled by XLA, 20 steps a call, 2 threads'],
    [{ kind: 'graph-loop', stepsPerCall: 1, threads: 1 }, 'Compiled by TensorFlow, 1 step a call, 1 thread'],
    [{ kind: 'eager', stepsPerCall: 1, threads: 16 }, 'Not compiled, 16 threads'],
    [{ kind: 'xla-loop', stepsPerCall: 20 }, 'Compiled by XLA, 20 steps a call'],
  ])('%j', (path, words) => {
    expect(pathWords(path)).toBe(words);
  });

  it('warns of nothing where the best path was taken', () => {
    expect(fallbackWords({ kind: 'graph-loop', stepsPerCall: 4, threads: 2 })).toBeUndefined();
  });

  it.each<[TrainingPath['kind'], string]>([
    ['graph-loop', 'repeats no run by XLA bit for bit. xla-loop: out of luck'],
    ['eager', 'repeats no compiled run bit for bit. xla-loop: out of luck'],
  ])('on %s says what a fallback lost, and why', (kind, words) => {
    const warning = fallbackWords({ kind, stepsPerCall: 1, reason: 'xla-loop: out of luck' });
    expect(warning?.endsWith(words)).toBe(true);
  });
});

it('names the cluster that trains a run', () => {
  const address = 'http://127.0.0.1:8265';
  expect(clusterWords({ address, workers: 1, open: false })).toBe('On the cluster http://127.0.0.1:8265, 1 worker');
  expect(clusterWords({ address, workers: 4, open: true })).toBe('On the cluster http://127.0.0.1:8265, 4 workers');
});
