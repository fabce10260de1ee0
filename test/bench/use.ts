// node test/bench/use.ts [starts]: how quick the built app is to use: from its start to a window that answers, the processor
// time it takes at rest, and how long a list of a thousand runs takes. Prints one JSON object; needs `npm run build`, a Chromium
// and Linux.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from '@playwright/test';
import { temporaryFolder } from '../app/harness/app.ts';
import { LatentPage } from '../app/harness/latent-page.ts';
import { launchStandIn, type StandInStudioApp } from '../app/harness/stand-in-app.ts';
import { StudioPage } from '../app/harness/studio-page.ts';
import { ofPreset, trainRun } from '../app/harness/trained-run.ts';
import { cpuSeconds, type CpuSeconds } from './cpu-time.ts';
import { writeRuns } from './many-runs.ts';
import { rounded } from './percentiles.ts';
import { spread } from './spread.ts';

const starts = Number(process.argv[2] ?? 5);
const MANY_RUNS = 1_000;
const REST_SECONDS = 10;
const SETTLING_MS = 3_000;

/** The app on a data folder, closed and removed after the work. */
async function withApp<T>(fill: (folder: string) => Promise<void>, work: (app: StandInStudioApp) => Promise<T>) {
  const folder = await temporaryFolder();
  try {
    await fill(folder.path);
    const app = await launchStandIn({ dataFolder: folder.path });
    try {
      return await work(app);
    } finally {
      await app.close();
    }
  } finally {
    await folder.remove();
  }
}

const nothing = () => Promise.resolve();

/** Milliseconds from the start of the main process; with the processor time that main process and window have taken by then. */
function start() {
  return withApp(nothing, async ({ page, mainProcess, startedAt }) => {
    // The first thing a person may do: go somewhere else.
    await page.getByRole('navigation', { name: 'Places' }).getByRole('button', { name: 'Runs' }).click();
    await page.getByRole('heading', { name: 'No runs yet' }).waitFor();
    const answeredMs = Date.now() - startedAt;
    const pids = { main: mainProcess.pid!, engine: mainProcess.pid! };
    const taken = await cpuSeconds(page.context().browser()!, pids);
    const processorMs = 1_000 * (taken.main + taken.window);
    const paintedMs = await page.evaluate((since) => {
      const paint = performance.getEntriesByName('first-contentful-paint')[0];
      return performance.timeOrigin + (paint?.startTime ?? Number.NaN) - since;
    }, startedAt);
    await page.getByRole('banner').getByText('ready', { exact: true }).first().waitFor({ timeout: 60_000 });
    return { paintedMs, answeredMs, processorMs, tensorflowReadyMs: Date.now() - startedAt };
  });
}

/** Milliseconds of processor time a second, at rest. */
async function atRest(app: StandInStudioApp) {
  await app.page.mouse.move(0, 0);
  await sleep(SETTLING_MS);
  const browser = app.page.context().browser()!;
  const pids = { main: app.mainProcess.pid!, engine: await app.enginePid() };
  const before = await cpuSeconds(browser, pids);
  await sleep(1_000 * REST_SECONDS);
  const after = await cpuSeconds(browser, pids);
  const names = Object.keys(after) as (keyof CpuSeconds)[];
  const rate = (name: keyof CpuSeconds) => rounded((1_000 * (after[name] - before[name])) / REST_SECONDS);
  return Object.fromEntries(names.map((name) => [name, rate(name)]));
}

async function idle() {
  const trained = await temporaryFolder();
  try {
    const run = await trainRun(trained.path, ofPreset('modern'), 1);
    return await withApp(
      (folder) => run.copyTo(folder),
      async (app) => {
        const studio = new StudioPage(app.page);
        await app.page.getByRole('img', { name: /^Scatter of 5000 test images/ }).waitFor({ timeout: 120_000 });
        const train = await atRest(app);
        await new LatentPage(app.page).open();
        await app.page
          .getByText(/silhouette/)
          .nth(1)
          .waitFor({ timeout: 120_000 });
        const latent = await atRest(app);
        await studio.goTo('Runs');
        const runs = await atRest(app);
        return { train, latent, runs };
      },
    );
  } finally {
    await trained.remove();
  }
}

