import { notWritten } from '../script-limits.ts';
import type { Activation } from '../../experiment.ts';
import type { LayerFinish, LayerShape } from '../../layer-settings.ts';
import type { LayoutLayer } from '../../model-layout.ts';
import { literal, SCRIPT_WIDTH, singleQuoted } from '../script-text.ts';
import { classCode, type ClassCode, type ScriptPlan } from '../script-plan.ts';
import { residualParts, shortcutParts } from '../../residual-parts.ts';
import { library, sequential, written, type LayerCall } from './tfjs-calls.ts';
import { activationLayer, BATCH_NORM, cropped, elementLayer, inLayer, isOption } from './tfjs-elements.ts';
import { tfjsInitialiser, tfjsSeparableInitialiser } from './tfjs-initialiser.ts';

type Dense = Extract<LayoutLayer, { kind: 'dense' }>;
type Conv = Extract<LayoutLayer, { kind: 'conv' }>;
type Separable = Extract<LayoutLayer, { kind: 'separable' }>;

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
    case 'separable': {
      const own = [`filters: ${layer.filters}`, ...windowsOf(layer), ...inLayer(layer)];
      return [
        library('separableConv2d', [...own, ...tfjsSeparableInitialiser(plan, layer)]),
        ...finish(layer, layer.shape),
      ];
    }
    case 'residual': {
      const [inner, beside] = [residualParts(layer), shortcutParts(layer)].map((parts) =>
        parts.flatMap((part) => tfjsLayer(part, plan)),
      ) as [LayerCall[], LayerCall[]];
      return [
        { inputShape: layer.inputShape, inner, beside },
        ...(layer.plainSum ? [] : activationLayer(layer, layer.shape)),
        ...dropped(layer),
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

const windowsOf = ({ kernel, stride, padding }: Conv | Separable): string[] => [
  `kernelSize: ${kernel}`,
  ...(stride === 1 ? [] : [`strides: ${stride}`]),
  `padding: '${padding}'`,
];

const convolutions = ({ encoder, decoder }: ScriptPlan): readonly Conv[] =>
  [...encoder, ...decoder]
    .flatMap((layer) => (layer.kind === 'residual' ? [...residualParts(layer), ...shortcutParts(layer)] : [layer]))
    .filter((layer) => layer.kind === 'conv');

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
function finish(layer: Dense | Conv | Separable, shape: LayerShape): LayerCall[] {
  const { batchNorm } = layer;
  const tied = 'tiedTo' in layer && layer.tiedTo !== undefined;
  return [
    ...(batchNorm ? [BATCH_NORM] : []),
    ...(batchNorm || tied || !isOption(layer) ? activationLayer(layer, shape) : []),
    ...dropped(layer),
  ];
}

const dropped = ({ dropout }: LayerFinish): LayerCall[] =>
  dropout > 0 ? [library('dropout', [`rate: ${literal(dropout)}`])] : [];
