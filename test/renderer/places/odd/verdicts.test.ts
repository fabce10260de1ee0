import { describe, expect, it } from 'vitest';
import type { InspectionSettings } from '../../../../electron/contract/inspection.ts';
import { inspectionTable } from '../../../../renderer/places/odd/inspection-table.ts';
import { caughtWords, fitWords, intervalWords } from '../../../../renderer/places/odd/odd-words.ts';
import { axisOf, binsOf, scoreAt, shareAt } from '../../../../electron/domain/inspection/score-axis.ts';
import {
  atThreshold,
  isWrong,
  judge,
  knownScores,
  oddByGroup,
  orderOf,
  separationOf,
  sideOf,
} from '../../../../electron/domain/inspection/judged.ts';
import { inspection } from './inspection-samples.ts';

const judged = (changes: Partial<InspectionSettings> = {}) => {
  const sample = inspection(changes);
  return judge(sample, sample.settings)!;
};

describe('verdicts', () => {
  it('are on the side of the threshold that the score is on; on it is not above it', () => {
    expect([0, 1, 5].map((at) => sideOf(judged(), 3, at))).toEqual(['fine', 'odd', 'fine']);
    expect(sideOf(judged({ score: 'squared-error' }), 3, 5)).toBe('unscored');
  });

  it('put what is on the wrong side first, the furthest ahead, then the oddest; one without a score last', () => {
    // good/2 (4) is a false alarm by 0.5, crack/1 (2) is missed by 1.5.
    expect(orderOf(judged(), 3.5)).toEqual([2, 1, 4, 3, 5, 0]);
    expect(orderOf(judged({ score: 'squared-error', truths: {} }), 3.5)).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('follow a mark whatever the score, and what is marked is wrong no longer', () => {
    const marked = judged({
      marks: [
        { picture: 1, mark: 'fine' },
        { picture: 2, mark: 'odd' },
        { picture: 0, note: 'dust' },
      ],
    });
    expect([1, 2, 0].map((at) => sideOf(marked, 3.5, at))).toEqual(['fine', 'odd', 'fine']);
    expect([1, 2].map((at) => isWrong(marked, 3.5, at))).toEqual([false, false]);
    expect(isWrong(judged(), 3.5, 1)).toBe(true);
    expect([...oddByGroup(marked, 3.5)]).toEqual([
      ['good', 0],
      ['crack', 3],
      ['', 0],
    ]);
  });

  it('count what is caught and what is a false alarm, of the pictures that are known', () => {
    expect(atThreshold(judged(), 3.5)).toMatchObject({ caught: 2, odd: 3, falseAlarms: 1, normal: 2 });
    expect(caughtWords(atThreshold(judged(), 3.5), 'checked', 3)).toBe(
      '2 of 3 odd ones caught, 1 of 2 normal called odd',
    );
  });

  it('measure against held-out pictures where no checked one is known to be normal, and say so', () => {
    const unknown = judged({ truths: { crack: 'odd' } });
    expect(knownScores(unknown)).toMatchObject({ from: 'held-out', normal: [1, 1.5, 2, 2.5, 3, 3.5] });
    const { separation, groups } = separationOf(unknown, 0.02);
    // Of 18 pairs crack/1 (2) is above two normal ones and level with a third, the others above all.
    expect(separation!.auroc.value).toBeCloseTo((2.5 + 12) / 18, 12);
    expect(groups.map(({ group }) => group)).toEqual(['good', 'crack', '']);
    expect(caughtWords(atThreshold(unknown, 3.5), 'held-out', 3)).toContain('0 of 6 held-out normal called odd');
  });

  it('have no figures where nothing is known to be odd', () => {
    expect(separationOf(judged({ truths: {} }), 0.02).separation).toBeUndefined();
    expect(caughtWords(atThreshold(judged({ truths: {} }), 3.5), 'held-out', 3)).toMatch(
      /^3 pictures called odd; 0 of 6/,
    );
  });

  it('go into a table with their folders, in the order of the wall', () => {
    const sample = inspection({ marks: [{ picture: 5, mark: 'fine', note: 'a "loose" one' }] });
    const all = { inspection: sample, judged: judge(sample, sample.settings), order: [2, 5], threshold: 3.5 };
    const [header, missed, loose] = inspectionTable({ ...all, settings: sample.settings });
    expect(header!.slice(0, 7)).toEqual([
      'folder',
      'file',
      'score',
      'threshold',
      'verdict',
      'known to be',
      'wrong side',
    ]);
    expect(missed!.slice(0, 7)).toEqual(['crack', '1.png', 2, 3.5, 'normal', 'odd', 'yes']);
    expect(loose!.slice(0, 9)).toEqual(['', 'loose.png', 3, 3.5, 'normal', 'normal', 'no', 'fine', 'a "loose" one']);
    expect(header!.at(-1)).toBe('Squared error');
    expect(missed!.at(-1)).toBe(4);
  });
});

describe('the axis of the histogram', () => {
  it('is logarithmic only where the scores span very much, and leads there and back', () => {
    for (const numbers of [[2, 3, 5], [0.01, 0.2, 7], [-3, 0, 400], [4, 4], []]) {
      const axis = axisOf(numbers);
      for (const share of [0, 0.3, 1]) expect(shareAt(axis, scoreAt(axis, share))).toBeCloseTo(share, 9);
      for (const number of numbers) expect(scoreAt(axis, shareAt(axis, number))).toBeCloseTo(number, 9);
    }
    expect(axisOf([0.01, 0.2, 7]).isLog).toBe(true);
    expect([axisOf([2, 3, 5]).isLog, axisOf([-3, 0, 400]).isLog]).toEqual([false, false]);
    expect(axisOf([1, Number.NaN, Infinity]).most).toBeLessThan(2);
  });

  it('has every picture with a score in a bin, by what is known of it', () => {
    const axis = axisOf([1, 6]);
    const sums = (bins: ReturnType<typeof binsOf>) =>
      (['normal', 'odd', 'unknown'] as const).map((kind) => bins.reduce((sum, bin) => sum + bin[kind], 0));
    expect(sums(binsOf(axis, judged(), 7))).toEqual([2, 3, 1]);
    expect(sums(binsOf(axis, judged({ truths: {} }), 7))).toEqual([6, 0, 6]);
    expect(sums(binsOf(axis, judged({ score: 'squared-error' }), 7))).toEqual([2, 3, 0]);
  });
});

describe('the words', () => {
  it('say how sure a threshold is, and an area', () => {
    const { fit } = inspection().settings;
    expect(fitWords(fit, 0, false)).toMatch(
      /^6 pictures: .* normal ones would be called odd\. Meant to let 2\u00a0% of normal/,
    );
    expect(fitWords({ ...fit, outliers: 1 }, 2, false)).toMatch(/1 score far beyond .* 2 pictures marked as fine/);
    expect(fitWords(fit, 0, true)).toMatch(/^6 tiles: .* normal pictures would be called odd\./);
    expect(intervalWords({ value: 0.9571, low: 0.9314, high: 0.9785 })).toBe('0.957 (0.931–0.979)');
  });
});
