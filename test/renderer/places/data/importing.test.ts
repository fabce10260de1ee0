import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ImportOptions } from '../../../../electron/contract/import-options.ts';
import type { ImportPlan } from '../../../../electron/contract/import-plan.ts';
import { Importing } from '../../../../renderer/places/data/importing.svelte.ts';
import { FakeHost } from '../../fake-host.ts';
import { deferred, handed, importOptions, pets, plan, previewOf, report } from './import-samples.ts';

function importingHost(): FakeHost {
  const host = new FakeHost();
  host.answers['import:plan'] = () => plan;
  host.answers['import:preview'] = ({ options }) => previewOf(options);
  host.answers['import:start'] = () => ({ importId: 'import-1' });
  host.answers['import:cancel'] = () => ({});
  host.answers['files:release'] = () => ({});
  return host;
}

async function choosing(host: FakeHost): Promise<Importing> {
  const importing = new Importing(host.api);
  await importing.begin(handed('cats/1.png', 'dogs/1.png'));
  return importing;
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('an import in the window', () => {
  it('stages what was dropped, and proposes what the host does', async () => {
    const host = importingHost();
    const importing = await choosing(host);
    expect(importing.open).toBe(true);
    expect(importing.phase).toMatchObject({ kind: 'choosing', plan: { count: 5 } });
    expect(importing.choice.form?.typed).toMatchObject({ name: 'Pets', width: '32', every: '10' });
    expect(host.staged[0]!.map(({ path }) => path)).toEqual(['cats/1.png', 'dogs/1.png']);
  });

  it('imports as the form says, tells how far it is, and ends on the report', async () => {
    const host = importingHost();
    const started: { options: ImportOptions; autoInverts?: boolean | undefined }[] = [];
    host.answers['import:start'] = ({ options, autoInverts }) => {
      started.push({ options, autoInverts });
      return { importId: 'import-1' };
    };
    const importing = await choosing(host);
    importing.choice.type('name', ' My pets ');
    importing.choice.type('width', '28');
    importing.choice.choose({ channels: 1 });
    await importing.start();
    const options = { ...importOptions, name: 'My pets', width: 28, height: 28, channels: 1 };
    expect(started).toEqual([{ options, autoInverts: true }]);

    host.tell('import:progressed', { importId: 'import-1', progress: { kind: 'arranging', fraction: 0.5 } });
    expect(importing.phase).toMatchObject({ kind: 'importing', progress: { fraction: 0.5 } });
    host.tell('import:ended', { importId: 'another', kind: 'cancelled' });
    expect(importing.phase.kind).toBe('importing');
    host.tell('import:ended', { importId: 'import-1', kind: 'imported', report });
    expect(importing.phase).toEqual({ kind: 'imported', report });
    expect(host.asked).toContain('files:release');
  });

  it('ends even when the end is told before the start is answered', async () => {
    const host = importingHost();
    const importing = await choosing(host);
    host.answers['import:start'] = () => {
      host.tell('import:ended', { importId: 'import-1', kind: 'imported', report });
      return { importId: 'import-1' };
    };
    await importing.start();
    expect(importing.phase.kind).toBe('imported');
  });

  it('goes back to the options when the host refuses, and says why', async () => {
    const host = importingHost();
    const importing = await choosing(host);
    await importing.start();
    const error = { code: 'refused', message: 'At 120 × 120 it would fit.' } as const;
    host.tell('import:ended', { importId: 'import-1', kind: 'failed', error });
    expect(importing.phase.kind).toBe('choosing');
    expect(importing.problem).toEqual(error);
    expect(importing.choice.form?.typed.name).toBe('Pets');
    expect(host.asked).not.toContain('files:release');
  });

  it('reads the files another way when it is asked to, and keeps what a person has typed', async () => {
    const host = importingHost();
    const importing = await choosing(host);
    importing.choice.type('name', 'Mine');
    const folders = [{ folder: 'cats', split: 'test' as const }];
    const asked: unknown[] = [];
    host.answers['import:plan'] = ({ reading }) => {
      asked.push(reading);
      return { ...plan, count: 4, options: { ...importOptions, width: 48, height: 48 } };
    };
    await importing.reread({ folders });
    expect(asked).toEqual([{ folders }]);
    expect(importing.phase).toMatchObject({ kind: 'choosing', plan: { count: 4 } });
    // The size was as proposed, and follows; the name was not.
    expect(importing.choice.form?.typed).toMatchObject({ name: 'Mine', width: '48', height: '48' });
    expect(importing.choice.form?.base.folders).toEqual(folders);
    importing.choice.type('width', '20');
    await importing.reread({ folders: [] });
    expect(importing.choice.form?.typed.width).toBe('20');
  });

  it('is cancelled as soon as it has an id, when it was cancelled before', async () => {
    const host = importingHost();
    const importing = await choosing(host);
    const answer = deferred<{ importId: string }>();
    host.answers['import:start'] = () => answer.promise;
    const starting = importing.start();
    await importing.cancel();
    expect(host.asked).not.toContain('import:cancel');
    answer.resolve({ importId: 'import-1' });
    await starting;
    expect(host.asked).toContain('import:cancel');
    host.tell('import:ended', { importId: 'import-1', kind: 'cancelled' });
    expect(importing.phase).toMatchObject({ kind: 'choosing', cancelled: true });
  });

  it('drops the plan of what was given up, and lets go of it', async () => {
    const host = importingHost();
    const late = deferred<ImportPlan>();
    host.answers['import:plan'] = () => late.promise;
    const importing = new Importing(host.api);
    const beginning = importing.begin(handed('cats/1.png'));
    await vi.waitFor(() => expect(importing.phase.kind).toBe('planning'));
    importing.dismiss();
    expect(host.asked).toContain('files:release');
    late.resolve(plan);
    await beginning;
    expect(importing.phase.kind).toBe('none');
    expect(importing.open).toBe(false);
  });

  it('goes on behind a closed sheet, and refuses another drop meanwhile', async () => {
    const host = importingHost();
    const importing = await choosing(host);
    await importing.start();
    importing.dismiss();
    expect(importing.phase.kind).toBe('importing');
    expect(importing.offer({ count: 1, pictures: 1 }).refused).toBe(true);
    await importing.begin(handed('more.png'));
    expect(host.staged).toHaveLength(1);
  });

  it('is taken up by a window that was opened anew', () => {
    const host = importingHost();
    const importing = new Importing(host.api);
    host.tell('import:progressed', { importId: 'import-9', progress: { kind: 'listing', found: 3 } });
    expect(importing.phase.kind).toBe('importing');
    expect(importing.open).toBe(false);
    host.tell('import:ended', { importId: 'import-9', kind: 'imported', report });
    expect(importing.phase.kind).toBe('imported');
  });

  it('hears from the host what became of it while the window could not', async () => {
    const importing = await choosing(importingHost());
    importing.attach(undefined, undefined);
    expect(importing.phase.kind).toBe('choosing');
    await importing.start();
    importing.attach('import-1', 'import-1');
    expect(importing.phase.kind).toBe('importing');
    importing.attach('import-1', undefined);
    expect(importing.phase.kind).toBe('choosing');
    expect(importing.problem?.message).toContain('not connected');

    const anew = new Importing(importingHost().api);
    anew.attach(undefined, 'import-7');
    expect(anew.phase.kind).toBe('importing');
  });

  it('says so when there is nothing in what was dropped', async () => {
    const importing = new Importing(importingHost().api);
    await importing.begin(handed());
    expect(importing.phase).toMatchObject({ kind: 'failed', error: { code: 'bad-request' } });
  });
});

describe('pictures that are added to a set', () => {
  const target = { set: pets, options: importOptions, inverted: false };

  async function added(labels: ImportPlan['labels'], label: string, ...paths: readonly string[]): Promise<string> {
    const host = importingHost();
    host.answers['import:plan'] = () => ({ ...plan, labels });
    const importing = new Importing(host.api);
    await importing.begin(handed(...paths), target, label);
    return importing.choice.destination.label;
  }

  it('of one folder are called as the folder is, which can be changed', async () => {
    expect(await added([], '', 'cats/1.png', 'cats/2.png')).toBe('cats');
    expect(await added([], '', 'cats')).toBe('cats');
  });

  it('keep the label that they were given with, and their folders’ names', async () => {
    expect(await added([], 'tabby', 'cats/1.png')).toBe('tabby');
    expect(await added(plan.labels, '', 'more/cats/1.png', 'more/dogs/1.png')).toBe('');
    expect(await added([], '', 'a/1.png', 'b/2.png')).toBe('');
    expect(await added([], '', '1.png')).toBe('');
  });
});

describe('the preview', () => {
  it('waits for a pause, asks once, and shows the newest options only', async () => {
    const host = importingHost();
    const asked: number[] = [];
    const answers = [deferred<'go on'>(), deferred<'go on'>(), deferred<'go on'>()];
    host.answers['import:preview'] = async ({ options }) => {
      asked.push(options.width);
      await answers[asked.length - 1]!.promise;
      return previewOf(options);
    };
    const importing = await choosing(host);
    await vi.advanceTimersByTimeAsync(0);
    expect(asked).toEqual([32]);
    answers[0]!.resolve('go on');
    await vi.advanceTimersByTimeAsync(0);
    expect(importing.choice.previews.images[0]!.name).toBe('at 32');

    importing.choice.type('width', '2');
    importing.choice.type('width', '28');
    await vi.advanceTimersByTimeAsync(100);
    importing.choice.type('width', '64');
    expect(asked).toEqual([32]);
    await vi.advanceTimersByTimeAsync(150);
    expect(asked).toEqual([32, 64]);
    expect(importing.choice.previews.stale).toBe(true);

    importing.choice.type('width', '128');
    await vi.advanceTimersByTimeAsync(150);
    answers[1]!.resolve('go on');
    await vi.advanceTimersByTimeAsync(0);
    expect(importing.choice.previews.images[0]!.name).toBe('at 32');
    expect(asked).toEqual([32, 64, 128]);
    answers[2]!.resolve('go on');
    await vi.advanceTimersByTimeAsync(0);
    expect(importing.choice.previews.images[0]!.name).toBe('at 128');
    expect(importing.choice.previews.stale).toBe(false);
  });

  it('is not asked for again when only the name changes', async () => {
    const host = importingHost();
    const importing = await choosing(host);
    await vi.advanceTimersByTimeAsync(0);
    importing.choice.type('name', 'Cats');
    await vi.advanceTimersByTimeAsync(1_000);
    expect(host.asked.filter((channel) => channel === 'import:preview')).toHaveLength(1);
  });
});
