import type { PretrainingSpec } from '../../experiment.ts';
import { literal } from '../script-text.ts';
import type { ScriptPlan } from '../script-plan.ts';

/** A linear code's machine learns this many times slower than those of logistic units. */
const GAUSSIAN_RATE = 0.01;

/** `pretrain(images)`, in NumPy. */
export function kerasPretraining({ model }: ScriptPlan, pretraining: PretrainingSpec): string {
  const { epochs, batchSize, weightDecay } = pretraining;
  const linear = model.code.activation === 'linear';
  return `def pretrain(data):
    """Layer by layer as restricted Boltzmann machines, then unrolled (Hinton & Salakhutdinov 2006)."""
    rng = np.random.default_rng(SEED)
    sigmoid = lambda x: 1 / (1 + np.exp(-x))
    bernoulli = lambda x: (rng.random(x.shape) < x).astype("float32")
    up, down = ([layer for layer in part.layers if isinstance(layer, layers.Dense)] for part in (encoder, decoder))
    for encoding, decoding in zip(up, reversed(down)):
${kinds(pretraining.learningRate, linear)}
        sizes = data.shape[1], encoding.units
        weights = 0.1 * rng.standard_normal(sizes, "float32")
        hidden_bias, visible_bias = np.zeros(sizes[1], "float32"), np.zeros(sizes[0], "float32")
        values = weights, hidden_bias, visible_bias
        moves = [np.zeros_like(value) for value in values]
        for epoch in range(${literal(epochs)}):
            for rows in np.array_split(rng.permutation(len(data)), len(data) // ${literal(batchSize)}):
                hidden = mean(data[rows] @ weights + hidden_bias)
                visible = sigmoid(draw(hidden) @ weights.T + visible_bias)
                again = mean(visible @ weights + hidden_bias)  # down and up again once: contrastive divergence, CD-1
                learnt = (data[rows].T @ hidden - visible.T @ again) / len(rows) - ${literal(weightDecay)} * weights
                directions = learnt, (hidden - again).mean(axis=0), (data[rows] - visible).mean(axis=0)
                for value, move, direction in zip(values, moves, directions):
                    move *= 0.5 if epoch < 5 else 0.9
                    move += rate * direction
                    value += move
        encoding.set_weights([weights, hidden_bias])
        decoding.set_weights([weights.T, visible_bias])
        data = mean(data @ weights + hidden_bias)`;
}

/** How the hidden units of a machine are: a linear code is drawn with normal noise. */
function kinds(learningRate: number, linear: boolean): string {
  const usual = `        rate, mean, draw = ${literal(learningRate)}, sigmoid, bernoulli`;
  if (!linear) return usual;
  const slow = literal(Number((learningRate * GAUSSIAN_RATE).toPrecision(12)));
  return `${usual}
        if encoding is up[-1]:  # the linear code
            rate, mean, draw = ${slow}, lambda x: x, lambda x: x + rng.standard_normal(x.shape, "float32")`;
}
