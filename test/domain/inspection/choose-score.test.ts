import { describe, expect, it } from 'vitest';
import { rankScores, type Candidate } from '../../../electron/domain/inspection/choose-score.ts';

const candidate = (kind: Candidate['kind'], values: readonly number[], madeFaults: number): Candidate => ({
  kind,
  values,
  heldOut: [1, 2, 3],
  madeFaults,
});
const ODD = Array.from({ length: 10 }, () => 'odd' as const);
const high = ODD.map(() => 9);
const low = ODD.map(() => 0);

describe('a score is chosen', () => {
  it('by made faults where few odd pictures are known', () => {
    const scores = [candidate('structure', [9, 1], 0.6), candidate('pieces', [0, 1], 0.9)];
    const { order, why } = rankScores(scores, ['odd', 'normal']);
    expect(order).toEqual(['pieces', 'structure']);
    expect(why).toBe('Unusual pieces finds faults drawn into held-out normal pictures best (AUROC 0.900).');
  });

  it('the combined one where it is hardly worse than the best', () => {
    const scores = [candidate('combined', [9, 1], 0.885), candidate('pieces', [0, 1], 0.9)];
    expect(rankScores(scores, ['odd', 'normal']).order[0]).toBe('combined');
    expect(rankScores(scores, ['odd', 'normal']).why).toContain('as well as any');
    const worse = [candidate('combined', [9, 1], 0.8), candidate('pieces', [0, 1], 0.9)];
    expect(rankScores(worse, ['odd', 'normal']).order[0]).toBe('pieces');
  });

  it('the usual variations before the combined one where both are', () => {
    const scores = [
      candidate('combined', [9, 1], 0.9),
      candidate('variations', [9, 1], 0.885),
      candidate('pieces', [0, 1], 0.89),
    ];
    expect(rankScores(scores, ['odd', 'normal']).order).toEqual(['variations', 'combined', 'pieces']);
    expect(rankScores(scores, ['odd', 'normal']).why).toContain('as well as any');
  });

  it('by known odd pictures where there are enough, which is said', () => {
    const scores = [candidate('pieces', [...low, 1, 2], 0.9), candidate('structure', [...high, 1, 2], 0.6)];
    const { order, why } = rankScores(scores, [...ODD, 'normal', 'normal']);
    expect(order).toEqual(['structure', 'pieces']);
    expect(why).toContain('the 10 known odd pictures');
    expect(why).toContain('a little kind');
  });

  it('beside held-out pictures where none of the checked ones are normal', () => {
    const scores = [candidate('pieces', low, 0.9), candidate('structure', high, Number.NaN)];
    expect(rankScores(scores, ODD).order[0]).toBe('structure');
  });
});
