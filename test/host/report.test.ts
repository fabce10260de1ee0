import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { StudioError, unwrap } from '../../electron/domain/errors.ts';
import type { Baseline, ImageColumns, Snapshot } from '../../electron/domain/words.ts';
import { curvesFigure, ticksFor } from '../../electron/host/report/curves.ts';
import { pngAddress } from '../../electron/host/report/png.ts';
import { inspection } from '../renderer/places/odd/inspection-samples.ts';
import { addRun, dataFolders, experiment, metricsOf, openStudio } from './studio-samples.ts';

const data = dataFolders();

const images = (first: number): ImageColumns => ({
  count: 2,
  height: 1,
  width: 2,
  channels: 1,
  pixels: Uint8Array.of(first, 255, 0, 128),
});
const snapshot: Snapshot = {
  runId: 'run-a',
  epoch: 2,
  reconstructions: images(9),
  errors: Float32Array.of(0.5, 0.25),
  map: { x: Float32Array.of(1, 2, 3), y: Float32Array.of(3, 4, 3) },
  mapIs: 'principal-plane',
};
const baseline: Baseline = {
  imageSet: 'mnist',
  subset: { indices: Uint32Array.of(0, 1, 2), labels: Uint8Array.of(0, 1, 0) },
  map: { x: Float32Array.of(1, 2, 3), y: Float32Array.of(1, 2, 3) },
  testSquaredError: Float32Array.from({ length: 200 }, (_, size) => (size === 128 ? 3.5 : 52.5)),
  validationSquaredError: Float32Array.from({ length: 200 }, (_, size) => (size === 128 ? 3.25 : 52.5)),
};
const mnist = {
  id: 'mnist',
  name: 'MNIST',
  trainingCount: 60_000,
  testCount: 10_000,
  shape: [28, 28, 1],
  labelNames: ['nought', '<one>'],
} as const;

const answers = {
  'image-set:images': () => Promise.resolve(images(7)),
  'image-set:baseline': () => Promise.resolve(baseline),
  'image-set:list': () => Promise.resolve([mnist]),
  'image-set:pca-neighbours': ({ components }: { readonly components: number }) =>
    Promise.resolve({ size: components, accuracy: components === 128 ? 0.968 : 0 }),
  'inspection:open': () => Promise.resolve({}),
};

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };
const plain = (html: string) =>
  html.replaceAll(/<[^>]*>/g, '').replaceAll(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => entities[name]!);

/** The rows of a table of the page, as texts. */
function rowsOf(html: string, id: string): string[][] {
  const [, body] = new RegExp(`<table id="${id}">.*?<tbody>(.*?)</tbody>`, 's').exec(html) ?? [];
  if (body === undefined) throw new Error(`The page has no table "${id}".`);
  return [...body.matchAll(/<tr>(.*?)<\/tr>/gs)].map(([, row]) =>
    [...row!.matchAll(/<(t[hd])[^>]*>(.*?)<\/\1>/gs)].map(([, , cell]) => plain(cell!)),
  );
}

async function reportOf(handlers: Parameters<typeof openStudio>[1], name = 'run-a') {
  const { window, exported } = await openStudio(data.path, handlers);
  const saved = unwrap(await window.call('run:report', { runId: name }));
  const file = join(exported, 'article-report.html');
  expect(saved).toEqual({ kind: 'saved', folder: file });
  return readFile(file, 'utf8');
}

async function finishedRun() {
  const test = { mse: 1.6 / 784, squaredError: 1.6, neighbourAccuracy: 0.951, epoch: 2 };
  const folder = await addRun(data.path, 'run-a', { test });
  await folder.addMetrics(metricsOf(1, 5));
  await folder.addMetrics(metricsOf(2, 3));
  await folder.writeSnapshot(snapshot);
  return folder;
}

