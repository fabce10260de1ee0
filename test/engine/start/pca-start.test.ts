import { describe, expect, test } from 'vitest';
import type { ModelSpec } from '../../../electron/domain/experiment.ts';
import type { ImageColumns } from '../../../electron/domain/words.ts';
import { forwardInference } from '../../../electron/engine/forward.ts';
import { reconstructionErrors } from '../../../electron/engine/inference.ts';
import { fitPca, pcaErrors } from '../../../electron/engine/pca.ts';
import { startAtPca } from '../../../electron/engine/start/pca-start.ts';
import { tf } from '../../../electron/engine/tensorflow.ts';
import { randomFrom } from '../../random.ts';
import { breathe, dense, modelSpec, onNetwork, weightsByName } from '../samples.ts';

/** A bright spot that wanders over dark images: few numbers say each, and no plane holds them. */
function spots(count: number, seed: number, side = 10): ImageColumns {
  const random = randomFrom(seed);
  const pixels = new Uint8Array(count * side * side);
  for (let image = 0; image < count; image += 1) {
    const [y, x] = [random() * side, random() * side];
    for (let at = 0; at < side * side; at += 1) {
      const distance = (Math.floor(at / side) - y) ** 2 + ((at % side) - x) ** 2;
      pixels[image * side * side + at] = 40 + 200 * Math.exp(-distance / 6);
    }
  }
  return { count, height: side, width: side, channels: 1, pixels };
}

const linearCode = (size: number) => ({ size, activation: 'linear', variational: false }) as const;

const spec = (changes: Partial<ModelSpec>): ModelSpec =>
  modelSpec({ inputShape: [10, 10, 1], code: linearCode(4), outputActivation: 'linear', ...changes });

const plain = { seed: 1, augmentation: { shiftPixels: 0, flip: false } };
const training = spots(300, 1);
const validation = spots(60, 2);
const test_ = spots(200, 3);

async function pcaError(images: ImageColumns, size: number): Promise<number> {
  const pca = await fitPca(training, breathe);
  const errors = await pcaErrors(pca, images, breathe);
  pca.dispose();
  return errors[size]!;
}

const sum = (values: Float32Array): number => values.reduce((all, value) => all + value, 0);

