import type { LayerSpec } from '../../domain/experiment.ts';
import { NORM_EPSILON, type LayerFinish } from '../../domain/layer-settings.ts';
import type { PlainActivation } from '../../domain/layer-spec.ts';
import type { AppLayer } from './app-layers.ts';
import { bad, sizeOf } from './read-chain.ts';

/** Between a decoder's ends every convolution is a transposed one. */
export function grownSpec(layer: AppLayer, file: string): LayerSpec {
  const spec = layerSpec(layer, file);
  if (spec.kind !== 'conv') return spec;
  const rest = { ...spec };
  delete rest.transposed;
  return rest;
}

/** What a spec says of a layer. @throws StudioError `bad-file` where it cannot say it */
export function layerSpec({ name, settings, shape }: AppLayer, file: string): LayerSpec {
  switch (settings.kind) {
    case 'dense':
      if (shape.length === 1) return { kind: 'dense', units: sizeOf(shape), ...finishSpec(settings) };
      throw bad(
        `${file}: ${name}`,
        'rows of values between dense layers',
        `an image of ${shape.join(' × ')}: leave its shape, and save the model again`,
      );
    case 'conv': {
      const { filters, kernel, stride, padding, transposed } = settings;
      const more = { ...(padding === 'valid' ? { padding } : {}), ...(transposed ? { transposed } : {}) };
      return { kind: 'conv', filters, kernel, stride, ...more, ...finishSpec(settings) };
    }
    case 'separable': {
      const { filters, kernel, stride, padding } = settings;
      return {
        kind: 'separable',
        filters,
        kernel,
        stride,
        ...(padding === 'valid' ? { padding } : {}),
        ...finishSpec(settings),
      };
    }
    case 'residual': {
      const { filters, kernel, secondKernel, middleKernel, channels, stride, groups, epsilon } = settings;
      const { firstStrides, plainSum, preActivation } = settings;
      const order = preActivation ? { preActivation } : plainSum ? { plainSum } : {};
      const kernels = {
        ...(secondKernel === kernel ? {} : { secondKernel }),
        ...(middleKernel === undefined ? {} : { middleKernel }),
      };
      const beside = channels === undefined ? {} : { channels, ...(stride === 1 ? {} : { stride }) };
      const normalised = groups === undefined ? {} : { groups, ...(epsilon === NORM_EPSILON ? {} : { epsilon }) };
      const first = firstStrides ? { firstStrides } : {};
      return {
        kind: 'residual',
        filters,
        kernel,
        ...kernels,
        ...beside,
        ...first,
        ...normalised,
        ...order,
        ...finishSpec(settings),
      };
    }
    case 'pool': {
      const { kind, method, size, stride, padding } = settings;
      const more = { ...(stride === size ? {} : { stride }), ...(padding === 'valid' ? { padding } : {}) };
      return { kind, method, size, ...more };
    }
    case 'upsample':
      return {
        kind: 'upsample',
        size: settings.size,
        ...(settings.method === 'nearest' ? {} : { method: settings.method }),
      };
    case 'norm': {
      const { kind, method, groups, epsilon } = settings;
      const more = { ...(method === 'group' ? { groups } : {}), ...(epsilon === NORM_EPSILON ? {} : { epsilon }) };
      return { kind, method, ...more };
    }
    case 'reshape': {
      const [height = 1, width, channels = 1] = shape;
      return { kind: 'reshape', shape: width === undefined ? [height] : [height, width, channels] };
    }
    default:
      return settings;
  }
}

function finishSpec({ activation, slope, batchNorm, dropout }: LayerFinish) {
  return {
    activation,
    ...(slope === undefined ? {} : { slope }),
    ...(batchNorm ? { batchNorm } : {}),
    ...(dropout > 0 ? { dropout } : {}),
  };
}

/** Of a layer that has no finish: one that changes nothing. */
export function finishOf({ settings }: AppLayer): LayerFinish {
  if ('batchNorm' in settings) return settings;
  return { activation: 'linear', batchNorm: false, dropout: 0 };
}

/** Of the last layer that has one. @throws StudioError `bad-file` where that learns its slope */
export function outputOf(decoder: readonly AppLayer[], file: string): PlainActivation {
  const layer = decoder.findLast(({ settings }) => 'activation' in settings);
  if (layer === undefined || !('activation' in layer.settings)) return 'linear';
  const { activation } = layer.settings;
  if (activation !== 'prelu') return activation;
  throw bad(
    `${file}: ${layer.name}`,
    'an output whose activation has no weights',
    'a PReLU: end with another, and train it on',
  );
}
