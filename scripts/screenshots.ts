// `npm run screenshots [-- own modern map film]`: photographs the built app's places into docs/images: own pictures (the tests'
// photographs) by the app's recipe; the modern recipe, trained with seed 1; the models that come with the app, as pictures and as a film.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { chromium, expect, type Page } from '@playwright/test';
import sharp from 'sharp';
import { scratchFolder } from '../electron/files/scratch-folder.ts';
import { buildIfChanged } from './build.ts';
import { findBrowser } from './find-browser.ts';
import { Film } from './screenshots/film.ts';
import { projectRoot, runNode, tools } from './step.ts';

const WINDOW = { width: 1_280, height: 800 };
const LONGEST_RUN_MS = 1_800_000;
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

/** Trains a preset to its end, as a person would. */
async function train(page: Page, preset: string): Promise<void> {
  await goTo(page, 'Train');
  await page.getByLabel('Preset').selectOption({ label: preset });
  await page.getByLabel('Seed').fill('1');
  await trainToItsEnd(page);
}

async function trainToItsEnd(page: Page): Promise<void> {
  await page.getByRole('main').getByRole('button', { name: 'Train', exact: true }).click();
  const stop = page.getByRole('button', { name: 'Stop' }).first();
  await stop.waitFor();
  await stop.waitFor({ state: 'detached', timeout: LONGEST_RUN_MS });
  // The maps' figure of the pixels is computed beside the run.
  await page
    .getByText(/^10-NN .* in 2-D$/)
    .first()
    .waitFor({ timeout: LONGEST_RUN_MS });
}

/** Makes a set of the pieces of photographs that the tests read, and trains what the app proposes for it. */
async function trainOwn(page: Page): Promise<void> {
  await goTo(page, 'Data');
  const choosing = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Choose files…' }).click();
  await (await choosing).setFiles(join(projectRoot, 'test', 'fixtures', 'photographs.zip'));
  const sheet = page.getByRole('dialog');
  await sheet.getByRole('button', { name: 'Import', exact: true }).click();
  await sheet.getByRole('button', { name: 'Train on it' }).click();
  await trainToItsEnd(page);
}

async function goTo(page: Page, place: string): Promise<void> {
  await page.getByRole('navigation', { name: 'Places' }).getByRole('button', { name: place }).click();
  await page.mouse.move(0, 0);
}

/** Digits as a person would draw them on paper and photograph them: not of MNIST's making. */
const strokes = {
  two: 'M80 110 Q150 40 210 110 Q230 190 90 320 L230 320',
  five: 'M220 90 L110 90 L100 180 Q210 160 215 240 Q210 330 90 310',
  seven: 'M70 90 L230 90 Q150 200 130 340',
  star: 'M150 60 L200 330 L50 150 L250 150 L100 330 Z',
} as const;

function onPaper(stroke: string): Promise<Buffer> {
  const paper = '<rect width="300" height="400" fill="#f4f1e8"/>';
  const ink = `<path d="${stroke}" fill="none" stroke="#222233" stroke-width="26" stroke-linejoin="round"/>`;
  const drawing = `<svg xmlns="http://www.w3.org/2000/svg" width="300" height="400">${paper}${ink}</svg>`;
  return sharp(Buffer.from(drawing)).png().toBuffer();
}

/** Drops the drawings on Reconstruct. */
async function dropDrawings(page: Page): Promise<void> {
  const pictures = Object.entries(strokes).map(async ([name, stroke]) => ({
    name: `${name}.png`,
    mimeType: 'image/png',
    buffer: await onPaper(stroke),
  }));
  await page
    .locator('input[type=file]')
    .first()
    .setInputFiles(await Promise.all(pictures));
}

async function reconstruct(page: Page): Promise<void> {
  await goTo(page, 'Reconstruct');
  await dropDrawings(page);
  await page.getByText('Nearest training images by code').waitFor();
  await page.getByText('Class and distance between the codes.').waitFor();
  await page.mouse.move(0, 0);
}

async function chooseModel(page: Page, name: RegExp): Promise<void> {
  const run = await page.getByRole('option', { name }).first().getAttribute('value');
  await page.getByLabel('Model', { exact: true }).selectOption(run);
}

async function explore(page: Page): Promise<void> {
  await goTo(page, 'Latent');
  await chooseModel(page, /^Map of the digits/);
  await page.getByText('two principal components of the training images').waitFor({ timeout: LONGEST_RUN_MS });
  const figures = page.getByText(/^10-NN in .* silhouette/);
  await figures.nth(1).waitFor({ timeout: LONGEST_RUN_MS });
  const map = await page.locator('canvas').first().boundingBox();
  if (!map) throw new Error('The maps are not on the screen.');
  await page.mouse.move(map.x + map.width * 0.4, map.y + map.height * 0.45);
  await page.getByText('of the validation images').waitFor();
}

