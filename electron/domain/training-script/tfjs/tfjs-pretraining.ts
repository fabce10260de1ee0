import type { PretrainingSpec } from '../../experiment.ts';
import { literal } from '../script-text.ts';
import type { ScriptPlan } from '../script-plan.ts';

/** A linear code's machine learns this many times slower than those of logistic units. */
const GAUSSIAN_RATE = 0.01;

/** `pretrain()`. */
export function tfjsPretraining({ model }: ScriptPlan, pretraining: PretrainingSpec): string {
  const { epochs, learningRate, batchSize, weightDecay } = pretraining;
  const slow = literal(Number((learningRate * GAUSSIAN_RATE).toPrecision(12)));
  const linear = model.code.activation === 'linear';
  const isCode = linear
    ? '\n    const isCode = layer === up.length - 1; // linear: drawn with normal noise, learnt slower'
    : '';
  const mean = linear ? '(isCode ? x : x.sigmoid())' : 'x.sigmoid()';
  const states = 'const states = random(tf.randomUniform).less(hidden).toFloat();';
  const drawn = linear
    ? `const states = isCode ? hidden.add(random(tf.randomNormal)) : random(tf.randomUniform).less(hidden).toFloat();`
    : states;
  return `/** Layer by layer as restricted Boltzmann machines, then unrolled (Hinton & Salakhutdinov 2006). */
function pretrain() {
  const [up, down] = [encoder, decoder].map((part) => part.layers.filter((layer) => layer.getClassName() === 'Dense'));
  for (const [layer, encoding] of up.entries()) {
    const decoding = down[up.length - 1 - layer];${isCode}
    const rate = ${linear ? `isCode ? ${slow} : ${literal(learningRate)}` : literal(learningRate)};
    const below = (images) => up.slice(0, layer).reduce((x, each) => each.apply(x), images.reshape([-1, VALUES]));
    const [sizes, biases] = encoding.getWeights().map((weight) => weight.shape);
    const drawn = tf.randomNormal(sizes, 0, 0.1, 'float32', draws++);
    const values = [drawn, tf.zeros(biases), tf.zeros([sizes[0]])].map((value) => tf.variable(value));
    const moves = values.map((value) => tf.variable(tf.zerosLike(value)));
    const [weights, hiddenBias, visibleBias] = values;
    const upwards = (visible) => {
      const x = visible.matMul(weights).add(hiddenBias);
      return ${mean};
    };
    for (let epoch = 0; epoch < ${literal(epochs)}; epoch += 1) {
      const order = shuffled(count);
      for (let first = 0; first + ${literal(batchSize)} <= count; first += ${literal(batchSize)}) {
        tf.tidy(() => {
          const data = below(take(trained, order.slice(first, first + ${literal(batchSize)})));
          const hidden = upwards(data);
          const random = (distribution) => distribution(hidden.shape, 0, 1, 'float32', draws++);
          ${drawn}
          const visible = states.matMul(weights, false, true).add(visibleBias).sigmoid();
          const again = upwards(visible); // down and up again once: contrastive divergence, CD-1
          const learnt = data.matMul(hidden, true).sub(visible.matMul(again, true)).div(${literal(batchSize)});
          const decayed = learnt.sub(weights.mul(${literal(weightDecay)}));
          const directions = [decayed, hidden.sub(again).mean(0), data.sub(visible).mean(0)];
          directions.forEach((direction, at) => {
            moves[at].assign(moves[at].mul(epoch < 5 ? 0.5 : 0.9).add(direction.mul(rate)));
            values[at].assign(values[at].add(moves[at]));
          });
        });
      }
    }
    encoding.setWeights([weights, hiddenBias]);
    decoding.setWeights([weights.transpose(), visibleBias]);
    tf.dispose([values, moves]);
  }
}`;
}
