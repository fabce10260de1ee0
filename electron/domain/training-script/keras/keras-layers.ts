import { notWritten } from '../script-limits.ts';
import type { Activation } from '../../experiment.ts';
import type { LayoutLayer } from '../../model-layout.ts';
import { doubleQuoted, indented, literal, SCRIPT_WIDTH } from '../script-text.ts';
import { codeL2Weight, type ScriptPlan } from '../script-plan.ts';
import { kerasInitialiser } from './keras-initialiser.ts';

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
        'padding="same"',
        ...kerasOptions(layer, plan, transposed),
      ];
      return [
        call(`layers.Conv2D${transposed ? 'Transpose' : ''}`, own),
        ...finish(layer),
        ...(transposed ? cropped(layer, stride) : []),
      ];
    }
    case 'pool':
      return [`layers.${layer.method === 'max' ? 'Max' : 'Average'}Pooling2D(${layer.size}, padding="same")`];
    case 'upsample':
      return [`layers.UpSampling2D(${layer.size})`, ...cropped(layer, layer.size)];
    default:
      throw notWritten(`a ${layer.kind} layer`);
  }
}

/** On one line where there is room. */
function call(name: string, options: readonly (string | number)[]): string {
  const line = `${name}(${options.join(', ')})`;
  return line.length < SCRIPT_WIDTH - 4 ? line : `${name}(\n${options.map((option) => `    ${option},\n`).join('')})`;
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
  const activation = layer.activation === 'linear' ? '' : `, ${doubleQuoted(activationName(layer.activation))}`;
  return [
    ...(inputShape.length > 1 ? ['layers.Flatten()'] : []),
    tiedTo === undefined
      ? `${contractive ? 'Contractive' : 'layers.Dense'}(${own.join(', ')})`
      : `Tied(encoder.get_layer(${doubleQuoted(nameOf(tiedTo))})${layer.batchNorm ? '' : activation})`,
    ...finish(layer),
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
export function kerasOptions(
  { activation, batchNorm = false }: { readonly activation: Activation; readonly batchNorm?: boolean },
  { model }: ScriptPlan,
  transposed = false,
): string[] {
  return [
    ...(batchNorm ? ['use_bias=False'] : []),
    ...(batchNorm || activation === 'linear' ? [] : [`activation=${doubleQuoted(activationName(activation))}`]),
    ...kerasInitialiser(model.initialiser, transposed, batchNorm),
  ];
}

function finish(layer: Extract<LayoutLayer, { kind: 'dense' | 'conv' }>): string[] {
  const { batchNorm, activation, dropout } = layer;
  const apart =
    batchNorm && activation !== 'linear' && !('tiedTo' in layer && layer.tiedTo !== undefined && !batchNorm);
  return [
    ...(batchNorm ? ['layers.BatchNormalization()'] : []),
    ...(apart ? [`layers.Activation(${doubleQuoted(activationName(activation))})`] : []),
    ...(dropout > 0 ? [`layers.Dropout(${literal(dropout)})`] : []),
  ];
}

/** Cuts off at the far edges what growing by a whole number overshoots of an odd size. */
function cropped({ inputShape, shape }: LayoutLayer, by: number): string[] {
  const [rows, columns] = [0, 1].map((axis) => (inputShape[axis] ?? 0) * by - (shape[axis] ?? 0));
  return rows === 0 && columns === 0 ? [] : [`layers.Cropping2D(((0, ${rows}), (0, ${columns})))`];
}

const activationName = (activation: Activation): string => activation.replace('-', '_');
