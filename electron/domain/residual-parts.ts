import { NORM_EPSILON, type LayerSettings, type LayerShape } from './layer-settings.ts';
import type { LayoutLayer } from './model-layout.ts';

type Residual = Extract<LayerSettings, { kind: 'residual' }>;

/** A layer within a residual one. */
export interface BlockPart {
  /** What its name has behind the block's: "-first". */
  readonly suffix: string;
  readonly settings: LayerSettings;
  readonly inputShape: LayerShape;
  readonly shape: LayerShape;
}

interface BlockParts {
  /** One after another. */
  readonly inner: readonly BlockPart[];
  /** What comes in passes these before it is added: none, or a convolution of 1 × 1 and its normalisation. */
  readonly shortcut: readonly BlockPart[];
}

/**
 * What a residual layer has beside what comes in: two convolutions or three, the activation behind each but the last; of one that begins
 * with its activation that and its normalisation before. Behind the sum stands what is no part of it.
 */
export function blockParts(own: Residual, from: LayerShape, to: LayerShape): BlockParts {
  const { filters, channels, stride, preActivation } = own;
  const given = to[2] ?? 1;
  const strides = stridesOf(own);
  const between = (side: LayerShape): LayerShape => [...side.slice(0, 2), filters];
  const small = between(to);
  const first = own.middleKernel === undefined || own.firstStrides ? small : between(from);
  // Nothing is normalised behind the last of them where each is normalised before.
  const ending = { activation: 'linear', normalised: !preActivation } as const;
  const middle =
    own.middleKernel === undefined
      ? []
      : convolved(own, '-middle', { kernel: own.middleKernel, stride: strides.middle, filters }, first, small);
  return {
    inner: [
      ...(preActivation ? partsBefore(own, from) : []),
      ...convolved(own, '-first', { kernel: own.kernel, stride: strides.first, filters }, from, first),
      ...middle,
      ...convolved(own, '-second', { kernel: own.secondKernel, stride: 1, filters: given, ...ending }, small, to),
    ],
    shortcut:
      channels === undefined
        ? []
        : convolved(own, '-shortcut', { kernel: 1, stride, filters: channels, ...ending }, from, to),
  };
}

/** Which convolution shrinks the image: of two the first, of three the middle one unless the first is to. */
const stridesOf = ({ stride, middleKernel, firstStrides }: Residual) =>
  middleKernel === undefined || firstStrides ? { first: stride, middle: 1 } : { first: 1, middle: stride };

interface Convolution {
  readonly kernel: number;
  readonly stride: number;
  readonly filters: number;
  /** The block's when left out. */
  readonly activation?: 'linear';
  /** As the block is, when left out. */
  readonly normalised?: boolean;
}

/** A convolution and what stands behind it: over groups it is normalised by a layer of its own, which the activation follows. */
function convolved(
  own: Residual,
  suffix: string,
  { activation, normalised = true, ...window }: Convolution,
  inputShape: LayerShape,
  shape: LayerShape,
): BlockPart[] {
  const { slope } = own;
  const bent =
    activation === undefined
      ? { activation: own.activation, ...(slope === undefined ? {} : { slope }) }
      : { activation };
  const plain = { kind: 'conv', ...window, padding: 'same', transposed: false, dropout: 0 } as const;
  if (own.groups === undefined || !normalised) {
    return [{ suffix, settings: { ...plain, ...bent, batchNorm: own.batchNorm && normalised }, inputShape, shape }];
  }
  const at = { inputShape: shape, shape };
  return [
    { suffix, settings: { ...plain, activation: 'linear', batchNorm: false }, inputShape, shape },
    { suffix: `${suffix}-norm`, settings: groupNorm(own, own.groups), ...at },
    ...(bent.activation === 'linear'
      ? []
      : [{ suffix: `${suffix}-activation`, settings: { kind: 'activation', ...bent } as const, ...at }]),
  ];
}

function partsBefore(own: Residual, inputShape: LayerShape): BlockPart[] {
  const { batchNorm, groups, activation, slope } = own;
  const at = { inputShape, shape: inputShape };
  const norm =
    groups !== undefined
      ? groupNorm(own, groups)
      : ({ kind: 'norm', method: 'batch', groups: 1, epsilon: NORM_EPSILON } as const);
  const bent = { kind: 'activation', activation, ...(slope === undefined ? {} : { slope }) } as const;
  return [
    ...(batchNorm || groups !== undefined ? [{ suffix: '-before-norm', settings: norm, ...at }] : []),
    { suffix: '-before-activation', settings: bent, ...at },
  ];
}

const groupNorm = ({ epsilon }: Residual, groups: number): LayerSettings => ({
  kind: 'norm',
  method: 'group',
  groups,
  epsilon,
});

type Laid = Extract<LayoutLayer, { kind: 'residual' }>;

/** What a residual layer has beside what comes in, as layers of their own. */
export const residualParts = (layer: Laid): readonly LayoutLayer[] => laid(layer, 'inner');

/** What comes in passes these before it is added. */
export const shortcutParts = (layer: Laid): readonly LayoutLayer[] => laid(layer, 'shortcut');

function laid(layer: Laid, side: keyof BlockParts): readonly LayoutLayer[] {
  const { name, part, path } = layer;
  const free = { parameters: 0, statistics: 0, multiplyAdds: 0, activationBytes: 0 } as const;
  return blockParts(layer, layer.inputShape, layer.shape)[side].map(({ suffix, settings, inputShape, shape }) => ({
    ...settings,
    ...free,
    part,
    path,
    name: `${name}${suffix}`,
    inputShape,
    shape,
  }));
}