/** The figure as a person saves it, at half its size. */
async function savePaperFigure(page: Page): Promise<void> {
  const saving = page.waitForEvent('download');
  const buttons = page.getByRole('group', { name: 'Save the paper’s figure' });
  await buttons.getByRole('button', { name: 'Figure' }).click();
  await buttons.getByRole('button', { name: 'PNG' }).click();
  const figure = sharp(await (await saving).path()).resize({ width: 900 });
  await figure.png({ palette: true, effort: 10 }).toFile(join(imagesFolder, 'paper-figure.png'));
}

async function photograph(page: Page, place: string, scheme: 'light' | 'dark'): Promise<void> {
  await page.emulateMedia({ colorScheme: scheme });
  const path = join(imagesFolder, `${place}-${scheme}.png`);
  const shot = await page.screenshot({ animations: 'disabled' });
  // A palette of 256 colours takes a third of the room.
  const { size } = await sharp(shot).png({ palette: true, effort: 10, dither: 0 }).toFile(path);
  say(`${path}: ${Math.round(size / 1_000)} kB`);
}

/** Where the pointer goes over the map that fills the window, in shares of it: over the islands and between them. */
const tour = [
  [0.2, 0.4],
  [0.3, 0.75],
  [0.5, 0.85],
  [0.56, 0.8],
  [0.64, 0.62],
  [0.53, 0.48],
  [0.64, 0.28],
  [0.54, 0.2],
  [0.46, 0.22],
  [0.36, 0.32],
  [0.48, 0.58],
  [0.78, 0.78],
] as const;
const STEPS_A_LEG = 6;

/** The decoded picture follows the pointer over the map, then pictures are dropped on a model. */
async function makeFilm(page: Page): Promise<void> {
  const film = new Film();
  await explore(page);
  await page.getByRole('button', { name: 'Map only' }).last().click();
  const map = (await page.getByRole('application').last().boundingBox())!;
  const place = async (at: number): Promise<void> => {
    const [from, to] = [tour[Math.floor(at)]!, tour[Math.min(tour.length - 1, Math.floor(at) + 1)]!];
    const share = at % 1;
    const across = from[0] + share * (to[0] - from[0]);
    const down = from[1] + share * (to[1] - from[1]);
    await page.mouse.move(map.x + across * map.width, map.y + down * map.height);
  };
  await place(0);
  // The grid under the map is decoded anew for a map of another size.
  await page.waitForLoadState('networkidle');
  for (let step = 0; step <= (tour.length - 1) * STEPS_A_LEG; step++) {
    const before = await page.getByTestId('decoded-place').getAttribute('data-x');
    await place(step / STEPS_A_LEG);
    if (step > 0) {
      await expect.poll(() => page.getByTestId('decoded-place').getAttribute('data-x')).not.toBe(before);
    }
    await film.take(page, 90);
  }
  await page.keyboard.press('Escape');
  await goTo(page, 'Reconstruct');
  await chooseModel(page, /^Denoiser of the digits/);
  await film.take(page, 900);
  await dropDrawings(page);
  await page.getByText('Class and distance between the codes.').waitFor();
  await film.take(page, 2_400);
  const path = join(imagesFolder, 'film.webp');
  const size = await film.save(path);
  say(`${path}: ${Math.round(size / 1_000)} kB`);
}

/** What each part photographs. */
const parts: Readonly<Record<string, (page: Page) => Promise<void>>> = {
  own: async (page) => {
    await trainOwn(page);
    await photograph(page, 'own', 'light');
  },
  modern: async (page) => {
    await train(page, 'Modern recipe');
    await photograph(page, 'train', 'light');
    await goTo(page, 'Model');
    await photograph(page, 'model', 'light');
    await reconstruct(page);
    await photograph(page, 'reconstruct', 'light');
  },
  map: async (page) => {
    await explore(page);
    await photograph(page, 'latent', 'dark');
    await savePaperFigure(page);
  },
  film: makeFilm,
};

async function screenshots(asked: readonly string[]): Promise<number> {
  const names = asked.length > 0 ? asked : Object.keys(parts);
  const unknown = names.find((name) => !Object.hasOwn(parts, name));
  if (unknown !== undefined) {
    say(`Part "${unknown}": expected one of ${Object.keys(parts).join(', ')}.`);
    return 1;
  }
  const prepared = (await runNode(tools.ensureNative, ['--quiet'])) || (await buildIfChanged());
  if (prepared !== 0) return prepared;
  await mkdir(imagesFolder, { recursive: true });
  const executablePath = await findBrowser(say);
  const folder = await scratchFolder('screenshots');
  const served = await serveApp(folder);
  // Chromium's sandbox does not run as root.
  const chromiumSandbox = process.platform !== 'linux' || process.getuid?.() !== 0;
  const browser = await chromium.launch({ executablePath, chromiumSandbox });
  try {
    const page = await browser.newPage({ viewport: WINDOW, locale: 'en-GB', colorScheme: 'light' });
    await page.goto(served.address);
    for (const name of names) await parts[name]!(page);
  } finally {
    await browser.close();
    await served.close();
    await rm(folder, { recursive: true, force: true });
  }
  return 0;
}

process.exitCode = await screenshots(process.argv.slice(2));
