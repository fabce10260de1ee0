import { notWritten } from '../script-limits.ts';
import { assertNever } from '../../errors.ts';
import type { NoiseSpec } from '../../experiment.ts';
import { joined, literal } from '../script-text.ts';
import { isAugmented, isChosen, keptNeighbours, type ScriptPlan } from '../script-plan.ts';
import { augmentationWords, noiseWords } from '../setting-sentences.ts';

/** The function that changes images before they are trained on, where there is one. */
export const tfjsAugmentation = ({ training }: ScriptPlan): string | undefined =>
  isAugmented(training) ? augment(training.augmentation) : undefined;

/** The lines of a step that make of the order what the model gives back (`clean`) and what it sees (`seen`). */
export function tfjsBatch(plan: ScriptPlan): string[] {
  const { training } = plan;
  const augmentedOf = (images: string): string => (isAugmented(training) ? `augment(${images})` : images);
  if (keptNeighbours(plan) !== undefined) {
    return [
      'const own = order.slice(first, first + BATCH_SIZE);',
      'const chance = uniform([own.length]).arraySync();',
      'const partners = own.map((i, at) => near[i][Math.floor(chance[at] * near[i].length)]);',
      `const [clean, seen] = [trained.gather(own), ${augmentedOf('trained.gather([...own, ...partners])')}];`,
    ];
  }
  const { classes } = plan.model.code;
  const own = 'order.slice(first, first + BATCH_SIZE)';
  const augmented = augmentedOf(`trained.gather(${classes === undefined ? own : 'own'})`);
  const label = `classes[${isChosen(training) ? 'HELD_OUT + ' : ''}image]`;
  const noise = training.inputNoise;
  return [
    ...(classes === undefined
      ? []
      : [`const own = ${own};`, `const known = tf.oneHot(own.map((image) => ${label}), ${classes}).toFloat();`]),
    ...(training.dynamicBinarisation === true
      ? [
          `const pixels = ${augmented};`,
          'const clean = uniform(pixels.shape).less(pixels).toFloat(); // anew (Burda et al. 2016)',
        ]
      : [`const clean = ${augmented};`]),
    ...(noise === undefined ? [] : [`// ${noiseWords(noise)}`]),
    ...(noise === undefined ? [] : [`const seen = ${corrupted(noise)};`]),
  ];
}

function augment({ shiftPixels: most, flip }: ScriptPlan['training']['augmentation']): string {
  const edges = `[${most}, ${most}]`;
  const shift = `  const padded = images.pad([[0, 0], ${edges}, ${edges}, [0, 0]]).unstack();
  const starts = tf.randomUniform([padded.length, 2], 0, ${2 * most + 1}, 'int32', seed++).arraySync();
  ${flip ? 'images =' : 'return'} tf.stack(padded.map((image, at) => image.slice([...starts[at], 0], SHAPE)));`;
  const mirror = `  const mirrored = uniform([images.shape[0], 1, 1, 1]).less(0.5);
  return tf.where(mirrored.tile([1, ...SHAPE]), images.reverse(2), images);`;
  return `/** ${augmentationWords({ shiftPixels: most, flip })} */
function augment(images) {
${joined(0, [most > 0 ? shift : undefined, flip ? mirror : undefined])}
}`;
}

function corrupted(noise: NoiseSpec): string {
  switch (noise.kind) {
    case 'gaussian':
      return `clean.add(normal(clean.shape).mul(${literal(noise.deviation)})).clipByValue(0, 1)`;
    case 'salt-and-pepper':
      return `tf.where(uniform(clean.shape).less(${literal(noise.fraction)}), uniform(clean.shape).round(), clean)`;
    case 'masking':
      return `clean.mul(uniform(clean.shape).greaterEqual(${literal(noise.fraction)}).toFloat())`;
    case 'patches':
      throw notWritten('on images with squares missing');
    default:
      return assertNever(noise);
  }
}