describe('the report of a run', () => {
  it('holds the run’s own numbers, with PCA’s and the mean image’s beside', async () => {
    await finishedRun();
    const html = await reportOf(answers);
    expect(rowsOf(html, 'test')).toEqual([
      ['Squared error per image', '1.6', '3.5', '52.5'],
      ['MSE per pixel', '0.002041', '0.004464', '0.06696'],
      ['10 nearest neighbours vote right', '95.1 %', '96.8 %', '–'],
    ]);
    expect(rowsOf(html, 'epochs')).toEqual([
      ['1', '0.1', '0.006378', '5', '0.01', '1.0'],
      ['2', '0.05', '0.003827', '3', '0.01', '2.0'],
    ]);
    const settings = new Map(rowsOf(html, 'settings').map(([name, value]) => [name!, value!]));
    expect(settings.get('Learning rate')).toBe('0.01');
    expect(settings.get('Code size (units)')).toBe('128');
    expect(settings.get('Encoder layers')).toBe('dense 256 sigmoid');
    expect(settings.get('Seed')).toBe(String(experiment.training.seed));
    expect(rowsOf(html, 'pictures').at(-1)).toEqual(['Squared error', '1', '0.5']);
    expect(html.match(/<img /g)).toHaveLength(4);
    // Two curves of errors and two of costs, PCA's map and ours.
    expect(html.match(/<svg /g)).toHaveLength(6);
  });

  it('needs nothing else: no script, no network, no other file', async () => {
    await finishedRun();
    const html = await reportOf(answers);
    expect(html).not.toMatch(/<script|<link|<iframe|@import|\son\w+=/i);
    const addresses = [...html.matchAll(/(?:src|href|url)\s*[=(]\s*["']?([^"')\s>]*)/g)].map(([, address]) => address!);
    expect(addresses.length).toBeGreaterThan(0);
    expect(addresses.filter((address) => !address.startsWith('data:image/png;base64,'))).toEqual([]);
    expect(html).toContain("default-src 'none'");
    expect(html).toContain('prefers-color-scheme: dark');
  });

  it('shows what people have written as text', async () => {
    await finishedRun();
    const { window, exported } = await openStudio(data.path, answers);
    const name = '<img src=x onerror="alert(1)"> & co';
    unwrap(await window.call('run:annotate', { runId: 'run-a', name, notes: '</p><script>1</script>', tags: ['<b>'] }));
    unwrap(await window.call('run:report', { runId: 'run-a' }));
    const html = await readFile(join(exported, 'img-src-x-onerror-alert-1-co-report.html'), 'utf8');
    expect(html).not.toMatch(/<script|<b>|<img src=x/);
    expect(html).toContain('<h1>&lt;img src=x onerror=&quot;alert(1)&quot;&gt; &amp; co</h1>');
    expect(html).toContain('&lt;/p&gt;&lt;script&gt;1&lt;/script&gt;');
    expect(html).toContain('&lt;one&gt;</text>');
  });

  it('is made without the engine’s answers too, and says what is missing', async () => {
    await finishedRun();
    const gone = () => Promise.reject(new StudioError('not-found', 'There is no image set "mnist".'));
    const html = await reportOf({
      'image-set:images': gone,
      'image-set:pick': gone,
      'image-set:baseline': gone,
      'image-set:list': gone,
      'inspection:open': () => Promise.resolve({}),
    });
    const missing = [...html.matchAll(/<p class="missing">(.*?)<\/p>/g)].map(([, sentence]) => plain(sentence!));
    expect(missing).toEqual([
      'No original images: There is no image set "mnist".',
      'No PCA to compare with: There is no image set "mnist".',
    ]);
    expect(rowsOf(html, 'test')[0]).toEqual(['Squared error per image', '1.6', '–', '–']);
    expect(html.match(/<img /g)).toHaveLength(2);
  });

  it('says how well its model tells odd pictures apart, once it has checked some', async () => {
    await finishedRun();
    expect(await reportOf(answers)).not.toContain('Odd ones');
    const checked = inspection({ marks: [{ picture: 5, mark: 'odd' }] });
    const groups = checked.groups.map((group) => (group === 'crack' ? '<crack>' : group));
    const truths = { good: 'normal', '<crack>': 'odd', '': 'unknown' } as const;
    const html = await reportOf({
      ...answers,
      'inspection:open': ({ model }) => {
        expect(model).toEqual({ runId: 'run-a', weights: 'best' });
        return Promise.resolve({
          inspection: {
            ...checked,
            groups,
            settings: { ...checked.settings, truths },
            pixels: { score: 'pieces', auroc: 0.75, pro: Number.NaN, pictures: 2 },
          },
        });
      },
    });
    // Scores 1 and 4 of good ones; 2, 5, 6 of cracked ones and 3 of one called odd by hand; the threshold is 3.5.
    const figures = new Map(rowsOf(html, 'odd').map(([name, value]) => [name!, value!]));
    expect(figures.get('Called odd')).toBe('4 of 6');
    expect(figures.get('Caught')).toBe('2 of 4 odd ones');
    expect(figures.get('False alarms')).toBe('1 of 2 normal');
    // Of eight pairs, 4 is higher than 2 and 3.
    expect(figures.get('AUROC (95 % interval)')).toMatch(/^0\.750 \(0\.\d{3}–[01]\.\d{3}\)$/);
    // Precision 1, 1, 3/4, 4/5 at the odd ones, the oddest first.
    expect(figures.get('Average precision')).toBe(((1 + 1 + 3 / 4 + 4 / 5) / 4).toFixed(3));
    expect(figures.get('Best F1')).toMatch(/^0\.889 at /);
    expect(figures.get('Pixel AUROC')).toBe('0.750');
    expect(figures.get('PRO at up to 30 % false alarms by pixel')).toBe('–');
    expect(rowsOf(html, 'odd-groups')).toEqual([
      ['good', 'normal', '2', '1', '–', '0'],
      ['<crack>', 'odd', '3', '2', '0.833', '0'],
      ['no folder', 'not known', '1', '1', '–', '0'],
    ]);
    const bars = (kind: string) => html.match(new RegExp(`<rect class="${kind}"`, 'g'))?.length;
    expect([bars('normal'), bars('odd'), bars('unknown')]).toEqual([2, 4, undefined]);
    expect(html).toContain('class="threshold"');
    expect(html).toContain('1 marked by hand');
    // Another score was chosen since.
    expect(html).toContain('The figures by pixel are of the map of “Unusual pieces”.');
    const byTiles = { ...checked, tiles: { side: 256, most: 12 } };
    const tiled = await reportOf({
      ...answers,
      'inspection:open': () => Promise.resolve({ inspection: byTiles }),
    });
    expect(tiled).toMatch(/Judged by tiles of 256 pixels: .* 6 tiles: .* normal pictures would be called odd\./);
  });

  it('of a run that has hardly begun is made, too', async () => {
    await addRun(data.path, 'run-a', { status: 'failed', problem: 'The loss is no number.' });
    const html = await reportOf(answers);
    expect(html).toContain('None: the run has not finished.');
    expect(html).toContain('The loss is no number.');
    expect(html).toContain('No epoch has ended yet.');
  });
});

describe('the curves', () => {
  it('lie where their values are: evenly by tens on a logarithmic axis, evenly by ones on a linear one', () => {
    const points = [
      [1, 1],
      [2, 10],
      [3, 100],
    ] as const;
    const yOf = (scale: 'linear' | 'logarithmic') => {
      const html = String(curvesFigure([{ name: 'a', kind: 'validation', points }], scale, 'Error'));
      const [, path] = /class="validation" d="([^"]*)"/.exec(html)!;
      return [...path!.matchAll(/[ML]\S+ ([\d.]+)/g)].map(([, y]) => Number(y));
    };
    const [a, b, c] = yOf('logarithmic') as [number, number, number];
    expect(a - b).toBeCloseTo(b - c, 0);
    const [low, middle, high] = yOf('linear') as [number, number, number];
    expect((low - middle) / (low - high)).toBeCloseTo(9 / 99, 2);
  });

  it('leave out what a logarithmic axis cannot show, and what is no number', () => {
    const points = [
      [1, 0],
      [2, Number.NaN],
      [3, 5],
      [4, 6],
    ] as const;
    const html = String(curvesFigure([{ name: 'a', kind: 'training', points }], 'logarithmic', 'Cost'));
    expect(html).not.toContain('NaN');
    expect(/class="training" d="([^"]*)"/.exec(html)![1]!.match(/[ML]/g)).toHaveLength(2);
  });

  it.each([
    [0.0675, 52.9, 'logarithmic'],
    [3, 3, 'logarithmic'],
    [1.8, 1.9, 'logarithmic'],
    [3, 3, 'linear'],
    [0, 0, 'linear'],
    [1e-7, 1e7, 'logarithmic'],
  ] as const)('have round numbers around %d to %d (%s)', (least, most, scale) => {
    const ticks = ticksFor(least, most, scale);
    expect(ticks.length).toBeGreaterThan(1);
    expect(ticks.length).toBeLessThan(20);
    expect(ticks[0]!).toBeLessThanOrEqual(least);
    expect(ticks.at(-1)!).toBeGreaterThanOrEqual(most);
    expect([...ticks].sort((a, b) => a - b)).toEqual(ticks);
    expect(ticks[0]).not.toBe(ticks.at(-1));
  });
});

describe('a picture in a page', () => {
  it.each([1, 3])('is a PNG of its own pixels (%i channels)', (channels) => {
    const pixels = Uint8Array.from({ length: 2 * 2 * 3 * channels }, (_, index) => index * 5);
    const address = pngAddress({ count: 2, height: 2, width: 3, channels, pixels }, 1);
    const bytes = Buffer.from(address.replace('data:image/png;base64,', ''), 'base64');
    expect([bytes.readUInt32BE(16), bytes.readUInt32BE(20), bytes[24], bytes[25]]).toEqual([
      3,
      2,
      8,
      channels === 3 ? 2 : 0,
    ]);
    const start = bytes.indexOf('IDAT');
    const lines = inflateSync(bytes.subarray(start + 4, start + 4 + bytes.readUInt32BE(start - 4)));
    const half = pixels.subarray(6 * channels);
    expect([...lines]).toEqual([0, ...half.subarray(0, 3 * channels), 0, ...half.subarray(3 * channels)]);
  });
});
