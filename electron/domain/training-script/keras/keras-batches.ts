import { notWritten } from '../script-limits.ts';
import { assertNever } from '../../errors.ts';
import type { NoiseSpec } from '../../experiment.ts';
import { literal } from '../script-text.ts';
import { isAugmented, isChosen, keptNeighbours, type ScriptPlan } from '../script-plan.ts';
import { augmentationWords, noiseWords } from '../setting-sentences.ts';

/** `prepare(image)`, from bytes to what the model sees and what it is to give back. */
export function kerasPreparation(plan: ScriptPlan): string {
  const { training } = plan;
  if (keptNeighbours(plan) !== undefined) return pairPreparation(plan);
  const known = plan.model.code.classes !== undefined;
  const lines = ['clean = tf.cast(image, "float32") / 255'];
  if (isAugmented(training)) lines.push(`# ${augmentationWords(training.augmentation)}`, ...augmented(plan, 'clean'));
  if (training.dynamicBinarisation === true) {
    lines.push('clean = tf.cast(tf.random.uniform(clean.shape) < clean, "float32")  # anew (Burda et al. 2016)');
  }
  if (training.inputNoise !== undefined)
    lines.push(`# ${noiseWords(training.inputNoise)}`, ...corrupted(training.inputNoise));
  const seen = training.inputNoise === undefined ? 'clean' : 'seen';
  lines.push(`return ${known ? `(${seen}, label)` : seen}, clean`);
  return `def prepare(image${known ? ', label' : ''}):
    """What the model sees, and what it is to give back."""
${lines.map((line) => `    ${line}`).join('\n')}`;
}

/** The lines that move or mirror the image of this name. */
function augmented({ model, training }: ScriptPlan, image: string): string[] {
  const { shiftPixels: most, flip } = training.augmentation;
  const edges = `[[${most}, ${most}], [${most}, ${most}], [0, 0]]`;
  return [
    ...(most > 0
      ? [`${image} = tf.image.random_crop(tf.pad(${image}, ${edges}), (${model.inputShape.join(', ')}))`]
      : []),
    ...(flip ? [`${image} = tf.image.random_flip_left_right(${image})`] : []),
  ];
}

/** `prepare(number)` of an image that is trained on: a neighbour comes with it. */
function pairPreparation(plan: ScriptPlan): string {
  const { augmentation } = plan.training;
  const lines = augmented(plan, 'image').map((line) => `    ${line}\n`);
  const view = `def view(image):
    """${isAugmented(plan.training) ? augmentationWords(augmentation) : ''}"""
${lines.slice(0, -1).join('')}${lines.at(-1)?.replace('image = ', 'return ')}

`;
  const seen = (image: string): string => (isAugmented(plan.training) ? `view(${image})` : image);
  return `${isAugmented(plan.training) ? view : ''}def prepare(number):
    """An image and one of its neighbours as the model sees them, and what it is to give back."""
    clean, beside = pixels[number], pixels[tf.random.shuffle(neighbours[number])[0]]
    return (${seen('clean')}, ${seen('beside')}), clean`;
}

/** The lines that make `batches`. */
export function kerasBatches(plan: ScriptPlan): string[] {
  const { training } = plan;
  const keeps = training.lastPartialBatch === 'keep';
  const rest = isChosen(training) ? '[HELD_OUT:]' : '';
  const trained = `images${rest}`;
  const columns = plan.model.code.classes === undefined ? trained : `(${trained}, classes${rest})`;
  const pairs = keptNeighbours(plan) !== undefined;
  return [
    ...(pairs
      ? [
          `pixels = tf.constant(${trained} / np.float32(255))`,
          `neighbours = tf.ragged.constant(neighbours_of(${trained}))`,
        ]
      : []),
    'batches = (',
    pairs ? '    tf.data.Dataset.range(len(pixels))' : `    tf.data.Dataset.from_tensor_slices(${columns})`,
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
    case 'patches':
      throw notWritten('on images with squares missing');
    default:
      return assertNever(noise);
  }
}