describe('a model started at PCA', () => {
  test.each<[string, Partial<ModelSpec>]>([
    ['without hidden layers', { encoder: [], decoder: [] }],
    ['through GELU', { encoder: [dense(8, { activation: 'gelu' })], decoder: 'mirror' }],
    ['through ReLU, with units beside', { encoder: [dense(11, { activation: 'relu' })], decoder: [] }],
    ['through leaky ReLU', { encoder: [dense(9, { activation: 'leaky-relu' })], decoder: [] }],
    [
      'through two layers and softplus',
      { encoder: [dense(20, { activation: 'softplus' }), dense(8, { activation: 'gelu' })], decoder: [] },
    ],
  ])('%s computes PCA', async (_name, changes) => {
    const expected = await pcaError(test_, 4);
    await onNetwork(spec(changes), async (network) => {
      await startAtPca({ network, training, validation, spec: plain, breathe });
      const error = (100 * sum(await reconstructionErrors(network, test_, breathe))) / test_.count;
      expect(error / expected).toBeCloseTo(1, 3);
    });
  });

  test('features of the code predict what PCA leaves: on other images the error is far below PCA’s', async () => {
    const expected = await pcaError(test_, 4);
    await onNetwork(spec({ encoder: [], decoder: [dense(200, { activation: 'gelu' })] }), async (network) => {
      await startAtPca({ network, training, validation, spec: plain, breathe });
      const error = (100 * sum(await reconstructionErrors(network, test_, breathe))) / test_.count;
      expect(error).toBeLessThan(0.6 * expected);
    });
  });

  test('says whether changed copies help the held-out images: mirrored ones of images that lie on one side do not', async () => {
    const few = spots(40, 4);
    const onLeft = (images: ImageColumns): ImageColumns => ({
      ...images,
      pixels: images.pixels.map((value, at) => (at % 10 < 5 ? value : 40)),
    });
    const changed = { seed: 1, augmentation: { shiftPixels: 0, flip: true } };
    const network = spec({ encoder: [], decoder: [dense(24, { activation: 'gelu' })] });
    const helps = async (shape: (images: ImageColumns) => ImageColumns): Promise<boolean> => {
      let found = false;
      await onNetwork(network, async (built) => {
        const images = { network: built, training: shape(few), validation: shape(validation) };
        found = await startAtPca({ ...images, spec: changed, breathe });
      });
      return found;
    };
    expect(await helps((images) => images)).toBe(true);
    expect(await helps(onLeft)).toBe(false);
  });

  test('held-out images that nothing can be predicted of leave PCA as it is', async () => {
    const random = randomFrom(9);
    const noise = { ...validation, pixels: Uint8Array.from(validation.pixels, () => 255 * random()) };
    const expected = await pcaError(test_, 4);
    await onNetwork(spec({ encoder: [], decoder: [dense(200, { activation: 'gelu' })] }), async (network) => {
      await startAtPca({ network, training, validation: noise, spec: plain, breathe });
      const error = (100 * sum(await reconstructionErrors(network, test_, breathe))) / test_.count;
      expect(error / expected).toBeCloseTo(1, 2);
    });
  });

  test('few images and their shifted copies: better than PCA of the images alone', async () => {
    const few = { ...training, count: 25, pixels: training.pixels.subarray(0, 25 * 100) };
    const pca = await fitPca(few, breathe);
    const expected = (await pcaErrors(pca, test_, breathe))[4]!;
    pca.dispose();
    await onNetwork(spec({ encoder: [], decoder: [] }), async (network) => {
      const shifted = { seed: 1, augmentation: { shiftPixels: 2, flip: false } };
      await startAtPca({ network, training: few, validation, spec: shifted, breathe });
      const error = (100 * sum(await reconstructionErrors(network, test_, breathe))) / test_.count;
      expect(error).toBeLessThan(0.95 * expected);
    });
  });

  test.each<[string, Partial<ModelSpec>, number]>([
    ['made by the first layer, more: what reads it learns faster', { encoder: [], decoder: [] }, 4],
    ['made of hidden units, one', { encoder: [dense(16, { activation: 'gelu' })], decoder: [] }, 1],
  ])('the mean variance of a code’s numbers, in PCA’s proportions: %s', (_name, changes, expected) =>
    onNetwork(spec({ ...changes, code: linearCode(8) }), async (network) => {
      await startAtPca({ network, training, validation, spec: plain, breathe });
      const variances = tf.tidy(() => {
        const coding = [...network.encoderLayers, ...network.codeLayers];
        const rows = tf.tensor(
          Float32Array.from(training.pixels, (value) => value / 255),
          [300, 10, 10, 1],
        );
        return [...tf.moments(forwardInference(coding, rows), 0).variance.dataSync()];
      });
      expect(variances.reduce((all, value) => all + value, 0) / 8).toBeCloseTo(expected, 3);
      expect(variances).toEqual([...variances].sort((one, other) => other - one));
    }),
  );

  test('the same seed gives the same weights, bit for bit; another one others', async () => {
    const found: Record<string, Float32Array>[] = [];
    for (const seed of [1, 1, 2]) {
      await onNetwork(spec({ encoder: [dense(30, { activation: 'gelu' })], decoder: 'mirror' }), async (network) => {
        await startAtPca({ network, training, validation, spec: { ...plain, seed }, breathe });
        found.push(weightsByName(network));
      });
    }
    expect(found[1]).toEqual(found[0]);
    expect(found[2]!['decoder-1/kernel']).not.toEqual(found[0]!['decoder-1/kernel']);
  });

  test('fewer images than numbers in the code still start', () =>
    onNetwork(
      spec({ encoder: [], decoder: [dense(40, { activation: 'gelu' })], code: linearCode(12) }),
      async (network) => {
        const few = { ...training, count: 6, pixels: training.pixels.subarray(0, 600) };
        await startAtPca({ network, training: few, validation, spec: plain, breathe });
        for (const values of Object.values(weightsByName(network))) expect(values.every(Number.isFinite)).toBe(true);
      },
    ));
});
