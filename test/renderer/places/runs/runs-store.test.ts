import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { HandedFile } from '../../../../electron/contract/files.ts';
import { runsDrops } from '../../../../renderer/places/runs/drops.ts';
import { Studio } from '../../../../renderer/app/studio.svelte.ts';
import { grey } from '../reconstruct/reconstruct-samples.ts';
import { record } from '../../samples.ts';
import { run, ShelfHost } from './samples.ts';

vi.stubGlobal('requestAnimationFrame', (callback: () => void) => void callback());

const a = run('a', { startedAt: '2026-11-25T01:00:00Z' });
const b = run('b', { startedAt: '2026-11-25T02:00:00Z' });
const c = run('c', { startedAt: '2026-11-25T03:00:00Z' });

let host: ShelfHost;
let studio: Studio;

beforeEach(async () => {
  host = new ShelfHost([a, b, c]);
  studio = new Studio(host, { getItem: () => null, setItem: () => undefined });
  await studio.load();
});

const listed = () => studio.runs.map(({ id }) => id);
const file = (path: string): HandedFile => ({ path, file: new File(['x'], path) });

describe('the store of runs', () => {
  it('fetches a run’s thumbnail once, and anew when it has gone on; one that cannot be had is left out', async () => {
    const asked: string[] = [];
    host.answers['run:thumbnail'] = ({ runId }) => {
      asked.push(runId);
      return runId === 'b' ? {} : { image: grey(2, 1, 0, asked.length) };
    };
    const { thumbnails } = studio.store;
    await thumbnails.want({ id: 'a', epochsDone: 1 });
    await thumbnails.want({ id: 'a', epochsDone: 1 });
    await thumbnails.want({ id: 'b', epochsDone: 0 });
    expect(asked).toEqual(['a', 'b']);
    expect(thumbnails.of('a')?.data.subarray(4, 7)).toEqual(Uint8ClampedArray.of(1, 1, 1));
    expect(thumbnails.of('b')).toBeUndefined();
    await thumbnails.want({ id: 'a', epochsDone: 2 });
    expect(thumbnails.of('a')?.data.subarray(4, 7)).toEqual(Uint8ClampedArray.of(3, 3, 3));
  });

  it('asks for a run’s thumbnail again that there was no answer about', async () => {
    const { thumbnails } = studio.store;
    delete host.answers['run:thumbnail'];
    await thumbnails.want({ id: 'a', epochsDone: 1 });
    host.answers['run:thumbnail'] = () => ({ image: grey(2, 1, 0, 7) });
    await thumbnails.want({ id: 'a', epochsDone: 1 });
    expect(thumbnails.of('a')?.data.subarray(4, 7)).toEqual(Uint8ClampedArray.of(7, 7, 7));
  });

  it('puts runs into the trash, and back when it is undone', async () => {
    const { store } = studio;
    store.tick(['a', 'c'], true);
    await store.delete(store.ticked);
    expect(listed()).toEqual(['b']);
    expect(store.trash.map(({ id }) => id)).toEqual(['a', 'c']);
    expect(store.ticked).toEqual([]);
    expect(store.deleted.map(({ id }) => id)).toEqual(['c', 'a']);
    await store.restore(store.deleted);
    expect(listed()).toEqual(['c', 'b', 'a']);
    expect(store.trash).toEqual([]);
    expect(store.deleted).toEqual([]);
  });

  it('keeps the rest of what can be undone when one run is restored from the trash', async () => {
    const { store } = studio;
    await store.delete([a, b]);
    await store.restore([a]);
    expect(store.deleted).toEqual([b]);
    await store.emptyTrash();
    expect(store.deleted).toEqual([]);
    expect(store.trash).toEqual([]);
  });

  it('says why runs were not deleted, and leaves everything as it was', async () => {
    delete host.answers['run:delete'];
    const { store } = studio;
    store.tick(['a'], true);
    await store.delete(store.ticked);
    expect(store.problem?.message).toBe('No answer for run:delete.');
    expect(listed()).toEqual(['c', 'b', 'a']);
    expect(store.ticked).toEqual([a]);
    expect(store.deleted).toEqual([]);
  });

  it('forgets what was chosen and what was open when the place is left', () => {
    const { store } = studio;
    store.tick(['a', 'c'], true);
    store.showRun();
    store.leave();
    expect(store.ticked).toEqual([]);
    expect(store.page.kind).toBe('list');
  });

  it('goes back to the list when the run on view is deleted, and shows it nowhere', async () => {
    const { store } = studio;
    store.showRun();
    await studio.choose('a');
    expect(studio.chosen?.record.summary.id).toBe('a');
    await store.delete([a]);
    expect(store.page.kind).toBe('list');
    expect(studio.chosen).toBeUndefined();
  });

  it('names, tags and notes a run, in the list and where it is open', async () => {
    await studio.choose('a');
    const refused = await studio.store.annotate({ runId: 'a', name: 'Best yet', tags: ['talk'], notes: 'slow' });
    expect(refused).toBeUndefined();
    expect(studio.runs.find(({ id }) => id === 'a')).toMatchObject({ name: 'Best yet', tags: ['talk'], notes: 'slow' });
    expect(studio.chosen?.record.summary).toMatchObject({ name: 'Best yet', tags: ['talk'] });
  });

  it('says why a name was refused, where it was typed', async () => {
    delete host.answers['run:annotate'];
    expect(await studio.store.annotate({ runId: 'a', name: 'x' })).toMatchObject({
      message: 'No answer for run:annotate.',
    });
    expect(studio.runs.find(({ id }) => id === 'a')?.name).toBe('Run a');
  });

  it('gives every ticked run one more tag, once', async () => {
    await studio.store.annotate({ runId: 'a', tags: ['talk'] });
    studio.store.tick(['a', 'b'], true);
    await studio.store.tagTicked('talk');
    expect(studio.runs.map(({ tags }) => tags)).toEqual([[], ['talk'], ['talk']]);
    expect(host.asked.filter((channel) => channel === 'run:annotate')).toHaveLength(2);
  });

  it('follows runs that come and go elsewhere', async () => {
    host.runs = [a];
    host.trash = [b];
    host.tell('runs:changed', {});
    await vi.waitFor(() => expect(listed()).toEqual(['a']));
    expect(studio.store.trash).toEqual([b]);
  });

  it('keeps the progress of a run that trains when its name changes', async () => {
    host.tell('run:started', record('live'));
    host.runs = [...host.runs, { ...record('live').summary, name: 'Renamed' }];
    host.tell('runs:changed', {});
    await vi.waitFor(() => expect(studio.active?.record.summary.name).toBe('Renamed'));
    expect(studio.active?.record.summary.status).toBe('running');
  });

  it('says what became of a file', async () => {
    const { store } = studio;
    host.answers['run:report'] = () => ({ kind: 'saved', folder: '/home/me/report.html' });
    await store.saveReport('a');
    expect(store.said).toEqual({ runId: 'a', text: 'Saved: /home/me/report.html', failed: false });
    host.answers['run:export'] = () => ({ kind: 'cancelled' });
    await store.exportRun('a');
    expect(store.said?.text).toBe('Nothing was saved.');
    delete host.answers['run:export'];
    await store.exportRun('a');
    expect(store.said).toEqual({ runId: 'a', text: 'Not saved: No answer for run:export.', failed: true });
  });
});

