import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page, Request } from '@playwright/test';

const preload = new URL('./network-preload.ts', import.meta.url).href;

/** What an app under test asks of a network: its page, and its processes where they are plain Node. */
export class NetworkWatch {
  readonly #folder: string;
  readonly #log: string;
  readonly #fromPages: string[] = [];

  private constructor(folder: string) {
    this.#folder = folder;
    this.#log = join(folder, 'network.log');
  }

  static async begin(): Promise<NetworkWatch> {
    return new NetworkWatch(await mkdtemp(join(tmpdir(), 'studio-network-')));
  }

  /** The environment of the processes to watch. */
  get env(): Readonly<Record<string, string>> {
    const options = [process.env['NODE_OPTIONS'], `--import=${preload}`].filter(Boolean).join(' ');
    return { NODE_OPTIONS: options, AUTOENCODER_STUDIO_NETWORK_LOG: this.#log };
  }

  /** Watches a page that has been opened, and those it opens. */
  watchPage(page: Page): void {
    const { protocol, host } = new URL(page.url());
    const isForeign = (request: Request): boolean => {
      const url = new URL(request.url());
      return !['blob:', 'data:', 'about:'].includes(url.protocol) && (url.protocol !== protocol || url.host !== host);
    };
    const note = (request: Request) => void this.#fromPages.push(`the page asked for ${request.url()}`);
    page.context().on('requestfinished', (request) => {
      if (isForeign(request)) note(request);
    });
    page.context().on('requestfailed', (request) => {
      // What the page's own policy has stopped has asked nothing of a network; where pages may go, the app has decided.
      const stopped = request.failure()?.errorText === 'csp' || request.isNavigationRequest();
      if (isForeign(request) && !stopped) note(request);
    });
  }

  /** Everything that was asked, a line each. */
  async end(): Promise<readonly string[]> {
    const text = await readFile(this.#log, 'utf8').catch(() => '');
    await rm(this.#folder, { recursive: true, force: true });
    return [...text.split('\n').filter((line) => line !== ''), ...this.#fromPages];
  }
}
