import type { PretrainingSpec } from '../../experiment.ts';
import { literal } from '../script-text.ts';
import type { ScriptPlan } from '../script-plan.ts';

/** A linear code's machine learns this many times slower than those of logistic units. */
const GAUSSIAN_RATE = 0.01;

/** `pretrain(images)`, in NumPy. */
export function kerasPretraining({ model, encoder }: ScriptPlan, pretraining: PretrainingSpec): string {
  const { epochs, batchSize, weightDecay } = pretraining;
  const machines = encoder.length + 1;
  const linear = model.code.activation === 'linear';
  return `def pretrain(data):
    """As restricted Boltzmann machines, layer by layer (Hinton & Salakhutdinov 2006)."""
    rng = np.random.default_rng(SEED)
    every = [*encoder.layers, *decoder.layers]
    dense = [layer for layer in every if isinstance(layer, layers.Dense)]
    for encoding, decoding in zip(dense[:${machines}], reversed(dense)):
${kinds(pretraining.learningRate, linear, machines)}
        weights = 0.1 * rng.standard_normal((data.shape[1], encoding.units), "float32")
        values = weights, *(np.zeros(size, "float32") for size in reversed(weights.shape))
        moves = [np.zeros_like(value) for value in values]
        for epoch in range(${literal(epochs)}):
            for rows in np.array_split(rng.permutation(len(data)), len(data) // ${literal(batchSize)}):
                seen = data[rows]
                hidden = mean(seen @ weights + values[1])
                visible = sigmoid(draw(hidden) @ weights.T + values[2])
                again = mean(visible @ weights + values[1])  # contrastive divergence, CD-1
                learnt = (seen.T @ hidden - visible.T @ again) / len(rows) - ${literal(weightDecay)} * weights
                directions = learnt, (hidden - again).mean(0), (seen - visible).mean(0)
                for value, move, direction in zip(values, moves, directions):
                    move *= 0.5 if epoch < 5 else 0.9
                    move += rate * direction
                    value += move
        encoding.set_weights(values[:2])
        decoding.set_weights([weights.T, values[2]])
        data = mean(data @ weights + values[1])`;
}

/** How the hidden units of a machine are: a linear code is drawn with normal noise. */
function kinds(learningRate: number, linear: boolean, machines: number): string {
  const logistic = `        sigmoid = mean = lambda x: 1 / (1 + np.exp(-x))
        rate, draw = ${literal(learningRate)}, lambda x: rng.random(x.shape) < x`;
  if (!linear) return logistic;
  const slow = literal(Number((learningRate * GAUSSIAN_RATE).toPrecision(12)));
  return `${logistic}
        if encoding is dense[${machines - 1}]:  # the linear code
            rate, mean = ${slow}, lambda x: x
            draw = lambda x: x + rng.standard_normal(x.shape, "float32")`;
}
