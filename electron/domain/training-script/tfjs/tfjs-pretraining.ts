import type { PretrainingSpec } from '../../experiment.ts';
import { literal } from '../script-text.ts';
import type { ScriptPlan } from '../script-plan.ts';

/** A linear code's machine learns this many times slower than those of logistic units. */
const GAUSSIAN_RATE = 0.01;

/**
 * `pretrain()`. Contrastive divergence goes down the energy −v·W·h − b·v − c·h of the data and up that of their reconstructions, the
 * hidden units held (Hinton 2010, section 3): TensorFlow.js's own momentum takes the steps.
 */
export function tfjsPretraining({ model, encoder }: ScriptPlan, pretraining: PretrainingSpec): string {
  const { epochs, batchSize, weightDecay } = pretraining;
  const machines = encoder.length + 1;
  const { words, draw, rate } = kinds(pretraining.learningRate, model.code.activation === 'linear', machines);
  return `/** As restricted Boltzmann machines, layer by layer (Hinton & Salakhutdinov 2006). */
function pretrain(data) {
  const dense = [...encoder.layers, ...decoder.layers].filter((layer) => layer.kernel);
  for (const [at, layer] of dense.slice(0, ${machines}).entries()) {
    const [w, c, b] = [layer.kernel, layer.bias, dense.at(-1 - at).bias].map((each) => each.read());
    w.assign(normal(w.shape).mul(0.1)); // c and b: the biases of hidden and of visible units
${words}    const draw = (p) => ${draw};
    const energy = (v, h) => v.matMul(w).add(c).mul(h).sum(1).add(v.dot(b)).mean().neg();
    const decay = () => w.square().sum().mul(${literal(weightDecay / 2)});
    const optimizer = tf.train.momentum(${rate}, 0.5);
    for (let epoch = 0; epoch < ${literal(epochs)}; epoch += 1) {
      if (epoch === 5) optimizer.setMomentum(0.9);
      const order = shuffled(data.shape[0]);
      for (let first = 0; first < order.length; first += ${literal(batchSize)}) {
        tf.tidy(() => {
          const seen = data.gather(order.slice(first, first + ${literal(batchSize)}));
          const hidden = layer.apply(seen);
          const visible = draw(hidden).matMul(w, false, true).add(b).sigmoid();
          const again = layer.apply(visible); // down and up once: contrastive divergence, CD-1
          optimizer.minimize(() => energy(seen, hidden).sub(energy(visible, again)).add(decay()));
        });
      }
    }
    dense.at(-1 - at).kernel.write(w.transpose());
    data = layer.apply(data);
  }
}`;
}

/** How the hidden units of a machine are: a linear code is drawn with normal noise. */
function kinds(
  learningRate: number,
  linear: boolean,
  machines: number,
): { readonly words: string; readonly draw: string; readonly rate: string } {
  const logistic = 'uniform(p.shape).less(p).toFloat()';
  const rate = literal(learningRate);
  if (!linear) return { words: '', draw: logistic, rate };
  const slow = literal(Number((learningRate * GAUSSIAN_RATE).toPrecision(12)));
  return {
    words: `    const isCode = at === ${machines - 1}; // linear: drawn with normal noise, learnt slower\n`,
    draw: `(isCode ? p.add(normal(p.shape)) : ${logistic})`,
    rate: `isCode ? ${slow} : ${rate}`,
  };
}
