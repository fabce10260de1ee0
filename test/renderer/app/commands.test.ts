import { describe, expect, it, vi } from 'vitest';
import { commands } from '../../../electron/contract/commands.ts';
import { defaultPreset, presets } from '../../../electron/domain/presets.ts';
import { doCommand, type PageVerbs } from '../../../renderer/app/commands.ts';
import { Hints } from '../../../renderer/app/hints.svelte.ts';
import { Remembered } from '../../../renderer/window/remembered.ts';
import { commandOfKeys, keyWords } from '../../../renderer/app/shortcuts.ts';
import { Studio } from '../../../renderer/app/studio.svelte.ts';
import { FakeHost } from '../fake-host.ts';
import { record } from '../samples.ts';

// A frame comes at once.
vi.stubGlobal('requestAnimationFrame', (callback: () => void) => queueMicrotask(callback));

const store = () => {
  const kept = new Map<string, string>();
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  };
};

const page = (changes: Partial<PageVerbs> = {}): PageVerbs => ({
  askForFiles: vi.fn(),
  askForImages: vi.fn(),
  focusRunSearch: vi.fn(),
  editText: () => false,
  writeClipboard: vi.fn(() => Promise.resolve()),
  ...changes,
});

async function opened(host = new FakeHost()): Promise<Studio> {
  const studio = new Studio(host, store());
  await studio.load();
  return studio;
}

const keys = (key: string, ...held: readonly ('ctrl' | 'meta' | 'shift' | 'alt')[]) => ({
  key,
  ctrlKey: held.includes('ctrl'),
  metaKey: held.includes('meta'),
  shiftKey: held.includes('shift'),
  altKey: held.includes('alt'),
});

describe('shortcuts', () => {
  it('are told apart by what is held, and by the platform', () => {
    expect(commandOfKeys(keys('s', 'ctrl'), false)).toBe('save-experiment');
    expect(commandOfKeys(keys('s', 'meta'), true)).toBe('save-experiment');
    expect(commandOfKeys(keys('s', 'ctrl'), true)).toBeUndefined();
    expect(commandOfKeys(keys('s', 'ctrl', 'alt'), false)).toBeUndefined();
    expect(commandOfKeys(keys('E', 'ctrl', 'shift'), false)).toBe('export-model');
    expect(commandOfKeys(keys('F1'), false)).toBe('show-help');
    expect(commandOfKeys(keys('s'), false)).toBeUndefined();
    expect(commandOfKeys(keys(' '), false)).toBeUndefined();
  });

  it('are written as the platform writes them', () => {
    expect(keyWords('Mod+Shift+E', false)).toBe('Ctrl+Shift+E');
    expect(keyWords('Mod+Shift+E', true)).toBe('⇧⌘E');
    expect(keyWords('F1', true)).toBe('F1');
  });

  it('are no two commands’', () => {
    const all = commands.flatMap((command) => ('keys' in command ? [command.keys] : []));
    expect(new Set(all).size).toBe(all.length);
  });
});

describe('commands', () => {
  it('lead to the list of runs, from a run’s own page too', async () => {
    const studio = await opened();
    doCommand(studio, page(), 'go-runs');
    studio.store.showRun();
    doCommand(studio, page(), 'go-runs');
    expect([studio.place, studio.store.page.kind]).toEqual(['runs', 'list']);
  });

  it('take back and make again what was changed in the panel, a field’s letters together', async () => {
    const studio = await opened();
    studio.preparing.choosePreset(presets[0]!);
    studio.preparing.type('training.epochs', '3');
    studio.preparing.type('training.epochs', '33');
    studio.preparing.type('training.seed', '7');
    studio.preparing.choosePreset(presets[1]!);
    const shown = () => [
      studio.draft?.base.preset,
      studio.draft?.typed['training.epochs'],
      studio.draft?.typed['training.seed'],
    ];
    const undo = () => doCommand(studio, page(), 'undo');
    undo();
    expect(shown()).toEqual(['article', '33', '7']);
    undo();
    expect(shown()).toEqual(['article', '33', undefined]);
    undo();
    expect(shown()).toEqual(['article', undefined, undefined]);
    undo();
    expect(shown()).toEqual([defaultPreset.id, undefined, undefined]);
    undo();
    expect(shown()).toEqual([defaultPreset.id, undefined, undefined]);
    for (let time = 0; time < 5; time += 1) doCommand(studio, page(), 'redo');
    expect(shown()).toEqual([presets[1]!.id, undefined, undefined]);
    undo();
    studio.preparing.type('training.seed', '8');
    doCommand(studio, page(), 'redo');
    expect(shown()).toEqual(['article', '33', '8']);
  });

  it('leave the panel alone while a text field has the focus', async () => {
    const studio = await opened();
    studio.preparing.type('training.epochs', '3');
    const editText = vi.fn(() => true);
    doCommand(studio, page({ editText }), 'undo');
    expect(editText).toHaveBeenCalledWith('undo');
    expect(studio.draft?.typed['training.epochs']).toBe('3');
  });

  it('lead to the places, and to the search of the runs', async () => {
    const studio = await opened();
    doCommand(studio, page(), 'go-latent');
    expect(studio.place).toBe('latent');
    const verbs = page();
    doCommand(studio, verbs, 'find-runs');
    expect(studio.place).toBe('runs');
    expect(verbs.focusRunSearch).toHaveBeenCalledOnce();
  });

  it('pause the run that trains, resume it when it is paused, and do nothing without one', async () => {
    const host = new FakeHost();
    host.answers['run:pause'] = () => ({});
    const studio = await opened(host);
    doCommand(studio, page(), 'pause');
    expect(host.asked).not.toContain('run:pause');
    host.tell('run:started', record('a'));
    await vi.waitFor(() => expect(studio.active).toBeDefined());
    doCommand(studio, page(), 'pause');
    expect(host.asked).toContain('run:pause');
    host.tell('run:paused', { runId: 'a', epoch: 1, step: 1 });
    await vi.waitFor(() => expect(studio.active?.record.summary.status).toBe('paused'));
    doCommand(studio, page(), 'pause');
    expect(host.asked).toContain('run:resume');
  });

  it('copy the diagnostics where the host has not', async () => {
    const host = new FakeHost();
    const studio = await opened(host);
    host.answers['app:diagnose'] = () => ({ text: 'Autoencoder Studio 0', copied: false });
    const verbs = page();
    doCommand(studio, verbs, 'copy-diagnostics');
    await vi.waitFor(() => expect(studio.shell.said?.failed).toBe(false));
    expect(verbs.writeClipboard).toHaveBeenCalledWith('Autoencoder Studio 0');
    doCommand(studio, page({ writeClipboard: () => Promise.reject(new Error('no')) }), 'copy-diagnostics');
    await vi.waitFor(() => expect(studio.shell.said?.text).toMatch(/^Not copied/));
  });
});

describe('hints', () => {
  it('come one after the other, go away when they are followed, and do not come back', () => {
    const remembered = new Remembered(store());
    const context = { runs: [] as ReturnType<typeof record>['summary'][], remembered };
    const first = new Hints(context);
    expect(first.shown).toBe('train');
    first.went('latent');
    expect(first.shown).toBe('train');
    const trained = { runs: [{ ...record('a').summary, epochsDone: 1 }], remembered };
    const second = new Hints(trained);
    expect(second.shown).toBe('latent');
    second.went('latent');
    expect(second.shown).toBe('reconstruct');
    expect(new Hints(trained).shown).toBe('reconstruct');
    second.dismissAll();
    expect(new Hints(trained).shown).toBeUndefined();
    expect(new Hints(context).shown).toBeUndefined();
  });
});
