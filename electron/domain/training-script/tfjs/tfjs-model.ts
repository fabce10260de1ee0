import { notWritten } from '../script-limits.ts';
import type { Activation } from '../../experiment.ts';
import type { LayerShape } from '../../layer-settings.ts';
import type { LayoutLayer } from '../../model-layout.ts';
import { literal, SCRIPT_WIDTH, singleQuoted } from '../script-text.ts';
import { classCode, type ClassCode, type ScriptPlan } from '../script-plan.ts';
import {
  activationLayer,
  BATCH_NORM,
  cropped,
  elementLayer,
  inLayer,
  isOption,
  library,
  type LayerCall,
} from './tfjs-elements.ts';
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
  const flatten = code.inputShape.length > 1 ? [library('flatten')] : [];
  const { activation, size } = model.code;
  const head = (own: Activation): string => {
    const layer = written(
      library('dense', [`units: ${size}`, ...inLayer({ activation: own }), ...tfjsInitialiser(plan, code)]),
    );
    const made = `${layer}.apply(features.outputs[0])`;
    // What is no option of the layer stands behind it.
    const [then] = isOption({ activation: own }) ? [] : activationLayer({ activation: own }, [size]);
    return then === undefined ? made : `${written(then)}.apply(${made})`;
  };
  const features = [...plan.encoder.flatMap((layer) => tfjsLayer(layer, plan)), ...flatten];
  const known = classCode(plan);
  const heads =
    known === undefined
      ? [
          `const mean = ${broken(head(activation))};`,
          `const logVariance = ${broken(head('linear'))};`,
          'const encoder = tf.model({ inputs: features.inputs, outputs: mean });',
          'const distribution = tf.model({ inputs: features.inputs, outputs: [mean, logVariance] });',
        ]
      : conditionalHeads(plan, known);
  return [sequential('features', model.inputShape, features), ...heads, decoder, WHOLE].join('\n');
}

/** The lines that make `encoder`, whose code is the style with the classes behind it, and `distribution`, which is told the label. */
function conditionalHeads(plan: ScriptPlan, { classes, style }: ClassCode): string[] {
  const features = plan.code.inputShape.reduce((product, size) => product * size, 1);
  const dense = (inputs: number, units: number, ...own: readonly string[]): string => {
    const layer = { ...plan.code, inputShape: [inputs], shape: [units] };
    return written(library('dense', [`units: ${units}`, ...own, ...tfjsInitialiser(plan, layer)]));
  };
  return [
    '// A style given the label, and how likely each label is (Kingma et al. 2014, M2)',
    `const label = tf.input({ shape: [${classes}] });`,
    'const [seen] = features.outputs;',
    `const likely = ${broken(`${dense(features, classes, "activation: 'softmax'")}.apply(seen)`)};`,
    `const mean = ${dense(features + classes, style)};`,
    `const logVariance = ${dense(features + classes, style)};`,
    'const beside = (one, other) => tf.layers.concatenate().apply([one, other]);',
    'const [given, guessed] = [beside(seen, label), beside(seen, likely)];',
    'const code = beside(mean.apply(guessed), likely);',
    'const encoder = tf.model({ inputs: features.inputs, outputs: code });',
    'const distribution = tf.model({',
    '  inputs: [...features.inputs, label],',
    '  outputs: [likely, mean.apply(given), logVariance.apply(given)],',
    '});',
  ];
}

/** A layer's call where there is room for it; else what it is applied to begins a line. */
const broken = (call: string): string =>
  call.length + 'const logVariance = ;'.length <= SCRIPT_WIDTH ? call : call.replaceAll('.apply(', '\n  .apply(');

const WHOLE = 'const autoencoder = tf.sequential({ layers: [encoder, decoder] });';

/** On one line where there is room. */
function written({ made, options, of }: LayerCall): string {
  const then = of === undefined ? '' : `, ${of}`;
  if (options.length === 0) return `${made}()`;
  const line = `${made}({ ${options.join(', ')} }${then})`;
  return line.length + '  ,'.length <= SCRIPT_WIDTH
    ? line
    : `${made}({\n${options.map((option) => `  ${option},\n`).join('')}}${then})`;
}

/** The lines that add a layer, broken as Prettier would where that is enough. */
function added(name: string, layer: LayerCall): string[] {
  const inner = written(layer);
  const isWhole = !inner.includes('\n');
  if (isWhole && `${name}.add(${inner});`.length > SCRIPT_WIDTH) return [`${name}.add(`, `  ${inner},`, ');'];
  return [`${name}.add(${inner});`];
}

function sequential(name: string, inputShape: LayerShape, layers: readonly LayerCall[]): string {
  const lines = [`const ${name} = tf.sequential();`];
  const shape = `inputShape: ${inputShape.length > 1 ? 'SHAPE' : `[${inputShape.join(', ')}]`}`;
  const [first, ...others] = layers;
  const entry = first && { ...first, options: [shape, ...first.options] };
  const every =
    entry && !written(entry).includes('\n') ? [entry, ...others] : [library('inputLayer', [shape]), ...layers];
  for (let at = 0; at < every.length;) {
    const layer = every[at]!;
    const alike = every.slice(at).findIndex((other) => !differsInUnits(layer, other));
    const run = every.slice(at, alike < 0 ? undefined : at + alike);
    if (run.length < LEAST_IN_LOOP) lines.push(...added(name, layer));
    else lines.push(...loop(name, run));
    at += run.length < LEAST_IN_LOOP ? 1 : run.length;
  }
  return lines.join('\n');
}

