import { notWritten } from '../script-limits.ts';
import type { Activation } from '../../experiment.ts';
import type { Bending, LayerFinish, LayerShape } from '../../layer-settings.ts';
import type { LayoutLayer } from '../../model-layout.ts';
import { doubleQuoted, indented, literal, SCRIPT_WIDTH } from '../script-text.ts';
import { codeL2Weight, type ScriptPlan } from '../script-plan.ts';
import { kerasInitialiser, kerasSeparableInitialiser } from './keras-initialiser.ts';
import { residualParts, shortcutParts } from '../../residual-parts.ts';

export const kerasDecoder = (plan: ScriptPlan): string[] =>
  kerasSequential('decoder', [
    `keras.Input((${plan.model.code.size},))`,
    ...plan.decoder.flatMap((layer) => kerasLayer(layer, plan)),
  ]);

export function kerasSequential(name: string, modules: readonly string[], applied = ''): string[] {
  return [`${name} = keras.Sequential([`, ...modules.map((module) => indented(4, [`${module},`])), `])${applied}`];
}

/** The layers of one layer: a new kind of layer gets a case here. */
export function kerasLayer(layer: LayoutLayer, plan: ScriptPlan): string[] {
  switch (layer.kind) {
    case 'dense':
      return dense(layer, plan);
    case 'conv': {
      const { filters, kernel, stride, transposed } = layer;
      const own = [
        filters,
        kernel,
        ...(stride === 1 ? [] : [`strides=${stride}`]),
        `padding="${layer.padding}"`,
        ...kerasOptions(layer, plan, transposed),
      ];
      return [
        call(`layers.Conv2D${transposed ? 'Transpose' : ''}`, own),
        ...finish(layer, layer.shape),
        ...(transposed ? cropped(layer, stride) : []),
      ];
    }
    case 'separable': {
      const { filters, kernel, stride, padding, batchNorm } = layer;
      const own = [
        filters,
        kernel,
        ...(stride === 1 ? [] : [`strides=${stride}`]),
        `padding="${padding}"`,
        ...bendingOptions(layer),
        ...kerasSeparableInitialiser(plan.model.initialiser, batchNorm),
      ];
      return [call('layers.SeparableConv2D', own), ...finish(layer, layer.shape)];
    }
    case 'residual': {
      const [inner, beside] = [residualParts(layer), shortcutParts(layer)].map((parts) =>
        parts.flatMap((part) => kerasLayer(part, plan)).map((module) => indented(4, [`${module},`])),
      ) as [string[], string[]];
      const { activation, plainSum } = layer;
      return [
        ['Residual([', ...inner, ...(beside.length > 0 ? ['], [', ...beside] : []), '])'].join('\n'),
        ...(activation === 'linear' || plainSum
          ? []
          : [ownActivation(layer, layer.shape) ?? `layers.Activation(${kerasActivation(activation)})`]),
        ...dropped(layer),
      ];
    }
    case 'pool': {
      const strides = layer.stride === layer.size ? [] : [`strides=${layer.stride}`];
      const own = [layer.size, ...strides, `padding="${layer.padding}"`];
      return [`layers.${poolOf(layer)}Pooling2D(${own.join(', ')})`];
    }
    case 'global-pool':
      return [`layers.Global${poolOf(layer)}Pooling2D()`];
    case 'upsample': {
      if (layer.method === 'bilinear-corners') throw notWritten('enlarging with corners where they were in Keras');
      const own = [layer.size, ...(layer.method === 'bilinear' ? ['interpolation="bilinear"'] : [])];
      return [`layers.UpSampling2D(${own.join(', ')})`, ...cropped(layer, layer.size)];
    }
    default:
      return [elementLayer(layer)].flat();
  }
}

const poolOf = ({ method }: { readonly method: 'max' | 'average' }): string => (method === 'max' ? 'Max' : 'Average');

/** Layers without kernels, which look at one value at a time, or at where it is. */
function elementLayer(layer: LayoutLayer): string | string[] {
  switch (layer.kind) {
    case 'norm':
      if (layer.method === 'batch') return 'layers.BatchNormalization()';
      if (layer.method === 'layer') return `layers.LayerNormalization(epsilon=${literal(layer.epsilon)})`;
      return `layers.GroupNormalization(${layer.groups}, epsilon=${literal(layer.epsilon)})`;
    case 'activation':
      if (layer.activation === 'linear') return [];
      return ownActivation(layer, layer.shape) ?? `layers.Activation(${kerasActivation(layer.activation)})`;
    case 'dropout': {
      const name = { units: 'Dropout', channels: 'SpatialDropout2D', gaussian: 'GaussianDropout' }[layer.method];
      return `layers.${name}(${literal(layer.rate)})`;
    }
    case 'zero-pad':
      return `layers.ZeroPadding2D(((${layer.top}, ${layer.bottom}), (${layer.left}, ${layer.right})))`;
    case 'crop':
      return `layers.Cropping2D(((${layer.top}, ${layer.bottom}), (${layer.left}, ${layer.right})))`;
    case 'reshape':
      return layer.shape.length === 1 ? 'layers.Flatten()' : `layers.Reshape((${layer.shape.join(', ')}))`;
    case 'rescale':
      return `layers.Rescaling(${literal(layer.scale)}, ${literal(layer.offset)})`;
    default:
      throw notWritten(`a ${layer.kind} layer`);
  }
}

