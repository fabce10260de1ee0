import { assertNever } from '../../errors.ts';
import type { NoiseSpec } from '../../experiment.ts';
import { joined, literal } from '../script-text.ts';
import { isAugmented, type ScriptPlan } from '../script-plan.ts';
import { augmentationWords, noiseWords } from '../setting-sentences.ts';

/** `Batches`, what `fit` is fed with, and the functions it changes images by. */
export function kerasBatches(plan: ScriptPlan): string {
  const { training } = plan;
  return joined(2, [
    isAugmented(training) ? augment(plan) : undefined,
    training.inputNoise === undefined ? undefined : corrupt(training.inputNoise),
    batches(plan),
  ]);
}

function batches({ training }: ScriptPlan): string {
  const keeps = training.lastPartialBatch === 'keep';
  const clean = isAugmented(training)
    ? 'augment(self.images[rows] / np.float32(255), self.rng)'
    : 'self.images[rows] / np.float32(255)';
  const binarised =
    training.dynamicBinarisation === true
      ? '        clean = (self.rng.random(clean.shape) < clean).astype("float32")  # drawn anew (Burda et al. 2016)\n'
      : '';
  const seen = training.inputNoise === undefined ? 'clean' : 'corrupt(clean, self.rng)';
  return `class Batches(keras.utils.PyDataset):
    """Batches of what the model sees and what it is asked for, in another order each epoch."""

    def __init__(self, images):
        super().__init__()
        self.images, self.rng = images, np.random.default_rng(SEED)
        self.on_epoch_end()

    def __len__(self):
        return ${keeps ? '-(-len(self.images) // BATCH_SIZE)  # the last batch may be smaller' : 'len(self.images) // BATCH_SIZE  # what is left over waits for the next epoch'}

    def __getitem__(self, index):
        rows = self.order[index * BATCH_SIZE : (index + 1) * BATCH_SIZE]
        clean = ${clean}
${binarised}        return ${seen}, clean

    def on_epoch_end(self):
        self.order = self.rng.permutation(len(self.images))`;
}

function augment({ model, training }: ScriptPlan): string {
  const { shiftPixels: most, flip } = training.augmentation;
  const [height, width] = model.inputShape;
  const shift = `    padded = np.pad(images, ((0, 0), (${most}, ${most}), (${most}, ${most}), (0, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (${height}, ${width}), axis=(1, 2))
    top, left = rng.integers(0, ${2 * most + 1}, (2, len(images)))
    images = np.moveaxis(windows[np.arange(len(images)), top, left], 1, -1)`;
  const mirror = `    mirrored = rng.random((len(images), 1, 1, 1)) < 0.5
    images = np.where(mirrored, images[:, :, ::-1], images)`;
  return `def augment(images, rng):
    """${augmentationWords(training.augmentation)}"""
${joined(0, [most > 0 ? shift : undefined, flip ? mirror : undefined])}
    return images`;
}

function corrupt(noise: NoiseSpec): string {
  switch (noise.kind) {
    case 'gaussian':
      return `def corrupt(images, rng):
    """${noiseWords(noise)}"""
    return np.clip(images + ${literal(noise.deviation)} * rng.standard_normal(images.shape, "float32"), 0, 1)`;
    case 'salt-and-pepper':
      return `def corrupt(images, rng):
    """${noiseWords(noise)}"""
    spoilt = rng.random(images.shape) < ${literal(noise.fraction)}
    return np.where(spoilt, (rng.random(images.shape) < 0.5).astype("float32"), images)`;
    case 'masking':
      return `def corrupt(images, rng):
    """${noiseWords(noise)}"""
    return images * (rng.random(images.shape) >= ${literal(noise.fraction)})`;
    default:
      return assertNever(noise);
  }
}
