import type { ModelSpec } from '../domain/experiment.ts';
import type { LayerShape, Sides } from '../domain/layer-settings.ts';
import type { LayoutLayer, ModelLayout } from '../domain/model-layout.ts';
import { residualParts, shortcutParts } from '../domain/residual-parts.ts';
import { BilinearUpsampling } from './bilinear-upsampling.ts';
import { ConditionalCode } from './conditional-code.ts';
import { activationLayers, batchNormLayer, finishLayers, inLayerActivation } from './finish-layers.ts';
import { GroupNorm } from './group-norm.ts';
import { Residual } from './residual.ts';
import { TiedDense } from './tied-dense.ts';
import { tf } from './tensorflow.ts';
import { VectorQuantiser } from './vector-quantiser.ts';

export interface NetworkLayers {
  readonly encoder: readonly tf.layers.Layer[];
  readonly code: readonly tf.layers.Layer[];
  /** A variational code's second head. */
  readonly logVariance: tf.layers.Layer | undefined;
  readonly decoder: readonly tf.layers.Layer[];
}

type Of<Kind extends LayoutLayer['kind']> = Extract<LayoutLayer, { kind: Kind }>;
type Weighted = Of<'conv' | 'separable'>;

/** The tfjs-layers of a model that has been laid out, not yet connected. */
export function makeLayers({ layers }: ModelLayout, { code }: Pick<ModelSpec, 'code'>): NetworkLayers {
  const made: Record<LayoutLayer['part'], tf.layers.Layer[]> = { encoder: [], code: [], decoder: [] };
  /** By path: what tied layers share. */
  const kernels = new Map<string, tf.layers.Layer>();
  let logVariance: tf.layers.Layer | undefined;
  for (const layer of layers) {
    // Both heads of a code see the same features, and so the flattening belongs to the encoder.
    if (layer.inputShape.length > 1 && layer.kind === 'dense') {
      made[layer.part === 'code' ? 'encoder' : layer.part].push(tf.layers.flatten({ name: `${layer.name}-flatten` }));
    }
    const own = layer.classes === undefined ? layersOf(layer, kernels) : [conditionalCode(layer, layer.classes)];
    if (own[0] !== undefined) kernels.set(layer.path, own[0]);
    made[layer.part].push(...own);
    if (layer.part !== 'code') continue;
    if (code.variational) logVariance = logVarianceLayer(layer);
    if (layer.codebook !== undefined) {
      made.code.push(new VectorQuantiser({ name: `${layer.name}-vectors`, vectors: layer.codebook }));
    }
    // Codes are rows to all who look at them.
    if (layer.shape.length > 1) {
      made.code.push(tf.layers.flatten({ name: `${layer.name}-flatten` }));
      made.decoder.push(tf.layers.reshape({ targetShape: [...layer.shape], name: `${layer.name}-reshape` }));
    }
  }
  return { ...made, logVariance };
}

function logVarianceLayer(code: LayoutLayer): tf.layers.Layer {
  const name = `${code.name}-log-variance`;
  if (code.kind === 'conv') return tf.layers.conv2d({ ...windowOptions(code), ...zeroInitialisers, name });
  return tf.layers.dense({ units: sizeOf(code.shape) - (code.classes ?? 0), name, ...zeroInitialisers });
}

function conditionalCode({ name, shape }: LayoutLayer, classes: number): ConditionalCode {
  const dense = (own: string, units: number, activation: 'softmax' | 'linear'): tf.layers.Layer =>
    tf.layers.dense({ name: own, units, activation, ...zeroInitialisers });
  return new ConditionalCode(
    name,
    dense(`${name}-classes`, classes, 'softmax'),
    dense(name, sizeOf(shape) - classes, 'linear'),
  );
}