describe('runs from files', () => {
  it('are taken up, and what was no run is said', async () => {
    const { store } = studio;
    host.answers['run:import'] = ({ staged }) => {
      host.runs = [...host.runs, run('d')];
      return { runIds: ['d'], problems: [`${staged}: torn.aestudio is no run file.`] };
    };
    await store.importFiles([file('d.aestudio'), file('torn.aestudio')]);
    expect(store.imported).toEqual({ runs: 1, problems: ['staged-1: torn.aestudio is no run file.'], stopped: false });
    expect(listed()).toContain('d');
    expect(host.asked).toContain('files:release');
    expect(store.importing).toBeUndefined();
  });

  it('are no longer taken in once that is cancelled, and what had come before stays', async () => {
    const { store } = studio;
    const ending = Promise.withResolvers<{ runIds: string[]; problems: string[]; stopped: true }>();
    host.answers['run:import'] = () => ending.promise;
    host.answers['run:cancel-import'] = ({ staged }) => {
      expect(staged).toBe('staged-1');
      ending.resolve({ runIds: ['d'], problems: [], stopped: true });
      return {};
    };
    const importing = store.importFiles([file('d.aestudio'), file('e.aestudio')]);
    await vi.waitFor(() => expect(host.asked).toContain('run:import'));
    await store.stopImport();
    expect(store.stoppingImport).toBe(true);
    await importing;
    expect(store.imported).toEqual({ runs: 1, problems: [], stopped: true });
    expect(store.importing).toBeUndefined();
    expect(host.asked).toContain('files:release');
  });

  it('are not asked for when that is cancelled while they are handed over', async () => {
    const { store } = studio;
    const importing = store.importFiles([file('d.aestudio')]);
    await store.stopImport();
    await importing;
    expect(store.imported).toEqual({ runs: 0, problems: [], stopped: true });
    expect(host.asked).not.toContain('run:import');
    expect(host.asked).toContain('files:release');
  });

  it('are refused with the host’s words, and can be tried again', async () => {
    const { store } = studio;
    await store.importFiles([file('d.aestudio')]);
    expect(store.problem?.message).toBe('No answer for run:import.');
    expect(store.importing).toBeUndefined();
  });

  it('are told from pictures when they are dropped', async () => {
    const importFiles = vi.fn(() => Promise.resolve());
    const otherwise = { offer: () => ({ title: 'Make an image set', hint: '' }), take: vi.fn() };
    const begin = vi.fn(() => Promise.resolve());
    const drops = runsDrops({ importFiles }, { begin }, otherwise);
    expect(drops.offer({ count: 2, pictures: 2 }).title).toBe('Make an image set');
    expect(drops.offer({ count: 2, pictures: 0 }).title).toBe('Take up 2 files or folders');
    const run = file('A run.AESTUDIO');
    drops.take(Promise.resolve([run, file('notes.txt')]));
    await vi.waitFor(() => expect(importFiles).toHaveBeenCalledWith([run]));
    expect(otherwise.take).not.toHaveBeenCalled();
    drops.take(Promise.resolve([file('digits.zip')]));
    await vi.waitFor(() => expect(otherwise.take).toHaveBeenCalledOnce());
    const model = Promise.resolve([file('mine/model.json'), file('mine/weights.bin')]);
    drops.take(model);
    await vi.waitFor(() => expect(begin).toHaveBeenCalledExactlyOnceWith(model));
    expect(otherwise.take).toHaveBeenCalledOnce();
  });
});
