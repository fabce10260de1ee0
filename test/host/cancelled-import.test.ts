import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { strToU8, zipSync } from 'fflate';
import { describe, expect, it, vi } from 'vitest';
import { unwrap } from '../../electron/domain/errors.ts';
import { addRun, dataFolders, experiment, metricsOf, openStudio } from './studio-samples.ts';

const data = dataFolders();

/** A run as `export` writes one, with so many files that taking it in goes on for a while. */
function largeArchive(snapshots: number): Uint8Array {
  const many = Array.from(
    { length: snapshots },
    (_, at) => `snapshots/epoch-${String(at + 1).padStart(4, '0')}.safetensors`,
  );
  const state = { version: 1, id: 'run-large', startedAt: '2026-01-01', status: 'finished', processId: 1 };
  return zipSync(
    {
      'aestudio.json': strToU8('{"format": "autoencoder-studio-run", "version": 1}'),
      'experiment.json': strToU8(JSON.stringify(experiment)),
      'run.json': strToU8(JSON.stringify(state)),
      ...Object.fromEntries(many.map((name) => [name, strToU8(name)])),
    },
    { level: 0 },
  );
}

describe('importing runs that is cancelled', () => {
  it('keeps what was taken in whole before, and nothing of the rest', async () => {
    await (await addRun(data.path, 'run-a')).addMetrics(metricsOf(1, 5));
    const { window, exported, stage, heard } = await openStudio(data.path);
    unwrap(await window.call('run:export', { runId: 'run-a' }));
    unwrap(await window.call('run:delete', { runIds: ['run-a'] }));
    unwrap(await window.call('run:empty-trash', {}));
    const large = join(data.path, 'large.aestudio');
    await writeFile(large, largeArchive(5_000));
    const staged = stage(join(exported, 'article.aestudio'), large, large);
    const importing = window.call('run:import', { staged });
    const runs = join(data.path, 'runs');
    await vi.waitFor(async () => expect((await readdir(runs)).toSorted()).toEqual([expect.any(String), 'run-a']), {
      interval: 1,
      timeout: 30_000,
    });
    unwrap(await window.call('run:cancel-import', { staged }));
    expect(unwrap(await importing)).toEqual({ runIds: ['run-a'], problems: [], stopped: true });
    expect(await readdir(runs)).toEqual(['run-a']);
    expect(heard.at(-1)).toBe('runs:changed');
    expect(await window.call('run:cancel-import', { staged })).toMatchObject({ error: { code: 'not-found' } });
    expect(
      unwrap(await window.call('run:import', { staged: stage(join(exported, 'article.aestudio')) })),
    ).toMatchObject({
      problems: [],
    });
  });
});
