import type { MenuItemConstructorOptions } from 'electron';
import { expect, it, vi } from 'vitest';
import { unwrap } from '../../electron/domain/errors.ts';
import { MenuBar } from '../../electron/main/menu-bar.ts';
import type { RecentFiles } from '../../electron/main/recent-files.ts';
import { dataFolders, openStudio } from '../host/studio-samples.ts';

let shown: MenuItemConstructorOptions[] = [];

vi.mock('electron', () => ({
  Menu: {
    buildFromTemplate: (template: unknown) => template,
    setApplicationMenu: (template: never) => (shown = template),
  },
}));

const data = dataFolders();

function press(...way: readonly string[]): void {
  const submenu = (items: MenuItemConstructorOptions[], label: string) => items.find((item) => item.label === label);
  const path = way.reduce<MenuItemConstructorOptions | undefined>(
    (item, label) => submenu((item?.submenu ?? shown) as MenuItemConstructorOptions[], label),
    undefined,
  );
  path!.click!({} as never, undefined, {} as never);
}

it('settings changed in the menu and in a window at the same time are all kept', async () => {
  const { studio, window } = await openStudio(data.path);
  const settings = async () => unwrap(await window.call('settings:read', {})).settings;
  let latest = await settings();
  studio.listen((name, payload) => {
    if (name === 'settings:changed') latest = (payload as { settings: typeof latest }).settings;
  });
  const recent = { paths: [], onChange: () => undefined } as unknown as RecentFiles;
  new MenuBar({ studio, window: {} as never, recent, settings: () => latest, report: () => undefined });
  press('View', 'Zoom in');
  press('View', 'Zoom in');
  press('View', 'Theme', 'Dark');
  unwrap(await window.call('settings:change', { changes: { errorUnit: 'squared-error' } }));
  await expect.poll(settings).toEqual({ zoom: 125, theme: 'dark', errorUnit: 'squared-error' });
  press('View', 'Theme', 'As the system');
  await expect.poll(settings).toEqual({ zoom: 125, errorUnit: 'squared-error' });
});
