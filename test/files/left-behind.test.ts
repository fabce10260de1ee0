import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { sweep, sweepDataFolder, sweepDead } from '../../electron/files/left-behind.ts';
import { replacedName, writingName } from '../../electron/files/passing-names.ts';
import { TemporaryFolder } from '../dataset/idx-bytes.ts';

/** A process that is gone. */
const GONE = 2 ** 30;

test('what killed writers have left is swept, and nothing else', async () => {
  using folder = new TemporaryFolder();
  for (const name of ['.writing-7-a', '.replaced-b', '.removed-c', '.hidden', 'run.json']) folder.write(name, '');
  mkdirSync(join(folder.path, '.writing-8-c', 'best'), { recursive: true });
  await sweep(folder.path);
  expect(readdirSync(folder.path).sort()).toEqual(['.hidden', 'run.json']);
  await sweep(join(folder.path, 'nowhere'));
});

test('what a living process has there stays', async () => {
  using folder = new TemporaryFolder();
  const living = [`.writing-${process.pid}-a`, `.removed-${process.pid}-a`, replacedName('best')].sort();
  for (const name of [...living, `.writing-${GONE}-b`, 'a-run']) mkdirSync(join(folder.path, name));
  await sweepDead(folder.path);
  expect(readdirSync(folder.path).sort()).toEqual([...living, 'a-run'].sort());
});

test('what another process has left goes, also where a living one has been given its number', async () => {
  using folder = new TemporaryFolder();
  const own = writingName();
  // In a container each start has the same few numbers: this one's, and, where the system tells of others, its parent's.
  const parents = process.platform === 'linux' ? [`.removed-${process.ppid}-00000000-0123456789ab`] : [];
  const left = [own.replace(/-[0-9a-f]{8}-/, '-00000000-'), ...parents];
  for (const name of [own, ...left]) mkdirSync(join(folder.path, name));
  await sweepDead(folder.path);
  expect(readdirSync(folder.path)).toEqual([own]);
});

test('a folder that was being replaced when its process was killed is put back; one that was replaced goes', async () => {
  using folder = new TemporaryFolder();
  const replaced = (name: string, content: string): void => {
    const path = join(folder.path, replacedName(name).replace(`-${process.pid}-`, `-${GONE}-`));
    mkdirSync(path);
    writeFileSync(join(path, 'weights'), content);
  };
  replaced('best', 'of epoch 3');
  replaced('last', 'of epoch 3');
  mkdirSync(join(folder.path, 'last'));
  writeFileSync(join(folder.path, 'last', 'weights'), 'of epoch 4');
  await sweepDead(folder.path);
  expect(readdirSync(folder.path).sort()).toEqual(['best', 'last']);
  expect(readFileSync(join(folder.path, 'best', 'weights'), 'utf8')).toBe('of epoch 3');
  expect(readFileSync(join(folder.path, 'last', 'weights'), 'utf8')).toBe('of epoch 4');
});

test('the next start finds the space again that a kill while models were replaced or the trash was emptied has taken', async () => {
  using data = new TemporaryFolder();
  const left = [
    `.writing-${GONE}-settings`,
    `runs/.writing-${GONE}-an-imported-run/run.json`,
    `runs/a-run/.removed-${GONE}-a-checkpoint/state.safetensors`,
    'runs/a-run/model/.replaced-3f0e8f5e-old/weights.safetensors',
    `runs/a-run/snapshots/.writing-${GONE}-epoch`,
    `runs/a-run/model/best/.writing-${GONE}-weights`,
    `runs/a-run/inspections/last/.writing-${GONE}-scores`,
    `runs/a-run/checkpoint-0002-000000/best/.writing-${GONE}-spec`,
    `image-sets/.writing-${GONE}-set/images.u8`,
    `image-sets/pets/.writing-${GONE}-index`,
    `trash/.removed-${GONE}-runs/a-run/run.json`,
    'trash/.replaced-0a1b2c3d-runs/a-run/run.json',
    `trash/runs/b-run/model/.writing-${GONE}-last/weights.safetensors`,
    `cache/.writing-${GONE}-pca`,
    `cache/cluster-images/.writing-${GONE}-zip`,
  ];
  const kept = ['runs/a-run/run.json', 'trash/runs/b-run/run.json', 'image-sets/pets/index.json', 'settings.json'];
  for (const path of [...left, ...kept]) {
    mkdirSync(dirname(join(data.path, path)), { recursive: true });
    writeFileSync(join(data.path, path), '');
  }
  await sweepDataFolder(data.path);
  expect(left.filter((path) => existsSync(join(data.path, path)))).toEqual([]);
  const names = readdirSync(data.path, { recursive: true, encoding: 'utf8' });
  expect(names.filter((name) => /\.(?:writing|replaced|removed)-/.test(name))).toEqual([]);
  expect(kept.filter((path) => !existsSync(join(data.path, path)))).toEqual([]);
});
