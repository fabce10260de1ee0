import type { LayoutLayer } from '../model-layout.ts';

type Conv = Extract<LayoutLayer, { kind: 'conv' }>;

/** The two convolutions of a residual layer, as layers of their own; its activation stands behind the first, and behind the sum. */
export function residualParts(layer: Extract<LayoutLayer, { kind: 'residual' }>): readonly [first: Conv, second: Conv] {
  const { inputShape, filters } = layer;
  const between = [...inputShape.slice(0, 2), filters];
  const plain = { kind: 'conv', stride: 1, padding: 'same', transposed: false, dropout: 0 } as const;
  return [
    { ...layer, ...plain, shape: between },
    { ...layer, ...plain, inputShape: between, filters: inputShape[2] ?? 1, activation: 'linear' },
  ];
}
