import type { CDPSession, Page } from '@playwright/test';
import { decode, encode } from './codec.ts';
import { FILE_PATHS, FROM_PAGE, pageScript, PRELOAD_WORLD, preloadScript, TO_PAGE } from './page-script.ts';

type FromPage = (channel: string, args: readonly unknown[]) => void;

/** The world that a page's preload runs in, apart from the page's own scripts: reached by Chromium's protocol only. */
export class IsolatedWorld {
  readonly #session: CDPSession;
  readonly #page: Page;
  /** Of the document that the page shows; none while it is being left. */
  #context: number | undefined;

  private constructor(session: CDPSession, page: Page) {
    this.#session = session;
    this.#page = page;
  }

  /** Makes one in every document that the page will show. */
  static async open(page: Page, preload: string, onMessage: FromPage): Promise<IsolatedWorld> {
    const session = await page.context().newCDPSession(page);
    const world = new IsolatedWorld(session, page);
    session.on('Runtime.executionContextCreated', ({ context }) => {
      if (context.name === PRELOAD_WORLD) world.#context = context.id;
    });
    session.on('Runtime.executionContextDestroyed', ({ executionContextId }) => {
      if (world.#context === executionContextId) world.#context = undefined;
    });
    session.on('Runtime.bindingCalled', ({ name, payload }) => {
      if (name !== FROM_PAGE) return;
      const { channel, args } = decode(payload) as { channel: string; args: unknown[] };
      onMessage(channel, args);
    });
    await session.send('Page.enable');
    await session.send('Runtime.enable');
    await session.send('Runtime.addBinding', { name: FROM_PAGE, executionContextName: PRELOAD_WORLD });
    const source = preloadScript(preload);
    await session.send('Page.addScriptToEvaluateOnNewDocument', { source, worldName: PRELOAD_WORLD });
    await session.send('Page.addScriptToEvaluateOnNewDocument', { source: pageScript });
    return world;
  }

  /** Hands the preload what the main process sends. */
  async receive(channel: string, args: readonly unknown[]): Promise<void> {
    await this.#run(`globalThis.${TO_PAGE}(${JSON.stringify(encode({ channel, args }))})`);
  }

  /** Says where files lie, by what the page calls them. */
  async filesLieAt(places: Readonly<Record<string, string>>): Promise<void> {
    await this.#run(`Object.assign(globalThis.${FILE_PATHS}, ${JSON.stringify(places)})`);
  }

  /** As in Electron, a page that is being left does not hear. */
  async #run(expression: string): Promise<void> {
    const contextId = this.#context;
    if (contextId === undefined) return;
    try {
      const { exceptionDetails } = await this.#session.send('Runtime.evaluate', { expression, contextId });
      if (exceptionDetails) throw new Error(`In the preload's world: ${exceptionDetails.exception?.description ?? ''}`);
    } catch (error) {
      if (this.#context === contextId && !this.#page.isClosed()) throw error;
    }
  }
}
