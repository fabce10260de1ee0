import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import type { Browser, BrowserContext, Page, Route } from '@playwright/test';
import type { MenuItemSeen, ToApp, ToHarness } from '../stand-in/link.ts';
import { builtApp, type LaunchOptions, type StudioApp } from './app.ts';
import { launchChromium } from './chromium.ts';
import { IsolatedWorld } from './isolated-world.ts';
import { PAGE_FAULT } from './page-script.ts';

const register = new URL('../stand-in/register.ts', import.meta.url).href;

/** The second button of the question before a run is cut off. */
const SAVE_AND_QUIT = 1;

/** The app's own scheme, as an address Chromium can open. */
const toBrowser = (address: string) => address.replace(/^app:\/\/([^/]*)/, 'http://$1.localhost');
const toApp = (address: string) => address.replace(/^(blob:)?http:\/\/([^/]*)\.localhost/, '$1app://$2');
const isApp = (address: string) => toApp(address) !== address;

/** The app on the stand-in, whose main process can also be spoken to: the benchmarks measure it. */
export interface StandInStudioApp extends StudioApp {
  readonly mainProcess: ChildProcess;
  /** When that process was started, as `Date.now()` tells; the browser had been started before. */
  readonly startedAt: number;
  /** How often it has asked to be started again at its end, and with what. */
  readonly nextStarts: readonly (readonly string[])[];
}

export interface StandInOptions extends LaunchOptions {
  /** Files that a second start hands over before the first has a window. */
  readonly openedEarly?: readonly string[];
}

/** Runs the built app in Node with the stand-in for `electron`, and its page in a real Chromium. */
export async function launchStandIn(options: StandInOptions): Promise<StandInStudioApp> {
  const browser = await (options.chromium ?? launchChromium)();
  const app = new StandInHarness(browser, options);
  try {
    return await app.open();
  } catch (error) {
    await app.leave();
    throw error;
  }
}

class StandInHarness {
  readonly #browser: Browser;
  readonly #options: StandInOptions;
  readonly #child: ChildProcess;
  readonly #gone: Promise<unknown>;
  #context: BrowserContext | undefined;
  #page: Page | undefined;
  #world: IsolatedWorld | undefined;
  /** What a real Electron would not have let through, or only warned of. */
  readonly #faults: string[] = [];
  readonly #nextStarts: (readonly string[])[] = [];
  #enginePids: number[] = [];
  #nextId = 0;
  readonly #startedAt = Date.now();

