import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import type * as Electron from 'electron';
import { appLife, preventable, standInApp } from './app.ts';
import { tellFault } from './faults.ts';
import { onHarness, tellHarness } from './link.ts';
import { throwOnceDestroyed } from './live-object.ts';
import { judgesDownloads, permissionsOfPages } from './permissions.ts';
import { strictClone } from './strict-clone.ts';

type OpenHandler = Parameters<Electron.WebContents['setWindowOpenHandler']>[0];
type ContentsMembers = 'send' | 'isDestroyed' | 'setWindowOpenHandler' | 'setZoomFactor' | 'reload';

export class StandInWebContents extends EventEmitter implements Pick<Electron.WebContents, ContentsMembers> {
  /** One object for the page's life, as Electron's is; its address follows the page. */
  readonly mainFrame: Pick<Electron.WebFrameMain, 'url'> & { url: string } = { url: '' };
  readonly #isDestroyed: () => boolean;
  #openHandler: OpenHandler = () => ({ action: 'allow' });

  /** @param isDestroyed whether its window has gone */
  constructor(isDestroyed: () => boolean) {
    super();
    this.#isDestroyed = isDestroyed;
    throwOnceDestroyed(this, isDestroyed, ['isDestroyed']);
    onHarness('navigate', ({ id, url }) => {
      const event = preventable({ url });
      this.emit('will-navigate', event);
      tellHarness({ kind: 'navigation', id, allowed: !event.defaultPrevented });
    });
    onHarness('open-popup', ({ id, url }) => {
      const { action } = this.#openHandler({ url } as Electron.HandlerDetails);
      tellHarness({ kind: 'popup', id, allowed: action === 'allow' });
    });
  }

  send(channel: string, ...args: unknown[]): void {
    try {
      tellHarness({ kind: 'to-page', channel, args: strictClone('main → page', args) });
    } catch (error) {
      tellFault(String(error));
      throw error;
    }
  }

  isDestroyed(): boolean {
    return this.#isDestroyed();
  }

  setZoomFactor(factor: number): void {
    tellHarness({ kind: 'zoomed', factor });
  }

  setWindowOpenHandler(handler: OpenHandler): void {
    this.#openHandler = handler;
  }

  reload(): void {
    tellHarness({ kind: 'reload-page' });
  }
}

type WindowMembers =
  | 'loadURL'
  | 'close'
  | 'destroy'
  | 'show'
  | 'hide'
  | 'focus'
  | 'maximize'
  | 'isMaximized'
  | 'isMinimized'
  | 'isVisible'
  | 'getNormalBounds'
  | 'restore'
  | 'isDestroyed'
  | 'isFocused'
  | 'setProgressBar';

/** The one window there is: a page in the harness's browser. */
export class StandInWindow extends EventEmitter implements Pick<Electron.BrowserWindow, WindowMembers> {
  static #open: StandInWindow[] = [];
  readonly #contents = new StandInWebContents(() => this.#destroyed);
  readonly #closable = { close: () => this.#askToClose(), destroy: () => this.#gone() };
  readonly #preload: string;
  readonly #bounds: Electron.Rectangle;
  #destroyed = false;
  #visible: boolean;
  #focused = false;

  static getAllWindows(): StandInWindow[] {
    return [...StandInWindow.#open];
  }

  constructor(options: Electron.BrowserWindowConstructorOptions) {
    super();
    appLife.expectReady('BrowserWindow');
    const { preload, sandbox, contextIsolation, nodeIntegration } = options.webPreferences ?? {};
    if (!preload || !isAbsolute(preload) || !sandbox || contextIsolation === false || nodeIntegration) {
      throw new Error('The stand-in opens only a sandboxed, isolated window with a preload and without Node.');
    }
    throwOnceDestroyed(this, () => this.#destroyed, ['isDestroyed']);
    this.#preload = readFileSync(preload, 'utf8');
    const { x = 0, y = 0, width = 800, height = 600 } = options;
    this.#bounds = { x, y, width, height };
    this.#visible = options.show !== false;
    StandInWindow.#open = [this];
    appLife.opened(this.#closable);
    standInApp.emit('web-contents-created', {}, this.#contents);
    onHarness('from-page', ({ url, channel, args }) => this.#receive(url, channel, args));
    onHarness('close-window', () => {
      const closes = this.#askToClose();
      tellHarness({ kind: 'window-asked-to-close', prevented: !closes });
    });
    onHarness('page-loaded', () => {
      if (this.#destroyed) return;
      this.#contents.emit('did-finish-load');
      this.emit('ready-to-show');
    });
    onHarness('page-closed', () => this.#gone());
  }

  get webContents(): StandInWebContents {
    if (this.#destroyed) throw new TypeError('Object has been destroyed');
    return this.#contents;
  }

  async loadURL(url: string): Promise<void> {
    if (!judgesDownloads()) tellFault('A page is loaded before anything judges its downloads.');
    this.#contents.mainFrame.url = url;
    tellHarness({ kind: 'open-window', url, preload: this.#preload, permissions: permissionsOfPages() });
    await Promise.resolve();
  }

  close(): void {
    this.#askToClose();
  }

  destroy(): void {
    this.#gone();
  }

  show(): void {
    this.#visible = true;
    this.#focused = true;
    this.emit('show');
    this.emit('focus');
  }

  hide(): void {
    this.#visible = false;
    this.#focused = false;
    tellHarness({ kind: 'window-hidden' });
    this.emit('hide');
  }

  isDestroyed(): boolean {
    return this.#destroyed;
  }

  isVisible(): boolean {
    return this.#visible;
  }

  isFocused(): boolean {
    return this.#focused;
  }

  setProgressBar(): void {
    // There is no taskbar.
  }

  /** A window that is not shown cannot have the keyboard. */
  focus(): void {
    this.#focused = this.#visible;
  }

  maximize(): void {
    // The page's size is the harness's.
  }

  isMaximized(): boolean {
    return false;
  }

  getNormalBounds(): Electron.Rectangle {
    return this.#bounds;
  }

  isMinimized(): boolean {
    return false;
  }

  restore(): void {
    // Never minimized.
  }

  /** @returns whether nobody has prevented it; it then closes */
  #askToClose(): boolean {
    if (this.#destroyed) return true;
    const event = preventable({});
    this.emit('close', event);
    // A page is unloaded before its window goes.
    if (!event.defaultPrevented) setImmediate(() => this.#gone());
    return !event.defaultPrevented;
  }

  #gone(): void {
    if (this.#destroyed) return;
    this.#destroyed = true;
    StandInWindow.#open = [];
    tellHarness({ kind: 'close-page' });
    this.emit('closed');
    // A person may click the dock's icon, or open the app again, while it saves.
    standInApp.emit('activate', preventable({}), false);
    standInApp.emit('second-instance', preventable({}), ['autoencoder-studio'], process.cwd());
    appLife.closed(this.#closable);
  }

  #receive(url: string, channel: string, args: readonly unknown[]): void {
    if (this.#destroyed) return;
    this.#contents.mainFrame.url = url;
    standInIpcMain.emit(channel, { sender: this.#contents, senderFrame: this.#contents.mainFrame }, ...args);
  }
}

export const standInIpcMain = new EventEmitter();
