import { describe, expect, it } from 'vitest';
import { annotationWords, groupedReasons, otherFilesWords } from '../../electron/domain/file-reasons.ts';
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
    const copies = [
      { name: 'b/0.png', reason: 'the same content as a/7.png' },
      { name: 'b/1.png', reason: 'the same content as a/8.png' },
    ];
    expect(groupedReasons(copies)).toHaveLength(1);
    expect(groupedReasons(copies, true)).toEqual(copies.map(({ name, reason }) => ({ reason, names: [name] })));
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

it.each([
  [{ files: 1, single: 200, several: 0, taken: true }, 'Labels from 1 COCO file'],
  [
    { files: 1_200, single: 199, several: 1, taken: true },
    'Labels from 1,200 COCO files; 1 picture shows several classes and has none',
  ],
  [
    { files: 3, single: 1, several: 1_700, taken: false },
    'No labels from 3 COCO files: 1,700 pictures show objects of several classes',
  ],
  [{ files: 3, single: 0, several: 0, taken: false }, 'No labels from 3 COCO files: they name no object'],
])('says what became of annotations: %j', (look, words) => {
  expect(annotationWords({ kind: 'COCO', ...look })).toBe(words);
  expect(annotationWords(undefined)).toBe('');
});
