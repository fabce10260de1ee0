import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { unwrap } from '../../electron/domain/errors.ts';
import { writeArchive } from '../../electron/files/run-archive.ts';
import { addRun, dataFolders, openStudio } from './studio-samples.ts';

const data = dataFolders();
const shipped = dataFolders();

/** An exported run of this id among those that ship with the app. */
async function ship(id: string): Promise<void> {
  const folder = await addRun(join(shipped.path, 'made'), id, { sample: true });
  await mkdir(join(shipped.path, 'samples'), { recursive: true });
  await writeArchive(folder, join(shipped.path, 'samples', `${id}.aestudio`));
}

/** As a window finds it that has listed the runs. */
async function open() {
  const opened = await openStudio(data.path, {}, { sampleRuns: join(shipped.path, 'samples') });
  await opened.window.call('run:list', {});
  return opened;
}

async function idsIn(window: Awaited<ReturnType<typeof open>>['window']): Promise<string[]> {
  return unwrap(await window.call('run:list', {}))
    .map(({ id }) => id)
    .sort();
}

beforeEach(async () => {
  await ship('sample-denoiser');
  await ship('sample-map');
});

describe('the samples', () => {
  it('are among the runs from the first start on, marked as what they are', async () => {
    await addRun(data.path, 'run-a');
    const { window } = await open();
    const runs = unwrap(await window.call('run:list', {}));
    expect(runs.map(({ id, sample }) => [id, sample]).sort()).toEqual([
      ['run-a', undefined],
      ['sample-denoiser', true],
      ['sample-map', true],
    ]);
    expect(unwrap(await window.call('run:open', { runId: 'sample-map' })).summary.sample).toBe(true);
  });

  it('that a person has deleted stay away at the next start, until they are asked for', async () => {
    const first = await open();
    await first.window.call('run:delete', { runIds: ['sample-map'] });
    const { window, heard } = await open();
    expect(await idsIn(window)).toEqual(['sample-denoiser']);
    expect(unwrap(await window.call('samples:restore', {}))).toEqual({ runIds: ['sample-map'] });
    expect(await idsIn(window)).toEqual(['sample-denoiser', 'sample-map']);
    expect(unwrap(await window.call('run:trash', {}))).toEqual([]);
    expect(heard).toContain('runs:changed');
    expect(unwrap(await window.call('samples:restore', {}))).toEqual({ runIds: [] });
  });

  it('come back from what ships with the app once the trash is empty', async () => {
    const { window } = await open();
    await window.call('run:delete', { runIds: ['sample-map', 'sample-denoiser'] });
    await window.call('run:empty-trash', {});
    expect(unwrap(await window.call('samples:restore', {})).runIds).toEqual(['sample-denoiser', 'sample-map']);
    expect(await idsIn(window)).toEqual(['sample-denoiser', 'sample-map']);
  });

  it('of a later version come at its first start, the older ones only once', async () => {
    const first = await open();
    await first.window.call('run:delete', { runIds: ['sample-map'] });
    await ship('sample-photographs');
    expect(await idsIn((await open()).window)).toEqual(['sample-denoiser', 'sample-photographs']);
  });

  it('that cannot be read keep nothing else from being listed, and are named', async () => {
    await addRun(data.path, 'run-a');
    await writeFile(join(shipped.path, 'samples', 'sample-denoiser.aestudio'), 'no archive');
    const { window, reports } = await open();
    expect(await idsIn(window)).toContain('run-a');
    expect(reports.join()).toContain('sample-denoiser.aestudio: expected an exported run');
    const restored = await window.call('samples:restore', {});
    expect(restored).toMatchObject({ ok: false, error: { code: 'bad-file' } });
  });
});
