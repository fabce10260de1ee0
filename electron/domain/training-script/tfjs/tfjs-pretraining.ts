import type { PretrainingSpec } from '../../experiment.ts';
import { literal } from '../script-text.ts';
import type { ScriptPlan } from '../script-plan.ts';

/** A linear code's machine learns this many times slower than those of logistic units. */
const GAUSSIAN_RATE = 0.01;

/** `pretrain()`. */
export function tfjsPretraining({ model, encoder }: ScriptPlan, pretraining: PretrainingSpec): string {
  const { epochs, batchSize, weightDecay } = pretraining;
  const linear = model.code.activation === 'linear';
  const machines = encoder.length + 1;
  return `/** As restricted Boltzmann machines, layer by layer (Hinton & Salakhutdinov 2006). */
function pretrain(data) {
  const dense = [...encoder.layers, ...decoder.layers].filter((layer) => layer.kernel);
  for (let at = 0; at < ${machines}; at += 1) {
${kinds(pretraining.learningRate, linear, machines)}
    const [inputs, units] = dense[at].kernel.shape;
    const drawn = tf.randomNormal([inputs, units], 0, 0.1, 'float32', draws++);
    const values = [drawn, tf.zeros([units]), tf.zeros([inputs])].map((each) => tf.variable(each));
    const moves = values.map((value) => tf.variable(tf.zerosLike(value)));
    const [weights, hiddenBias, visibleBias] = values;
    const upwards = (visible) => mean(visible.matMul(weights).add(hiddenBias));
    for (let epoch = 0; epoch < ${literal(epochs)}; epoch += 1) {
      const order = shuffled(data.shape[0]);
      for (let first = 0; first < order.length; first += ${literal(batchSize)}) {
        tf.tidy(() => {
          const seen = data.gather(order.slice(first, first + ${literal(batchSize)}));
          const hidden = upwards(seen);
          const visible = draw(hidden).matMul(weights, false, true).add(visibleBias).sigmoid();
          const again = upwards(visible); // down and up once: contrastive divergence, CD-1
          const product = seen.matMul(hidden, true).sub(visible.matMul(again, true));
          const learnt = product.div(seen.shape[0]).sub(weights.mul(${literal(weightDecay)}));
          const directions = [learnt, hidden.sub(again).mean(0), seen.sub(visible).mean(0)];
          for (const [index, direction] of directions.entries()) {
            const move = moves[index].mul(epoch < 5 ? 0.5 : 0.9).add(direction.mul(rate));
            moves[index].assign(move);
            values[index].assign(values[index].add(move));
          }
        });
      }
    }
    dense[at].setWeights([weights, hiddenBias]);
    dense.at(-1 - at).setWeights([weights.transpose(), visibleBias]);
    data = tf.tidy(() => upwards(data));
  }
}`;
}

/** How the hidden units of a machine are: a linear code is drawn with normal noise. */
function kinds(learningRate: number, linear: boolean, machines: number): string {
  const slow = literal(Number((learningRate * GAUSSIAN_RATE).toPrecision(12)));
  if (!linear) {
    return `    const [rate, mean] = [${literal(learningRate)}, (x) => x.sigmoid()];
    const draw = (x) => uniform(x.shape).less(x).toFloat();`;
  }
  return `    const isCode = at === ${machines - 1}; // linear: drawn with normal noise, learnt slower
    const [rate, mean] = isCode ? [${slow}, (x) => x] : [${literal(learningRate)}, (x) => x.sigmoid()];
    const draw = isCode
      ? (x) => x.add(tf.randomNormal(x.shape, 0, 1, 'float32', draws++))
      : (x) => uniform(x.shape).less(x).toFloat();`;
}
