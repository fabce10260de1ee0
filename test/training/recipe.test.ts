import { expect, test } from 'vitest';
import { readMnist } from '../../electron/dataset/mnist.ts';
import { sliceImages, summarise, type ImageSet } from '../../electron/dataset/image-set.ts';
import { recipeFor } from '../../electron/domain/recipe.ts';
import { TemporaryFolder } from '../dataset/idx-bytes.ts';
import { baselineOf } from '../../electron/training/baseline.ts';
import { breathe } from '../engine/samples.ts';
import { tinyRun, train } from './samples.ts';

async function digits(count: number): Promise<ImageSet> {
  const { training, test: tested } = await readMnist();
  return {
    id: 'own',
    name: 'Own',
    labelNames: [],
    training: { images: sliceImages(training.images, 0, count) },
    test: { images: sliceImages(tested.images, 0, 300) },
  };
}

test('two hundred pictures by the recipe: before the first step and at the end better than PCA on test pictures', async () => {
  using data = new TemporaryFolder();
  const set = await digits(200);
  const proposed = recipeFor(summarise(set)).experiment;
  const experiment = { ...proposed, training: { ...proposed.training, epochs: 3 } };
  const { size } = experiment.model.code;
  const { validationCount } = experiment.training;
  const pca = await baselineOf(set, validationCount, data.path, breathe);
  const tiny = tinyRun(data.path, set, experiment);
  const ended = await train(tiny);
  const told = tiny.events.map(({ name }) => name);
  // What the start makes of the pictures is shown before what trains further is compiled.
  expect(told.indexOf('run:snapshot-taken')).toBeLessThan(told.indexOf('run:path-chosen'));
  const { metrics } = await tiny.folder.readMetrics();
  expect(metrics[0]!.epoch).toBe(0);
  expect(metrics[0]!.validationSquaredError).toBeLessThan(0.95 * pca.validationSquaredError[size]!);
  expect(ended.test!.squaredError).toBeLessThan(0.95 * pca.testSquaredError[size]!);
});
