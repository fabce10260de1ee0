import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { zipSync } from 'fflate';
import sharp from 'sharp';
import { expect, it } from 'vitest';
import { importImages } from '../../../../electron/dataset/import/import-images.ts';
import { planImport } from '../../../../electron/dataset/import/plan-import.ts';
import { END_BYTES, endsWhole } from '../../../../electron/dataset/picture/picture-end.ts';
import { sniff } from '../../../../electron/dataset/picture/sniff.ts';
import { decodedWords } from '../../../../electron/domain/file-reasons.ts';
import { TemporaryFolder } from '../../idx-bytes.ts';
import { bytesOf } from '../fixtures.ts';

/** Different pictures of 24 × 24 pixels. */
const picture = (seed: number) => {
  const pixels = Uint8Array.from({ length: 24 * 24 * 3 }, (_, at) => (at * (seed + 3) + ((at * at) >> 5)) % 251);
  return sharp(pixels, { raw: { width: 24, height: 24, channels: 3 } });
};
const without = (bytes: Buffer, count: number): Buffer => bytes.subarray(0, bytes.length - count);

/** By name: whole pictures, some that are cut short, and some that end strangely and decode all the same. */
async function manyFiles(): Promise<Record<string, Buffer>> {
  const files: Record<string, Buffer> = {};
  for (let at = 0; at < 150; at += 1) files[`a/${at}.jpg`] = await picture(at).jpeg().toBuffer();
  const [jpeg, png, gif, webp] = await Promise.all([
    picture(900).jpeg().toBuffer(),
    picture(901).png().toBuffer(),
    picture(902).gif().toBuffer(),
    picture(903).webp().toBuffer(),
  ]);
  return {
    ...files,
    'a/1-cut.jpg': without(await picture(904).jpeg().toBuffer(), 300),
    'a/2-without-end.jpg': without(jpeg, 2),
    'b/3-cut.png': without(png, 60),
    'b/4-cut.gif': without(gif, 40),
    'b/5-cut.webp': without(webp, 20),
    'b/6-cut.bmp': withSize(bytesOf('bits24.bmp')).subarray(0, 300),
    'b/7-followed.jpg': Buffer.concat([jpeg, Buffer.alloc(3 * END_BYTES, 1)]),
    'b/8-without-checksum.png': without(png, 4),
    'b/9-without-trailer.gif': without(gif, 1),
  };
}

/** As most programs write it. */
function withSize(bmp: Buffer): Buffer {
  const bytes = Buffer.from(bmp);
  bytes.writeUInt32LE(bytes.length, 2);
  return bytes;
}

it.each(['a folder', 'a zip file'])(
  'a plan of %s promises what import then takes, also beyond what it decodes',
  async (of) => {
    using place = new TemporaryFolder();
    const files = await manyFiles();
    const path = join(place.path, of === 'a folder' ? 'given' : 'given.zip');
    if (of === 'a folder') {
      for (const [name, bytes] of Object.entries(files)) {
        await mkdir(dirname(join(path, name)), { recursive: true });
        await writeFile(join(path, name), bytes);
      }
    } else await writeFile(path, zipSync(files, { level: 1 }));
    const plan = await planImport([path], 'Given');
    const report = await importImages({
      paths: [path],
      options: plan.options,
      folder: join(place.path, 'set'),
      id: 'set',
    });
    const sorted = <T extends { readonly name: string }>(all: readonly T[]) =>
      all.toSorted((a, b) => a.name.localeCompare(b.name));
    expect(sorted(plan.unreadable)).toEqual(sorted(report.skipped));
    expect(plan.unreadable).toHaveLength(6);
    expect([plan.count, plan.count]).toEqual([153, report.imported + (plan.duplicates ?? 0)]);
    const { count, whole, of: all } = plan.decoded!;
    expect([count + whole, all]).toEqual([159, 159]);
    expect(count).toBeLessThan(80);
  },
);

it('says how many pictures were decoded, and what is known of the others', () => {
  expect(decodedWords(undefined)).toBe('');
  const rest = 'what else is damaged is left out by the import';
  expect(decodedWords({ count: 24, whole: 1_975, of: 2_000 })).toBe(
    `24 of 2,000 pictures decoded, 1,975 more begin and end as they should; ${rest}`,
  );
  expect(decodedWords({ count: 24, whole: 0, of: 8_000 })).toBe(`24 of 8,000 pictures decoded; ${rest}`);
});

it.each<[string, boolean | undefined]>([
  ['photo.jpg', true],
  ['rgb.png', true],
  ['animated.gif', true],
  ['lossless.webp', true],
  ['bits24.bmp', true],
  ['plain.tiff', undefined],
  ['photo.avif', undefined],
])('%s ends as it should: %s', async (name, whole) => {
  const ends = (bytes: Buffer) =>
    endsWhole(sniff(bytes), bytes.subarray(0, 512), bytes.subarray(-END_BYTES), bytes.length);
  const bytes = await readFile(join(import.meta.dirname, '../../../fixtures/import', name));
  expect(ends(bytes)).toBe(whole);
  expect(ends(bytes.subarray(0, bytes.length >> 1))).toBe(whole === undefined ? undefined : false);
  if (whole !== undefined && !name.endsWith('.jpg')) expect(ends(Buffer.concat([bytes, Buffer.alloc(9)]))).toBe(true);
});
