import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import type { Browser, BrowserContext, Page, Route } from '@playwright/test';
import type { MenuItemSeen, ToApp, ToHarness } from '../stand-in/link.ts';
import { builtApp, type LaunchOptions, type StudioApp } from './app.ts';
import { launchChromium } from './chromium.ts';
import { FILE_PATHS, FROM_PAGE, preloadScript, TO_PAGE } from './page-script.ts';

const register = new URL('../stand-in/register.ts', import.meta.url).href;

/** The second button of the question before a run is cut off. */
const SAVE_AND_QUIT = 1;

/** The app's own scheme, as an address Chromium can open. */
const toBrowser = (address: string) => address.replace(/^app:\/\/([^/]*)/, 'http://$1.localhost');
const toApp = (address: string) => address.replace(/^http:\/\/([^/]*)\.localhost/, 'app://$1');
const isApp = (address: string) => toApp(address) !== address;

/** The app on the stand-in, whose main process can also be spoken to: the benchmarks measure it. */
export interface StandInStudioApp extends StudioApp {
  readonly mainProcess: ChildProcess;
  /** When that process was started, as `Date.now()` tells; the browser had been started before. */
  readonly startedAt: number;
}

/** Runs the built app in Node with the stand-in for `electron`, and its page in a real Chromium. */
export async function launchStandIn(options: LaunchOptions): Promise<StandInStudioApp> {
  const browser = await launchChromium();
  try {
    const app = new StandInHarness(browser, options);
    return await app.open();
  } catch (error) {
    await browser.close();
    throw error;
  }
}

class StandInHarness {
  readonly #browser: Browser;
  readonly #options: LaunchOptions;
  readonly #child: ChildProcess;
  readonly #gone: Promise<unknown>;
  #context: BrowserContext | undefined;
  #page: Page | undefined;
  #enginePids: number[] = [];
  #nextId = 0;
  readonly #startedAt = Date.now();

  constructor(browser: Browser, options: LaunchOptions) {
    this.#browser = browser;
    this.#options = options;
    this.#child = fork(builtApp, [`--data=${options.dataFolder}`], {
      execArgv: [...(options.imports ?? []), register].flatMap((module) => ['--import', module]),
      serialization: 'advanced',
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      env: { ...process.env, ...options.env },
    });
    this.#gone = once(this.#child, 'exit');
    this.#on('forked', ({ pid }) => this.#enginePids.push(pid));
    this.#on('to-page', (message) => void this.#toPage(message));
  }

  async open(): Promise<StandInStudioApp> {
    const window = await Promise.race([this.#next('open-window'), this.#gone]);
    if (!isMessage(window)) throw new Error(`The app ended before it opened a window: ${String(window)}`);
    const context = await this.#browser.newContext({ viewport: { width: 1280, height: 800 } });
    this.#context = context;
    await context.route('**/*', (route) => route.abort());
    await context.exposeBinding(FROM_PAGE, ({ frame }, message: { channel: string; args: unknown[] }) =>
      this.#tell({ kind: 'from-page', url: toApp(frame.url()), ...message }),
    );
    await context.addInitScript(preloadScript(window.preload));
    const page = await context.newPage();
    this.#page = page;
    await page.route('**/*', (route) => this.#route(route));
    context.on('page', (popup) => void this.#judgePopup(popup));
    page.on('close', () => this.#tell({ kind: 'page-closed' }));
    await page.goto(toBrowser(window.url));
    this.#tell({ kind: 'page-loaded' });
    return {
      page,
      mainProcess: this.#child,
      startedAt: this.#startedAt,
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
        await page.evaluate(
          ([name, known]) => void Object.assign(((window as unknown as Record<string, object>)[name] ??= {}), known),
          [FILE_PATHS, Object.fromEntries(places.flat())] as const,
        );
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

  async #toPage({ channel, args }: ToHarness & { kind: 'to-page' }): Promise<void> {
    const message = { channel, args, name: TO_PAGE };
    await this.#page
      ?.evaluate(
        ({ name, ...rest }) => (window as unknown as Record<string, (m: unknown) => void>)[name]!(rest),
        message,
      )
      .catch((error: unknown) => {
        // As in Electron, a page that is being left does not hear.
        const left = error instanceof Error && error.message.includes('Execution context was destroyed');
        if (!left && !this.#page?.isClosed()) throw error;
      });
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
    const { prevented } = await this.#next('window-asked-to-close');
    if (!prevented) await this.#page?.close();
  }

  async #close(): Promise<void> {
    // Should a run train, it is saved.
    this.#tell({ kind: 'script-message-box', response: SAVE_AND_QUIT });
    await this.#page?.close();
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), 20_000);
    await this.#gone;
    clearTimeout(timer);
    await this.#context?.close();
    await this.#browser.close();
    const { exitCode, signalCode } = this.#child;
    if (exitCode !== 0)
      throw new Error(`The app did not quit as it should: exit code ${exitCode}, signal ${signalCode}.`);
  }

  #tell(message: ToApp): void {
    if (this.#child.connected) this.#child.send(message);
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