/** Milliseconds from a click until what it leads to is there and painted. */
function untilPainted(page: Page, button: string, sought: string): Promise<number> {
  return page.evaluate(
    async ([clicked, wanted]) => {
      const element = [...document.querySelectorAll('button')].find((one) => one.textContent?.trim() === clicked);
      if (!element) throw new Error(`There is no button ${clicked}.`);
      const began = performance.now();
      element.click();
      const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
      while (!document.querySelector(wanted)) await frame();
      // The frame that draws it, and the one after: it has been painted then.
      await frame();
      await frame();
      return performance.now() - began;
    },
    [button, sought] as const,
  );
}

/** Milliseconds from the click on Latent, the first after a start, until all test points of 70,000 images' model are painted. */
async function firstLatent() {
  const trained = await temporaryFolder();
  try {
    const run = await trainRun(trained.path, ofPreset('modern'), 1);
    const opened: number[] = [];
    for (let time = 0; time < starts; time++) {
      const pointsMs = await withApp(
        (folder) => run.copyTo(folder),
        async ({ page }) => {
          await page.getByRole('banner').getByText('ready', { exact: true }).first().waitFor({ timeout: 60_000 });
          return untilPainted(page, 'Latent', '[role=application][aria-label^="The autoencoder’s codes"]');
        },
      );
      opened.push(pointsMs);
    }
    return opened.map(rounded);
  } finally {
    await trained.remove();
  }
}

/** A list of many runs: the first ever, the first after another start, and those of later clicks. */
async function manyRuns() {
  const folder = await temporaryFolder();
  try {
    await writeRuns(folder.path, MANY_RUNS);
    const [unknown, known] = [await listRuns(folder.path), await listRuns(folder.path)];
    return { runs: MANY_RUNS, withoutIndex: unknown, withIndex: known };
  } finally {
    await folder.remove();
  }
}

async function listRuns(dataFolder: string) {
  const app = await launchStandIn({ dataFolder });
  try {
    const { page, startedAt } = app;
    await page.waitForFunction(() => document.querySelector('header')?.textContent?.includes('ready'));
    const places = page.getByRole('navigation', { name: 'Places' });
    await places.getByRole('button', { name: 'Runs' }).click();
    await new StudioPage(page).runRows.first().waitFor();
    const listedMs = Date.now() - startedAt;
    const session = await page.context().newCDPSession(page);
    await session.send('Performance.enable', { timeDomain: 'threadTicks' });
    const threadMs = async () => {
      const { metrics } = await session.send('Performance.getMetrics');
      return 1_000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN);
    };
    const [opened, ran, told]: [number[], number[], number[]] = [[], [], []];
    for (let time = 0; time < 5; time++) {
      await places.getByRole('button', { name: 'Data' }).click();
      await page.getByText('60,000 images').waitFor();
      const before = await threadMs();
      opened.push(await untilPainted(page, 'Runs', '[aria-label=Runs] tbody tr'));
      ran.push((await threadMs()) - before);
    }
    for (let time = 0; time < 5; time++) {
      const tellMs = await page.evaluate(async () => {
        const began = performance.now();
        await window.studio!.call('run:list', {});
        return performance.now() - began;
      });
      told.push(tellMs);
    }
    return {
      openMs: opened.map(rounded),
      openMsTheThreadRan: ran.map(rounded),
      askedMs: told.map(rounded),
      startToListMs: listedMs,
    };
  } finally {
    await app.close();
  }
}

const measured = [];
for (let time = 0; time < starts; time++) measured.push(await start());
const median = (values: readonly number[]) => rounded(spread(values).median);
process.stdout.write(
  `${JSON.stringify(
    {
      starts,
      start: {
        paintedMs: median(measured.map(({ paintedMs }) => paintedMs)),
        answeredMs: median(measured.map(({ answeredMs }) => answeredMs)),
        processorMsUntilThen: median(measured.map(({ processorMs }) => processorMs)),
        tensorflowReadyMs: median(measured.map(({ tensorflowReadyMs }) => tensorflowReadyMs)),
      },
      processorMsASecondAtRest: await idle(),
      firstLatentMs: await firstLatent(),
      manyRuns: await manyRuns(),
    },
    null,
    2,
  )}\n`,
);
