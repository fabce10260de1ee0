import { execFile } from 'node:child_process';
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { InferenceSession, Tensor } from 'onnxruntime-web';
import { describe, expect, test } from 'vitest';
import { splitmix } from '../../../electron/domain/inspection/ranking.ts';
import { evenings, scoreKinds, scoreWords, type ScoreKind } from '../../../electron/domain/inspection/scores.ts';
import { mapPicture, scorePictures } from '../../../electron/engine/inspection/inspect-pictures.ts';
import { learnNormal, type Normality } from '../../../electron/engine/inspection/learn-normal.ts';
import type { Statistics } from '../../../electron/engine/inspection/score-picture.ts';
import { passThrough } from '../../../electron/engine/inspection/through.ts';
import type { Network } from '../../../electron/engine/network.ts';
import { exportModel } from '../../../electron/model/export/export-model.ts';
import type { ExportOptions } from '../../../electron/model/export/exported-model.ts';
import type { StoredNormality } from '../../../electron/model/normality-file.ts';
import { TemporaryFolder } from '../../dataset/idx-bytes.ts';
import { conv, dense, modelSpec } from '../../engine/samples.ts';
import { architectures } from './architectures.ts';
import { onTrained } from './trained.ts';

const COUNT = 5;
const breathe = () => Promise.resolve();
type Shape = [height: number, width: number, channels: 1 | 3];

/** Waves of chance under noise, every fourth much brighter: what evening is for. */
function picturesOf(count: number, [height, width, channels]: Shape, seed: number): Uint8Array {
  const random = splitmix(seed);
  const size = height * width * channels;
  const pixels = new Uint8Array(count * size);
  for (let picture = 0; picture < count; picture += 1) {
    const gain = picture % 4 === 0 ? 1 : 0.6;
    const [phase, turn, across, down] = [random() * 6, random() * 6, 2 + 3 * random(), 2 + 3 * random()];
    for (let at = 0; at < size; at += 1) {
      const pixel = Math.floor(at / channels);
      const column = Math.sin(phase + (pixel % width) / across);
      const wave = column * Math.cos(turn + Math.floor(pixel / width) / down + (at % channels));
      pixels[picture * size + at] = 255 * gain * (0.35 + 0.3 * wave + 0.35 * random());
    }
  }
  return pixels;
}

const floats = (pixels: Uint8Array): Float32Array => Float32Array.from(pixels, (byte) => byte / 255);

const normalities = new Map<Shape, Promise<Normality>>();

/** What is normal, for the network of `specOf`: one of a shape has the same weights every time. */
function learnt(network: Network, shape: Shape): Promise<Normality> {
  const known = normalities.get(shape) ?? learn(network, shape);
  normalities.set(shape, known);
  return known;
}

const learn = (network: Network, shape: Shape): Promise<Normality> =>
  learnNormal({
    shape,
    training: floats(picturesOf(60, shape, 1)),
    heldOut: floats(picturesOf(12, shape, 2)),
    through: (pictures) => passThrough(network, pictures, breathe),
    breathe,
    told: () => undefined,
  });

interface Verdicts {
  readonly scores: ArrayLike<number>;
  readonly odd: readonly boolean[];
  readonly map?: ArrayLike<number>;
}

/** The app's own, with a threshold in the middle of the scores. */
async function ofTheApp(network: Network, stored: StoredNormality, pixels: Uint8Array): Promise<Verdicts> {
  const { normality, verdict, window } = stored;
  const through = (pictures: Float32Array) => passThrough(network, pictures, breathe);
  const scores = (await scorePictures(normality, floats(pixels), through, window))[verdict.score];
  const size = pixels.length / COUNT;
  const maps: number[] = [];
  for (let picture = 0; picture < COUNT && scoreWords[verdict.score].hasMap; picture += 1) {
    const own = floats(pixels.subarray(picture * size, (picture + 1) * size));
    maps.push(...(await mapPicture(normality, verdict.score, own, through))!.values);
  }
  const odd = Array.from(scores, (score) => score > verdict.threshold);
  return { scores, odd, ...(maps.length === 0 ? {} : { map: maps }) };
}

async function ofOnnx(folder: string, pixels: Uint8Array, shape: Shape, bytesIn = false): Promise<Verdicts> {
  const session = await InferenceSession.create(readFileSync(join(folder, 'inspection.onnx')));
  try {
    const dims = [pixels.length / (shape[0] * shape[1] * shape[2]), ...shape];
    const image = bytesIn ? new Tensor('uint8', pixels, dims) : new Tensor('float32', floats(pixels), dims);
    const found = await session.run({ image });
    expect(found['score']!.dims).toEqual([dims[0]]);
    return {
      scores: found['score']!.data as Float32Array,
      odd: Array.from(found['odd']!.data as Uint8Array, (is) => is === 1),
      ...(found['map'] === undefined ? {} : { map: found['map'].data as Float32Array }),
    };
  } finally {
    await session.release();
  }
}

