import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { probePython } from '../../../electron/host/torch/probe.ts';
import { dataFolders } from '../studio-samples.ts';

const place = dataFolders();
const sources = join(import.meta.dirname, '../../../resources/cluster');
afterEach(() => vi.unstubAllEnvs());

it('a Python is asked in an empty folder, where nobody has left it a module', async () => {
  vi.stubEnv('TMPDIR', place.path);
  await writeFile(join(place.path, 'json.py'), 'raise SystemExit("a stranger’s")');
  const seen = join(place.path, 'seen');
  const program = join(place.path, 'python');
  await writeFile(program, `#!/bin/sh\n{ pwd; ls -A; } > '${seen}'\nexit 3\n`);
  await chmod(program, 0o755);
  expect((await probePython(program, { sources })).problem).toContain('exit code 3');
  const [folder, ...files] = (await readFile(seen, 'utf8')).trim().split('\n');
  expect(files).toEqual([]);
  expect(folder).not.toBe(place.path);
  // Nor is the folder left.
  await expect(readFile(folder ?? '')).rejects.toThrow('ENOENT');
});
