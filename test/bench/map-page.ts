import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from '@playwright/test';
import { pageFile, pageHeaders } from '../../electron/host/page-files.ts';
import { projectRoot } from '../../scripts/step.ts';

const origin = 'http://map-bench.localhost';

/**
 * The built window in a real browser, before a host that answers with made-up codes: `count` images of 28 × 28 in ten
 * classes, their codes 2-D normal clouds. No engine runs beside it.
 */
export async function openMapPage(browser: Browser, count: number): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  await page.addInitScript(madeUpHost, count);
  await page.route(`${origin}/**`, async (route) => {
    const file = pageFile(join(projectRoot, 'out', 'renderer'), new URL(route.request().url()).pathname);
    if (!file) return route.fulfill({ status: 404 });
    const headers = { ...pageHeaders, 'Content-Type': file.contentType };
    return route.fulfill({ headers, body: await readFile(file.path) });
  });
  await page.goto(`${origin}/index.html`);
  return page;
}

/** Runs in the page before anything of its own: a host whose answers are computed on the spot. */
function madeUpHost(count: number): void {
  let state = 1;
  const random = () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const labels = Uint8Array.from({ length: count }, () => Math.floor(random() * 10));
  const map = (spread: number) => ({
    x: Float32Array.from(labels, (label) => spread * Math.cos(label) + normal()),
    y: Float32Array.from(labels, (label) => spread * Math.sin(label) + normal()),
  });
  const points = map(4);
  const run = {
    id: 'bench',
    name: 'Bench',
    imageSet: 'bench',
    status: 'finished',
    startedAt: '2026-11-23T12:00:00Z',
    epochs: 1,
    epochsDone: 1,
    codeSize: 2,
    imageValues: 784,
    seed: 1,
  };
  const set = {
    id: 'bench',
    name: 'Bench',
    trainingCount: 60_000,
    testCount: count,
    shape: [28, 28, 1],
    labelNames: [...'0123456789'],
  };
  const pictures = (images: number) => ({
    count: images,
    height: 28,
    width: 28,
    channels: 1,
    // As good as free: what is measured is the window, not its host.
    pixels: new Uint8Array(images * 784).fill(127),
  });
  const ones = Float32Array.of(1, 1);
  const figures = { neighbourAccuracy: 0.9, trustworthiness: 0.9, silhouette: 0.1 };
  const spec = {
    inputShape: [28, 28, 1],
    encoder: [],
    code: { size: 2, activation: 'linear', variational: false },
    decoder: 'mirror',
    outputActivation: 'sigmoid',
    initialiser: 'he-normal',
  };
  const answers: Record<string, (request: never) => unknown> = {
    'app:describe': () => ({
      host: 'browser',
      version: '0',
      dataFolder: '/',
      engine: { kind: 'ready', tensorflow: '2', threads: 2 },
    }),
    'settings:read': () => ({ settings: {}, cores: 2 }),
    'run:list': () => [run],
    'run:open': () => ({
      summary: run,
      experiment: { version: 1, name: 'Bench', imageSet: 'bench', model: spec, training: { validationCount: 0 } },
      metrics: [],
      snapshotEpochs: [],
      hasModel: true,
    }),
    'image-set:list': () => [set],
    'image-set:plane': () => map(1),
    'image-set:pick': ({ indices }: { indices: Uint32Array }) => ({
      images: pictures(indices.length),
      names: Array.from(indices, (index) => `image ${index}`),
    }),
    'model:open': () => ({
      spec,
      imageSet: 'bench',
      hasImageSet: true,
      hasPrior: false,
      preparation: {},
      errors: new Float32Array(0),
    }),
    'model:points': () => ({
      points,
      mapIs: 'code',
      origin: new Float32Array(2),
      axes: [Float32Array.of(1, 0), Float32Array.of(0, 1)],
      labels,
      loading: '',
    }),
    'model:measures': () => ({
      squaredErrors: Float32Array.from({ length: count }, () => 10 * random()),
      units: { least: ones, most: ones, mean: ones, deviation: ones },
      loading: '',
    }),
    'model:codes': () => ({
      codes: Float32Array.from({ length: 2 * count }, (_, at) => (at % 2 === 0 ? points.x : points.y)[at >> 1]!),
      size: 2,
    }),
    'model:decode': ({ codes }: { codes: Float32Array }) => pictures(codes.length / 2),
    'model:merit': () => ({ model: figures, pca: figures, sampled: 2_000 }),
  };
  const bridge = {
    call: async (channel: string, request: never) => {
      const answer = answers[channel];
      // As from another process: never within the same task.
      await new Promise((resolve) => setTimeout(resolve));
      return answer
        ? { ok: true, value: answer(request) }
        : { ok: false, error: { code: 'not-found', message: `No answer for ${channel}.` } };
    },
    listen: () => () => undefined,
  };
  Object.defineProperty(window, 'studio', { value: bridge });
}