/** A layer of the layout becomes several of tfjs; the first holds its kernel. */
function layersOf(layer: LayoutLayer, kernels: ReadonlyMap<string, tf.layers.Layer>): tf.layers.Layer[] {
  const { name, shape } = layer;
  switch (layer.kind) {
    case 'dense': {
      const made = [denseLayer(layer, kernels), ...finishLayers(name, layer, false)];
      return shape.length > 1
        ? [...made, tf.layers.reshape({ targetShape: [...shape], name: `${name}-reshape` })]
        : made;
    }
    case 'conv':
      return layer.transposed
        ? transposedLayers(layer)
        : [tf.layers.conv2d(convolutionOptions(layer)), ...finish(layer)];
    case 'separable':
      return [tf.layers.separableConv2d({ ...commonOptions(layer), ...separableZeros }), ...finish(layer)];
    case 'residual':
      return residualLayers(layer, kernels);
    case 'pool': {
      const { size, stride, padding, method } = layer;
      const options = { poolSize: size, strides: stride, padding, name };
      return [method === 'max' ? tf.layers.maxPooling2d(options) : tf.layers.averagePooling2d(options)];
    }
    case 'global-pool':
      return [
        layer.method === 'max' ? tf.layers.globalMaxPooling2d({ name }) : tf.layers.globalAveragePooling2d({ name }),
      ];
    case 'upsample': {
      const { size, method } = layer;
      const enlarged =
        method === 'nearest'
          ? tf.layers.upSampling2d({ size: [size, size], name })
          : new BilinearUpsampling({ name, size, corners: method === 'bilinear-corners' });
      return [
        enlarged,
        ...fitted(
          layer,
          layer.inputShape.slice(0, 2).map((side) => side * size),
        ),
      ];
    }
    case 'reshape':
      // To flatten is for images only.
      return [
        shape.length === 1 && layer.inputShape.length > 1
          ? tf.layers.flatten({ name })
          : tf.layers.reshape({ targetShape: [...shape], name }),
      ];
    default:
      return [elementLayer(layer)].flat();
  }
}

/** Layers without kernels, which look at one value at a time, or at where it is. */
function elementLayer(
  layer: Of<'norm' | 'activation' | 'dropout' | 'zero-pad' | 'crop' | 'rescale'>,
): tf.layers.Layer[] | tf.layers.Layer {
  const { name } = layer;
  switch (layer.kind) {
    case 'norm':
      if (layer.method === 'batch') return batchNormLayer(name);
      if (layer.method === 'group') return new GroupNorm({ name, groups: layer.groups, epsilon: layer.epsilon });
      return tf.layers.layerNormalization({ name, epsilon: layer.epsilon });
    case 'activation':
      return activationLayers(name, layer, layer.shape.length > 1);
    case 'dropout': {
      const { rate, method } = layer;
      if (method === 'gaussian') return tf.layers.gaussianDropout({ rate, name });
      // tfjs takes a size from the input where there is none here; its types know only numbers.
      const noiseShape = [null, 1, 1, null] as unknown as number[];
      return tf.layers.dropout(method === 'units' ? { rate, name } : { rate, name, noiseShape });
    }
    case 'zero-pad':
      return tf.layers.zeroPadding2d({ padding: sidesOf(layer), name });
    case 'crop':
      return tf.layers.cropping2D({ cropping: sidesOf(layer), name });
    case 'rescale':
      return tf.layers.rescaling({ scale: layer.scale, offset: layer.offset, name });
  }
}

const sidesOf = ({ top, bottom, left, right }: Sides): [[number, number], [number, number]] => [
  [top, bottom],
  [left, right],
];

/** Kernels and biases are set afterwards from the run's seed (initial-weights.ts); zeros cost nothing to make. */
const zeroInitialisers = { kernelInitializer: 'zeros', biasInitializer: 'zeros' } as const;
const separableZeros = {
  depthwiseInitializer: 'zeros',
  pointwiseInitializer: 'zeros',
  biasInitializer: 'zeros',
} as const;

