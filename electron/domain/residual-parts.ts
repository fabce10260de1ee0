import { NORM_EPSILON } from './layer-settings.ts';
import type { LayoutLayer } from './model-layout.ts';

type Residual = Extract<LayoutLayer, { kind: 'residual' }>;

/** What comes in passes this before it is added: nothing, or a convolution of 1 × 1 with the stride of the first of the others. */
export function shortcutParts(layer: Residual): readonly LayoutLayer[] {
  const { name, channels, batchNorm, preActivation } = layer;
  if (channels === undefined) return [];
  return [
    {
      ...layer,
      ...plain,
      name: `${name}-shortcut`,
      filters: channels,
      kernel: 1,
      activation: 'linear',
      batchNorm: batchNorm && !preActivation,
    },
  ];
}

const plain = { kind: 'conv', padding: 'same', transposed: false, dropout: 0 } as const;

/**
 * What a residual layer has beside what comes in, as layers of their own, one after another: its two convolutions, the activation behind
 * the first; of one that begins with its activation that and its normalisation before. Behind the sum stands what is no part of it.
 */
export function residualParts(layer: Residual): readonly LayoutLayer[] {
  const { name, shape, filters, secondKernel, batchNorm, preActivation } = layer;
  const between = [...shape.slice(0, 2), filters];
  const second = {
    name: `${name}-second`,
    inputShape: between,
    filters: shape[2] ?? 1,
    kernel: secondKernel,
    stride: 1,
    activation: 'linear',
    // Nothing is normalised behind the last of them where each is normalised before.
    batchNorm: batchNorm && !preActivation,
  } as const;
  return [
    ...(preActivation ? partsBefore(layer) : []),
    { ...layer, ...plain, name: `${name}-first`, shape: between },
    { ...layer, ...plain, ...second },
  ];
}

function partsBefore(layer: Residual): readonly LayoutLayer[] {
  const { name, batchNorm, inputShape } = layer;
  const norm = { kind: 'norm', method: 'batch', groups: 1, epsilon: NORM_EPSILON } as const;
  return [
    ...(batchNorm ? [{ ...layer, ...norm, name: `${name}-before-norm`, shape: inputShape }] : []),
    { ...layer, kind: 'activation', name: `${name}-before-activation`, shape: inputShape },
  ];
}
