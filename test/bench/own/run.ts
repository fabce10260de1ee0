import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { format } from 'prettier';
import { sliceImages, type ImageSet, type LabelledImages } from '../../../electron/dataset/image-set.ts';
import { readMnist } from '../../../electron/dataset/mnist.ts';
import { StudioError, toErrorData } from '../../../electron/domain/errors.ts';
import { presets } from '../../../electron/domain/presets.ts';
import { ensurePython } from '../python.ts';
import { mapSet, mapSetNames } from './map-sets.ts';
import { measureMap, type MapResult } from './measure-map.ts';
import { measurePreset, type PresetResult } from './measure-preset.ts';
import { measureOwn, type OwnResult } from './measure.ts';
import { ownReport } from './report.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const kept = join(root, 'docs', 'own-pictures.json');
const keptOfPresets = join(root, 'docs', 'own-pictures-presets.json');
const keptOfMaps = join(root, 'docs', 'own-pictures-maps.json');

const USAGE = `npm run bench:own -- [options]
  --set NAME      one set (mnist-100, solar-mono-64, …); may be given again
  --seeds N       seeds 1 to N (3)
  --preset ID     a preset by its name in place of the recipe (conv, conv-rgb, …)
  --maps          the map of neighbours in place of the recipe, on sets with labels: fashion-5000, mnist-1000, kinds, photographs
  --missing       only what docs/own-pictures.json has no figures of, so that a bench that was stopped goes on
  --folder PATH   where the sets lie that make-sets.py has written; made in the cache when left out
Trains the recipe on people's kinds of pictures, keeps the figures in docs/own-pictures.json and writes docs/own-pictures.md.`;

const flags = {
  set: { type: 'string', multiple: true, default: [] as string[] },
  seeds: { type: 'string', default: '3' },
  preset: { type: 'string' },
  maps: { type: 'boolean', default: false },
  missing: { type: 'boolean', default: false },
  folder: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const;

const MNIST_COUNTS = [100, 300, 1_000, 5_000];
const CODE_SIZES = [16, 64];
/** Of MNIST's test images. */
const TESTED = 1_000;

const say = (line: string): void => void process.stderr.write(`${line}\n`);

async function mnistSets(): Promise<ImageSet[]> {
  const mnist = await readMnist();
  const first = ({ images }: LabelledImages, count: number) => ({ images: sliceImages(images, 0, count) });
  return MNIST_COUNTS.map((count) => {
    const id = `mnist-${count}`;
    const { training, test } = mnist;
    return { id, name: id, labelNames: [], training: first(training, count), test: first(test, TESTED) };
  });
}

async function pictureSets(given: string | undefined): Promise<ImageSet[]> {
  const folder = given ?? join(root, 'node_modules', '.cache', 'own-pictures');
  if (!existsSync(join(folder, 'sets.json'))) await makeSets(folder);
  const shapes = JSON.parse(readFileSync(join(folder, 'sets.json'), 'utf8')) as Readonly<
    Record<string, Readonly<Record<'train' | 'test', readonly [number, number, number, number]>>>
  >;
  return Object.entries(shapes).map(([id, parts]) => {
    const of = (part: 'train' | 'test'): LabelledImages => {
      const [count, height, width, channels] = parts[part];
      const pixels = new Uint8Array(readFileSync(join(folder, `${id}.${part}.u8`)));
      return { images: { count, height, width, channels, pixels } };
    };
    return { id, name: id, labelNames: [], training: of('train'), test: of('test') };
  });
}

async function makeSets(folder: string): Promise<void> {
  const { python } = await ensurePython(say, {
    name: 'own-pictures',
    requirements: join(import.meta.dirname, 'requirements.txt'),
    gigabytes: 2,
    notice: ['It downloads the solar cells (elpv-dataset), photographs and what reads them: about 250 MB.'],
  });
  const { status, stderr } = spawnSync(python, [join(import.meta.dirname, 'make-sets.py'), folder], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new StudioError('refused', `make-sets.py: ${stderr}`);
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: flags });
  if (values.help) return say(USAGE);
  if (values.maps) return maps(values.set, Number(values.seeds), values.missing);
  const all = [...(await mnistSets()), ...(await pictureSets(values.folder))];
  const chosen = values.set.length === 0 ? all : all.filter(({ id }) => values.set.includes(id));
  const names = all.map(({ id }) => id);
  if (chosen.length === 0) throw new StudioError('bad-request', `--set: expected one of ${names.join(', ')}.`);
  if (values.preset !== undefined) return presetOnAll(values.preset, chosen, names);
  for (let seed = 1; seed <= Number(values.seeds); seed += 1) {
    for (const set of chosen) {
      for (const codeSize of CODE_SIZES) {
        if (values.missing && results().some(isOf({ set: set.id, codeSize, seed }))) continue;
        const result = await measureOwn(set, codeSize, seed);
        say(`${set.id}, ${codeSize} numbers, seed ${seed}: ${result.ratio.toFixed(3)} × PCA`);
        await keep(result, names);
      }
    }
  }
}

