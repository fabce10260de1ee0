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
    expect(why).toBe('Unusual pieces finds faults drawn into held-out normal pictures clearly best (AUROC 0.900).');
  });

  it('the usual variations unless another is better than chance may have it', () => {
    const heldOut = Array.from({ length: 50 }, (_, at) => at);
    const scores = (variations: number): Candidate[] => [
      { ...candidate('pieces', [0, 1], 0.9), heldOut },
      { ...candidate('variations', [9, 1], variations), heldOut },
      { ...candidate('combined', [9, 1], 0.89), heldOut },
    ];
    // One standard error of 50 pictures beside 50 that do not differ: √(101 / 12 / 50²) = 0.058.
    const near = rankScores(scores(0.843), ['odd', 'normal']);
    expect(near.order).toEqual(['variations', 'pieces', 'combined']);
    expect(near.why).toContain('as well as any');
    const far = rankScores(scores(0.841), ['odd', 'normal']);
    expect(far.order).toEqual(['pieces', 'combined', 'variations']);
    expect(far.why).toContain('clearly best (AUROC 0.900)');
  });

  it('one of the model’s errors only where it is better by a tenth more: a part that is missing is drawn well', () => {
    const heldOut = Array.from({ length: 1_000 }, (_, at) => at);
    const scores = (structure: number): Candidate[] => [
      { ...candidate('structure', [0, 1], structure), heldOut },
      { ...candidate('code-neighbours', [9, 1], 0.75), heldOut },
      { ...candidate('variations', [9, 1], 0.69), heldOut },
    ];
    const near = rankScores(scores(0.849), ['odd', 'normal']);
    expect(near.order[0]).toBe('code-neighbours');
    expect(near.why).toBe(
      'Nearest codes finds faults drawn into held-out normal pictures clearly best (AUROC 0.750), beside scores that also see when ' +
        'something is missing; Structure (SSIM) finds more of them (0.849), but less of that.',
    );
    expect(rankScores(scores(0.851), ['odd', 'normal']).order[0]).toBe('structure');
  });

  it('the best where made faults say nothing of the usual variations', () => {
    const scores = [candidate('variations', [9, 1], Number.NaN), candidate('pieces', [0, 1], 0.4)];
    expect(rankScores(scores, ['odd', 'normal']).order[0]).toBe('pieces');
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
