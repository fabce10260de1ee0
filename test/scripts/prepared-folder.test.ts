import { existsSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { PREPARED_VARIABLE, sharePreparedFolder } from '../../scripts/prepared-folder.ts';
import { TemporaryFolder } from '../dataset/idx-bytes.ts';

function folderOf(root: string, env: NodeJS.ProcessEnv = {}): string {
  sharePreparedFolder(env, root);
  return env[PREPARED_VARIABLE]!;
}

function write(root: string, path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

test('what specs share stays for as long as what it follows from does', () => {
  using root = new TemporaryFolder();
  write(root.path, 'electron/engine/pca.ts', '1');
  const first = folderOf(root.path);
  expect(first.startsWith(join(root.path, 'node_modules', '.cache'))).toBe(true);
  writeFileSync(join(first, 'pixels'), '');
  write(root.path, 'renderer/app/app.ts', '1');
  expect(folderOf(root.path)).toBe(first);
  const seen = new Set([first]);
  for (const [path, text] of [
    ['electron/engine/pca.ts', '2'],
    ['electron/engine/deeper/pca.ts', '1'],
    ['package-lock.json', '{}'],
    ['test/app/harness/work-out.ts', '1'],
    ['node_modules/@tensorflow/tfjs-node/.autoencoder-studio-native.json', '{}'],
  ] as const) {
    write(root.path, path, text);
    seen.add(folderOf(root.path));
  }
  seen.add(folderOf(root.path, { TF_NUM_INTRAOP_THREADS: '7' }));
  expect(seen.size).toBe(7);
});

test('those that were used last stay, the others go', () => {
  using root = new TemporaryFolder();
  const at = (text: string): string => {
    write(root.path, 'electron/a.ts', text);
    return folderOf(root.path);
  };
  const [one, two, three] = ['1', '2', '3'].map(at) as [string, string, string];
  [one, two, three].forEach((folder, second) => utimesSync(folder, second + 1, second + 1));
  expect(at('1')).toBe(one);
  const four = at('4');
  expect([one, two, three, four].map((folder) => existsSync(folder))).toEqual([true, false, true, true]);
});

test('a worker shares the folder that it is told of', () => {
  using root = new TemporaryFolder();
  expect(folderOf(root.path, { [PREPARED_VARIABLE]: 'told' })).toBe('told');
  expect(existsSync(join(root.path, 'node_modules'))).toBe(false);
});
