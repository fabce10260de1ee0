import { crc32 } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { StudioError } from '../../../electron/domain/errors.ts';
import { openTable, tableSource } from '../../../electron/dataset/import/table-source.ts';
import type { ListedFile } from '../../../electron/dataset/import/listed-file.ts';
import { surveyArray } from '../../../electron/dataset/import/npy-elements.ts';
import { readNpyHeader } from '../../../electron/dataset/import/npy-header.ts';
import { imageLayout, imagesOf } from '../../../electron/dataset/import/npy-images.ts';
import { decodeBmp } from '../../../electron/dataset/picture/bmp.ts';
import { pictureOfNumbers } from '../../../electron/dataset/picture/number-picture.ts';
import { decodeSmallPng } from '../../../electron/dataset/picture/small-png.ts';
import { sniff } from '../../../electron/dataset/picture/sniff.ts';
import { inputsOf } from '../../fuzz/share.ts';
import { below, randomFrom } from '../../random.ts';
import { bytesOf } from './fixtures.ts';

const INPUTS = inputsOf(12_000);
/** Of those whose reading goes through streams, which take a hundred times as long. */
const STREAMED = inputsOf(1_500);

/** One change of the kind that a broken disk, a cut download or a hostile hand makes. */
function mutate(bytes: Buffer, random: () => number): Buffer {
  const at = below(random, bytes.length + 1);
  const copy = Buffer.from(bytes);
  switch (below(random, 7)) {
    case 0:
      return copy.subarray(0, at);
    case 1:
      return Buffer.concat([bytes, Buffer.alloc(1 + below(random, 300), below(random, 256))]);
    case 2:
      if (at < copy.length) copy[at] = copy[at]! ^ (1 << below(random, 8));
      return copy;
    case 3: {
      // Digits and bytes of the first hundred, where headers are, become others.
      const place = below(random, Math.min(100, copy.length));
      if (copy.length > 0)
        copy[place] = copy[place]! >= 0x30 && copy[place]! <= 0x39 ? 0x30 + below(random, 10) : below(random, 256);
      return copy;
    }
    case 4:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(below(random, bytes.length + 1))]);
    case 5:
      return Buffer.concat([bytes.subarray(0, at), Buffer.from('9'.repeat(below(random, 12))), bytes.subarray(at)]);
    default:
      copy.fill(below(random, 256), at, Math.min(copy.length, at + below(random, 16)));
      return copy;
  }
}

/** Reads damaged copies of the seeds: each gives something or a StudioError that names it. @returns how many gave something. */
async function fuzz(
  seeds: readonly Buffer[],
  read: (bytes: Buffer) => Promise<number> | number,
  inputs = INPUTS,
): Promise<number> {
  const random = randomFrom(77);
  let whole = 0;
  let most = 0;
  const before = process.memoryUsage().arrayBuffers;
  for (let done = 0; done < inputs; done += 1) {
    let bytes = seeds[below(random, seeds.length)]!;
    for (let times = 1 + below(random, 3); times > 0; times -= 1) bytes = mutate(bytes, random);
    try {
      // What is decoded is bounded by what was given.
      expect(await read(bytes)).toBeLessThanOrEqual(64 + 48 * bytes.length);
      whole += 1;
    } catch (error) {
      if (!(error instanceof StudioError)) throw error;
      expect(error.message).toMatch(/^tried.*: expected .*, found /s);
    }
    most = Math.max(most, process.memoryUsage().arrayBuffers - before);
  }
  expect(most).toBeLessThan(64 * 2 ** 20);
  return whole;
}

describe(`${INPUTS} damaged inputs give pictures or a StudioError, in bounded memory`, () => {
  test('.npy', async () => {
    const seeds = ['uint8', 'fortran', 'float64', 'float16', 'big-endian', 'bool', 'flat'].map((name) =>
      bytesOf(`${name}.npy`),
    );
    const whole = await fuzz(seeds, async (bytes) => {
      const header = readNpyHeader(bytes, bytes.length, 'tried');

      const open = async function* () {
        yield bytes.subarray(header.start, header.start + 7);
        yield bytes.subarray(header.start + 7);
      };
      const array = { name: 'tried', header, open };
      const layout = imageLayout(header.shape);
      const { survey } = await surveyArray(array, 1);
      if (layout === undefined) return 0;
      let size = 0;
      for await (const numbers of imagesOf(array, layout, 1e6))
        size += pictureOfNumbers(numbers, survey.range()).pixels.length;
      return size;
    });
    expect(whole).toBeGreaterThan(INPUTS / 50);
    expect(whole).toBeLessThan(INPUTS / 2);
  });

  test('CSV', async () => {
    const seeds = [bytesOf('header.csv'), bytesOf('plain.csv')];
    const whole = await fuzz(
      seeds,
      async (bytes) => {
        const stream = async function* (start: number) {
          yield bytes.subarray(start, 100);
          yield bytes.subarray(Math.max(start, 100));
        };
        const file: ListedFile = {
          kind: 'csv',
          name: 'tried',
          size: () => Promise.resolve(bytes.length),
          read: () => Promise.resolve(bytes),
          head: (length) => Promise.resolve(bytes.subarray(0, length)),
          stream,
        };
        let size = 0;
        const source = await tableSource(await openTable(file, {}), {});
        for await (const { content } of source.items())
          size += content.kind === 'numbers' ? content.numbers.values.length : 0;
        return size;
      },
      STREAMED,
    );
    expect(whole).toBeGreaterThan(STREAMED / 100);
    expect(whole).toBeLessThan(STREAMED);
  });

  test('BMP', async () => {
    const seeds = ['bits1.bmp', 'bits8.bmp', 'bits24.bmp'].map(bytesOf);
    const whole = await fuzz(seeds, (bytes) => {
      sniff(bytes);
      return decodeBmp(bytes, 'tried').pixels.length;
    });
    expect(whole).toBeGreaterThan(INPUTS / 50);
    expect(whole).toBeLessThan(INPUTS);
  });

  test('small PNG, its checksums made right again', async () => {
    const read = (bytes: Buffer): number => {
      const picture = decodeSmallPng(rightChecksums(bytes));
      // What it declines is the general decoder's.
      if (picture === undefined) throw new StudioError('bad-file', 'tried: expected a small PNG, found another.');
      expect(picture.pixels.length).toBe(picture.width * picture.height * picture.channels);
      // Deflate's own limit.
      return picture.pixels.length / 24;
    };
    const whole = await fuzz(['rgb.png', 'grey.png', 'alpha.png', 'palette.png'].map(bytesOf), read);
    expect(whole).toBeGreaterThan(INPUTS / 50);
    expect(whole).toBeLessThan(INPUTS);
  });
});

function rightChecksums(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  for (let at = 8; at + 12 <= copy.length;) {
    const end = at + 8 + copy.readUInt32BE(at);
    if (end + 4 > copy.length) break;
    copy.writeUInt32BE(crc32(copy.subarray(at + 4, end)), end);
    at = end + 4;
  }
  return copy;
}