async function presetOnAll(id: string, sets: readonly ImageSet[], names: readonly string[]): Promise<void> {
  const preset = presets.find((one) => one.id === id);
  const known = presets.map((one) => one.id).join(', ');
  if (preset === undefined) throw new StudioError('bad-request', `--preset: expected one of ${known}, found ${id}.`);
  for (const set of sets) {
    const result = await measurePreset(set, preset);
    say(`${set.id}, ${id}: ${result.ratio.toFixed(3)} × PCA, ${result.ofMeanImage.toFixed(3)} × the mean image`);
    const others = ofPresets().filter((other) => other.set !== set.id || other.preset !== id);
    await write(keptOfPresets, [...others, result]);
    await report(names);
  }
}

async function maps(sets: readonly string[], seeds: number, missing: boolean): Promise<void> {
  const names = mapSetNames.filter((name) => sets.length === 0 || sets.includes(name));
  if (names.length === 0) throw new StudioError('bad-request', `--set: expected one of ${mapSetNames.join(', ')}.`);
  const preset = presets.find(({ id }) => id === 'map-neighbours')!;
  for (const name of names) {
    const set = await mapSet(name, say);
    for (let seed = 1; seed <= seeds; seed += 1) {
      const isSame = (other: MapResult): boolean => other.set === name && other.seed === seed;
      if (missing && ofMaps().some(isSame)) continue;
      const result = await measureMap(set, preset, seed);
      say(`${name}, seed ${seed}: ${JSON.stringify(result.model)}, PCA ${JSON.stringify(result.pca)}`);
      await write(keptOfMaps, [...ofMaps().filter((other) => !isSame(other)), result]);
      await report(measuredSets());
    }
  }
}

const listIn = <T>(path: string): readonly T[] =>
  existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as T[]) : [];
const results = (): readonly OwnResult[] => listIn(kept);
const ofMaps = (): readonly MapResult[] => listIn(keptOfMaps);
const ofPresets = (): readonly PresetResult[] => listIn(keptOfPresets);

/** In the order of the table. */
function measuredSets(): readonly string[] {
  const digits = MNIST_COUNTS.map((count) => `mnist-${count}`);
  const others = results().flatMap(({ set }) => (digits.includes(set) ? [] : [set]));
  return [...digits, ...new Set(others)];
}

const isOf =
  (row: Pick<OwnResult, 'set' | 'codeSize' | 'seed'>) =>
  (other: OwnResult): boolean =>
    other.set === row.set && other.codeSize === row.codeSize && other.seed === row.seed;

/** One row in place of an older one of the same name. */
async function keep(result: OwnResult, names: readonly string[]): Promise<void> {
  const same = isOf(result);
  await write(kept, [...results().filter((other) => !same(other)), result]);
  await report(names);
}

const STYLE = { printWidth: 120 } as const;

async function write(path: string, rows: readonly unknown[]): Promise<void> {
  writeFileSync(path, await format(JSON.stringify(rows), { ...STYLE, parser: 'json' }));
}

async function report(names: readonly string[]): Promise<void> {
  const text = await format(ownReport(results(), ofPresets(), ofMaps(), names), { ...STYLE, parser: 'markdown' });
  writeFileSync(join(root, 'docs', 'own-pictures.md'), text);
}

main().catch((error: unknown) => {
  say(toErrorData(error).message);
  process.exitCode = 1;
});
