import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { Hdf5Thread, type Hdf5Limits } from '../../../electron/model/import/hdf5/hdf5-thread.ts';
import { modelFixture } from './model-fixture.ts';

const whole = (): Buffer => readFileSync(modelFixture('dense.h5'));

/** What reading everything of the file gives: its description's length, or the error's message. */
async function outcome(bytes: Buffer, limits?: Hdf5Limits): Promise<string> {
  try {
    const file = await Hdf5Thread.open(Uint8Array.from(bytes), 'tried.h5', limits);
    try {
      await file.texts('model_weights', 'layer_names');
      await file.keys('model_weights');
      return `${(await file.text('', 'model_config'))?.length} letters`;
    } finally {
      await file.close();
    }
  } catch (error) {
    return (error as Error).message;
  }
}

/** Turns the first text of every heap into free space of no size, which the library steps over for ever. */
function endless(bytes: Buffer, reserved: number): Buffer {
  for (let at = bytes.indexOf('GCOL'); at >= 0; at = bytes.indexOf('GCOL', at + 4)) {
    bytes[at + 5] = reserved;
    bytes.fill(0, at + 16, at + 32);
  }
  return bytes;
}

describe('an HDF5 file that its library cannot deal with', () => {
  test('is read where nothing is wrong', async () => {
    expect(await outcome(whole())).toBe('5722 letters');
  });

  test('is refused before it is read, where its texts would never end', async () => {
    expect(await outcome(endless(whole(), 0))).toBe(
      'tried.h5: expected a whole HDF5 file, found a damaged one (its heap of texts): copy the file again, or save the model anew.',
    );
  });

  test('is given up when its time is over, and the next is read', async () => {
    // Where bytes are set that nobody reads, the glance before does not know the heap.
    const limits = { ms: 1_000, msPerByte: 0, memoryBytes: 2 ** 26 };
    expect(await outcome(endless(whole(), 1), limits)).toBe(
      'tried.h5: expected a whole HDF5 file, found a damaged one (its library was still busy after 1 seconds): copy the file again, or save the model anew.',
    );
    expect(await outcome(whole())).toBe('5722 letters');
  });

  test('takes no more memory than its size allows', async () => {
    const bytes = whole();
    // The free block of a group's names is followed by itself: the library keeps a note of each.
    const heap = bytes.indexOf('HEAP', bytes.indexOf('HEAP') + 4);
    const [free, data] = [bytes.readBigUInt64LE(heap + 16), bytes.readBigUInt64LE(heap + 24)];
    bytes.writeBigUInt64LE(free, Number(data + free));
    const before = process.memoryUsage.rss();
    let most = before;
    // What the thread has taken is given back at its end.
    const looking = setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), 10);
    const said = await outcome(bytes);
    clearInterval(looking);
    expect(said).toMatch(/^tried\.h5: .*expected a whole HDF5 file, found a damaged one \(/);
    expect(most - before).toBeLessThan(128 * 2 ** 20);
  });
});
