import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, it, vi } from 'vitest';
import { RunFolder } from '../../electron/files/run-folder.ts';
import { TemporaryFolder } from '../dataset/idx-bytes.ts';
import { addRun, metricsOf } from '../host/studio-samples.ts';
import { cli, PROGRAM, started } from './run-cli.ts';

it('export-run and import-run carry a run to another data folder, broken files named', async () => {
  using data = new TemporaryFolder();
  const run = await addRun(data.path, 'run-a');
  await run.addMetrics(metricsOf(1, 5));
  const file = join(data.path, 'a.aestudio');
  expect(await started('export-run', run.path, '--out', file)).toMatchObject({ code: 0, stdout: `${file}\n` });
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

it('import-run stopped by Ctrl-C keeps nothing of what it was taking in', async () => {
  using data = new TemporaryFolder();
  const run = await addRun(data.path, 'run-a');
  for (let epoch = 1; epoch <= 3_000; epoch += 1) {
    data.write(`runs/run-a/snapshots/epoch-${String(epoch).padStart(4, '0')}.safetensors`, 'large');
  }
  const file = join(data.path, 'a.aestudio');
  expect(await cli('export-run', run.path, '--out', file)).toMatchObject({ code: 0 });
  const runs = join(data.path, 'elsewhere', 'runs');
  const line = [PROGRAM, 'import-run', file, '--data', join(data.path, 'elsewhere')];
  const child = spawn(process.execPath, line, { stdio: ['ignore', 'pipe', 'pipe'] });
  const told = Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  const taken = (): string[] => (existsSync(runs) ? readdirSync(runs, { recursive: true, encoding: 'utf8' }) : []);
  await vi.waitFor(() => expect(taken().length).toBeGreaterThan(3), { timeout: 60_000, interval: 5 });
  child.kill('SIGINT');
  const [stdout, stderr, [code]] = await told;
  expect({ stdout, stderr, code }).toEqual({
    stdout: '',
    stderr: 'The import was stopped; nothing of what was not taken in yet is kept.\n',
    code: 130,
  });
  expect(taken()).toEqual([]);
});

it('export-run refuses a run that trains', async () => {
  using data = new TemporaryFolder();
  const run = await addRun(data.path, 'run-a', { status: 'running', processId: process.pid });
  expect(await cli('export-run', run.path)).toMatchObject({
    code: 1,
    stderr: `${run.path}: expected a run that has ended, found one that trains.\n`,
  });
});
