import { joined } from '../script-text.ts';
import type { ScriptPlan } from '../script-plan.ts';

/** Layers that TensorFlow.js does not have, before they are used. */
export function tfjsClasses(plan: ScriptPlan): string {
  const { model, encoder, decoder } = plan;
  return joined(1, [
    model.tiedWeights === true ? tiedLayer(plan) : undefined,
    [...encoder, ...decoder].some(({ kind }) => kind === 'residual') ? RESIDUAL : undefined,
  ]);
}

const RESIDUAL = `/** Adds what layers make of images to them, or to what others do (He et al. 2016, eq. 2). */
function residual(shape, inner, beside = []) {
  const images = tf.input({ shape });
  const through = (layers) => layers.reduce((x, layer) => layer.apply(x), images);
  const sum = tf.layers.add().apply([through(beside), through(inner)]);
  return tf.model({ inputs: images, outputs: sum });
}`;

function tiedLayer({ model }: ScriptPlan): string {
  const bias =
    model.initialiser === 'standard-normal' ? 'tf.initializers.randomNormal({ stddev: 1 })' : 'tf.initializers.zeros()';
  return `/** A dense layer with another one's kernel, transposed. */
class Tied extends tf.layers.Layer {
  static className = 'Tied';

  constructor(options, source) {
    super(options);
    this.source = source;
    this.bias = this.addWeight('bias', [options.units], 'float32', ${bias});
  }

  computeOutputShape([count]) {
    return [count, this.bias.shape[0]];
  }

  call([x]) {
    return tf.tidy(() => x.matMul(this.source.kernel.read(), false, true).add(this.bias.read()));
  }
}`;
}
