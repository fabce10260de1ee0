import { describe, expect, test } from 'vitest';
import type { ImportChoices } from '../../../electron/model/import/input-choices.ts';
import { readModel } from '../../../electron/model/import/read-model.ts';
import { specAndWeights } from '../../../electron/model/import/to-spec.ts';
import { expectNoLeak } from '../../engine/no-leak.ts';
import { largestDifference } from '../export/trained.ts';
import { knownOf, outputOf } from './imported.ts';
import { modelFixture } from './model-fixture.ts';

describe('a model of kinds that were refused once', () => {
  test.each([
    'unpadded.keras',
    'normalised.keras',
    'spread.keras',
    'bytewise.keras',
    'drawn.keras',
    'preactivated.keras',
    'projected.keras',
    'narrow.keras',
    'onnx-kernels.onnx',
    'onnx-means.onnx',
    'onnx-blocks.onnx',
    'onnx-scaled.onnx',
    'onnx-linear.onnx',
  ])('computes here what Keras or ONNX Runtime computed: %s', async (file) => {
    const { chain } = await readModel([modelFixture(file)]);
    const name = file.replace(/\.\w+$/, '');
    const { shape, input, output } = knownOf(name);
    // Rows of 12 values are no square.
    const choices: ImportChoices = chain.inputShape.length === 1 ? { inputShape: [4, 3, 1] } : {};
    const model = specAndWeights(chain, choices);
    await expectNoLeak(() => {
      expect(largestDifference(outputOf(model, input, shape[0]!), output)).toBeLessThan(5e-6);
    });
  });

  test('of half precision computes it as far as that goes', async () => {
    const { chain } = await readModel([modelFixture('halved.keras')]);
    const { shape, input, output } = knownOf('halved');
    const own = outputOf(specAndWeights(chain, {}), input, shape[0]!);
    expect(largestDifference(own, output)).toBeLessThan(2e-3);
  });

  test('says what it has chosen and what it has left out', async () => {
    expect((await readModel([modelFixture('unpadded.keras')])).chain.notes).toEqual([
      expect.stringMatching(/^Of its 2 outputs, that of "reshape[_0-9]*" is taken\.$/),
    ]);
    expect((await readModel([modelFixture('normalised.keras')])).chain.notes).toEqual([
      'rescaling: takes bytes; pixels from 0 to 1 become the same by × 2 + -1.',
    ]);
    expect((await readModel([modelFixture('bytewise.keras')])).chain.notes).toEqual([
      expect.stringMatching(
        /^rescaling[_0-9]*: takes bytes and divides them by 255; images here are divided already\.$/,
      ),
      expect.stringMatching(/^rescaling[_0-9]*: gives bytes; images here are pixels from 0 to 1\.$/),
    ]);
    expect((await readModel([modelFixture('drawn.keras')])).chain.notes).toEqual([
      expect.stringMatching(/^sampling[_0-9]*: draws around "dense[_0-9]*"; the code is that mean, undrawn\.$/),
    ]);
  });

  test('takes pixels from −1 to 1 where it is told to', async () => {
    const { chain } = await readModel([modelFixture('dense.keras')]);
    const { input, shape } = knownOf('dense');
    const choices = { inputShape: [4, 3, 1] as [number, number, 1] };
    const own = outputOf(
      specAndWeights(chain, choices),
      input.map((value) => 2 * value - 1),
      shape[0]!,
    );
    const ranged = outputOf(specAndWeights(chain, { ...choices, pixels: '-1..1' }), input, shape[0]!);
    expect(
      largestDifference(
        ranged,
        own.map((value) => value / 2 + 0.5),
      ),
    ).toBeLessThan(2e-6);
  });

  test('reads rows with their channels first where it is told to', async () => {
    const { chain } = await readModel([modelFixture('dense.keras')]);
    const { input, shape } = knownOf('dense');
    const inputShape = [2, 2, 3] as [number, number, 3];
    /** Four places of three channels: where each value lies with the channels first. */
    const source = Array.from({ length: 12 }, (_, at) => (at % 3) * 4 + Math.floor(at / 3));
    const turned = (values: ArrayLike<number>): number[] =>
      Array.from({ length: values.length }, (_, at) => values[Math.floor(at / 12) * 12 + source[at % 12]!]!);
    const own = outputOf(specAndWeights(chain, { inputShape }), input, shape[0]!);
    const ordered = specAndWeights(chain, { inputShape, order: 'channels-first' });
    expect(largestDifference(outputOf(ordered, turned(input), shape[0]!), turned(own))).toBeLessThan(2e-6);
  });
});
