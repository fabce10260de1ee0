import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-web';
import { expect } from 'vitest';
import { splitmix } from '../../../electron/domain/inspection/ranking.ts';
import { scoreWords, type ScoreKind } from '../../../electron/domain/inspection/scores.ts';
import { mapPicture, scorePictures } from '../../../electron/engine/inspection/inspect-pictures.ts';
import { learnNormal, type Normality } from '../../../electron/engine/inspection/learn-normal.ts';
import { passThrough } from '../../../electron/engine/inspection/through.ts';
import type { Network } from '../../../electron/engine/network.ts';
import type { StoredNormality } from '../../../electron/model/normality-file.ts';
import { breathe, conv, dense, modelSpec } from '../../engine/samples.ts';

export const COUNT = 5;
export type Shape = [height: number, width: number, channels: 1 | 3];

/** Waves of chance under noise, every fourth much brighter: what evening is for. */
export function picturesOf(count: number, [height, width, channels]: Shape, seed: number): Uint8Array {
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

export const floats = (pixels: Uint8Array): Float32Array => Float32Array.from(pixels, (byte) => byte / 255);

const normalities = new Map<Shape, Promise<Normality>>();

/** What is normal, learnt once for a shape: each network that is asked of it has the same weights. */
export function learnt(network: Network, shape: Shape): Promise<Normality> {
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

export interface Verdicts {
  readonly scores: ArrayLike<number>;
  readonly odd: readonly boolean[];
  readonly map?: ArrayLike<number>;
}

/** The app's own. */
export async function ofTheApp(network: Network, stored: StoredNormality, pixels: Uint8Array): Promise<Verdicts> {
  const { normality, verdict, window } = stored;
  const through = (pictures: Float32Array) => passThrough(network, pictures, breathe);
  const scores = (await scorePictures(normality, floats(pixels), through, window))[verdict.score];
  return verdictsBy(scores, network, stored, pixels);
}

/** The app's own where it has scored the pictures already. */
export async function verdictsBy(
  scores: Float32Array,
  network: Network,
  { normality, verdict }: StoredNormality,
  pixels: Uint8Array,
): Promise<Verdicts> {
  const through = (pictures: Float32Array) => passThrough(network, pictures, breathe);
  const size = pixels.length / COUNT;
  const maps: number[] = [];
  for (let picture = 0; picture < COUNT && scoreWords[verdict.score].hasMap; picture += 1) {
    const own = floats(pixels.subarray(picture * size, (picture + 1) * size));
    maps.push(...(await mapPicture(normality, verdict.score, own, through))!.values);
  }
  const odd = Array.from(scores, (score) => score > verdict.threshold);
  return { scores, odd, ...(maps.length === 0 ? {} : { map: maps }) };
}

export async function ofOnnx(folder: string, pixels: Uint8Array, shape: Shape, bytesIn = false): Promise<Verdicts> {
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
export async function ofScript(source: string, json: object, network: Network, pixels: Uint8Array): Promise<Verdicts> {
  const make = new Function(`${source.replace(/^export .*$/m, '')} return { judge, readInspection };`);
  const { judge, readInspection } = make() as { judge: Judge; readInspection: (json: object) => object };
  const inspection = readInspection(json);
  const size = pixels.length / COUNT;
  const verdicts = [];
  for (let first = 0; first < pixels.length; first += size) {
    const through = async (picture: Float32Array) => {
      const { outputs, codes } = await passThrough(network, picture, breathe);
      return { code: codes, output: outputs };
    };
    verdicts.push(await judge(inspection, floats(pixels.subarray(first, first + size)), through));
  }
  const maps = verdicts.flatMap(({ map }) => [...(map ?? [])]);
  return {
    scores: verdicts.map(({ score }) => score),
    odd: verdicts.map(({ odd }) => odd),
    ...(maps.length === 0 ? {} : { map: maps }),
  };
}

/** Within 1e-5, of values above 1 relative to themselves. */
export function expectAlike(found: Verdicts, wanted: Verdicts): void {
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

export const middleOf = (scores: ArrayLike<number>): number => {
  const ascending = Array.from(scores).sort((a, b) => a - b);
  return (ascending[1]! + ascending[2]!) / 2;
};

/** A verdict by one score that splits the pictures. */
export async function storedFor(network: Network, normality: Normality, score: ScoreKind, pixels: Uint8Array) {
  const plain = { normality, verdict: { score, threshold: 0 } };
  const { scores } = await ofTheApp(network, plain, pixels);
  return { normality, verdict: { score, threshold: middleOf(scores) } };
}

/** Its codes are spread: where they are nearly alike, a distance in units of their spread is rounding. */
export const specOf = (inputShape: Shape) =>
  modelSpec({
    initialiser: 'glorot-uniform',
    inputShape,
    encoder: [conv(4, 3, 2, { activation: 'relu' }), dense(12, { activation: 'relu' })],
    code: { size: 3, activation: 'linear', variational: false },
  });
