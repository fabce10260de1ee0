import type { LayerShape } from '../../domain/layer-settings.ts';
import type { StoredTensor } from '../../files/safetensors.ts';
import type { AppLayer } from './app-layers.ts';

/** The image as it is: a 1 × 1 convolution of each channel to itself. */
export function identityMap(name: string, shape: LayerShape): AppLayer {
  const channels = shape[2] ?? 1;
  const { weights } = identityLayer(name, channels, [channels]);
  const kernel = weights['/kernel'] as StoredTensor;
  const finish = { activation: 'linear', batchNorm: false, dropout: 0 } as const;
  const window = { filters: channels, kernel: 1, stride: 1, padding: 'same', transposed: false } as const;
  return {
    name,
    shape,
    settings: { kind: 'conv', ...window, ...finish },
    weights: { ...weights, '/kernel': { shape: [1, 1, channels, channels], data: kernel.data } },
  };
}

/** A dense layer that gives what it takes: where a foreign model has no dense layer and the app's has one. */
export function identityLayer(name: string, size: number, shape: LayerShape): AppLayer {
  const data = new Float32Array(size * size);
  for (let at = 0; at < data.length; at += size + 1) data[at] = 1;
  const weights = {
    '/kernel': { shape: [size, size], data },
    '/bias': { shape: [size], data: new Float32Array(size) },
  };
  return { name, shape, settings: { kind: 'dense', activation: 'linear', batchNorm: false, dropout: 0 }, weights };
}
