import { EventEmitter } from 'node:events';
import type * as Electron from 'electron';
import { appLife } from './app.ts';
import { onHarness, tellHarness } from './link.ts';
import { StandInWindow } from './window.ts';

/** The paths the person will choose, in order; nothing cancels. */
const savePaths: (string | undefined)[] = [];
onHarness('script-save-dialog', ({ path }) => void savePaths.push(path));

/** What the person will open, in order. */
const openPaths: (readonly string[])[] = [];
onHarness('script-open-dialog', ({ paths }) => void openPaths.push(paths));

/** The buttons the person will press, in order, counted from 0. */
const responses: number[] = [];
onHarness('script-message-box', ({ response }) => void responses.push(response));

/** As Electron: nothing hangs from a window that is gone. */
function expectLiving([window]: readonly unknown[]): void {
  if (window instanceof StandInWindow && window.isDestroyed()) throw new TypeError('Object has been destroyed');
}

export const standInDialog = {
  showErrorBox: (title: string, content: string): void => {
    tellHarness({ kind: 'error-box', text: `${title}\n${content}` });
  },
  showMessageBox: (...args: unknown[]): Promise<Electron.MessageBoxReturnValue> => {
    appLife.expectReady('dialog');
    expectLiving(args);
    const response = responses.shift();
    if (response === undefined) throw new Error('A question was asked that the test has not scripted.');
    return Promise.resolve({ response, checkboxChecked: false });
  },
  showOpenDialog: (...args: unknown[]): Promise<Electron.OpenDialogReturnValue> => {
    expectLiving(args);
    const { properties = [] } = args.at(-1) as Electron.OpenDialogOptions;
    if (process.platform !== 'darwin' && properties.includes('openFile') && properties.includes('openDirectory')) {
      throw new Error('A dialog for files and folders would show folders only, here.');
    }
    const filePaths = openPaths.shift();
    if (filePaths === undefined) throw new Error('An open dialog was shown that the test has not scripted.');
    return Promise.resolve({ canceled: filePaths.length === 0, filePaths: [...filePaths] });
  },
  showSaveDialog: (...args: unknown[]): Promise<Electron.SaveDialogReturnValue> => {
    expectLiving(args);
    if (savePaths.length === 0) throw new Error('A save dialog was opened that the test has not scripted.');
    const path = savePaths.shift();
    return Promise.resolve({ canceled: path === undefined, filePath: path ?? '' });
  },
} satisfies Partial<Electron.Dialog>;

type Handler = Parameters<Electron.Protocol['handle']>[1];
const handlers = new Map<string, Handler>();
onHarness('fetch', ({ id, url, method }) => void answer(id, url, method));

/** The app's own handler answers for its scheme, so that its headers are the page's. */
async function answer(id: number, url: string, method: string): Promise<void> {
  const handler = handlers.get(new URL(url).protocol.slice(0, -1));
  const response = await handler?.(new Request(url, { method }) as Parameters<Handler>[0]);
  const body = new Uint8Array((await response?.arrayBuffer()) ?? new ArrayBuffer(0));
  const headers = Object.fromEntries(response?.headers ?? []);
  tellHarness({ kind: 'fetched', id, status: response?.status ?? 404, headers, body });
}

export const standInProtocol = {
  registerSchemesAsPrivileged: () => {
    if (appLife.isReady) throw new Error('protocol.registerSchemesAsPrivileged should be called before app is ready');
  },
  handle: (scheme: string, handler: Handler) => {
    appLife.expectReady('protocol.handle');
    handlers.set(scheme, handler);
  },
} satisfies Partial<Electron.Protocol>;

/** Turned round, so that a file that holds it holds it not as it was. */
const turned = (text: string): string => [...text].reverse().join('');

export const standInSafeStorage = {
  isAsyncEncryptionAvailable: () => Promise.resolve(appLife.isReady),
  getSelectedStorageBackend: () => 'gnome_libsecret',
  // Chromium begins what a keyring's own key encrypts with "v11".
  encryptStringAsync: (text: string) => Promise.resolve(Buffer.from(`v11${turned(text)}`)),
  decryptStringAsync: (bytes: Buffer) =>
    Promise.resolve({ result: turned(bytes.toString().slice('v11'.length)), shouldReEncrypt: false }),
} satisfies Partial<Electron.SafeStorage>;

type MenuItems = readonly Electron.MenuItemConstructorOptions[];

let shownMenu: MenuItems = [];

/** No menu bar is drawn; the harness looks into the menu and chooses from it. */
export const standInMenu = {
  buildFromTemplate: (template: Electron.MenuItemConstructorOptions[]) => ({ template }),
  setApplicationMenu: ({ template }: { readonly template: MenuItems }) => void (shownMenu = template),
};

onHarness('look-in-menu', ({ id, way, click }) => {
  const found = way.reduce<Electron.MenuItemConstructorOptions | undefined>(
    (item, label) => (item?.submenu as MenuItems | undefined)?.find((below) => below.label === label),
    { submenu: [...shownMenu] },
  );
  if (click) found?.click?.({} as Electron.MenuItem, undefined, {});
  const { label = '', enabled = true, checked = false, accelerator } = found ?? {};
  const items = ((found?.submenu as MenuItems | undefined) ?? []).map((below) => below.label ?? below.role ?? '');
  tellHarness({
    kind: 'menu',
    id,
    item: found && { label, enabled, checked, accelerator: accelerator ?? undefined, items },
  });
});

/** One screen, with room for the window. */
const display = { id: 1, workArea: { x: 0, y: 0, width: 1_920, height: 1_080 } };

export const standInScreen = {
  getPrimaryDisplay: () => {
    appLife.expectReady('screen');
    return display;
  },
  getAllDisplays: () => [display],
};

// The page's colours are its own; there is no frame to colour.
export const standInNativeTheme = { themeSource: 'system' as Electron.NativeTheme['themeSource'] };

export const standInClipboard = {
  writeText: (text: string) => {
    tellHarness({ kind: 'copied', text });
    return Promise.resolve();
  },
} satisfies Partial<Electron.Clipboard>;

export const standInShell = {
  openPath: (path: string) => {
    tellHarness({ kind: 'folder-shown', path });
    return Promise.resolve('');
  },
} satisfies Partial<Electron.Shell>;

// Nothing here sleeps, and nobody reads notifications.
export const standInPowerSaveBlocker = {
  start: () => {
    appLife.expectReady('powerSaveBlocker');
    return 1;
  },
  stop: () => true,
} satisfies Partial<Electron.PowerSaveBlocker>;

export class StandInNotification extends EventEmitter implements Pick<Electron.Notification, 'show'> {
  static isSupported(): boolean {
    return true;
  }

  show(): void {
    // As above.
  }
}

/** A person who lets the app have the camera. */
export const standInSystemPreferences = {
  askForMediaAccess: () => Promise.resolve(true),
} satisfies Partial<Electron.SystemPreferences>;
