import { EventEmitter } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserWindow, BrowserWindowConstructorOptions, WebPreferences } from 'electron';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { windowPort } from '../../electron/main/ipc.ts';
import { isOwnPage, PAGE_ADDRESS, servePage } from '../../electron/main/protocol.ts';
import {
  allowCamera,
  guardDownloads,
  guardPermissions,
  lockDownPages,
  openWindow,
} from '../../electron/main/window.ts';

type Decide = (granted: boolean) => void;
type Answer = (request: Request) => Promise<Response>;

/** What the app has set in Electron, which is not there. */
const electron = vi.hoisted(() => ({
  opened: [] as { options: unknown; address: string }[],
  downloads: undefined as unknown,
  requestHandler: undefined as unknown,
  checkHandler: undefined as unknown,
  handlers: new Map<string, unknown>(),
  app: undefined as unknown,
  ipcMain: undefined as unknown,
}));

vi.mock('electron', async () => {
  const { EventEmitter: Emitter } = await import('node:events');
  class Window extends Emitter {
    readonly webContents = new Emitter();
    readonly #options: unknown;
    constructor(options: unknown) {
      super();
      this.#options = options;
    }
    loadURL(address: string): Promise<void> {
      electron.opened.push({ options: this.#options, address });
      return Promise.resolve();
    }
  }
  const app = new Emitter();
  const ipcMain = new Emitter();
  Object.assign(electron, { app, ipcMain });
  return {
    app,
    ipcMain,
    BrowserWindow: Window,
    protocol: { handle: (scheme: string, handler: unknown) => electron.handlers.set(scheme, handler) },
    session: {
      defaultSession: {
        on: (_: string, listener: unknown) => (electron.downloads = listener),
        setPermissionRequestHandler: (handler: unknown) => (electron.requestHandler = handler),
        setPermissionCheckHandler: (handler: unknown) => (electron.checkHandler = handler),
      },
    },
  };
});

describe('the window', () => {
  it('is sandboxed, isolated, without Node and webviews, and opens the app’s own page', () => {
    openWindow('/app/preload.cjs', { width: 1_280, height: 800, maximized: false });
    const [{ options, address }] = electron.opened as [{ options: BrowserWindowConstructorOptions; address: string }];
    expect(address).toBe(PAGE_ADDRESS);
    const preferences = options.webPreferences as WebPreferences;
    expect(preferences).toMatchObject({
      preload: '/app/preload.cjs',
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webviewTag: false,
    });
    const harmful = [
      'webSecurity',
      'allowRunningInsecureContent',
      'nodeIntegrationInWorker',
      'nodeIntegrationInSubFrames',
      'experimentalFeatures',
      'enableBlinkFeatures',
      'navigateOnDragDrop',
    ];
    expect(Object.keys(preferences).filter((name) => harmful.includes(name))).toEqual([]);
  });
});

describe('any page', () => {
  let contents: EventEmitter & { openHandler?: (details: object) => { action: string } };

  beforeEach(() => {
    const made = Object.assign(new EventEmitter(), {
      setWindowOpenHandler: (handler: (details: object) => { action: string }) => {
        Object.assign(made, { openHandler: handler });
      },
    });
    contents = made;
    (electron.app as EventEmitter).removeAllListeners();
    lockDownPages();
    (electron.app as EventEmitter).emit('web-contents-created', {}, contents);
  });

  it.each(['https://example.com/', PAGE_ADDRESS, 'about:blank'])('opens no window, not even for %s', (url) => {
    expect(contents.openHandler!({ url })).toEqual({ action: 'deny' });
  });

  it('attaches no webview', () => {
    const preventDefault = vi.fn();
    contents.emit('will-attach-webview', { preventDefault });
    expect(preventDefault).toHaveBeenCalledOnce();
  });

  it.each(['will-navigate', 'will-redirect'])('is kept on its own address: %s', (name) => {
    const prevented = (url: string) => {
      const preventDefault = vi.fn();
      contents.emit(name, { url, preventDefault });
      return preventDefault.mock.calls.length > 0;
    };
    expect(prevented(PAGE_ADDRESS)).toBe(false);
    for (const url of foreignAddresses) expect(prevented(url), url).toBe(true);
  });
});

const foreignAddresses = [
  'https://example.com/',
  'http://studio/',
  'file:///etc/passwd',
  'app://studio.example.com/',
  'app://studio@example.com/',
  'app://example.com/studio/',
  'app:studio',
  'apps://studio/',
  'javascript:alert(1)',
  'data:text/html,x',
  'blob:app://studio/1',
  'about:blank',
  'devtools://devtools/bundled/inspector.html',
  '',
  'studio',
];

describe('an address', () => {
  it.each(foreignAddresses)('%j is not the page’s own', (address) => {
    expect(isOwnPage(address)).toBe(false);
  });
});

const asks = (permission: string, decide: Decide, mediaTypes: readonly string[] = ['video']): void =>
  (electron.requestHandler as (contents: object, permission: string, decide: Decide, details: object) => void)(
    {},
    permission,
    decide,
    { mediaTypes },
  );
const has = (permission: string, mediaType = 'video'): boolean =>
  (electron.checkHandler as (contents: object, permission: string, origin: string, details: object) => boolean)(
    {},
    permission,
    PAGE_ADDRESS,
    { mediaType },
  );

describe('permissions', () => {
  it.each(['media', 'geolocation', 'notifications', 'midi', 'hid', 'serial', 'usb', 'clipboard-read', 'fileSystem'])(
    'are neither granted nor there: %s',
    (permission) => {
      guardPermissions();
      const decide = vi.fn<Decide>();
      asks(permission, decide);
      expect(decide.mock.calls).toEqual([[false]]);
      expect(has(permission)).toBe(false);
    },
  );
});

describe('the camera', () => {
  it('is granted while the page has said that it asks, without the microphone, and not afterwards', async () => {
    guardPermissions();
    const decide = vi.fn<Decide>();
    await allowCamera(true);
    asks('media', decide);
    asks('media', decide, ['video', 'audio']);
    asks('media', decide, ['audio']);
    asks('geolocation', decide);
    expect([has('media'), has('media', 'audio')]).toEqual([true, false]);
    await allowCamera(false);
    asks('media', decide);
    expect(decide.mock.calls.flat()).toEqual([true, false, false, false, false]);
    expect(has('media')).toBe(false);
  });
});

describe('the app’s scheme', () => {
  const root = mkdtempSync(join(tmpdir(), 'scheme-'));
  const page = join(root, 'page');
  let answer: Answer;

  beforeAll(() => {
    mkdirSync(page);
    writeFileSync(join(page, 'index.html'), 'the page');
    writeFileSync(join(root, 'secret.json'), '{}');
    servePage(page);
    answer = electron.handlers.get('app') as Answer;
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  it('gives its page with the Content-Security-Policy', async () => {
    const response = await answer(new Request(PAGE_ADDRESS));
    expect(await response.text()).toBe('the page');
    expect(response.headers.get('Content-Security-Policy')).toContain("default-src 'none'");
    expect(response.headers.get('X-Content-Type-Options')).toBe('nosniff');
  });

  it.each([
    'app://studio/../secret.json',
    'app://studio/%2e%2e/secret.json',
    'app://studio/..%2fsecret.json',
    'app://studio/..%5csecret.json',
    'app://studio/%2e%2e%2fsecret.json',
    'app://studio//..%2f..%2fsecret.json',
    'app://other/index.html',
    'app://studio:1/index.html',
  ])('gives nothing for %s', async (address) => {
    const response = await answer(new Request(address));
    expect(response.status).toBe(404);
    expect(await response.text()).toBe('Not found');
  });

  it('answers GET alone', async () => {
    expect((await answer(new Request(PAGE_ADDRESS, { method: 'POST', body: 'x' }))).status).toBe(404);
  });
});

it.each([
  ['blob:app://studio/0d6f-1', true],
  ['blob:app://other/0d6f-1', false],
  ['blob:app://studio.example.com/1', false],
  ['blob:null/1', false],
  ['app://studio/index.html', false],
  ['https://example.com/a.zip', false],
  ['data:text/plain,x', false],
  ['file:///etc/passwd', false],
])('a download of %s: allowed %s', (url, allowed) => {
  guardDownloads();
  const preventDefault = vi.fn();
  (electron.downloads as (event: object, item: object) => void)({ preventDefault }, { getURL: () => url });
  expect(preventDefault.mock.calls.length === 0).toBe(allowed);
});

describe('a message on Electron’s IPC', () => {
  const mainFrame = { url: PAGE_ADDRESS };
  const webContents = Object.assign(new EventEmitter(), { mainFrame, isDestroyed: () => false, send: vi.fn() });
  const heard: unknown[] = [];
  const reports: string[] = [];
  const send = (event: object) => (electron.ipcMain as EventEmitter).emit('studio', event, 'hello');

  beforeEach(() => {
    heard.length = 0;
    reports.length = 0;
    (electron.ipcMain as EventEmitter).removeAllListeners();
    const window = { webContents } as unknown as BrowserWindow;
    windowPort(window, 'studio', (problem) => reports.push(problem)).onMessage((message) => heard.push(message));
  });

  it('is heard from the page of its own window', () => {
    send({ sender: webContents, senderFrame: mainFrame });
    expect(heard).toEqual(['hello']);
  });

  it('is not heard from a frame in the page, nor from a frame that is gone', () => {
    send({ sender: webContents, senderFrame: { url: PAGE_ADDRESS } });
    send({ sender: webContents, senderFrame: null });
    expect(heard).toEqual([]);
    expect(reports).toEqual([
      `A message from ${PAGE_ADDRESS} was ignored: it is not the app's page.`,
      "A message from a frame that is gone was ignored: it is not the app's page.",
    ]);
  });

  it('is not heard from another window', () => {
    send({ sender: new EventEmitter(), senderFrame: mainFrame });
    expect(heard).toEqual([]);
  });

  it.each(foreignAddresses)('is not heard from the window once it shows %j', (url) => {
    const frame = { url };
    const strayed = Object.assign(new EventEmitter(), { mainFrame: frame, isDestroyed: () => false, send: vi.fn() });
    const window = { webContents: strayed } as unknown as BrowserWindow;
    windowPort(window, 'studio', (problem) => reports.push(problem)).onMessage((message) => heard.push(message));
    send({ sender: strayed, senderFrame: frame });
    expect(heard).toEqual([]);
    expect(reports).toHaveLength(1);
  });
});
