import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { installedElectron } from '../../scripts/electron-binary.ts';

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
