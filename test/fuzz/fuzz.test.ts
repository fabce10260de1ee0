import { describe, expect, test } from 'vitest';
import { fuzz } from './fuzz.ts';
import { readers } from './readers.ts';

/** Thousands of each are `npm run fuzz`. */
const INPUTS = 100;
/** Each starts a thread. */
const SLOW_INPUTS = 15;

describe('damaged files give something or a StudioError, in bounded memory', () => {
  test.each(Object.keys(readers))('%s', { timeout: 240_000 }, async (name) => {
    const inputs = name.startsWith('Keras') ? SLOW_INPUTS : INPUTS;
    const { problems, read } = await fuzz(await readers[name]!(), inputs, 2);
    expect(problems).toEqual([]);
    // The damage is neither harmless nor always fatal.
    expect(read).toBeGreaterThan(0);
    expect(read).toBeLessThan(inputs);
  });
});
