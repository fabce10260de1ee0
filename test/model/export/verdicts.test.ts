import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { evenings, scoreKinds, type Evening, type ScoreKind } from '../../../electron/domain/inspection/scores.ts';
import { scorePictures } from '../../../electron/engine/inspection/inspect-pictures.ts';
import type { Statistics } from '../../../electron/engine/inspection/score-picture.ts';
import { passThrough } from '../../../electron/engine/inspection/through.ts';
import type { Network } from '../../../electron/engine/network.ts';
import { exportModel } from '../../../electron/model/export/export-model.ts';
import type { ExportOptions } from '../../../electron/model/export/exported-model.ts';
import { TemporaryFolder } from '../../dataset/idx-bytes.ts';
import { breathe } from '../../engine/samples.ts';
import { architectures } from './architectures.ts';
import { onTrained } from './trained.ts';
import {
  COUNT,
  expectAlike,
  floats,
  learnt,
  middleOf,
  ofOnnx,
  ofScript,
  ofTheApp,
  picturesOf,
  specOf,
  storedFor,
  verdictsBy,
  type Shape,
} from './verdict-samples.ts';

const shapes: Readonly<Record<string, Shape>> = { grey: [16, 19, 1], RGB: [18, 16, 3] };
/** The evenings by which a score can look: a rule with another would be the same as one of these. */
function eveningsOf(score: ScoreKind): readonly Evening[] {
  if (score === 'variations') return ['picture'];
  return score === 'pieces' || score === 'combined' ? evenings : ['none', 'picture'];
}

describe.each(Object.entries(shapes))('exports judge %s pictures as the app does', (_, shape) => {
  const [height, width, channels] = shape;
  const pixels = picturesOf(COUNT, shape, 3);
  /** What comes along with each export is checked elsewhere: one picture of it is enough. */
  const samples = { count: 1, height, width, channels, pixels: pixels.subarray(0, height * width * channels) };
  const scored = new Map<Evening, ReturnType<typeof scoreBy>>();

  /** What is normal by an evening, and all scores of the pictures by it: worked out once for all of them. */
  function scoredBy(network: Network, evening: Evening): ReturnType<typeof scoreBy> {
    const known = scored.get(evening) ?? scoreBy(network, evening);
    scored.set(evening, known);
    return known;
  }

  async function scoreBy(network: Network, evening: Evening) {
    const own = await learnt(network, shape);
    const normality = { ...own, statistics: own.statistics.map((one) => seenAs(one, evening)) };
    const through = (pictures: Float32Array) => passThrough(network, pictures, breathe);
    return { normality, scores: await scorePictures(normality, floats(pixels), through) };
  }

  test.each(scoreKinds)('by the score %s', (score) =>
    onTrained(specOf(shape), async (network) => {
      using folder = new TemporaryFolder();
      for (const evening of eveningsOf(score)) {
        const { normality, scores } = await scoredBy(network, evening);
        const stored = { normality, verdict: { score, threshold: middleOf(scores[score]) } };
        const wanted = await verdictsBy(scores[score], network, stored, pixels);
        expect(new Set(wanted.odd).size).toBe(2);
        const write = async (options: ExportOptions): Promise<string> => {
          const place = join(folder.path, options.format);
          await exportModel({ network, origin: {}, normality: stored, samples }, options, place);
          return place;
        };
        expectAlike(await ofOnnx(await write({ format: 'onnx' }), pixels, shape), wanted);
        if (evening === 'picture') {
          const bytesIn = await write({ format: 'onnx', scalingInside: true });
          expectAlike(await ofOnnx(bytesIn, pixels, shape, true), wanted);
        }
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
  function seenAs(one: Statistics, evening: Evening): Statistics {
    if (one.kind === 'variations') return one;
    if (one.kind !== 'pieces') return { ...one, evening: evening === 'local' ? 'none' : evening };
    const pieces = one.pieces!;
    return { ...one, evening, pieces: { ...pieces, filters: { ...pieces.filters, local: evening === 'local' } } };
  }
});

describe('exports judge as the app does through a codebook', () => {
  const spec = architectures['a codebook']!;
  const [height, width, channels] = spec.inputShape;
  const shape: Shape = [height, width, channels];
  const pixels = picturesOf(COUNT, shape, 3);

  test.each(['worst-spot', 'code-neighbours', 'code-distance'] as const)('by the score %s', (score) =>
    onTrained(spec, async (network) => {
      using folder = new TemporaryFolder();
      const stored = await storedFor(network, await learnt(network, shape), score, pixels);
      const place = join(folder.path, 'export');
      await exportModel({ network, origin: {}, normality: stored }, { format: 'onnx' }, place);
      expectAlike(await ofOnnx(place, pixels, shape), await ofTheApp(network, stored, pixels));
    }),
  );
});
