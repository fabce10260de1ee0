// node test/bench/scroll-time.ts [seconds]: what the window feels while 60,000 images are scrolled through in the built app.
// Prints one JSON object; needs `npm run build` and a Chromium.
import { temporaryFolder } from '../app/harness/app.ts';
import { launchStandIn, type StandInStudioApp } from '../app/harness/stand-in-app.ts';
import { percentiles } from './percentiles.ts';
import { ScriptTrace } from './script-time.ts';

const seconds = Number(process.argv[2] ?? 10);

/** Scrolls from the first to the last image at an even speed. */
async function scroll({ page }: StandInStudioApp): Promise<{ readonly pixelsAFrame: number }> {
  return page.getByRole('grid').evaluate(async (scroller, milliseconds) => {
    const frame = () => new Promise<number>((resolve) => requestAnimationFrame(resolve));
    const length = scroller.scrollHeight - scroller.clientHeight;
    const start = await frame();
    let frames = 0;
    for (let now = start; now - start < milliseconds; now = await frame()) {
      scroller.scrollTop = (length * (now - start)) / milliseconds;
      frames++;
    }
    return { pixelsAFrame: Math.round(length / frames) };
  }, seconds * 1_000);
}

async function measure(app: StandInStudioApp) {
  const { page } = app;
  await page.getByRole('navigation', { name: 'Places' }).getByRole('button', { name: 'Data' }).click();
  await page.getByRole('list', { name: 'Images of each label' }).getByRole('button').last().waitFor();
  const trace = await ScriptTrace.start(page.context().browser()!);
  const scrolled = await scroll(app);
  const frames = await trace.stop();
  return {
    seconds,
    frames: frames.length,
    ...scrolled,
    scriptMsPerFrame: percentiles(frames.map(({ wall }) => wall)),
    scriptMsPerFrameTheThreadRan: percentiles(frames.map(({ ran }) => ran)),
  };
}

const folder = await temporaryFolder();
const app = await launchStandIn({ dataFolder: folder.path });
try {
  process.stdout.write(`${JSON.stringify(await measure(app), null, 2)}\n`);
} finally {
  await app.close();
  await folder.remove();
}