type Judge = (
  inspection: object,
  picture: Float32Array,
  through: (picture: Float32Array) => Promise<{ code: ArrayLike<number>; output: ArrayLike<number> }>,
) => Promise<{ readonly score: number; readonly odd: boolean; readonly map?: Float64Array }>;

/** By the JavaScript that an export carries, on what the network makes of pictures. */
async function ofScript(source: string, json: object, network: Network, pixels: Uint8Array): Promise<Verdicts> {
  const make = new Function(`${source.replace(/^export .*$/m, '')} return { judge, readInspection };`);
  const { judge, readInspection } = make() as { judge: Judge; readInspection: (json: object) => object };
  const size = pixels.length / COUNT;
  const verdicts = [];
  for (let first = 0; first < pixels.length; first += size) {
    const through = async (picture: Float32Array) => {
      const { outputs, codes } = await passThrough(network, picture, breathe);
      return { code: codes, output: outputs };
    };
    verdicts.push(await judge(readInspection(json), floats(pixels.subarray(first, first + size)), through));
  }
  const maps = verdicts.flatMap(({ map }) => [...(map ?? [])]);
  return {
    scores: verdicts.map(({ score }) => score),
    odd: verdicts.map(({ odd }) => odd),
    ...(maps.length === 0 ? {} : { map: maps }),
  };
}

/** Within 1e-5, of values above 1 relative to themselves. */
function expectAlike(found: Verdicts, wanted: Verdicts): void {
  const apart = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
    Array.from(a).reduce(
      (most, value, at) => Math.max(most, Math.abs(value - b[at]!) / Math.max(1, Math.abs(b[at]!))),
      0,
    );
  expect(found.scores).toHaveLength(wanted.scores.length);
  expect(apart(found.scores, wanted.scores)).toBeLessThan(1e-5);
  expect(found.odd).toEqual(wanted.odd);
  expect(found.map?.length).toBe(wanted.map?.length);
  if (found.map !== undefined) expect(apart(found.map, wanted.map!)).toBeLessThan(1e-5);
}

const middleOf = (scores: ArrayLike<number>): number => {
  const ascending = Array.from(scores).sort((a, b) => a - b);
  return (ascending[1]! + ascending[2]!) / 2;
};

/** A verdict by one score that splits the pictures; its evening as told, where it can have that one. */
async function storedFor(network: Network, normality: Normality, score: ScoreKind, pixels: Uint8Array) {
  const plain = { normality, verdict: { score, threshold: 0 } };
  const { scores } = await ofTheApp(network, plain, pixels);
  return { normality, verdict: { score, threshold: middleOf(scores) } };
}

const shapes: Readonly<Record<string, Shape>> = { grey: [16, 19, 1], RGB: [18, 16, 3] };
/** Its codes are spread: where they are nearly alike, a distance in units of their spread is rounding. */
const specOf = (inputShape: Shape) =>
  modelSpec({
    initialiser: 'glorot-uniform',
    inputShape,
    encoder: [conv(4, 3, 2, { activation: 'relu' }), dense(12, { activation: 'relu' })],
    code: { size: 3, activation: 'linear', variational: false },
  });

describe.each(Object.entries(shapes))('exports judge %s pictures as the app does', (_, shape) => {
  const pixels = picturesOf(COUNT, shape, 3);

  test.each(scoreKinds)('by the score %s', (score) =>
    onTrained(specOf(shape), async (network) => {
      using folder = new TemporaryFolder();
      const learntNormality = await learnt(network, shape);
      for (const evening of evenings) {
        const statistics = learntNormality.statistics.map((one) => seenAs(one, evening));
        const normality = { ...learntNormality, statistics };
        const stored = await storedFor(network, normality, score, pixels);
        const wanted = await ofTheApp(network, stored, pixels);
        expect(new Set(wanted.odd).size).toBe(2);
        const write = async (options: ExportOptions): Promise<string> => {
          const place = join(folder.path, options.format);
          await exportModel({ network, origin: {}, normality: stored }, options, place);
          return place;
        };
        expectAlike(await ofOnnx(await write({ format: 'onnx' }), pixels, shape), wanted);
        const bytesIn = await write({ format: 'onnx', scalingInside: true });
        expectAlike(await ofOnnx(bytesIn, pixels, shape, true), wanted);
        const tfjs = await write({ format: 'tfjs' });
        const source = readFileSync(join(tfjs, 'inspection.mjs'), 'utf8');
        const json = JSON.parse(readFileSync(join(tfjs, 'inspection.json'), 'utf8')) as object;
        expectAlike(await ofScript(source, json, network, pixels), wanted);
      }
    }),
  );

  test('of the part that counts alone', () =>
    onTrained(specOf(shape), async (network) => {
      using folder = new TemporaryFolder();
      const window = { left: 4, top: 3, width: 9, height: 7 };
      const plain = await storedFor(network, await learnt(network, shape), 'variations', pixels);
      const wanted = await ofTheApp(network, { ...plain, window }, pixels);
      expect(wanted.scores).not.toEqual((await ofTheApp(network, plain, pixels)).scores);
      const place = join(folder.path, 'export');
      await exportModel({ network, origin: {}, normality: { ...plain, window } }, { format: 'onnx' }, place);
      expectAlike(await ofOnnx(place, pixels, shape), wanted);
      await exportModel({ network, origin: {}, normality: { ...plain, window } }, { format: 'tfjs' }, place);
      const json = JSON.parse(readFileSync(join(place, 'inspection.json'), 'utf8')) as object;
      const source = readFileSync(join(place, 'inspection.mjs'), 'utf8');
      expectAlike(await ofScript(source, json, network, pixels), wanted);
    }));

  /** With another evening than was chosen: what was learnt is not of it, but every part of the rule counts. */
  function seenAs(one: Statistics, evening: (typeof evenings)[number]): Statistics {
    if (one.kind === 'variations') return one;
    if (one.kind !== 'pieces') return { ...one, evening: evening === 'local' ? 'none' : evening };
    const pieces = one.pieces!;
    return { ...one, evening, pieces: { ...pieces, filters: { ...pieces.filters, local: evening === 'local' } } };
  }
});

