import { assertNever } from '../../errors.ts';
import type { NoiseSpec } from '../../experiment.ts';
import { joined, literal } from '../script-text.ts';
import { isAugmented, type ScriptPlan } from '../script-plan.ts';
import { augmentationWords, noiseWords } from '../setting-sentences.ts';

/** Whether anything but the order is drawn while the model is trained. */
export const drawsNoise = ({ training }: ScriptPlan): boolean =>
  training.inputNoise !== undefined || training.augmentation.flip || training.dynamicBinarisation === true;

/** Functions that change images before they are trained on. */
export function tfjsNoise(plan: ScriptPlan): string {
  const { training } = plan;
  return joined(1, [
    drawsNoise(plan) ? "const uniform01 = (shape) => tf.randomUniform(shape, 0, 1, 'float32', draws++);" : undefined,
    isAugmented(training) ? augment(training.augmentation) : undefined,
    training.inputNoise === undefined ? undefined : corrupt(training.inputNoise),
  ]);
}

/** The lines of a step that make of `indices` what the model gives back (`clean`) and what it sees (`seen`). */
export function tfjsBatch({ training }: ScriptPlan): string[] {
  const taken = 'take(trained, indices)';
  const augmented = isAugmented(training) ? `augment(${taken})` : taken;
  if (training.dynamicBinarisation === true) {
    return [
      `const pixels = ${augmented};`,
      'const clean = uniform01(pixels.shape).less(pixels).toFloat(); // each pixel drawn anew (Burda et al. 2016)',
      ...(training.inputNoise === undefined ? [] : ['const seen = corrupt(clean);']),
    ];
  }
  return [
    `const clean = ${augmented};`,
    ...(training.inputNoise === undefined ? [] : ['const seen = corrupt(clean);']),
  ];
}

function augment({ shiftPixels: most, flip }: ScriptPlan['training']['augmentation']): string {
  const shift = `  const [count, height, width, channels] = images.shape;
  const padded = images.pad([[0, 0], [${most}, ${most}], [${most}, ${most}], [0, 0]]);
  const starts = tf.randomUniform([count, 2], 0, ${2 * most + 1}, 'int32', draws++).arraySync();
  images = tf.stack(padded.unstack().map((image, at) => image.slice([...starts[at], 0], [height, width, channels])));`;
  const mirror = `  const mirrored = uniform01([images.shape[0], 1, 1, 1]).less(0.5);
  images = tf.where(mirrored.tile([1, ...images.shape.slice(1)]), images.reverse(2), images);`;
  return `/** ${augmentationWords({ shiftPixels: most, flip })} */
function augment(images) {
${joined(0, [most > 0 ? shift : undefined, flip ? mirror : undefined])}
  return images;
}`;
}

function corrupt(noise: NoiseSpec): string {
  switch (noise.kind) {
    case 'gaussian':
      return `/** ${noiseWords(noise)} */
function corrupt(images) {
  const noise = tf.randomNormal(images.shape, 0, ${literal(noise.deviation)}, 'float32', draws++);
  return images.add(noise).clipByValue(0, 1);
}`;
    case 'salt-and-pepper':
      return `/** ${noiseWords(noise)} */
function corrupt(images) {
  const spoilt = uniform01(images.shape).less(${literal(noise.fraction)});
  return tf.where(spoilt, uniform01(images.shape).less(0.5).toFloat(), images);
}`;
    case 'masking':
      return `/** ${noiseWords(noise)} */
function corrupt(images) {
  return images.mul(uniform01(images.shape).greaterEqual(${literal(noise.fraction)}).toFloat());
}`;
    default:
      return assertNever(noise);
  }
}
