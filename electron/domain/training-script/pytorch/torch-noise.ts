import { notWritten } from '../script-limits.ts';
import { assertNever } from '../../errors.ts';
import type { NoiseSpec } from '../../experiment.ts';
import { joined, literal } from '../script-text.ts';
import { isAugmented, keptNeighbours, type ScriptPlan } from '../script-plan.ts';
import { augmentationWords, noiseWords } from '../setting-sentences.ts';

/** Functions that change images before they are trained on. */
export function torchNoise(plan: ScriptPlan): string {
  const { training } = plan;
  return joined(2, [
    isAugmented(training) ? augment(plan) : undefined,
    training.inputNoise === undefined ? undefined : corrupt(training.inputNoise),
  ]);
}

/** The lines of a step that make of `batch` what the model gives back (`clean`) and what it sees (`seen`). */
export function torchBatch(plan: ScriptPlan): string[] {
  const { training } = plan;
  if (keptNeighbours(plan) !== undefined) {
    const both = 'images[torch.cat([batch, near])].to(DEVICE) / 255';
    return [
      'near = torch.tensor([random.choice(neighbours[image]) for image in batch.tolist()])',
      'clean = images[batch].to(DEVICE) / 255',
      `seen = ${isAugmented(training) ? `augment(${both})` : both}`,
    ];
  }
  const pixels = isAugmented(training) ? 'augment(batch.to(DEVICE) / 255)' : 'batch.to(DEVICE) / 255';
  return [
    training.dynamicBinarisation === true
      ? `clean = torch.bernoulli(${pixels})  # each pixel drawn anew (Burda et al. 2016)`
      : `clean = ${pixels}`,
    ...(training.inputNoise === undefined ? [] : ['seen = corrupt(clean)']),
  ];
}

function augment({ model, training }: ScriptPlan): string {
  const { shiftPixels: most, flip } = training.augmentation;
  const [height, width] = model.inputShape;
  const shift = `    padded = F.pad(images, (${most}, ${most}, ${most}, ${most}))
    windows = padded.unfold(2, ${height}, 1).unfold(3, ${width}, 1)
    top, left = torch.randint(0, ${2 * most + 1}, (2, len(images)))
    ${flip ? 'images =' : 'return'} windows[torch.arange(len(images)), :, top, left]`;
  const mirror = `    mirrored = torch.rand(len(images), 1, 1, 1, device=DEVICE) < 0.5
    return torch.where(mirrored, images.flip(3), images)`;
  return `def augment(images):
    """${augmentationWords(training.augmentation)}"""
${joined(0, [most > 0 ? shift : undefined, flip ? mirror : undefined])}`;
}

function corrupt(noise: NoiseSpec): string {
  switch (noise.kind) {
    case 'gaussian':
      return `def corrupt(images):
    """${noiseWords(noise)}"""
    return (images + ${literal(noise.deviation)} * torch.randn_like(images)).clamp(0, 1)`;
    case 'salt-and-pepper':
      return `def corrupt(images):
    """${noiseWords(noise)}"""
    spoilt = torch.rand_like(images) < ${literal(noise.fraction)}
    return torch.where(spoilt, torch.rand_like(images).round(), images)`;
    case 'masking':
      return `def corrupt(images):
    """${noiseWords(noise)}"""
    return images * (torch.rand_like(images) >= ${literal(noise.fraction)})`;
    case 'patches':
      throw notWritten('on images with squares missing');
    default:
      return assertNever(noise);
  }
}
