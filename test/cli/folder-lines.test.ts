import { expect, it } from 'vitest';
import { folderLines, type Verdict } from '../../electron/cli/folder-lines.ts';

const verdict = (group: string, score: number, threshold = 0.5): Verdict => ({
  name: `${group}/a.png`,
  group,
  verdict: score > threshold ? 'odd' : 'normal',
  score,
  threshold,
  kind: 'variations',
  boxes: [],
});

it('counts odd ones by folder, and says how well they are told apart where folders are called after what is in them', () => {
  // Of four pairs of a normal and an odd one, three are in their order.
  const known = [verdict('good', 0.1), verdict('good', 0.6), verdict('crack', 0.4), verdict('crack', 0.9)];
  const [first, second, last] = folderLines(known);
  expect([first, second]).toEqual(['good: 1 of 2 odd', 'crack: 1 of 2 odd']);
  expect(last).toContain(
    'By the folders’ names: caught 1 of 2 odd ones, 1 of 2 normal ones called odd; AUROC 0.750 (95 %: ',
  );
  expect(folderLines([verdict('Monday', 0.1), verdict('', 0.9)])).toEqual([
    'no folder: 1 of 1 odd',
    'Monday: 0 of 1 odd',
  ]);
});

it('compares no scores that have thresholds of their own, and says nothing of one folder alone', () => {
  const tiled = [verdict('good', 0.1, 0.2), verdict('crack', 0.4, 0.3)];
  expect(folderLines(tiled).at(-1)).toBe(
    'By the folders’ names: caught 1 of 1 odd ones, 0 of 1 normal ones called odd.',
  );
  expect(folderLines([verdict('good', 0.1), verdict('good', 0.9)])).toEqual([]);
});

it('sums what is more than twenty folders', () => {
  const many = Array.from({ length: 25 }, (_, at) => verdict(`day ${at}`, at === 24 ? 0.9 : 0.1));
  const lines = folderLines(many);
  expect([lines.length, lines[0], lines.at(-1)]).toEqual([21, 'day 24: 1 of 1 odd', '5 more folders: 0 of 5 odd']);
});
