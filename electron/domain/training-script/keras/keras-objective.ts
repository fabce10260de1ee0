import { assertNever } from '../../errors.ts';
import { literal } from '../script-text.ts';
import { drawnCodes, type ScriptPlan } from '../script-plan.ts';

/** Where the Huber loss turns if the experiment does not say, in pixel values. */
const HUBER_DELTA = 0.1;

/** The function of a loss that Keras does not have. */
export function kerasObjective({ training, model }: ScriptPlan): string | undefined {
  if (training.loss === 'ssim') return dissimilarity(model.inputShape[2]);
  return undefined;
}

/** The lines that compile `autoencoder`. */
export function kerasCompilation(plan: ScriptPlan): string[] {
  // The model's own loss.
  if (drawnCodes(plan) > 1) return ['autoencoder.compile(optimizer, metrics=["mse"])'];
  if (plan.training.loss !== 'bce') {
    return [`autoencoder.compile(optimizer, loss=${kerasLoss(plan)}, metrics=["mse"])`];
  }
  return [
    '# In nats an image: summed over its pixels, where Keras takes their mean.',
    `autoencoder.compile(optimizer, loss=${kerasLoss(plan)}, loss_weights=[${literal(plan.values)}], metrics=["mse"])`,
  ];
}

function kerasLoss({ training }: ScriptPlan): string {
  switch (training.loss) {
    case 'mse':
    case 'mae':
      return `"${training.loss}"`;
    case 'huber':
      return `keras.losses.Huber(delta=${literal(training.huberDelta ?? HUBER_DELTA)})`;
    case 'bce':
      return '"binary_crossentropy"';
    case 'ssim':
      return 'dissimilarity';
    default:
      return assertNever(training.loss);
  }
}

function dissimilarity(channels: number): string {
  return `def dissimilarity(clean, output):
    """1 - mean structural similarity (Wang et al. 2004, eq. 13) in windows of 11 pixels."""
    line = np.exp(-((np.arange(11) - 5) ** 2) / (2 * 1.5**2))
    window = np.outer(line, line) / line.sum() ** 2
    kernel = np.repeat(window[:, :, None, None], ${channels}, axis=2).astype("float32")

    def blur(x):
        return ops.depthwise_conv(x, kernel)

    mean_a, mean_b = blur(clean), blur(output)
    variances = blur(clean * clean) - mean_a * mean_a + blur(output * output) - mean_b * mean_b
    covariance = blur(clean * output) - mean_a * mean_b
    over = (2 * mean_a * mean_b + 0.01**2) * (2 * covariance + 0.03**2)
    under = (mean_a * mean_a + mean_b * mean_b + 0.01**2) * (variances + 0.03**2)
    return 1 - ops.mean(over / under, axis=(1, 2, 3))`;
}