/** Activations that are layers only: slopes of their own. */
function ownActivation({ activation, slope }: Bending, shape: LayerShape): string | undefined {
  if (activation === 'prelu') {
    const shared = shape.length > 1 ? ', shared_axes=[1, 2]' : '';
    return `layers.PReLU(keras.initializers.Constant(0.25)${shared})`;
  }
  return activation === 'leaky-relu' && slope !== undefined
    ? `layers.LeakyReLU(negative_slope=${literal(slope)})`
    : undefined;
}

/** An activation as an argument: "gelu", or the name of a function of the script's own. */
export const kerasActivation = (activation: Activation): string =>
  activation === 'clip' || activation === 'gelu-tanh'
    ? activation.replace('-', '_')
    : doubleQuoted(activation.replace('-', '_'));

/** On one line where there is room, within a block too. */
function call(name: string, options: readonly (string | number)[]): string {
  const line = `${name}(${options.join(', ')})`;
  return line.length < SCRIPT_WIDTH - 8 ? line : `${name}(\n${options.map((option) => `    ${option},\n`).join('')})`;
}

function dense(layer: Extract<LayoutLayer, { kind: 'dense' }>, plan: ScriptPlan): string[] {
  const { inputShape, shape, tiedTo, part, path } = layer;
  const units = shape.reduce((product, size) => product * size, 1);
  const contractive = path === 'code' && plan.training.regularisers.contractive > 0;
  const tied = plan.model.tiedWeights === true;
  const own = [
    units,
    ...kerasOptions(layer, plan),
    ...(path === 'code' ? kerasCodeRegulariser(plan) : []),
    ...(tied && part !== 'decoder' ? [`name=${doubleQuoted(nameOf(path))}`] : []),
  ];
  const apart = layer.batchNorm || layer.activation === 'linear' || ownActivation(layer, [units]) !== undefined;
  return [
    ...(inputShape.length > 1 ? ['layers.Flatten()'] : []),
    tiedTo === undefined
      ? `${contractive ? 'Contractive' : 'layers.Dense'}(${own.join(', ')})`
      : `Tied(encoder.get_layer(${doubleQuoted(nameOf(tiedTo))})${apart ? '' : `, ${kerasActivation(layer.activation)}`})`,
    ...finish(layer, [units]),
    ...(shape.length > 1 ? [`layers.Reshape((${shape.join(', ')}))`] : []),
  ];
}

/** An option of the layer that makes the code: what its values are penalised by. */
export function kerasCodeRegulariser({ training }: ScriptPlan): string[] {
  const { codeL1, codeL2 = 0 } = training.regularisers;
  const [l1, l2] = [literal(codeL1), literal(codeL2Weight(training))];
  const of = (call: string): string[] => [`activity_regularizer=keras.regularizers.${call}`];
  if (codeL1 > 0 && codeL2 > 0) return of(`L1L2(l1=${l1}, l2=${l2})`);
  if (codeL1 > 0) return of(`L1(${l1})`);
  return codeL2 > 0 ? of(`L2(${l2})`) : [];
}

/** "encoder.0" → "encoder_0". */
const nameOf = (path: string): string => path.replaceAll('.', '_');

/** What stands within the brackets behind the sizes. */
export function kerasOptions(layer: Bent, { model }: ScriptPlan, transposed = false): string[] {
  return [...bendingOptions(layer), ...kerasInitialiser(model.initialiser, transposed, layer.batchNorm === true)];
}

type Bent = Bending & { readonly batchNorm?: boolean };

const bendingOptions = ({ batchNorm = false, ...bending }: Bent): string[] => [
  ...(batchNorm ? ['use_bias=False'] : []),
  ...(batchNorm || bending.activation === 'linear' || ownActivation(bending, []) !== undefined
    ? []
    : [`activation=${kerasActivation(bending.activation)}`]),
];

const dropped = ({ dropout }: LayerFinish): string[] => (dropout > 0 ? [`layers.Dropout(${literal(dropout)})`] : []);

function finish(layer: Extract<LayoutLayer, { kind: 'dense' | 'conv' | 'separable' }>, shape: LayerShape): string[] {
  const { batchNorm, activation } = layer;
  const own = ownActivation(layer, shape);
  const apart =
    own ?? (batchNorm && activation !== 'linear' ? `layers.Activation(${kerasActivation(activation)})` : undefined);
  return [
    ...(batchNorm ? ['layers.BatchNormalization()'] : []),
    ...(apart === undefined ? [] : [apart]),
    ...dropped(layer),
  ];
}

/** Cuts off at the far edges what growing by a whole number overshoots, or fills with zeros what it leaves. */
function cropped({ inputShape, shape }: LayoutLayer, by: number): string[] {
  const extra = [0, 1].map((axis) => (inputShape[axis] ?? 0) * by - (shape[axis] ?? 0));
  const far = (sign: 1 | -1): string => extra.map((each) => `(0, ${Math.max(sign * each, 0)})`).join(', ');
  return [
    ...(extra.some((each) => each > 0) ? [`layers.Cropping2D((${far(1)}))`] : []),
    ...(extra.some((each) => each < 0) ? [`layers.ZeroPadding2D((${far(-1)}))`] : []),
  ];
}