/** Dense layers in a row that a loop adds. */
const LEAST_IN_LOOP = 3;

/** Whether both are dense and alike but for their units. */
function differsInUnits(one: LayerCall, other: LayerCall): boolean {
  if (one.made !== 'tf.layers.dense' || other.made !== one.made) return false;
  const [units = '', ...rest] = one.options;
  const [otherUnits = '', ...otherRest] = other.options;
  return units.startsWith('units: ') && otherUnits.startsWith('units: ') && rest.join() === otherRest.join();
}

function loop(name: string, run: readonly LayerCall[]): string[] {
  const units = run.map(({ options }) => options[0]?.replace('units: ', ''));
  const one = written(library('dense', ['units: n', ...(run[0]?.options.slice(1) ?? [])]));
  const [head, body] = [`for (const n of [${units.join(', ')}])`, `${name}.add(${one});`];
  return `${head} ${body}`.length <= SCRIPT_WIDTH ? [`${head} ${body}`] : [head, `  ${body}`];
}

/** The layers of one layer: a new kind of layer gets a case here. */
function tfjsLayer(layer: LayoutLayer, plan: ScriptPlan): LayerCall[] {
  switch (layer.kind) {
    case 'dense':
      return dense(layer, plan);
    case 'conv': {
      const { filters, stride, transposed } = layer;
      const own = [
        `filters: ${filters}`,
        ...ownWindows(layer, plan),
        ...inLayer(layer),
        ...tfjsInitialiser(plan, layer),
      ];
      return [
        library(transposed ? 'conv2dTranspose' : 'conv2d', own),
        ...finish(layer, layer.shape),
        ...(transposed ? cropped(layer, stride) : []),
      ];
    }
    case 'pool': {
      const name = layer.method === 'max' ? 'maxPooling2d' : 'averagePooling2d';
      const strides = layer.stride === layer.size ? [] : [`strides: ${layer.stride}`];
      return [library(name, [`poolSize: ${layer.size}`, ...strides, `padding: '${layer.padding}'`])];
    }
    case 'global-pool':
      // Without options it throws.
      return [
        library(layer.method === 'max' ? 'globalMaxPooling2d' : 'globalAveragePooling2d', [
          "dataFormat: 'channelsLast'",
        ]),
      ];
    case 'upsample':
      if (layer.method !== 'nearest') throw notWritten('bilinear enlarging in TensorFlow.js');
      return [library('upSampling2d', [`size: [${layer.size}, ${layer.size}]`]), ...cropped(layer, layer.size)];
    default:
      return elementLayer(layer);
  }
}

const windowsOf = ({ kernel, stride, padding }: Conv): string[] => [
  `kernelSize: ${kernel}`,
  ...(stride === 1 ? [] : [`strides: ${stride}`]),
  `padding: '${padding}'`,
];

const convolutions = ({ encoder, decoder }: ScriptPlan): readonly Conv[] =>
  [...encoder, ...decoder].filter((layer) => layer.kind === 'conv');

/** What the windows of several convolutions have in common: named once, each convolution fits on a line. */
function sharedWindows(plan: ScriptPlan): readonly string[] {
  const [first, ...others] = convolutions(plan).map(windowsOf);
  if (first === undefined || others.length === 0) return [];
  const shared = first.filter((option) => others.every((options) => options.includes(option)));
  return shared.length > 1 ? shared : [];
}

function ownWindows(layer: Conv, plan: ScriptPlan): string[] {
  const shared = sharedWindows(plan);
  const own = windowsOf(layer).filter((option) => !shared.includes(option));
  return shared.length === 0 ? own : [...own, '...conv'];
}

/** The line that names what the windows of all convolutions have in common. */
export function tfjsWindows(plan: ScriptPlan): string[] {
  const shared = sharedWindows(plan);
  return shared.length === 0 ? [] : [`const conv = { ${shared.join(', ')} };`];
}

function dense(layer: Dense, plan: ScriptPlan): LayerCall[] {
  const { inputShape, shape, tiedTo, part, path } = layer;
  const units = shape.reduce((product, size) => product * size, 1);
  const asked = plan.model.tiedWeights === true || plan.training.regularisers.contractive > 0;
  const named = asked && part !== 'decoder' ? [`name: ${singleQuoted(nameOf(path))}`] : [];
  const own = [`units: ${units}`, ...inLayer(layer), ...tfjsInitialiser(plan, layer), ...named];
  return [
    ...(inputShape.length > 1 ? [library('flatten')] : []),
    tiedTo === undefined
      ? library('dense', own)
      : { made: 'new Tied', options: [`units: ${units}`], of: `encoder.getLayer(${singleQuoted(nameOf(tiedTo))})` },
    ...finish(layer, [units]),
    ...(shape.length > 1 ? [library('reshape', [`targetShape: [${shape.join(', ')}]`])] : []),
  ];
}

/** "encoder.0" → "encoder-0". */
const nameOf = (path: string): string => path.replaceAll('.', '-');

/** @param shape of what the layer itself gives */
function finish(layer: Dense | Conv, shape: LayerShape): LayerCall[] {
  const { batchNorm, dropout } = layer;
  const tied = 'tiedTo' in layer && layer.tiedTo !== undefined;
  return [
    ...(batchNorm ? [BATCH_NORM] : []),
    ...(batchNorm || tied || !isOption(layer) ? activationLayer(layer, shape) : []),
    ...(dropout > 0 ? [library('dropout', [`rate: ${literal(dropout)}`])] : []),
  ];
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
