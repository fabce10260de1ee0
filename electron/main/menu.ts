import { basename } from 'node:path';
import type { MenuItemConstructorOptions } from 'electron';
import type { EventName, Events } from '../contract/contract.ts';
import { commandOf, type CommandId } from '../contract/commands.ts';
import { themes, type Theme } from '../contract/settings.ts';

/** What the menus show. */
export interface MenuState {
  readonly platform: NodeJS.Platform;
  /** Paths, the newest first. */
  readonly recent: readonly string[];
  readonly training: 'none' | 'running' | 'paused';
  readonly theme: Theme;
}

/** What the run that trains here does after an event; nothing for one that says nothing of it, such as of a cluster's run. */
export function trainingAfter<E extends EventName>(name: E, payload: Events[E]): MenuState['training'] | undefined {
  const event = { name, payload } as { [N in EventName]: { name: N; payload: Events[N] } }[EventName];
  switch (event.name) {
    case 'run:started':
      return event.payload.summary.cluster ? undefined : 'running';
    case 'run:resumed':
      return event.payload.cluster === undefined ? 'running' : undefined;
    case 'run:paused':
      return event.payload.cluster === undefined ? 'paused' : undefined;
    case 'run:ended':
      return event.payload.cluster === undefined ? 'none' : undefined;
    default:
      return undefined;
  }
}

/** What the menus do. */
export interface MenuVerbs {
  /** Has the window do it. */
  choose(command: CommandId): void;
  askForFiles(): void;
  askForImages(kind: 'files' | 'folders' | 'either'): void;
  openRecent(path: string): void;
  clearRecent(): void;
  setTheme(theme: Theme): void;
  zoom(step: 'in' | 'out' | 'reset'): void;
}

type Items = MenuItemConstructorOptions[];

const themeNames: Readonly<Record<Theme, string>> = { system: 'As the system', light: 'Light', dark: 'Dark' };
const separator = { type: 'separator' } as const;

/** The menus that each platform expects, with the window's commands in them. */
export function menuTemplate(state: MenuState, verbs: MenuVerbs): Items {
  const isMac = state.platform === 'darwin';
  const command = (id: CommandId, changes: MenuItemConstructorOptions = {}): MenuItemConstructorOptions => {
    const { name, keys } = commandOf(id);
    const accelerator = keys === undefined ? {} : { accelerator: keys.replace('Mod', 'CmdOrCtrl') };
    return { id, label: name, ...accelerator, click: () => verbs.choose(id), ...changes };
  };
  return [
    ...(isMac ? [appMenu(command('show-settings'))] : []),
    { label: 'File', submenu: fileItems(state, verbs, command) },
    { label: 'Edit', submenu: editItems(command) },
    { label: 'View', submenu: viewItems(state, verbs, command) },
    { label: 'Training', submenu: trainingItems(state, command) },
    { role: 'windowMenu' },
    {
      role: 'help',
      label: 'Help',
      submenu: [
        command('show-help'),
        command('show-shortcuts'),
        separator,
        command('show-logs'),
        command('copy-diagnostics'),
        ...(isMac ? [] : [separator, { role: 'about' } as const]),
      ],
    },
  ];
}

type MakeItem = (id: CommandId, changes?: MenuItemConstructorOptions) => MenuItemConstructorOptions;

function appMenu(settings: MenuItemConstructorOptions): MenuItemConstructorOptions {
  const roles = (...names: readonly ('about' | 'services' | 'hide' | 'hideOthers' | 'unhide' | 'quit')[]): Items =>
    names.map((role) => ({ role }));
  return {
    role: 'appMenu',
    submenu: [
      ...roles('about'),
      separator,
      settings,
      separator,
      ...roles('services'),
      separator,
      ...roles('hide', 'hideOthers', 'unhide'),
      separator,
      ...roles('quit'),
    ],
  };
}

function fileItems({ platform, recent }: MenuState, verbs: MenuVerbs, command: MakeItem): Items {
  const files: Items = recent.map((path) => ({
    label: basename(path),
    toolTip: path,
    click: () => verbs.openRecent(path),
  }));
  const forgetting = { label: 'Clear this list', enabled: files.length > 0, click: () => verbs.clearRecent() };
  return [
    command('new-experiment'),
    command('open-file', { click: () => verbs.askForFiles() }),
    { label: 'Open recent', submenu: [...files, ...(files.length > 0 ? [separator] : []), forgetting] },
    command('save-experiment'),
    separator,
    ...importItems(platform, verbs, command),
    command('export-model'),
    separator,
    ...(platform === 'darwin'
      ? [{ role: 'close' } as const]
      : [command('show-settings'), separator, { role: 'quit' } as const]),
  ];
}

/** Only a Mac's dialog offers files and folders at once. */
function importItems(platform: MenuState['platform'], verbs: MenuVerbs, command: MakeItem): Items {
  if (platform === 'darwin') return [command('import-images', { click: () => verbs.askForImages('either') })];
  return [
    command('import-images', { click: () => verbs.askForImages('files') }),
    { label: 'Import a folder of images…', click: () => verbs.askForImages('folders') },
  ];
}

/** Undo and redo are the window's: in a text field its text, elsewhere the experiment in the panel. */
function editItems(command: MakeItem): Items {
  return [
    command('undo'),
    command('redo'),
    separator,
    { role: 'cut' },
    { role: 'copy' },
    { role: 'paste' },
    { role: 'delete' },
    { role: 'selectAll' },
    separator,
    command('find-runs'),
  ];
}

const places: readonly CommandId[] = [
  'go-data',
  'go-model',
  'go-train',
  'go-reconstruct',
  'go-odd',
  'go-latent',
  'go-runs',
];

function viewItems({ theme }: MenuState, verbs: MenuVerbs, command: MakeItem): Items {
  return [
    ...places.map((id) => command(id)),
    separator,
    {
      label: 'Theme',
      submenu: themes.map((id) => ({
        label: themeNames[id],
        type: 'radio',
        checked: id === theme,
        click: () => verbs.setTheme(id),
      })),
    },
    { label: 'Actual size', accelerator: 'CmdOrCtrl+0', click: () => verbs.zoom('reset') },
    { label: 'Zoom in', accelerator: 'CmdOrCtrl+Plus', click: () => verbs.zoom('in') },
    // The same key without Shift, where + is above =.
    { label: 'Zoom in', accelerator: 'CmdOrCtrl+=', visible: false, click: () => verbs.zoom('in') },
    { label: 'Zoom out', accelerator: 'CmdOrCtrl+-', click: () => verbs.zoom('out') },
    separator,
    { role: 'togglefullscreen' },
    { role: 'toggleDevTools' },
  ];
}

function trainingItems({ training }: MenuState, command: MakeItem): Items {
  const lives = training !== 'none';
  return [
    command('train', { label: lives ? 'Add to queue' : 'Train' }),
    command('pause', { label: training === 'paused' ? 'Resume' : 'Pause', enabled: lives }),
    separator,
    command('stop', { enabled: lives }),
    command('stop-after-epoch', { enabled: training === 'running' }),
  ];
}
