import { expect, test } from 'vitest';
import { untied } from '../../electron/engine/untie.ts';
import { loadModel, saveModel } from '../../electron/model/weights-file.ts';
import { TemporaryFolder } from '../dataset/idx-bytes.ts';
import {
  dense,
  distance,
  modelSpec,
  noiseImages,
  onNetwork,
  reconstructionOf,
  setWeights,
  trainEagerly,
  trainingSpec,
  weightsByName,
} from './samples.ts';

const spec = modelSpec({
  encoder: [dense(5, { activation: 'leaky-relu' }), dense(4, { batchNorm: true })],
  tiedWeights: true,
});
const images = noiseImages(6, [4, 3, 1]);

test('tied layers keep their biases alone', () =>
  onNetwork(spec, (network) => {
    expect(network.weights.map(({ name, variable }) => `${name} ${variable.shape.join('×')}`)).toEqual([
      'encoder-1/kernel 12×5',
      'encoder-1/bias 5',
      'encoder-2/kernel 5×4',
      'encoder-2-norm/gamma 4',
      'encoder-2-norm/beta 4',
      'encoder-2-norm/moving_mean 4',
      'encoder-2-norm/moving_variance 4',
      'code/kernel 4×3',
      'code/bias 3',
      'decoder-1-norm/gamma 4',
      'decoder-1-norm/beta 4',
      'decoder-1-norm/moving_mean 4',
      'decoder-1-norm/moving_variance 4',
      'decoder-2/bias 5',
      'output/bias 12',
    ]);
  }));

test('a tied model decodes by the transposes of its kernels', () =>
  onNetwork(
    modelSpec({
      encoder: [],
      code: { size: 2, activation: 'linear', variational: false },
      outputActivation: 'linear',
      tiedWeights: true,
      inputShape: [1, 3, 1],
    }),
    (network) => {
      const kernel = [1, 2, 3, 4, 5, 6];
      setWeights(network, { 'code/kernel': kernel, 'code/bias': [0.5, -1], 'output/bias': [0.1, 0.2, 0.3] });
      const pixels = [255, 51, 102];
      const [x, y, z] = pixels.map((pixel) => pixel / 255) as [number, number, number];
      const [p, q] = [x + 3 * y + 5 * z + 0.5, 2 * x + 4 * y + 6 * z - 1];
      const made = reconstructionOf(network, {
        count: 1,
        height: 1,
        width: 3,
        channels: 1,
        pixels: Uint8Array.from(pixels),
      });
      expect(distance(made, [p + 2 * q + 0.1, 3 * p + 4 * q + 0.2, 5 * p + 6 * q + 0.3])).toBeLessThan(1e-6);
    },
  ));

test('a tied model is saved without its decoder’s kernels, and loads as it was', () =>
  onNetwork(spec, async (network) => {
    using folder = new TemporaryFolder();
    trainEagerly(network, trainingSpec(), images, [1, 1]);
    await saveModel(network, `${folder.path}/model`);
    const loaded = await loadModel(`${folder.path}/model`);
    expect(weightsByName(loaded)).toEqual(weightsByName(network));
    expect(reconstructionOf(loaded, images)).toEqual(reconstructionOf(network, images));
    loaded.dispose();
  }));

test('untied it computes the same, with kernels of its own', () =>
  onNetwork(spec, (network) => {
    trainEagerly(network, trainingSpec(), images, [1, 1]);
    const before = reconstructionOf(network, images);
    const copy = untied(network);
    expect(distance(reconstructionOf(copy, images), before)).toBeLessThan(1e-6);
    expect(copy.weights.map(({ name }) => name)).toContain('output/kernel');
    trainEagerly(copy, trainingSpec(), images, [1]);
    expect(reconstructionOf(network, images)).toEqual(before);
    copy.dispose();
  }));
