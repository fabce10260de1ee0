import { describe, expect, it } from 'vitest';
import { StudioError, toErrorData } from '../../electron/domain/errors.ts';

/** What is thrown where so much memory is not to be had: by V8 and by Node themselves. */
const tooMuch: readonly [string, () => unknown][] = [
  ['an array', () => new Float32Array(2 ** 53 - 1)],
  ['a buffer', () => new ArrayBuffer(2 ** 52)],
  ['a text', () => 'x'.repeat(2 ** 30)],
];

function thrown(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

describe('what is thrown', () => {
  it.each(tooMuch)('where %s is too large for the memory is said in words', (_, work) => {
    const error = thrown(work) as Error;
    expect(error).toBeInstanceOf(RangeError);
    const data = toErrorData(error);
    expect(data).toMatchObject({ code: 'refused', detail: error.stack });
    expect(data.message).toBe(
      `This takes more memory in one piece than there is (${error.message}). ` +
        'Fewer or smaller images, or a smaller model, may fit.',
    );
  });

  it('for another reason keeps its own words', () => {
    expect(toErrorData(new RangeError('Invalid count value: -1'))).toMatchObject({ code: 'internal' });
    expect(toErrorData(new StudioError('busy', 'A run trains.'))).toEqual({ code: 'busy', message: 'A run trains.' });
    const full = Object.assign(new Error('no space'), { code: 'ENOSPC' });
    expect(toErrorData(full)).toMatchObject({ code: 'disk-full', message: 'no space' });
    expect(toErrorData('text')).toEqual({ code: 'internal', message: 'text' });
  });
});
