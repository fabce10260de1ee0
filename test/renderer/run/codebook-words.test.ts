import { expect, it } from 'vitest';
import { codebookWords } from '../../../renderer/run/codebook-words.ts';

it('says what a codebook makes of an image, and how much of it is used', () => {
  const indices = { height: 7, width: 7, channels: 8, vectors: 100 };
  expect(codebookWords(indices, undefined)).toBe('An image is 49 indices of 7 bits: 343 bits.');
  expect(codebookWords(indices, { vectors: 100, used: 93, perplexity: 61.04 })).toBe(
    'An image is 49 indices of 7 bits: 343 bits. 93 of 100 vectors are used, as much as 61.0 taken alike (perplexity).',
  );
  expect(codebookWords({ ...indices, height: 1, width: 1, vectors: 2 }, undefined)).toBe(
    'An image is 1 index of 1 bit: 1 bit.',
  );
});
