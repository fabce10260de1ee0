// `npm run screenshots`: trains the modern recipe with seed 1 in the built app and photographs the window into docs/images.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { chromium, type Page } from '@playwright/test';
import sharp from 'sharp';
import { buildIfChanged } from './build.ts';
import { findBrowser } from './find-browser.ts';
import { projectRoot, runNode, tools } from './step.ts';

const WINDOW = { width: 1_280, height: 800 };
const LONGEST_RUN_MS = 600_000;
const imagesFolder = join(projectRoot, 'docs', 'images');

const say = (line: string) => void process.stderr.write(`${line}\n`);

interface Served {
  /** With its token. */
  readonly address: string;
  close(): Promise<void>;
}

/** The built app behind `serve`, its runs in this folder. */
async function serveApp(dataFolder: string): Promise<Served> {
  const cli = join(projectRoot, 'out', 'main', 'cli.js');
  const child = spawn(process.execPath, [cli, 'serve', '--data', dataFolder], { stdio: ['ignore', 'pipe', 'inherit'] });
  const gone = once(child, 'exit');
  const line = once(createInterface({ input: child.stdout }), 'line').then(([first]) => String(first));
  const address = await Promise.race([line, gone.then(() => undefined)]);
  if (address === undefined) throw new Error('serve ended before it printed its address.');
  return {
    address,
    close: async () => {
      child.kill('SIGTERM');
      await gone;
    },
  };
}

/** Trains the modern recipe to its end, as a person would. */
async function train(page: Page): Promise<void> {
  await page.getByLabel('Preset').selectOption({ label: 'Modern recipe' });
  await page.getByLabel('Seed').fill('1');
  await page.getByRole('button', { name: 'Train' }).last().click();
  await page
    .getByRole('main')
    .getByText(/^\S finished$/)
    .first()
    .waitFor({ timeout: LONGEST_RUN_MS });
  // The maps' figure of the pixels is computed beside the run.
  await page.getByText(/^10-NN .* in 2-D$/).waitFor({ timeout: LONGEST_RUN_MS });
  await page.mouse.move(0, 0);
}

async function photograph(page: Page, scheme: 'light' | 'dark'): Promise<void> {
  await page.emulateMedia({ colorScheme: scheme });
  const path = join(imagesFolder, `train-${scheme}.png`);
  const shot = await page.screenshot({ animations: 'disabled' });
  // A palette of 256 colours takes a third of the room.
  const { size } = await sharp(shot).png({ palette: true, effort: 10, dither: 0 }).toFile(path);
  say(`${path}: ${Math.round(size / 1_000)} kB`);
}

async function screenshots(): Promise<number> {
  const prepared = (await runNode(tools.ensureNative, ['--quiet'])) || (await buildIfChanged());
  if (prepared !== 0) return prepared;
  await mkdir(imagesFolder, { recursive: true });
  const executablePath = await findBrowser(say);
  const folder = await mkdtemp(join(tmpdir(), 'studio-screenshots-'));
  const served = await serveApp(folder);
  // Chromium's sandbox does not run as root.
  const chromiumSandbox = process.platform !== 'linux' || process.getuid?.() !== 0;
  const browser = await chromium.launch({ executablePath, chromiumSandbox });
  try {
    const page = await browser.newPage({ viewport: WINDOW, locale: 'en-GB', colorScheme: 'light' });
    await page.goto(served.address);
    await train(page);
    await photograph(page, 'light');
    await photograph(page, 'dark');
  } finally {
    await browser.close();
    await served.close();
    await rm(folder, { recursive: true, force: true });
  }
  return 0;
}

process.exitCode = await screenshots();
