import { describe, expect, test } from 'vitest';
import { SharedCache } from '../../../electron/engine-process/models/shared-cache.ts';

/** A lending that keeps a diary. */
function diary(most: number) {
  const events: string[] = [];
  const lending = new SharedCache<string>(most, (thing) => void events.push(`end ${thing}`));
  const use = <T>(key: string, work: (thing: string) => Promise<T>, version = '1'): Promise<T> =>
    lending.use(
      key,
      version,
      async () => {
        events.push(`make ${key}${version}`);
        return `${key}${version}`;
      },
      work,
    );
  return { events, lending, use };
}

const nothing = async (): Promise<void> => undefined;

describe('lending', () => {
  test('makes a thing once, however many use it', async () => {
    const { events, use } = diary(2);
    await Promise.all([use('a', nothing), use('a', nothing)]);
    await use('a', nothing);
    expect(events).toEqual(['make a1']);
  });

  test('ends the longest unused', async () => {
    const { events, lending, use } = diary(2);
    await use('a', nothing);
    await use('b', nothing);
    await use('a', nothing);
    await use('c', nothing);
    await use('a', nothing);
    await lending.close();
    expect(events).toEqual(['make a1', 'make b1', 'make c1', 'end b1', 'end c1', 'end a1']);
  });

  test('never ends what is in use; another version is made beside it', async () => {
    const { events, lending, use } = diary(1);
    let release = (): void => undefined;
    const busy = use('a', () => new Promise<void>((resolve) => (release = resolve)));
    await use('a', nothing, '2');
    expect(events).toEqual(['make a1', 'make a2']);
    release();
    await busy;
    await lending.close();
    expect(events.slice(2).sort()).toEqual(['end a1', 'end a2']);
  });

  test('tries again after a failure', async () => {
    const ended: string[] = [];
    const lending = new SharedCache<string>(1, (thing) => void ended.push(thing));
    const fail = (): Promise<string> => Promise.reject(new Error('no'));
    await expect(lending.use('a', '1', fail, nothing)).rejects.toThrow('no');
    expect(
      await lending.use(
        'a',
        '1',
        async () => 'a',
        async (thing) => thing,
      ),
    ).toBe('a');
    await lending.close();
    expect(ended).toEqual(['a']);
  });
});