function denseLayer(layer: Of<'dense'>, kernels: ReadonlyMap<string, tf.layers.Layer>): tf.layers.Layer {
  const { name, shape, batchNorm, tiedTo } = layer;
  const units = sizeOf(shape);
  const source = tiedTo === undefined ? undefined : kernels.get(tiedTo);
  if (source) return new TiedDense({ name, units, useBias: !batchNorm }, source);
  return tf.layers.dense({ units, name, useBias: !batchNorm, ...inLayerActivation(layer), ...zeroInitialisers });
}

/** Where the image grows to more than the kernels reach from its last rows, rows of zeros behind them reach the rest. */
function transposedLayers(layer: Of<'conv'>): tf.layers.Layer[] {
  const { name, stride, kernel, padding, inputShape, shape } = layer;
  const reach = (size: number): number => size * stride + (padding === 'same' ? 0 : Math.max(kernel - stride, 0));
  const missing = [0, 1].map((axis) => {
    const more = (shape[axis] ?? 1) - reach(inputShape[axis] ?? 1);
    return Math.max(Math.ceil(more / stride), 0);
  });
  const [rows = 0, columns = 0] = missing;
  const behind = { top: 0, left: 0, bottom: rows, right: columns };
  const widened =
    rows + columns > 0 ? [tf.layers.zeroPadding2d({ padding: sidesOf(behind), name: `${name}-widen` })] : [];
  const grown = [0, 1].map((axis) => reach((inputShape[axis] ?? 1) + (missing[axis] ?? 0)));
  const convolution = tf.layers.conv2dTranspose(convolutionOptions(layer));
  return [...widened, convolution, ...finish(layer), ...fitted(layer, grown)];
}

const finish = (layer: Weighted): tf.layers.Layer[] => finishLayers(layer.name, layer, true);

const windowOptions = ({ filters, kernel, stride, padding }: Weighted) => ({
  filters,
  kernelSize: kernel,
  strides: stride,
  padding,
});

const commonOptions = (layer: Weighted) => ({
  ...windowOptions(layer),
  useBias: !layer.batchNorm,
  name: layer.name,
  ...inLayerActivation(layer),
});

const convolutionOptions = (layer: Weighted) => ({ ...commonOptions(layer), ...zeroInitialisers });

/** Two convolutions and what belongs to them beside what comes in; unless the sum is plain, the activation stands behind it. */
function residualLayers(layer: Of<'residual'>, kernels: ReadonlyMap<string, tf.layers.Layer>): tf.layers.Layer[] {
  const { name, dropout } = layer;
  const [inner, shortcut] = [residualParts(layer), shortcutParts(layer)].map((parts) =>
    parts.flatMap((part) => layersOf(part, kernels)),
  ) as [tf.layers.Layer[], tf.layers.Layer[]];
  const after = [
    ...(layer.plainSum ? [] : activationLayers(`${name}-activation`, layer, true)),
    ...(dropout > 0 ? [tf.layers.dropout({ rate: dropout, name: `${name}-dropout` })] : []),
  ];
  return [new Residual(name, inner, shortcut), ...after];
}

/** Cuts off at the far edges what growing by a whole number overshoots, or fills with zeros what it leaves. */
function fitted({ name, shape }: LayoutLayer, grown: readonly number[]): tf.layers.Layer[] {
  const extra = [0, 1].map((axis) => (grown[axis] ?? 1) - (shape[axis] ?? 1));
  const far = (sign: 1 | -1): Sides => {
    const [bottom = 0, right = 0] = extra.map((each) => Math.max(sign * each, 0));
    return { top: 0, left: 0, bottom, right };
  };
  const isSome = ({ bottom, right }: Sides): boolean => bottom + right > 0;
  return [
    ...(isSome(far(1)) ? [tf.layers.cropping2D({ cropping: sidesOf(far(1)), name: `${name}-crop` })] : []),
    ...(isSome(far(-1)) ? [tf.layers.zeroPadding2d({ padding: sidesOf(far(-1)), name: `${name}-fill` })] : []),
  ];
}

const sizeOf = (shape: LayerShape): number => shape.reduce((all, size) => all * size, 1);
