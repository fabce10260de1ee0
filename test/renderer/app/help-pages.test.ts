import { expect, it } from 'vitest';
import { helpPages } from '../../../renderer/app/help-pages.ts';
import type { Place } from '../../../renderer/window/place.ts';

/** What stands in each place and says nothing to somebody who has read the article only. */
const onScreen: Readonly<Record<Place, readonly string[]>> = {
  data: ['Training', 'Test', 'Label', 'Mean image', 'Duplicates'],
  model: [
    'Code',
    'Activation',
    'Parameters',
    'Multiply-adds',
    'Dense',
    'Conv',
    'Pool',
    'Normalise',
    'Dropout',
    'Variational',
    'Initial weights',
    'Tied weights',
  ],
  train: [
    'Preset',
    'Code size',
    'Learning rate',
    'Batch',
    'Epoch',
    'Step',
    'Seed',
    'Validation',
    'MSE',
    'Squared error',
    'Cost',
    'PCA',
    'Mean image',
    'Log axis',
    '10-NN',
    'Doctor',
    'Huber',
    'SSIM',
  ],
  reconstruct: [
    'What the model sees',
    'Invert',
    'Centre',
    'Fit',
    'Noise',
    'PSNR',
    'Threshold',
    'Percentile',
    'Compress',
  ],
  odd: ['Score', 'Threshold', 'Caught', 'AUROC', 'PRO', 'Masks'],
  latent: [
    '10-NN',
    'Trustworthiness',
    'Silhouette',
    'UMAP',
    'Outside',
    'Decoded ground',
    'Pins',
    'Grid',
    'Between',
    'Path',
    'Units',
    'Direction',
    'Snapshot',
    'Weights',
  ],
  runs: ['Curve', 'Validation', 'Test', 'Tag', 'Sweep', 'Train further', 'Report', 'Queue', 'Interrupted', 'Sample'],
};

it.each(Object.entries(onScreen))('the help of %s explains what stands there', (place, words) => {
  const { about, steps, words: explained } = helpPages[place as Place];
  const text = [about, ...steps, ...explained.map(({ word, means }) => `${word}: ${means}`)].join('\n').toLowerCase();
  expect(words.filter((word) => !text.includes(word.toLowerCase()))).toEqual([]);
});
