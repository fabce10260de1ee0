import { notWritten } from '../script-limits.ts';
import type { Activation } from '../../experiment.ts';
import { LEAKY_SLOPE, NORM_EPSILON, type LayerShape } from '../../layer-settings.ts';
import type { LayoutLayer } from '../../model-layout.ts';
import { literal, SCRIPT_WIDTH, singleQuoted } from '../script-text.ts';
import type { ScriptPlan } from '../script-plan.ts';
import { tfjsInitialiser } from './tfjs-initialiser.ts';

type Dense = Extract<LayoutLayer, { kind: 'dense' }>;
type Conv = Extract<LayoutLayer, { kind: 'conv' }>;

/** The lines that make `encoder` and `decoder`; of a variational code `features`, `mean` and `logVariance` too. */
export function tfjsModel(plan: ScriptPlan): string {
  const { model, code } = plan;
  const decoder = sequential(
    'decoder',
    [model.code.size],
    plan.decoder.flatMap((layer) => tfjsLayer(layer, plan)),
  );
  if (!model.code.variational) {
    const layers = [...plan.encoder, code].flatMap((layer) => tfjsLayer(layer, plan));
    return [sequential('encoder', model.inputShape, layers), decoder, WHOLE].join('\n');
  }
  const flatten = code.inputShape.length > 1 ? ['tf.layers.flatten()'] : [];
  const { activation, size } = model.code;
  const head = (own: Activation): string =>
    call('dense', [`units: ${size}`, ...inLayer({ activation: own }), ...tfjsInitialiser(plan, code)]);
  return [
    sequential('features', model.inputShape, [...plan.encoder.flatMap((layer) => tfjsLayer(layer, plan)), ...flatten]),
    `const mean = ${head(activation)}.apply(features.outputs[0]);`,
    `const logVariance = ${head('linear')}.apply(features.outputs[0]);`,
    'const encoder = tf.model({ inputs: features.inputs, outputs: mean });',
    'const distribution = tf.model({ inputs: features.inputs, outputs: [mean, logVariance] });',
    decoder,
    WHOLE,
  ].join('\n');
}

const WHOLE = 'const autoencoder = tf.sequential({ layers: [encoder, decoder] });';

function sequential(name: string, inputShape: LayerShape, layers: readonly string[]): string {
  const input = `tf.layers.inputLayer({ inputShape: [${inputShape.join(', ')}] })`;
  return [`const ${name} = tf.sequential();`, ...[input, ...layers].map((layer) => `${name}.add(${layer});`)].join(
    '\n',
  );
}

/** The layers of one layer: a new kind of layer gets a case here. */
function tfjsLayer(layer: LayoutLayer, plan: ScriptPlan): string[] {
  switch (layer.kind) {
    case 'dense':
      return dense(layer, plan);
    case 'conv': {
      const { filters, stride, transposed } = layer;
      const own = [
        `filters: ${filters}`,
        ...(sharesWindows(plan) ? ['...conv'] : windowsOf(layer)),
        ...inLayer(layer),
        ...tfjsInitialiser(plan, layer),
      ];
      return [
        call(transposed ? 'conv2dTranspose' : 'conv2d', own),
        ...finish(layer),
        ...(transposed ? cropped(layer, stride) : []),
      ];
    }
    case 'pool': {
      const name = layer.method === 'max' ? 'maxPooling2d' : 'averagePooling2d';
      return [call(name, [`poolSize: ${layer.size}`, "padding: 'same'"])];
    }
    case 'upsample':
      return [call('upSampling2d', [`size: [${layer.size}, ${layer.size}]`]), ...cropped(layer, layer.size)];
    default:
      throw notWritten(`a ${layer.kind} layer`);
  }
}

const windowsOf = ({ kernel, stride }: Conv): string[] => [
  `kernelSize: ${kernel}`,
  ...(stride === 1 ? [] : [`strides: ${stride}`]),
  "padding: 'same'",
];

const convolutions = ({ encoder, decoder }: ScriptPlan): readonly Conv[] =>
  [...encoder, ...decoder].filter((layer) => layer.kind === 'conv');

/** Whether several convolutions have the same windows: named once, each fits on a line. */
function sharesWindows(plan: ScriptPlan): boolean {
  const [first, ...others] = convolutions(plan);
  if (first === undefined || others.length === 0) return false;
  return others.every(({ kernel, stride }) => kernel === first.kernel && stride === first.stride);
}

