import { strToU8, zipSync } from 'fflate';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { cacheRoot } from '../../scripts/native/context.ts';
import { platformRow, platformTable } from '../../scripts/native/platforms.ts';
import { createReport } from '../../scripts/native/report.ts';
import { withZip } from '../../scripts/native/zip.ts';

describe('the platform table', () => {
  test('pins every wheel by a whole SHA-256', () => {
    const wheels = platformTable.flatMap(({ wheel }) => wheel ?? []);
    expect(wheels).toHaveLength(4);
    for (const wheel of wheels) expect(wheel.sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  test('marks as run only the platform that was', () => {
    expect(platformTable.filter(({ run }) => run).map(({ key }) => key)).toEqual(['linux-x64']);
  });

  test('knows no row for a platform without TensorFlow', () => {
    expect(platformRow('linux', 'ia32')).toBeUndefined();
  });
});

describe('the cache folder', () => {
  test.each([
    ['linux', { HOME: '/h' }, '/h/.cache/autoencoder-studio'],
    ['linux', { HOME: '/h', XDG_CACHE_HOME: '/x' }, '/x/autoencoder-studio'],
    ['darwin', { HOME: '/h', XDG_CACHE_HOME: '/x' }, '/h/Library/Caches/autoencoder-studio'],
    ['win32', { HOME: '/h', LOCALAPPDATA: '/l' }, '/l/autoencoder-studio/Cache'],
    ['linux', { HOME: '/h', AUTOENCODER_STUDIO_CACHE: '/own' }, '/own'],
  ] as const)('on %s with %o is %s', (platform, env, expected) => {
    expect(cacheRoot(env, platform)).toBe(expected);
  });
});

describe('a report', () => {
  const written = (isTTY: boolean, tell: (report: ReturnType<typeof createReport>) => void): string => {
    let text = '';
    tell(createReport({ isTTY, columns: 60, write: (piece) => (text += piece) }));
    return text;
  };

  test('draws a bar on a terminal, no wider than it, and leaves the line before the next text', () => {
    const text = written(true, (report) => {
      report.progress('Downloading', 0.5, '137 MB of 274 MB and a long tail that does not fit');
      report.line('Next.');
    });
    expect(text).toBe('\r\u001b[K[#########.........]  50 % Downloading 137 MB of 274 MB and\r\u001b[KNext.\n');
  });

  test('elsewhere writes a line for each quarter only', () => {
    const text = written(false, (report) => {
      for (let percent = 1; percent <= 100; percent++) report.progress('Unpacking', percent / 100);
    });
    expect(text.split('\n').map((line) => line.trim())).toEqual([
      'Unpacking:   1 %',
      'Unpacking:  25 %',
      'Unpacking:  50 %',
      'Unpacking:  75 %',
      'Unpacking: 100 %',
      '',
    ]);
  });
});

describe('the zip reader', () => {
  let folder: string;
  let archive: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'zip-'));
    archive = join(folder, 'a.zip');
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });
  const { signal } = new AbortController();
  const unpack = (name: string, target: string, onBytes?: (bytes: number) => void): Promise<void> =>
    withZip(archive, async ({ entries, extract }) => {
      const entry = entries.get(name);
      if (entry === undefined) throw new Error(`The archive holds no ${name}.`);
      await extract(entry, join(folder, target), { signal, ...(onBytes ? { onBytes } : {}) });
    });

  test.each([
    ['packed', 'abc'.repeat(1000), 6],
    ['stored', 'abc', 0],
    ['empty', '', 0],
  ] as const)('unpacks a %s entry', async (_what, text, level) => {
    writeFileSync(archive, zipSync({ 'folder/a.txt': [strToU8(text), { level }] }));
    let bytes = 0;
    const onBytes = (more: number): void => {
      bytes += more;
    };
    await unpack('folder/a.txt', 'out/a.txt', onBytes);
    expect(readFileSync(join(folder, 'out/a.txt'), 'utf8')).toBe(text);
    expect(bytes).toBe(text.length);
  });

  test('refuses an entry whose bytes differ from its CRC', async () => {
    const bytes = zipSync({ a: [strToU8('abcdef'), { level: 0 }] });
    bytes[31 + 2] = 0x7a;
    writeFileSync(archive, bytes);
    await expect(unpack('a', 'a')).rejects.toThrow('a unpacked to bytes that differ from its checksum.');
  });

  test('refuses an entry that leads outside', async () => {
    writeFileSync(archive, zipSync({ '../a': [strToU8('abcdef'), { level: 0 }] }));
    await expect(unpack('../a', 'a')).rejects.toThrow('invalid relative path: ../a');
  });

  test('refuses what is not an archive', async () => {
    writeFileSync(archive, 'hello');
    await expect(unpack('a', 'a')).rejects.toMatchObject({ name: 'ZipError' });
  });
});
