import { describe, expect, it } from 'vitest';
import { groupedReasons, otherFilesWords } from '../../electron/domain/file-reasons.ts';
import { numbersWords } from '../../electron/domain/number-words.ts';

describe('reports of many files', () => {
  it('tell each kind of reason once, the most frequent first', () => {
    const files = [
      { name: 'a', reason: 'expected text, found none.' },
      { name: 'b', reason: 'expected 12 values, found 1,000.' },
      { name: 'c', reason: 'expected 12 values, found 7.' },
    ];
    expect(groupedReasons(files)).toEqual([
      { reason: 'expected 12 values, found 1,000.', names: ['b', 'c'] },
      { reason: 'expected text, found none.', names: ['a'] },
    ]);
    expect(groupedReasons([])).toEqual([]);
  });

  it('count other files by their endings', () => {
    const endings = ['.ogg', '.txt', '', '.md', '.xml'].map((ending) => ({ ending }));
    expect(otherFilesWords({ count: 9_601, endings })).toBe('9,601 other files left out (.ogg, .txt, .md …)');
    expect(otherFilesWords({ count: 1, endings: [{ ending: '' }] })).toBe('1 other file left out');
    expect(otherFilesWords({ count: 0, endings: [] })).toBe('');
  });

  it('say what becomes of numbers', () => {
    const words = { words: 'numbers of −0.9992 to 0.9998' };
    expect(numbersWords(words, { black: -1, white: 1 })).toBe(
      'Numbers of −0.9992 to 0.9998: −1 becomes black, 1 white',
    );
  });
});
