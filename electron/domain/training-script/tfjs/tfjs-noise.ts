import { assertNever } from '../../errors.ts';
import type { NoiseSpec } from '../../experiment.ts';
import { joined, literal } from '../script-text.ts';
import { isAugmented, type ScriptPlan } from '../script-plan.ts';
import { augmentationWords, noiseWords } from '../setting-sentences.ts';

/** Whether numbers from 0 to 1 are drawn while the model is trained. */
export const drawsNoise = ({ training }: ScriptPlan): boolean =>
  training.pretraining !== undefined ||
  training.augmentation.flip ||
  training.dynamicBinarisation === true ||
  (training.inputNoise !== undefined && training.inputNoise.kind !== 'gaussian');

/** The function that changes images before they are trained on, where there is one. */
export const tfjsAugmentation = ({ training }: ScriptPlan): string | undefined =>
  isAugmented(training) ? augment(training.augmentation) : undefined;

/** The lines of a step that make of the order what the model gives back (`clean`) and what it sees (`seen`). */
export function tfjsBatch({ training }: ScriptPlan): string[] {
  const taken = 'trained.gather(order.slice(first, first + BATCH_SIZE))';
  const augmented = isAugmented(training) ? `augment(${taken})` : taken;
  const noise = training.inputNoise;
  return [
    ...(training.dynamicBinarisation === true
      ? [
          `const pixels = ${augmented};`,
          'const clean = uniform(pixels.shape).less(pixels).toFloat(); // anew (Burda et al. 2016)',
        ]
      : [`const clean = ${augmented};`]),
    ...(noise === undefined ? [] : [`// ${noiseWords(noise)}`]),
    ...(noise?.kind === 'gaussian'
      ? [`const noise = tf.randomNormal(clean.shape, 0, ${literal(noise.deviation)}, 'float32', draws++);`]
      : []),
    ...(noise === undefined ? [] : [`const seen = ${corrupted(noise)};`]),
  ];
}

function augment({ shiftPixels: most, flip }: ScriptPlan['training']['augmentation']): string {
  const edges = `[${most}, ${most}]`;
  const shift = `  const padded = images.pad([[0, 0], ${edges}, ${edges}, [0, 0]]).unstack();
  const starts = tf.randomUniform([padded.length, 2], 0, ${2 * most + 1}, 'int32', draws++).arraySync();
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
      return 'clean.add(noise).clipByValue(0, 1)';
    case 'salt-and-pepper':
      return `tf.where(uniform(clean.shape).less(${literal(noise.fraction)}), uniform(clean.shape).round(), clean)`;
    case 'masking':
      return `clean.mul(uniform(clean.shape).greaterEqual(${literal(noise.fraction)}).toFloat())`;
    default:
      return assertNever(noise);
  }
}
