// node test/bench/map-speed.ts [points...]: what the maps of the Latent place cost a Chromium without a GPU, at 70,000 and
// a million points unless told otherwise. Prints one JSON object; needs `npm run build` and a Chromium, no engine.
import { readFile } from 'node:fs/promises';
import type { Browser, Locator, Page } from '@playwright/test';
import { launchChromium } from '../app/harness/chromium.ts';
import { openMapPage } from './map-page.ts';
import { ScriptTrace, type FrameScript } from './script-time.ts';

const counts = process.argv.length > 2 ? process.argv.slice(2).map(Number) : [70_000, 1_000_000];
const STEPS = 120;

const rounded = (value: number) => Number(value.toFixed(2));

/** Milliseconds of script in frames that painted: by the clock, and those in which the thread really ran. */
function spread(frames: readonly FrameScript[]) {
  const at = (part: (frame: FrameScript) => number) => {
    const sorted = frames.map(part).sort((a, b) => a - b);
    const share = (of: number) =>
      rounded(sorted[Math.min(sorted.length - 1, Math.floor(of * sorted.length))] ?? Number.NaN);
    return { p50: share(0.5), p95: share(0.95), most: share(1) };
  };
  return { frames: frames.length, wall: at(({ wall }) => wall), ran: at(({ ran }) => ran) };
}

async function traced(browser: Browser, act: () => Promise<void>): Promise<readonly FrameScript[]> {
  const trace = await ScriptTrace.start(browser);
  await act();
  const frames = await trace.stop();
  return frames.filter(({ wall }) => wall > 0.2);
}

/** Moves the pointer over a map along a circle, a step a frame. */
async function circle(page: Page, map: Locator, reach: number): Promise<void> {
  const box = (await map.boundingBox())!;
  for (let step = 0; step <= STEPS; step++) {
    const angle = (2 * Math.PI * step) / STEPS;
    await page.mouse.move(
      box.x + box.width * (0.5 + reach * Math.cos(angle)),
      box.y + box.height * (0.5 + reach * Math.sin(angle)),
    );
    if (step === 0 && reach > 0.4) await page.mouse.down();
    await frame(page);
  }
}

const frame = (page: Page) => page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));

async function windowMegabytes(browser: Browser): Promise<number | undefined> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  const sizes = await Promise.all(
    processInfo
      .filter(({ type }) => type === 'renderer')
      .map(async ({ id }) => {
        const status = await readFile(`/proc/${id}/status`, 'utf8').catch(() => '');
        return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1_024;
      }),
  );
  return Math.round(Math.max(...sizes));
}

async function measure(browser: Browser, points: number) {
  const page = await openMapPage(browser, points);
  const show = page.getByRole('navigation', { name: 'Places' }).getByRole('button', { name: 'Latent' });
  await show.click();
  const map = page.getByRole('application', { name: /^The autoencoder’s codes/ });
  await map.waitFor();
  await frame(page);
  const box = (await map.boundingBox())!;
  const middle = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  const drag = async () => {
    await page.mouse.move(middle.x, middle.y);
    await page.mouse.down();
    for (let step = 0; step < STEPS; step++) {
      await page.mouse.move(middle.x + 60 * Math.sin(step / 9), middle.y + 60 * Math.cos(step / 7));
      await frame(page);
    }
    await page.mouse.up();
  };
  const wheel = async () => {
    await page.mouse.move(middle.x, middle.y);
    for (let step = 0; step < STEPS; step++) {
      await page.mouse.wheel(0, step % 40 < 20 ? -60 : 60);
      await frame(page);
    }
  };
  await drag();
  const pan = spread(await traced(browser, drag));
  const zoom = spread(await traced(browser, wheel));
  await page.getByRole('button', { name: 'Fit the points' }).last().click();
  const hover = spread(await traced(browser, () => circle(page, map, 0.3)));
  await page.getByRole('button', { name: 'Lasso', exact: true }).click();
  await circle(page, map, 0.49);
  const lasso = await traced(browser, async () => {
    await page.mouse.up();
    await page.getByRole('tab', { name: /^Selection \(/ }).waitFor();
    await frame(page);
  });
  const selected = await page.getByRole('tab', { name: /^Selection \(/ }).textContent();
  const megabytes = await windowMegabytes(browser);
  await page.context().close();
  const lassoMs = rounded(lasso.reduce((sum, { wall }) => sum + wall, 0));
  const lassoRanMs = rounded(lasso.reduce((sum, { ran }) => sum + ran, 0));
  return { points, pan, zoom, hover, lasso: { selected, lassoMs, lassoRanMs }, windowMegabytes: megabytes };
}

const browser = await launchChromium();
try {
  const results = [];
  for (const points of counts) results.push(await measure(browser, points));
  process.stdout.write(`${JSON.stringify(results, null, 2)}\n`);
} finally {
  await browser.close();
}
