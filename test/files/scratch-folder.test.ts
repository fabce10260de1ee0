import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { TemporaryFolder } from '../dataset/idx-bytes.ts';

/** A process that is gone. */
const GONE = 2 ** 30;

let temporary: TemporaryFolder;

beforeEach(() => {
  temporary = new TemporaryFolder();
  vi.stubEnv('TMPDIR', temporary.path);
  vi.stubEnv('TEMP', temporary.path);
  // What a process has swept it knows; each test is another process.
  vi.resetModules();
});

afterEach(() => {
  vi.unstubAllEnvs();
  temporary[Symbol.dispose]();
});

const start = () => import('../../electron/files/scratch-folder.ts');

/** What a process that was killed would have left in this folder's place. */
function leftBehind(folder: string): string {
  const path = join(tmpdir(), basename(folder).replace(`-${process.pid}-`, `-${GONE}-`));
  mkdirSync(path);
  writeFileSync(join(path, 'images.tar'), 'a gigabyte');
  return path;
}

test('an archive that was unpacked when the app was killed goes at the next start; what lives or is not ours stays', async () => {
  const { scratchFolder, sweepScratch } = await start();
  const own = await scratchFolder('tar');
  const left = leftBehind(own);
  const others = [basename(left).replace(/^autoencoder-studio-[0-9a-f]{8}/, 'autoencoder-studio-00000000'), 'someone'];
  for (const name of others) mkdirSync(join(tmpdir(), name));
  await sweepScratch();
  expect(readdirSync(tmpdir()).sort()).toEqual([basename(own), ...others].sort());
});

test('a command that needs such a folder sweeps too', async () => {
  const first = await start();
  const left = leftBehind(await first.scratchFolder('graph'));
  vi.resetModules();
  const next = await start();
  await next.scratchFolder('graph');
  expect(existsSync(left)).toBe(false);
});
