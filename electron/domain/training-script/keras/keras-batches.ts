import { assertNever } from '../../errors.ts';
import type { NoiseSpec } from '../../experiment.ts';
import { literal } from '../script-text.ts';
import { isAugmented, isChosen, type ScriptPlan } from '../script-plan.ts';
import { augmentationWords, noiseWords } from '../setting-sentences.ts';

/** `prepare(image)`, from bytes to what the model sees and what it is to give back. */
export function kerasPreparation({ model, training }: ScriptPlan): string {
  const { shiftPixels: most, flip } = training.augmentation;
  const lines = ['clean = tf.cast(image, "float32") / 255'];
  if (isAugmented(training)) lines.push(`# ${augmentationWords(training.augmentation)}`);
  if (most > 0) {
    const edges = `[[${most}, ${most}], [${most}, ${most}], [0, 0]]`;
    lines.push(`clean = tf.image.random_crop(tf.pad(clean, ${edges}), (${model.inputShape.join(', ')}))`);
  }
  if (flip) lines.push('clean = tf.image.random_flip_left_right(clean)');
  if (training.dynamicBinarisation === true) {
    lines.push('clean = tf.cast(tf.random.uniform(clean.shape) < clean, "float32")  # anew (Burda et al. 2016)');
  }
  if (training.inputNoise !== undefined)
    lines.push(`# ${noiseWords(training.inputNoise)}`, ...corrupted(training.inputNoise));
  lines.push(`return ${training.inputNoise === undefined ? 'clean' : 'seen'}, clean`);
  return `def prepare(image):
    """What the model sees, and what it is to give back."""
${lines.map((line) => `    ${line}`).join('\n')}`;
}

/** The lines that make `batches`. */
export function kerasBatches({ training }: ScriptPlan): string[] {
  const keeps = training.lastPartialBatch === 'keep';
  return [
    'batches = (',
    `    tf.data.Dataset.from_tensor_slices(images${isChosen(training) ? '[HELD_OUT:]' : ''})`,
    '    .shuffle(len(images), SEED)  # in another order each epoch',
    '    .map(prepare)',
    `    .batch(BATCH_SIZE${keeps ? '' : ', drop_remainder=True'})`,
    '    .prefetch(tf.data.AUTOTUNE)',
    ')',
  ];
}

/** The lines that make `seen` of `clean`. */
function corrupted(noise: NoiseSpec): string[] {
  switch (noise.kind) {
    case 'gaussian': {
      const drawn = `tf.random.normal(clean.shape, stddev=${literal(noise.deviation)})`;
      return [`seen = tf.clip_by_value(clean + ${drawn}, 0, 1)`];
    }
    case 'salt-and-pepper':
      return [
        'specks = tf.round(tf.random.uniform(clean.shape))',
        `seen = tf.where(tf.random.uniform(clean.shape) < ${literal(noise.fraction)}, specks, clean)`,
      ];
    case 'masking':
      return [`seen = clean * tf.cast(tf.random.uniform(clean.shape) >= ${literal(noise.fraction)}, "float32")`];
    default:
      return assertNever(noise);
  }
}
