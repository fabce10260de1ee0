import type { MenuItemConstructorOptions } from 'electron';
import { describe, expect, it } from 'vitest';
import { commands } from '../../electron/contract/commands.ts';
import { menuTemplate, trainingAfter, type MenuState, type MenuVerbs } from '../../electron/main/menu.ts';
import { record } from '../renderer/samples.ts';

type Items = readonly MenuItemConstructorOptions[];

function menu(changes: Partial<MenuState> = {}) {
  const done: unknown[] = [];
  const verbs: MenuVerbs = {
    choose: (command) => done.push(command),
    askForFiles: () => done.push('ask for files'),
    askForImages: (kind) => done.push(`ask for images: ${kind}`),
    openRecent: (path) => done.push(path),
    clearRecent: () => done.push('clear'),
    setTheme: (theme) => done.push(theme),
    zoom: (step) => done.push(step),
  };
  const state = { platform: 'linux', recent: [], training: 'none', theme: 'system', ...changes } as const;
  const template = menuTemplate(state, verbs);
  const item = (...way: readonly string[]): MenuItemConstructorOptions => {
    let items: Items = template;
    let found: MenuItemConstructorOptions | undefined;
    for (const label of way) {
      found = items.find((one) => one.label === label || one.role === label);
      items = (found?.submenu ?? []) as Items;
    }
    if (!found) throw new Error(`No ${way.join(' → ')}.`);
    return found;
  };
  const press = (...way: readonly string[]) => item(...way).click?.({} as never, undefined, {} as never);
  return { template, item, press, done };
}

const all = (items: Items): Items => items.flatMap((item) => [item, ...all((item.submenu ?? []) as Items)]);

describe.each(['linux', 'win32', 'darwin'] as const)('the menu on %s', (platform) => {
  it('has every command once, with its keys, and no key twice', () => {
    const items = all(menu({ platform }).template);
    for (const { id, ...command } of commands) {
      const [item, ...others] = items.filter((one) => one.id === id);
      expect(others, id).toEqual([]);
      expect(item?.accelerator, id).toBe('keys' in command ? command.keys.replace('Mod', 'CmdOrCtrl') : undefined);
    }
    const keys = items.flatMap(({ accelerator }) => accelerator ?? []);
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys).not.toContain('Space');
  });
});

describe('the menu', () => {
  it('puts the settings where a platform has them', () => {
    expect(menu().item('File', 'Settings…').id).toBe('show-settings');
    const mac = menu({ platform: 'darwin' });
    expect(mac.item('appMenu', 'Settings…').id).toBe('show-settings');
    expect(() => mac.item('File', 'Settings…')).toThrow();
  });

  it('lists recent files by their names, and opens them by their paths', () => {
    const { item, press, done } = menu({ recent: ['/a/one.json', '/b/two.aestudio'] });
    const labels = (item('File', 'Open recent').submenu as Items).map(({ label }) => label);
    expect(labels).toEqual(['one.json', 'two.aestudio', undefined, 'Clear this list']);
    press('File', 'Open recent', 'two.aestudio');
    press('File', 'Open recent', 'Clear this list');
    expect(done).toEqual(['/b/two.aestudio', 'clear']);
    expect(menu().item('File', 'Open recent', 'Clear this list').enabled).toBe(false);
  });

  it.each([
    ['none', 'Train', 'Pause', [false, false, false]],
    ['running', 'Add to queue', 'Pause', [true, true, true]],
    ['paused', 'Add to queue', 'Resume', [true, true, false]],
  ] as const)('offers what can be done with a run: %s', (training, train, pause, enabled) => {
    const { item } = menu({ training });
    expect(item('Training', train).id).toBe('train');
    const items = [item('Training', pause), item('Training', 'Stop now'), item('Training', 'Stop after this epoch')];
    expect(items.map((one) => one.enabled)).toEqual(enabled);
  });

  it('marks the theme, and asks by itself for files', () => {
    const { item, press, done } = menu({ theme: 'dark' });
    expect((item('View', 'Theme').submenu as Items).map(({ checked }) => checked)).toEqual([false, false, true]);
    press('View', 'Theme', 'Light');
    press('File', 'Open experiment or run…');
    press('View', 'Zoom in');
    press('View', 'Latent');
    expect(done).toEqual(['light', 'ask for files', 'in', 'go-latent']);
  });

  it.each(['linux', 'win32', 'darwin'] as const)('asks on %s for files and folders as its dialogs can', (platform) => {
    const { press, done } = menu({ platform });
    press('File', 'Import images…');
    if (platform === 'darwin') return expect(done).toEqual(['ask for images: either']);
    press('File', 'Import a folder of images…');
    expect(done).toEqual(['ask for images: files', 'ask for images: folders']);
  });
});

describe('a run that a cluster trains', () => {
  const cluster = 'http://there';
  const place = { runId: 'b', epoch: 1, step: 1 };

  it('neither begins, pauses nor ends what the menu can pause and stop', () => {
    const { summary, ...rest } = record('b');
    const there = { ...rest, summary: { ...summary, cluster: { address: cluster, workers: 1, open: true } } };
    expect(trainingAfter('run:started', there)).toBeUndefined();
    expect(trainingAfter('run:paused', { ...place, cluster })).toBeUndefined();
    expect(trainingAfter('run:resumed', { ...place, problems: [], cluster })).toBeUndefined();
    expect(trainingAfter('run:ended', { runId: 'b', status: 'finished', cluster })).toBeUndefined();
  });

  it('is told from one that trains here', () => {
    expect(trainingAfter('run:started', record('a'))).toBe('running');
    expect(trainingAfter('run:paused', place)).toBe('paused');
    expect(trainingAfter('run:resumed', { ...place, problems: [] })).toBe('running');
    expect(trainingAfter('run:ended', { runId: 'b', status: 'finished' })).toBe('none');
    expect(trainingAfter('queue:changed', { waiting: [] } as never)).toBeUndefined();
  });
});