  constructor(browser: Browser, options: StandInOptions) {
    this.#browser = browser;
    this.#options = options;
    this.#child = fork(builtApp, [`--data=${options.dataFolder}`], {
      execArgv: [...(options.imports ?? []), register].flatMap((module) => ['--import', module]),
      serialization: 'advanced',
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      env: { ...process.env, ...options.env },
    });
    this.#gone = once(this.#child, 'exit');
    if (options.openedEarly) this.#tell({ kind: 'open-with', paths: options.openedEarly });
    this.#on('forked', ({ pid }) => this.#enginePids.push(pid));
    this.#on('to-page', ({ channel, args }) => void this.#world?.receive(channel, args));
    this.#on('fault', ({ text }) => void this.#faults.push(text));
    this.#on('error-box', ({ text }) => void this.#faults.push(`The app showed an error: ${text}`));
    this.#on('starts-again', ({ args }) => void this.#nextStarts.push(args));
    this.#on('close-page', () => void this.#page?.close());
    this.#on('reload-page', () => void this.#page?.reload());
  }

  async open(): Promise<StandInStudioApp> {
    const window = await Promise.race([this.#next('open-window'), this.#gone]);
    if (!isMessage(window)) throw new Error(`The app ended before it opened a window: ${String(window)}`);
    const context = await this.#browser.newContext({
      viewport: { width: 1280, height: 800 },
      reducedMotion: this.#options.lessMotion === true ? 'reduce' : 'no-preference',
    });
    this.#context = context;
    await context.route('**/*', (route) => route.abort());
    // All others are denied by this.
    await context.grantPermissions(Object.keys(window.permissions).filter((name) => window.permissions[name]));
    const page = await context.newPage();
    this.#page = page;
    this.#world = await IsolatedWorld.open(page, window.preload, (channel, args) =>
      this.#tell({ kind: 'from-page', url: toApp(page.url()), channel, args }),
    );
    page.on('console', (message) => {
      if (message.text().startsWith(PAGE_FAULT)) this.#faults.push(message.text());
    });
    await page.route('**/*', (route) => this.#route(route));
    context.on('page', (popup) => void this.#judgePopup(popup));
    page.on('download', (download) => this.#tell({ kind: 'download', url: toApp(download.url()) }));
    page.on('close', () => this.#tell({ kind: 'page-closed' }));
    await page.goto(toBrowser(window.url));
    this.#tell({ kind: 'page-loaded' });
    return {
      page,
      mainProcess: this.#child,
      startedAt: this.#startedAt,
      nextStarts: this.#nextStarts,
      dataFolder: this.#options.dataFolder,
      windowCount: () => context.pages().length,
      chooseWhereToSave: (path) => Promise.resolve(this.#tell({ kind: 'script-save-dialog', path })),
      chooseWhatToOpen: (paths) => Promise.resolve(this.#tell({ kind: 'script-open-dialog', paths })),
      menuItem: (way) => this.#menuItem(way, false),
      chooseFromMenu: async (way) => {
        if (!(await this.#menuItem(way, true))) throw new Error(`The menu has no ${way.join(' → ')}.`);
      },
      openWith: (paths) => Promise.resolve(this.#tell({ kind: 'open-with', paths })),
      filesLieAt: async (paths) => {
        const places = await Promise.all(paths.map(placesBelow));
        await this.#world?.filesLieAt(Object.fromEntries(places.flat()));
      },
      answerNextQuestion: (response) => Promise.resolve(this.#tell({ kind: 'script-message-box', response })),
      askToClose: () => this.#askToClose(),
      gone: async () => {
        await this.#gone;
      },
      enginePid: () => this.#enginePid(),
      close: () => this.#close(),
    };
  }

  /** Closes the window's context, and the browser where it is its own. */
  async leave(): Promise<void> {
    await this.#context?.close();
    if (this.#options.chromium === undefined) await this.#browser.close();
  }

  /** The page's own requests are answered by the app; where else it may navigate, the app decides. */
  async #route(route: Route): Promise<void> {
    const request = route.request();
    const id = this.#nextId++;
    if (isApp(request.url())) {
      this.#tell({ kind: 'fetch', id, url: toApp(request.url()), method: request.method() });
      const { status, headers, body } = await this.#next('fetched', (message) => message.id === id);
      return route.fulfill({ status, headers, body: Buffer.from(body) });
    }
    if (!request.isNavigationRequest()) return route.abort();
    this.#tell({ kind: 'navigate', id, url: request.url() });
    const { allowed } = await this.#next('navigation', (message) => message.id === id);
    return allowed ? route.continue() : route.abort('aborted');
  }

  async #judgePopup(popup: Page): Promise<void> {
    const id = this.#nextId++;
    this.#tell({ kind: 'open-popup', id, url: popup.url() });
    const { allowed } = await this.#next('popup', (message) => message.id === id);
    if (!allowed) await popup.close();
  }

  async #enginePid(): Promise<number> {
    return this.#enginePids.at(-1) ?? (await this.#next('forked')).pid;
  }

  async #menuItem(way: readonly string[], click: boolean): Promise<MenuItemSeen | undefined> {
    const id = this.#nextId++;
    this.#tell({ kind: 'look-in-menu', id, way, click });
    return (await this.#next('menu', (message) => message.id === id)).item;
  }

  async #askToClose(): Promise<void> {
    this.#tell({ kind: 'close-window' });
    await this.#next('window-asked-to-close');
  }

  async #close(): Promise<void> {
    // Should a run train, it is saved.
    this.#tell({ kind: 'script-message-box', response: SAVE_AND_QUIT });
    this.#tell({ kind: 'close-window' });
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), 20_000);
    await this.#gone;
    clearTimeout(timer);
    await this.leave();
    const { exitCode, signalCode } = this.#child;
    if (exitCode !== 0)
      throw new Error(`The app did not quit as it should: exit code ${exitCode}, signal ${signalCode}.`);
    if (this.#faults.length > 0) throw new Error(`Electron would not have had this:\n${this.#faults.join('\n')}`);
  }

  #tell(message: ToApp): void {
    // To an app that is ending it gets lost.
    if (this.#child.connected) this.#child.send(message, () => undefined);
  }

  #on<K extends ToHarness['kind']>(kind: K, listener: (message: ToHarness & { kind: K }) => void): () => void {
    const receive = (message: ToHarness) => {
      if (message.kind === kind) listener(message as ToHarness & { kind: K });
    };
    this.#child.on('message', receive);
    return () => void this.#child.off('message', receive);
  }

  #next<K extends ToHarness['kind']>(
    kind: K,
    fits: (message: ToHarness & { kind: K }) => boolean = () => true,
  ): Promise<ToHarness & { kind: K }> {
    return new Promise((resolve) => {
      const stop = this.#on(kind, (message) => {
        if (!fits(message)) return;
        stop();
        resolve(message);
      });
    });
  }
}

function isMessage(value: unknown): value is ToHarness & { kind: 'open-window' } {
  return typeof value === 'object' && value !== null && 'kind' in value;
}

/** What a page calls each file that is given, or lies in a folder that is given, and its path. */
async function placesBelow(path: string): Promise<[name: string, path: string][]> {
  if (!(await stat(path)).isDirectory()) return [[basename(path), path]];
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return files.map((file) => [relative(dirname(path), file).replaceAll('\\', '/'), file]);
}
