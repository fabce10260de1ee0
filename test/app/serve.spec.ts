import { readFile } from 'node:fs/promises';
import { unzipSync } from 'fflate';
import { importClasses } from './harness/classes.ts';
import { expect, test as base } from './harness/fixtures.ts';
import { serve, statusOf, type Served } from './harness/serve.ts';
import { runFolders, storedMetrics, StudioPage } from './harness/studio-page.ts';

const test = base.extend<{ served: Served & { readonly set: string } }>({
  served: async ({ dataFolder }, use) => {
    // Few small images: what is served is the same whatever is trained.
    const set = await importClasses(dataFolder, 40);
    const served = await serve(dataFolder);
    await use({ ...served, set });
    await served.close();
  },
});

test('an ordinary browser trains through serve and downloads the model; a page that has not the token gets nothing, nor one of elsewhere that has the cookie', async ({
  served,
  dataFolder,
  chromium,
}) => {
  const { origin } = new URL(served.address);
  expect(await statusOf(`${origin}/`)).toBe(403);
  expect(await statusOf(`${origin}/?token=guess`)).toBe(403);
  expect(await statusOf(served.address, { Host: 'evil.example' })).toBe(403);
  expect(await statusOf(served.address)).toBe(303);

  const context = await (await chromium()).newContext({ acceptDownloads: true });
  try {
    const page = await context.newPage();
    await page.goto(served.address);
    expect(page.url()).not.toContain('token');
    const studio = new StudioPage(page);
    await expect(studio.trainButton).toBeEnabled();
    // Another port of this machine is another origin, but its cookies are the same.
    const foreign = await context.newPage();
    await foreign.route('http://127.0.0.1:4000/', (route) =>
      route.fulfill({ contentType: 'text/html', body: 'hello' }),
    );
    await foreign.goto('http://127.0.0.1:4000/');
    const opened = await foreign.evaluate(
      (address) => {
        const socket = new WebSocket(address);
        return new Promise<string>((resolve) => {
          socket.onopen = () => resolve('opened');
          socket.onerror = () => resolve('refused');
        });
      },
      `ws://${new URL(served.address).host}/socket`,
    );
    expect(opened).toBe('refused');
    await foreign.close();

    await page.getByLabel('Images', { exact: true }).selectOption(served.set);
    await page.getByLabel('Preset').selectOption('modern');
    await studio.trainToEnd({ Epochs: 3 });
    const [folder] = await runFolders(dataFolder);
    const errors = (await storedMetrics(folder!)).map(({ validationMse }) => validationMse!);
    expect(await studio.validationMse()).toBe(Math.min(...errors));

    await page.getByRole('button', { name: 'Export…', exact: true }).click();
    const downloading = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Export TensorFlow.js…' }).click();
    const download = await downloading;
    expect(download.suggestedFilename()).toBe('modern-recipe-changed-best-tfjs.zip');
    const files = unzipSync(await readFile(await download.path()));
    expect(Object.keys(files).filter((name) => name.endsWith('model.json'))).not.toEqual([]);

    await page.reload();
    await studio.goTo('Runs');
    await expect(studio.runRows).toHaveCount(1);
  } finally {
    await context.close();
  }
});
