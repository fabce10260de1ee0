import { execFile } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { RunFolder } from '../../electron/files/run-folder.ts';
import { TemporaryFolder } from '../dataset/idx-bytes.ts';
import { addRun, metricsOf } from '../host/studio-samples.ts';

const ROOT = resolve(import.meta.dirname, '../..');

interface Ended {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
}

async function cli(...args: readonly string[]): Promise<Ended> {
  const line = [join(ROOT, 'electron/cli/index.ts'), ...args];
  return promisify(execFile)(process.execPath, line).then(
    (output) => ({ ...output, code: 0 }),
    (failed: Ended) => failed,
  );
}

it('export-run and import-run carry a run to another data folder, broken files named', async () => {
  using data = new TemporaryFolder();
  const run = await addRun(data.path, 'run-a');
  await run.addMetrics(metricsOf(1, 5));
  const file = join(data.path, 'a.aestudio');
  expect(await cli('export-run', run.path, '--out', file)).toMatchObject({ code: 0, stdout: `${file}\n` });
  const again = await cli('export-run', run.path, '--out', file);
  expect(again).toMatchObject({ code: 1, stdout: '' });
  expect(again.stderr).toContain(`${file}: expected no such file, found one.`);

  const broken = join(data.path, 'broken.aestudio');
  writeFileSync(broken, 'nothing');
  const elsewhere = join(data.path, 'elsewhere');
  const { stdout, stderr, code } = await cli('import-run', file, broken, '--data', elsewhere);
  expect({ stdout, code }).toEqual({ stdout: 'run-a\n', code: 1 });
  expect(stderr).toMatch(/^broken\.aestudio: expected an exported run/);
  expect((await RunFolder.under(elsewhere, 'run-a').readMetrics()).metrics).toEqual([metricsOf(1, 5)]);
  expect(readdirSync(join(elsewhere, 'runs'))).toEqual(['run-a']);
});

it('export-run refuses a run that trains', async () => {
  using data = new TemporaryFolder();
  const run = await addRun(data.path, 'run-a', { status: 'running', processId: process.pid });
  expect(await cli('export-run', run.path)).toMatchObject({
    code: 1,
    stderr: `${run.path}: expected a run that has ended, found one that trains.\n`,
  });
});
