import { describe, expect, test } from 'vitest';
import type { ImportChoices } from '../../../electron/model/import/input-choices.ts';
import { readModel } from '../../../electron/model/import/read-model.ts';
import { specAndWeights } from '../../../electron/model/import/to-spec.ts';
import { expectNoLeak } from '../../engine/no-leak.ts';
import { largestDifference } from '../export/trained.ts';
import { knownOf, outputOf } from './imported.ts';
import { modelFixture } from './model-fixture.ts';

describe('a model that Keras has saved', () => {
  test.each(
    ['dense', 'convolutional', 'transposed', 'namesakes', 'accented'].flatMap((name) =>
      ['keras', 'h5'].map((ending) => [name, ending] as const),
    ),
  )('computes here what it computed there: %s.%s', async (name, ending) => {
    const { chain } = await readModel([modelFixture(`${name}.${ending}`)]);
    // Rows of 12 values are no square.
    const choices: ImportChoices = name === 'dense' ? { inputShape: [4, 3, 1] } : {};
    const { shape, input, output } = knownOf(name);
    const model = specAndWeights(chain, choices);
    await expectNoLeak(() => {
      expect(largestDifference(outputOf(model, input, shape[0]!), output)).toBeLessThan(2e-6);
    });
  });
});