test.each(['worst-spot', 'code-neighbours', 'code-distance'] as const)(
  'exports judge as the app does through a codebook: %s',
  (score) => {
    const spec = architectures['a codebook']!;
    const [height, width, channels] = spec.inputShape;
    const shape: Shape = [height, width, channels];
    const pixels = picturesOf(COUNT, shape, 3);
    return onTrained(spec, async (network) => {
      using folder = new TemporaryFolder();
      const stored = await storedFor(network, await learn(network, shape), score, pixels);
      const place = join(folder.path, 'export');
      await exportModel({ network, origin: {}, normality: stored }, { format: 'onnx' }, place);
      expectAlike(await ofOnnx(place, pixels, shape), await ofTheApp(network, stored, pixels));
    });
  },
);

describe('what comes along with an export', () => {
  const shape: Shape = [12, 13, 1];
  const samples = { count: COUNT, height: 12, width: 13, channels: 1, pixels: picturesOf(COUNT, shape, 3) };

  test.each(['tfjs', 'html'] as const)(
    'checks the verdict in Node, and finds a threshold or a score that is off: %s',
    (format) =>
      onTrained(specOf(shape), async (network) => {
        using folder = new TemporaryFolder();
        const place = join(folder.path, 'export');
        const normality = await storedFor(network, await learnt(network, shape), 'combined', samples.pixels);
        await exportModel({ network, origin: {}, normality, samples }, { format }, place);
        symlinkSync(resolve('node_modules'), join(folder.path, 'node_modules'));
        const verify = () => promisify(execFile)(process.execPath, ['--no-warnings', join(place, 'verify.mjs')]);
        expect((await verify()).stdout).toMatch(/^scores: largest difference .* on 5 samples, ok$/m);
        const file = join(place, format === 'tfjs' ? 'inspection.json' : 'autoencoder.html');
        const written = readFileSync(file, 'utf8');
        const others = [
          written.replace(/("threshold":\s?)[^,]+/, '$11e9'),
          written.replace(/("deviation":\s?)/, '$11'),
        ];
        for (const other of others) {
          expect(other).not.toBe(written);
          writeFileSync(file, other);
          await expect(verify()).rejects.toMatchObject({
            code: 1,
            stdout: expect.stringMatching(/^scores: .* TOO LARGE$/m) as string,
          });
        }
      }),
  );

  test('is told in the card, with lines that give a verdict in the language of the format', () =>
    onTrained(specOf(shape), async (network) => {
      using folder = new TemporaryFolder();
      const place = join(folder.path, 'export');
      const normality = await storedFor(network, await learnt(network, shape), 'worst-spot', samples.pixels);
      const cardOf = async (options: ExportOptions): Promise<string> => {
        await exportModel({ network, origin: {}, normality, samples }, options, place);
        return readFileSync(join(place, 'README.md'), 'utf8');
      };
      const lines = {
        onnx: 'InferenceSession("inspection.onnx")',
        tfjs: 'await judge(inspection',
        html: 'await judge(inspection',
        pytorch: 'score(load_image("image.png")[None], run)',
        npz: 'score(load_image("image.png")[None], run)',
      };
      for (const [format, line] of Object.entries(lines)) {
        const card = await cardOf({ format: format as keyof typeof lines });
        expect(card).toContain('## Odd pictures');
        expect(card).toContain(line);
      }
      // Where scores cannot be had, the card says why.
      expect(await cardOf({ format: 'keras', scalingInside: true })).toContain(
        'takes bytes: export it without scaling inside',
      );
      expect(await cardOf({ format: 'onnx', part: 'encoder' })).toContain('scores need the whole model');
    }));
});
