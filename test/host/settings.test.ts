import { describe, expect, it } from 'vitest';
import { unwrap } from '../../electron/domain/errors.ts';
import type { ImportOptions } from '../../electron/contract/import-options.ts';
import type { Settings } from '../../electron/contract/settings.ts';
import { settled } from './fake-engine.ts';
import { dataFolders, experiment, openStudio, started } from './studio-samples.ts';

const data = dataFolders();

const options: ImportOptions = {
  name: 'Cats',
  height: 8,
  width: 8,
  channels: 1,
  fit: 'contain',
  background: '#ffffff',
  invert: 'auto',
  centre: false,
  labels: 'folders',
  test: { kind: 'folders' },
  duplicates: 'skip',
};

describe('the threads', () => {
  it('are read, and changed by starting the engine anew', async () => {
    const { window, launched } = await openStudio(data.path);
    expect(unwrap(await window.call('settings:read', {}))).toEqual({ settings: {}, cores: 4 });
    const changed = { settings: { threads: 2 }, cores: 4 };
    expect(unwrap(await window.call('settings:change', { changes: { threads: 2 } }))).toEqual(changed);
    expect(launched[0]!.kills).toEqual([false]);
    expect(launched).toHaveLength(2);
    expect(unwrap(await window.call('settings:change', { changes: { threads: 2 } }))).toEqual(changed);
    expect(launched).toHaveLength(2);
    expect(unwrap(await window.call('settings:read', {}))).toEqual(changed);
  });

  it('stay as they are while a run trains, and change when it has ended', async () => {
    const { window, launched } = await openStudio(data.path);
    launched[0]!.send('run:started', started('run-a'));
    await settled();
    const write = () => window.call('settings:change', { changes: { threads: 2 } });
    const message = 'The threads cannot be changed while a run trains. Stop it, or wait until it ends.';
    expect(await write()).toEqual({ ok: false, error: { code: 'busy', message } });
    expect(launched).toHaveLength(1);
    launched[0]!.send('run:ended', { runId: 'run-a', status: 'finished' });
    await settled();
    expect(await write()).toMatchObject({ ok: true });
    expect(launched).toHaveLength(2);
  });

  it('alone wait for a run’s end: the theme changes meanwhile, and every window hears it', async () => {
    const { window, launched } = await openStudio(data.path);
    launched[0]!.send('run:started', started('run-a'));
    await settled();
    const heard: unknown[] = [];
    window.listen('settings:changed', (answer) => heard.push(answer));
    expect(await window.call('settings:change', { changes: { theme: 'dark', zoom: 150 } })).toMatchObject({ ok: true });
    await settled();
    expect(heard).toEqual([{ settings: { theme: 'dark', zoom: 150 }, cores: 4 }]);
    expect(launched).toHaveLength(1);
  });

  it('stay as they are while a run is about to start; a run asked for during a change starts after it', async () => {
    let begin: (answer: { runId: string }) => void = () => undefined;
    const { window, launched } = await openStudio(data.path, {
      'run:start': () => new Promise((resolve) => (begin = resolve)),
    });
    const first = window.call('run:start', { experiment });
    await settled();
    expect(await window.call('settings:change', { changes: { threads: 2 } })).toMatchObject({
      ok: false,
      error: { code: 'busy' },
    });
    begin({ runId: 'run-a' });
    await first;
    const change = window.call('settings:change', { changes: { threads: 2 } });
    const second = window.call('run:start', { experiment });
    expect(await change).toMatchObject({ ok: true });
    expect(launched).toHaveLength(2);
    await settled();
    begin({ runId: 'run-b' });
    expect(await second).toEqual({ ok: true, value: { runId: 'run-b' } });
  });

  it('stay as they are while an import is about to start, asked for just before', async () => {
    const { window, launched } = await openStudio(data.path, {
      'engine:stage': () => Promise.resolve({}),
      'import:start': () => Promise.resolve({ importId: 'import-a' }),
    });
    const { staged } = unwrap(await window.call('files:open', { bytes: 0 }));
    const asked = window.call('import:start', { staged, options, autoInverts: false });
    const change = window.call('settings:change', { changes: { threads: 2 } });
    expect(await change).toMatchObject({ ok: false, error: { code: 'busy' } });
    expect(await asked).toEqual({ ok: true, value: { importId: 'import-a' } });
    expect(launched).toHaveLength(1);
  });

  it('do not leave an import busy that was asked for during the change', async () => {
    const { window, launched } = await openStudio(data.path, {
      'engine:stage': () => Promise.resolve({}),
      'import:start': () => Promise.resolve({ importId: 'import-a' }),
    });
    const { staged } = unwrap(await window.call('files:open', { bytes: 0 }));
    const change = window.call('settings:change', { changes: { threads: 2 } });
    const asked = window.call('import:start', { staged, options, autoInverts: false });
    expect(await change).toMatchObject({ ok: true });
    expect(await asked).toEqual({ ok: true, value: { importId: 'import-a' } });
    expect(launched).toHaveLength(2);
    launched[1]!.send('import:ended', { importId: 'import-a', kind: 'cancelled' });
    await settled();
    expect(await window.call('settings:change', { changes: { threads: 1 } })).toMatchObject({ ok: true });
  });

  it.each([
    [{ threads: 0 }, 'settings:change: changes.threads must be at least 1, found 0.'],
    [{ threads: 5 }, "settings:change: threads must be at most 4, this machine's cores, found 5."],
    [{ colour: 'red' }, 'settings:change: changes.colour must not be given: there is no such field.'],
    [{ theme: 'blue' }, 'settings:change: changes.theme must be ("system" | "light" | "dark"), found "blue".'],
  ])('%j are refused', async (given, message) => {
    const { window, launched } = await openStudio(data.path);
    const answer = await window.call('settings:change', { changes: given as Settings });
    expect(answer).toEqual({ ok: false, error: { code: 'bad-request', message } });
    expect(launched).toHaveLength(1);
  });
});
