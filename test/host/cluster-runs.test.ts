import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { presetExperiment, presets } from '../../electron/domain/presets.ts';
import { writeClusterJob } from '../../electron/files/cluster-file.ts';
import { RunFolder } from '../../electron/files/run-folder.ts';
import { RunStore } from '../../electron/host/run-store.ts';
import { TemporaryFolder } from '../dataset/idx-bytes.ts';

let data: TemporaryFolder;
beforeEach(() => (data = new TemporaryFolder()));
afterEach(() => data[Symbol.dispose]());

/** A run that was cut off before its first epoch's end: one of this computer would begin again. */
async function addRun(): Promise<RunFolder> {
  const folder = RunFolder.under(data.path, 'there');
  const startedAt = '2026-01-01T00:00:00.000Z';
  const experiment = presetExperiment(presets[0]!, 'mnist', [28, 28, 1]);
  await folder.create(experiment, { version: 1, id: 'there', startedAt, status: 'interrupted', processId: 0 });
  return folder;
}

const open = () => new RunStore(data.path).open('there', undefined);

describe('runs that a cluster trains', () => {
  it('say where, and are not begun again here', async () => {
    const folder = await addRun();
    expect(await open()).toMatchObject({ summary: { resumable: true } });
    expect((await open()).summary.cluster).toBeUndefined();
    await writeClusterJob(folder, {
      address: 'http://127.0.0.1:8265',
      submission: 'studio-1',
      workers: { count: 2, cpus: 1, gpu: false },
      submittedAt: '2026-01-01T00:00:00.000Z',
    });
    expect(await open()).toMatchObject({
      summary: { resumable: false, cluster: { address: 'http://127.0.0.1:8265', workers: 2, open: true } },
    });
  });

  it('are opened though that file is damaged, which is told', async () => {
    const folder = await addRun();
    const path = join(folder.path, 'cluster.json');
    await writeFile(path, '{}');
    const { summary } = await open();
    expect(summary.cluster).toBeUndefined();
    expect(summary).toMatchObject({ resumable: false, problem: `${path}: version must be given, found none.` });
  });
});
