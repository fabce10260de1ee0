import { describe, expect, test } from 'vitest';
import { fuzz } from '../fuzz/fuzz.ts';
import { specReaders } from '../fuzz/spec-readers.ts';

/** Thousands of each are `npm run fuzz`. */
const INPUTS = 100;

describe('any words about a model give it or a StudioError, in bounded memory', () => {
  test.each(Object.keys(specReaders))('%s', async (name) => {
    const { problems, read } = await fuzz(await specReaders[name]!(), INPUTS, 2);
    expect(problems).toEqual([]);
    expect(read).toBeGreaterThan(0);
    expect(read).toBeLessThan(INPUTS);
  });
});
