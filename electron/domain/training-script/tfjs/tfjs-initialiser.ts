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
  return [`...draw(${spreadOf(model.initialiser, fansOf(layer))})`];
}

/** The same of a separable convolution: its kernels see a channel each, and then one place of all. */
export function tfjsSeparableInitialiser(
  { model, training }: ScriptPlan,
  layer: Extract<LayoutLayer, { kind: 'separable' }>,
): string[] {
  if (training.pretraining !== undefined) return [];
  const { initialiser } = model;
  const [field, channels] = [layer.kernel ** 2, layer.inputShape[2] ?? 1];
  const depthwise = { fanIn: field, fanOut: field };
  const own = initialiser === 'glorot-uniform' ? `Math.sqrt(3 / ${field})` : spreadOf(initialiser, depthwise);
  const pointwise = spreadOf(initialiser, { fanIn: channels, fanOut: layer.filters });
  return [`...drawApart(${[own, pointwise].filter((each) => each !== '').join(', ')})`];
}

/**
 * What `draw` is told of a layer: a standard deviation, or the limit of a uniform distribution. In numbers, because
 * TensorFlow.js's own normal distributions are cut off, and it takes a transposed kernel's fan in for its fan out.
 */
function spreadOf(initialiser: ModelSpec['initialiser'], { fanIn, fanOut }: Fans): string {
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

interface Fans {
  readonly fanIn: number;
  readonly fanOut: number;
}

function fansOf(layer: Weighted): Fans {
  const product = (shape: readonly number[]): number => shape.reduce((all, size) => all * size, 1);
  if (layer.kind === 'dense') return { fanIn: product(layer.inputShape), fanOut: product(layer.shape) };
  const field = layer.kernel ** 2;
  return { fanIn: field * (layer.inputShape[2] ?? 1), fanOut: field * layer.filters };
}

/** The lines that define what layers' options draw by. */
export function tfjsInitialisers({ model, training, encoder, decoder }: ScriptPlan): string[] {
  if (training.pretraining !== undefined) return [];
  const separable = [...encoder, ...decoder].some(({ kind }) => kind === 'separable');
  return [...drawing(model.initialiser), ...(separable ? drawingApart(model.initialiser) : [])];
}

/** The lines that define `drawApart`, for a separable convolution's two kernels. */
function drawingApart(initialiser: ModelSpec['initialiser']): string[] {
  const made = (given: string, depthwise: string, pointwise: string, more: readonly string[] = []): string[] => [
    `const drawApart = (${given}) => ({`,
    `  depthwiseInitializer: ${depthwise},`,
    `  pointwiseInitializer: ${pointwise},`,
    ...more,
    '});',
  ];
  if (initialiser === 'standard-normal') {
    const normal = 'standardNormal()';
    return made('', normal, normal, [`  biasInitializer: ${normal},`]);
  }
  if (initialiser === 'glorot-uniform') {
    const own = 'tf.initializers.randomUniform({ minval: -maxval, maxval, seed: seed++ })';
    return made('maxval', own, 'draw().kernelInitializer');
  }
  return made('depthwise, pointwise', 'draw(depthwise).kernelInitializer', 'draw(pointwise).kernelInitializer');
}

/** The lines that define `draw`. */
function drawing(initialiser: ModelSpec['initialiser']): string[] {
  switch (initialiser) {
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
      return assertNever(initialiser);
  }
}
