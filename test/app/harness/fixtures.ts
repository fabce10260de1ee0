import { test as base, type Browser, type TestInfo } from '@playwright/test';
import { MNIST_VARIABLE, packagedMnist } from '../../../electron/dataset/mnist.ts';
import { launchApp, temporaryFolder, type StudioApp } from './app.ts';
import { launchChromium } from './chromium.ts';
import { expect } from './expect.ts';
import { givePixels, mapRun, modernRun, type TrainedRun } from './trained-run.ts';
import { NetworkWatch } from './network-watch.ts';

/**
 * No page lives long enough for the last of V8's compilers to be worth the time that it takes itself; what it would make quicker, such
 * as UMAP, the one before it compiles.
 */
const SHORT_LIVED = '--js-flags=--no-turbofan';

interface Fixtures {
  /** Whether the app starts as a person's does the first time: with the whole MNIST, of whose pixels nothing has been worked out. */
  readonly firstStart: boolean;
  /** Whether the window's person wants less motion: else each button that the mouse comes to or leaves is painted over and over. */
  readonly lessMotion: boolean;
  /** Kept over the apps a test opens one after the other. */
  readonly dataFolder: string;
  /** Opens the built app; whatever is still open is closed after the test. No app may have asked anything of a network. */
  readonly openApp: () => Promise<StudioApp>;
}

interface WorkerFixtures {
  /** The browser that the tests of a worker share, each in contexts of its own; the first that asks has it launched. */
  readonly chromium: () => Promise<Browser>;
  /** The modern recipe, trained once for all tests that want a run to be there. */
  readonly run: TrainedRun;
  /** The same with a code of two units: a map. */
  readonly map: TrainedRun;
}

export const test = base.extend<Fixtures, WorkerFixtures>({
  chromium: [
    // eslint-disable-next-line no-empty-pattern -- Playwright reads a fixture's needs from this pattern
    async ({}, use) => {
      let browser: Browser | undefined;
      // After one that a test has taken down comes another.
      await use(async () => (browser = browser?.isConnected() ? browser : await launchChromium([SHORT_LIVED])));
      await browser?.close();
    },
    { scope: 'worker', timeout: 600_000 },
  ],
  // eslint-disable-next-line no-empty-pattern -- Playwright reads a fixture's needs from this pattern
  run: [async ({}, use) => use(await modernRun()), { scope: 'worker', timeout: 600_000 }],
  // eslint-disable-next-line no-empty-pattern -- Playwright reads a fixture's needs from this pattern
  map: [async ({}, use) => use(await mapRun()), { scope: 'worker', timeout: 600_000 }],
  firstStart: [false, { option: true }],
  lessMotion: [true, { option: true }],
  dataFolder: async ({ firstStart }, use) => {
    const folder = await temporaryFolder();
    const { [MNIST_VARIABLE]: part = packagedMnist() } = process.env;
    if (firstStart) process.env[MNIST_VARIABLE] = packagedMnist();
    else await givePixels(folder.path);
    await use(folder.path);
    process.env[MNIST_VARIABLE] = part;
    await folder.remove();
  },
  openApp: async ({ dataFolder, chromium, lessMotion }, use, testInfo) => {
    const closers: (() => Promise<void>)[] = [];
    const network = await NetworkWatch.begin();
    const warnings: string[] = [];
    await use(async () => {
      const app = await launchApp({ dataFolder, env: network.env, chromium, lessMotion });
      network.watchPage(app.page);
      // Such as of a value that is read although what kept it up to date has ended.
      app.page.on('console', (message) => {
        if (message.text().includes('svelte.dev/e/')) warnings.push(message.text());
      });
      let closing: Promise<void> | undefined;
      const close = () => (closing ??= app.close());
      closers.push(async () => {
        if (!closing && testInfo.status !== testInfo.expectedStatus) await attachScreen(app, testInfo);
        await close();
      });
      return { ...app, close };
    });
    for (const close of closers.reverse()) await close();
    expect(await network.end()).toEqual([]);
    expect(warnings, 'what Svelte warned of').toEqual([]);
  },
});

async function attachScreen(app: StudioApp, testInfo: TestInfo): Promise<void> {
  await testInfo.attach('screen', { body: await app.page.screenshot(), contentType: 'image/png' });
}

export { expect } from './expect.ts';
