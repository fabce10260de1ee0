import { expect, it } from 'vitest';
import { oneDnnAsked } from '../../electron/engine/tensorflow.ts';
import { cases } from './graph-cases.ts';
import { expectAlike } from './graph-runs.ts';
import { expectNoLeak } from './no-leak.ts';
import { noiseImages } from './samples.ts';

// Other tests of ops that are computed one by one do without: on images this small oneDNN takes twice as long.
it.each([
  'convolutional with batch normalisation and dropout',
  'separable convolutions, padded by hand',
  'residual blocks with a convolution beside them',
  'overlapping pooling and bilinear enlarging',
])('%s by graph-loop, with oneDNN as an engine that trains has it: 20 steps end alike', async (name) => {
  expect(oneDnnAsked()).toBe('on');
  const one = cases[name]!;
  await expectNoLeak(() => expectAlike('graph-loop', one, noiseImages(40, one.model.inputShape), 20));
});
