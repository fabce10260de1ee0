import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fetchElectron, installedElectron } from '../../scripts/electron-binary.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'electron-package-'));
  mkdirSync(join(folder, 'dist'));
  writeFileSync(join(folder, 'package.json'), '{"version": "45.4.1"}');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const write = (files: Readonly<Record<string, string>>): void => {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
};
const found = () => installedElectron({}, folder);

it('is Electron’s program where all of it is installed', () => {
  write({ 'dist/electron': '', 'dist/version': '45.4.1', 'path.txt': 'electron' });
  expect(found()).toBe(join(folder, 'dist', 'electron'));
});

it.each([
  ['is half unpacked: its installer has not come to its end', { 'dist/electron': '', 'dist/version': '45.4.1' }],
  ['is of another version', { 'dist/electron': '', 'dist/version': 'v44.0.0', 'path.txt': 'electron' }],
  ['has lost its program', { 'dist/version': '45.4.1', 'path.txt': 'electron' }],
])('is none where the folder %s', (_, files) => {
  write(files);
  expect(found()).toBeUndefined();
});

it('is that of a folder which is named, whatever lies in the package', () => {
  const named = join(folder, 'dist');
  write({ 'dist/electron': '' });
  expect(installedElectron({ ELECTRON_OVERRIDE_DIST_PATH: named }, folder)).toBe(join(named, 'electron'));
});

/** An installer of Electron's, as far as its place goes: what comes lies in the system's folder for such things until it is whole. */
const installer = (then: string): Readonly<Record<string, string>> => ({
  'install.js': `
const { mkdtempSync, appendFileSync, writeFileSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const coming = join(mkdtempSync(join(tmpdir(), 'electron-download-')), 'electron.zip');
writeFileSync(join(__dirname, 'where'), coming);
${then}`,
});

const WHOLE = `
let pieces = 0;
const timer = setInterval(() => {
  appendFileSync(coming, Buffer.alloc(2 ** 20));
  if ((pieces += 1) < 20) return;
  clearInterval(timer);
  writeFileSync(join(__dirname, 'dist', 'electron'), '');
  writeFileSync(join(__dirname, 'dist', 'version'), '45.4.1');
  writeFileSync(join(__dirname, 'path.txt'), 'electron');
}, 20);`;

describe('Electron’s download', () => {
  const told: string[] = [];
  const report = {
    line: (text: string) => void told.push(text),
    progress: () => undefined,
    working: (label: string, detail: string) => void told.push(`${label}: ${detail}`),
  };
  const fetched = (patienceMs: number) => fetchElectron({ folder, report, patienceMs, lookEveryMs: 10 });
  const left = () => existsSync(readFileSync(join(folder, 'where'), 'utf8'));
  beforeEach(() => void told.splice(0));

  it('may take longer than nothing may come, and shows how far it is', async () => {
    write(installer(WHOLE));
    // It takes 20 pieces of 20 ms and more.
    expect(await fetched(5_000)).toBe(join(folder, 'dist', 'electron'));
    expect(told[0]).toBe('Fetching Electron 45.4.1, once.');
    expect(new Set(told).size).toBeGreaterThan(3);
    expect(told.at(-1)).toMatch(/^Fetching Electron: \d+(\.\d+)? MB$/);
    expect(left()).toBe(false);
  });

  it('is given up where nothing comes any more, and leaves nothing', async () => {
    write(installer('appendFileSync(coming, Buffer.alloc(1024)); setInterval(() => undefined, 1000);'));
    expect(await fetched(2_000)).toBeUndefined();
    expect(told.at(-1)).toBe('Electron could not be fetched: nothing came for 2 s.');
    expect(left()).toBe(false);
  });

  it('that fails says why', async () => {
    write(installer("throw new Error('getaddrinfo ENOTFOUND github.com');"));
    expect(await fetched(5_000)).toBeUndefined();
    expect(told.at(-1)).toBe('Electron could not be fetched: Error: getaddrinfo ENOTFOUND github.com');
    expect(left()).toBe(false);
  });
});
