import { assertNever } from '../../errors.ts';
import type { ModelSpec } from '../../experiment.ts';
import type { LayoutLayer } from '../../model-layout.ts';
import type { ScriptPlan } from '../script-plan.ts';

type Weighted = Extract<LayoutLayer, { kind: 'dense' | 'conv' }>;

/** Options of a layer that say how its weights are drawn: TensorFlow.js's own way is another one than Keras's. */
export function tfjsInitialiser({ model, training }: ScriptPlan, layer: LayoutLayer): string[] {
  // Pretraining draws its own.
  if (training.pretraining !== undefined) return [];
  if (layer.kind !== 'dense' && layer.kind !== 'conv') return [];
  return [`...draw(${spread(model.initialiser, layer)})`];
}

/**
 * What `draw` is told of a layer: a standard deviation, or the limit of a uniform distribution. In numbers, because
 * TensorFlow.js's own normal distributions are cut off, and it takes a transposed kernel's fan in for its fan out.
 */
function spread(initialiser: ModelSpec['initialiser'], layer: Weighted): string {
  const { fanIn, fanOut } = fansOf(layer);
  switch (initialiser) {
    case 'standard-normal':
    case 'glorot-uniform':
      return '';
    case 'glorot-normal':
      return `Math.sqrt(2 / ${fanIn + fanOut})`;
    case 'he-uniform':
      return `Math.sqrt(6 / ${fanIn})`;
    case 'he-normal':
      return `Math.sqrt(2 / ${fanIn})`;
    case 'lecun-normal':
      return `Math.sqrt(1 / ${fanIn})`;
    default:
      return assertNever(initialiser);
  }
}

function fansOf(layer: Weighted): { readonly fanIn: number; readonly fanOut: number } {
  const product = (shape: readonly number[]): number => shape.reduce((all, size) => all * size, 1);
  if (layer.kind === 'dense') return { fanIn: product(layer.inputShape), fanOut: product(layer.shape) };
  const field = layer.kernel ** 2;
  return { fanIn: field * (layer.inputShape[2] ?? 1), fanOut: field * layer.filters };
}

/** The lines that define `draw`. */
export function tfjsInitialisers({ model, training }: ScriptPlan): string[] {
  if (training.pretraining !== undefined) return [];
  switch (model.initialiser) {
    case 'standard-normal':
      return [
        '// N(0, 1), as the article’s tf.random_normal: large, so that most sigmoids begin flat.',
        'const standardNormal = () => tf.initializers.randomNormal({ mean: 0, stddev: 1, seed: seed++ });',
        'const draw = () => ({ kernelInitializer: standardNormal(), biasInitializer: standardNormal() });',
      ];
    case 'glorot-uniform':
      return ['const draw = () => ({ kernelInitializer: tf.initializers.glorotUniform({ seed: seed++ }) });'];
    case 'he-uniform':
      return [
        'const draw = (maxval) => ({',
        '  kernelInitializer: tf.initializers.randomUniform({ minval: -maxval, maxval, seed: seed++ }),',
        '});',
      ];
    case 'glorot-normal':
    case 'he-normal':
    case 'lecun-normal':
      return [
        'const draw = (stddev) => ({',
        '  kernelInitializer: tf.initializers.randomNormal({ mean: 0, stddev, seed: seed++ }),',
        '});',
      ];
    default:
      return assertNever(model.initialiser);
  }
}
