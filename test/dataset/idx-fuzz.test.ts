import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { StudioError } from '../../electron/domain/errors.ts';
import { readIdxImages, readIdxLabels } from '../../electron/dataset/idx.ts';
import { inputsOf } from '../fuzz/share.ts';
import { below, randomFrom } from '../random.ts';
import { imageBytes, labelBytes, TemporaryFolder } from './idx-bytes.ts';

const INPUTS = inputsOf(10_500);
const AT_ONCE = 25;
/** Deflate's own limit: the most bytes that one compressed byte can stand for. */
const MOST_EXPANSION = 1_032;

const seeds = [imageBytes(2), imageBytes(40, 5, 7), labelBytes(3, 1, 4, 1, 5)];
const compressed = seeds.map((bytes) => gzipSync(bytes));

/** One change of the kind that a broken disk, a cut download or a hostile hand makes. */
function mutate(bytes: Buffer, random: () => number): Buffer {
  const at = below(random, bytes.length + 1);
  switch (below(random, 7)) {
    case 0:
      return bytes.subarray(0, at);
    case 1:
      return Buffer.concat([bytes, Buffer.alloc(1 + below(random, 300), below(random, 256))]);
    case 2: {
      const copy = Buffer.from(bytes);
      if (at < copy.length) copy[at] = (copy[at] ?? 0) ^ (1 << below(random, 8));
      return copy;
    }
    case 3: {
      // A header number of any size.
      const copy = Buffer.from(bytes);
      const place = 4 * below(random, 4);
      const number = Math.floor(2 ** (32 * random()));
      if (place + 4 <= copy.length) copy.writeUInt32BE(number >>> 0, place);
      return copy;
    }
    case 4:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(below(random, bytes.length))]);
    case 5: {
      const copy = Buffer.from(bytes);
      const end = Math.min(copy.length, at + below(random, 16));
      for (let index = at; index < end; index += 1) copy[index] = below(random, 256);
      return copy;
    }
    default:
      return Buffer.from(Array.from({ length: below(random, 64) }, () => below(random, 256)));
  }
}

function input(random: () => number): Buffer {
  const which = below(random, seeds.length);
  // Compressed files are damaged outside or inside.
  const form = below(random, 3);
  let bytes = (form === 1 ? compressed[which] : seeds[which]) as Buffer;
  for (let times = 1 + below(random, 3); times > 0 && bytes.length > 0; times -= 1) bytes = mutate(bytes, random);
  return form === 2 ? gzipSync(bytes, { level: 1 }) : bytes;
}

/** What came of it: how many pixels or labels, or the error's code. */
async function outcome(path: string, bytes: Buffer, labels: boolean): Promise<string> {
  try {
    const body = labels ? await readIdxLabels(path) : (await readIdxImages(path)).pixels;
    expect(body.length).toBeGreaterThan(0);
    expect(body.length).toBeLessThanOrEqual(bytes.length * MOST_EXPANSION);
    return 'read';
  } catch (error) {
    if (!(error instanceof StudioError)) throw error;
    expect(error.message).toContain(`${path}: expected `);
    return error.code;
  }
}

test(`${INPUTS} damaged files give a set or a StudioError, in bounded memory`, async () => {
  const random = randomFrom(20_260_101);
  using folder = new TemporaryFolder();
  const seen = { read: 0, 'bad-file': 0 } as Record<string, number>;
  let most = 0;
  const before = process.memoryUsage().arrayBuffers;
  for (let done = 0; done < INPUTS; done += AT_ONCE) {
    const round = Array.from({ length: AT_ONCE }, async (_, place) => {
      const bytes = input(random);
      const path = folder.write(`file-${place}`, bytes);
      const code = await outcome(path, bytes, random() < 0.4);
      seen[code] = (seen[code] ?? 0) + 1;
    });
    await Promise.all(round);
    most = Math.max(most, process.memoryUsage().arrayBuffers - before);
  }
  // Both outcomes are common, so the damage is neither harmless nor always the same.
  expect(Object.keys(seen).sort()).toEqual(['bad-file', 'read']);
  expect(seen['read']).toBeGreaterThan(INPUTS / 100);
  expect(seen['bad-file']).toBeGreaterThan(INPUTS / 2);
  expect(most).toBeLessThan(200e6);
});
