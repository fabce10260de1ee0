import { EventEmitter } from 'node:events';
import type * as Electron from 'electron';
import { onHarness, tellHarness } from './link.ts';

/** The paths the person will choose, in order; nothing cancels. */
const savePaths: (string | undefined)[] = [];
onHarness('script-save-dialog', ({ path }) => void savePaths.push(path));

/** The buttons the person will press, in order, counted from 0. */
const responses: number[] = [];
onHarness('script-message-box', ({ response }) => void responses.push(response));

export const standInDialog = {
  showMessageBox: (): Promise<Electron.MessageBoxReturnValue> => {
    const response = responses.shift();
    if (response === undefined) throw new Error('A question was asked that the test has not scripted.');
    return Promise.resolve({ response, checkboxChecked: false });
  },
  showSaveDialog: (): Promise<Electron.SaveDialogReturnValue> => {
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
  registerSchemesAsPrivileged: () => undefined,
  handle: (scheme: string, handler: Handler) => void handlers.set(scheme, handler),
} satisfies Partial<Electron.Protocol>;

// Neither does anything here: there are no permissions to ask for, and no menu bar.
const defaultSession = {
  setPermissionRequestHandler: () => undefined,
  setPermissionCheckHandler: () => undefined,
} satisfies Partial<Electron.Session>;

export const standInSession = { defaultSession };

export const standInMenu = {
  buildFromTemplate: (template: Electron.MenuItemConstructorOptions[]) => ({ template }),
  setApplicationMenu: () => undefined,
};

// Nothing here sleeps, and nobody reads notifications.
export const standInPowerSaveBlocker = {
  start: () => 1,
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
