import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import type * as Electron from 'electron';
import { preventable, standInApp } from './app.ts';
import { onHarness, tellHarness } from './link.ts';

type OpenHandler = Parameters<Electron.WebContents['setWindowOpenHandler']>[0];
type ContentsMembers = 'send' | 'isDestroyed' | 'setWindowOpenHandler' | 'setZoomFactor';

export class StandInWebContents extends EventEmitter implements Pick<Electron.WebContents, ContentsMembers> {
  /** One object for the page's life, as Electron's is; its address follows the page. */
  readonly mainFrame: Pick<Electron.WebFrameMain, 'url'> & { url: string } = { url: '' };
  #destroyed = false;
  #openHandler: OpenHandler = () => ({ action: 'allow' });

  constructor() {
    super();
    onHarness('page-closed', () => (this.#destroyed = true));
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
    tellHarness({ kind: 'to-page', channel, args });
  }

  isDestroyed(): boolean {
    return this.#destroyed;
  }

  setZoomFactor(factor: number): void {
    tellHarness({ kind: 'zoomed', factor });
  }

  setWindowOpenHandler(handler: OpenHandler): void {
    this.#openHandler = handler;
  }
}

type WindowMembers =
  | 'loadURL'
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
  readonly webContents = new StandInWebContents();
  readonly #preload: string;
  readonly #bounds: Electron.Rectangle;

  static getAllWindows(): StandInWindow[] {
    return StandInWindow.#open;
  }

  constructor(options: Electron.BrowserWindowConstructorOptions) {
    super();
    const { preload, sandbox, contextIsolation, nodeIntegration } = options.webPreferences ?? {};
    if (!preload || !sandbox || contextIsolation === false || nodeIntegration) {
      throw new Error('The stand-in opens only a sandboxed, isolated window with a preload and without Node.');
    }
    this.#preload = readFileSync(preload, 'utf8');
    const { x = 0, y = 0, width = 800, height = 600 } = options;
    this.#bounds = { x, y, width, height };
    StandInWindow.#open = [this];
    standInApp.emit('web-contents-created', {}, this.webContents);
    onHarness('from-page', ({ url, channel, args }) => this.#receive(url, channel, args));
    onHarness('close-window', () => {
      const event = preventable({});
      this.emit('close', event);
      tellHarness({ kind: 'window-asked-to-close', prevented: event.defaultPrevented });
    });
    onHarness('page-loaded', () => {
      this.webContents.emit('did-finish-load');
      this.emit('ready-to-show');
    });
    onHarness('page-closed', () => {
      StandInWindow.#open = [];
      this.emit('closed');
    });
  }

  async loadURL(url: string): Promise<void> {
    this.webContents.mainFrame.url = url;
    tellHarness({ kind: 'open-window', url, preload: this.#preload });
    await Promise.resolve();
  }

  show(): void {
    this.emit('show');
  }

  hide(): void {
    tellHarness({ kind: 'window-hidden' });
  }

  isDestroyed(): boolean {
    return this.webContents.isDestroyed();
  }

  isFocused(): boolean {
    return true;
  }

  setProgressBar(): void {
    // There is no taskbar.
  }

  focus(): void {
    // As above.
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

  isVisible(): boolean {
    return true;
  }

  isMinimized(): boolean {
    return false;
  }

  restore(): void {
    // Never minimized.
  }

  #receive(url: string, channel: string, args: readonly unknown[]): void {
    const { webContents } = this;
    webContents.mainFrame.url = url;
    standInIpcMain.emit(channel, { sender: webContents, senderFrame: webContents.mainFrame }, ...args);
  }
}

export const standInIpcMain = new EventEmitter();