/** The line that names the windows which all convolutions have. */
export function tfjsWindows(plan: ScriptPlan): string[] {
  const [first] = convolutions(plan);
  return first !== undefined && sharesWindows(plan) ? [`const conv = { ${windowsOf(first).join(', ')} };`] : [];
}

function dense(layer: Dense, plan: ScriptPlan): string[] {
  const { inputShape, shape, tiedTo, part, path } = layer;
  const units = shape.reduce((product, size) => product * size, 1);
  const asked = plan.model.tiedWeights === true || plan.training.regularisers.contractive > 0;
  const named = asked && part !== 'decoder' ? [`name: ${singleQuoted(nameOf(path))}`] : [];
  const own = [`units: ${units}`, ...inLayer(layer), ...tfjsInitialiser(plan, layer), ...named];
  return [
    ...(inputShape.length > 1 ? ['tf.layers.flatten()'] : []),
    tiedTo === undefined
      ? call('dense', own)
      : `new Tied({ units: ${units} }, encoder.getLayer(${singleQuoted(nameOf(tiedTo))}))`,
    ...finish(layer),
    ...(shape.length > 1 ? [call('reshape', [`targetShape: [${shape.join(', ')}]`])] : []),
  ];
}

/** "encoder.0" → "encoder-0". */
const nameOf = (path: string): string => path.replaceAll('.', '-');

/** On one line where there is room. */
function call(name: string, options: readonly string[]): string {
  const line = `tf.layers.${name}({ ${options.join(', ')} })`;
  return line.length + 'decoder.add();'.length <= SCRIPT_WIDTH
    ? line
    : `tf.layers.${name}({\n${options.map((option) => `  ${option},\n`).join('')}})`;
}

/** Options of the activation and the biases, where the layer has them itself. */
function inLayer({
  activation,
  batchNorm = false,
}: {
  readonly activation: Activation;
  readonly batchNorm?: boolean;
}): string[] {
  if (batchNorm) return ['useBias: false'];
  return activation === 'linear' || activation === 'leaky-relu' ? [] : [`activation: ${singleQuoted(activation)}`];
}

function finish(layer: Dense | Conv): string[] {
  const { batchNorm, activation, dropout } = layer;
  const tied = 'tiedTo' in layer && layer.tiedTo !== undefined;
  const apart = (batchNorm || tied) && activation !== 'linear' && activation !== 'leaky-relu';
  return [
    ...(batchNorm ? [call('batchNormalization', [`epsilon: ${NORM_EPSILON}`])] : []),
    ...(activation === 'leaky-relu' ? [call('leakyReLU', [`alpha: ${LEAKY_SLOPE}`])] : []),
    ...(apart ? [call('activation', [`activation: ${singleQuoted(activation)}`])] : []),
    ...(dropout > 0 ? [call('dropout', [`rate: ${literal(dropout)}`])] : []),
  ];
}

/** Cuts off at the far edges what growing by a whole number overshoots of an odd size. */
function cropped({ inputShape, shape }: LayoutLayer, by: number): string[] {
  const [rows, columns] = [0, 1].map((axis) => (inputShape[axis] ?? 0) * by - (shape[axis] ?? 0));
  return rows === 0 && columns === 0 ? [] : [call('cropping2D', [`cropping: [[0, ${rows}], [0, ${columns}]]`])];
}

/** A layer that TensorFlow.js does not have; nothing where the weights are not tied. */
export function tiedLayer({ model }: ScriptPlan): string | undefined {
  if (model.tiedWeights !== true) return undefined;
  const bias =
    model.initialiser === 'standard-normal' ? 'tf.initializers.randomNormal({ stddev: 1 })' : 'tf.initializers.zeros()';
  return `/** A dense layer with another one's kernel, transposed. */
class Tied extends tf.layers.Layer {
  static className = 'Tied';

  constructor(options, source) {
    super(options);
    Object.assign(this, options, { source });
  }

  build() {
    this.bias = this.addWeight('bias', [this.units], 'float32', ${bias});
    this.built = true;
  }

  computeOutputShape([count]) {
    return [count, this.units];
  }

  call([x]) {
    return tf.tidy(() => x.matMul(this.source.kernel.read(), false, true).add(this.bias.read()));
  }
}`;
}
