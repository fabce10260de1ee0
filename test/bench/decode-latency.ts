// node test/bench/decode-latency.ts [epochs]: how long after the pointer has moved the decoded picture is painted, and how
// long the grid of 64 × 64 pictures takes, in the built app as `serve` gives it to a browser. Trains the 2-D preset first, a few epochs: times do not depend
// on how well it was trained. Prints one JSON object; needs `npm run build` and a Chromium.
import type { Page } from '@playwright/test';
import { temporaryFolder } from '../app/harness/app.ts';
import { launchChromium } from '../app/harness/chromium.ts';
import { DecoderPage } from '../app/harness/decoder-page.ts';
import { expect } from '../app/harness/fixtures.ts';
import { serve } from '../app/harness/serve.ts';
import { StudioPage } from '../app/harness/studio-page.ts';

const epochs = Number(process.argv[2] ?? 1);
const MOVES = 200;
const GRIDS = 5;
/** The largest time that can be told: a picture that comes later counts as this. */
const LONGEST_MS = 5_000;

const rounded = (value: number) => Number(value.toFixed(1));

function spread(values: readonly number[]) {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => rounded(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!);
  return { p50: at(0.5), p95: at(0.95), most: rounded(sorted.at(-1)!) };
}

/**
 * Moves the pointer over the codes' map `moves` times, each from rest, and measures in the page from the pointer's event to
 * the beginning of the frame that paints the picture of its place.
 */
function cursorToPicture(page: Page, moves: number, longest: number): Promise<number[]> {
  return page.evaluate(
    async ([count, limit]) => {
      const map = document.querySelector('[role=application][aria-label^="The autoencoder’s codes"]')!;
      const box = map.getBoundingClientRect();
      const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
      const place = () => document.querySelector<HTMLElement>('[data-testid=decoded-place]')?.dataset['x'];
      const times: number[] = [];
      for (let move = 0; move < count!; move++) {
        // Golden ratios: all over the map, never the same place twice.
        const across = 0.1 + 0.8 * ((move * 0.618034) % 1);
        const down = 0.1 + 0.8 * ((move * 0.754878) % 1);
        const at = { clientX: box.x + across * box.width, clientY: box.y + down * box.height, bubbles: true };
        const before = place();
        const began = performance.now();
        map.dispatchEvent(new PointerEvent('pointermove', { ...at, pointerType: 'mouse', pointerId: 1 }));
        while (place() === before && performance.now() - began < limit!) await frame();
        times.push(performance.now() - began);
        await frame();
      }
      return times;
    },
    [moves, longest],
  );
}

/** Decodes the largest grid again and again, and reads how long each took from asking to having. */
async function gridTimes({ page, panel }: DecoderPage): Promise<number[]> {
  const times: number[] = [];
  const sides = panel.getByLabel('Pictures a side');
  for (let round = 0; round < GRIDS; round++) {
    await sides.selectOption('8');
    await page.getByRole('img', { name: '8 × 8 decoded pictures' }).waitFor();
    await sides.selectOption('64');
    await page.getByRole('img', { name: '64 × 64 decoded pictures' }).waitFor();
    const words = await panel.getByText(/^64 × 64 decoded pictures of/).textContent();
    times.push(Number(/in (\d+) ms/.exec(words ?? '')?.[1]));
  }
  return times;
}

const folder = await temporaryFolder();
const served = await serve(folder.path);
const browser = await launchChromium();
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  await page.goto(served.address);
  await page.getByLabel('Preset').selectOption('map-2d');
  await new StudioPage(page).trainToEnd({ Epochs: epochs });
  const decoder = new DecoderPage(page);
  await decoder.open();
  await decoder.point(0.5, 0.5);
  // The maps' own measures are through: nothing else keeps the engine.
  await expect(page.getByText('measuring…')).toHaveCount(0, { timeout: 240_000 });
  const cursorToPictureMs = spread(await cursorToPicture(page, MOVES, LONGEST_MS));
  const grid64Ms = spread(await gridTimes(decoder));
  process.stdout.write(`${JSON.stringify({ moves: MOVES, cursorToPictureMs, grids: GRIDS, grid64Ms }, null, 2)}\n`);
} finally {
  await browser.close();
  await served.close();
  await folder.remove();
}
