import type { DecoderStep, DecoderSteps } from './decoder-layout.ts';
import type { LayerSpec, ModelSpec } from './experiment.ts';
import {
  finishOf,
  isFinished,
  residualOf,
  settingsOf,
  type LayerFinish,
  type LayerSettings,
  type LayerShape,
  type LayoutProblem,
} from './layer-settings.ts';
import { keepsShape, wrongInBlock } from './layer-shapes.ts';

/**
 * Each encoder layer turned around: it gives back what that layer took in, with the finish of the layer before it, and behind it
 * what stood behind that one and kept the shape.
 * @param shapes of the image and of each encoder layer's output
 */
export function mirroredDecoder(model: ModelSpec, shapes: readonly LayerShape[]): DecoderSteps {
  const { encoder, tiedWeights } = model;
  const tied = (path: string) => (tiedWeights === true ? { tiedTo: path } : {});
  const problems: LayoutProblem[] = [];
  const steps: { readonly settings: LayerSettings; readonly shape: LayerShape }[] = [];
  const shapeBefore = (index: number): LayerShape => shapes[index] ?? model.inputShape;
  const giveBack = (index: number, settings: LayerSettings): void => {
    const shape = shapeBefore(index);
    steps.push({ settings, shape }, ...keepersBefore(encoder, index).map((own) => ({ settings: own, shape })));
  };
  // Code → the last layer's output; a step of its own, because the code is one layer more.
  const finish = finishBefore(model, encoder.length - 1);
  const { map } = model.code;
  giveBack(
    encoder.length,
    map === undefined
      ? { kind: 'dense', ...finish, ...tied('code') }
      : transposed({ kernel: map.kernel, stride: 1 }, shapeBefore(encoder.length), finish),
  );
  for (let index = encoder.length - 1; index >= 0; index -= 1) {
    const layer = encoder[index] as LayerSpec;
    if (keepsShape(layer)) continue;
    const to = shapeBefore(index);
    const own = turnedAround(layer, to, finishBefore(model, index - 1));
    const channels = shapes[index + 1]?.at(-1) ?? 1;
    const larger = [...to.slice(0, 2), channels];
    const wrong = own.kind === 'residual' ? wrongInBlock(own, larger, to) : undefined;
    if (wrong !== undefined)
      problems.push({ path: `encoder.${index}`, message: wrong.replace(/\.$/, ', in its mirror.') });
    // A block has nothing to grow by: what it shrank is enlarged before it.
    if (layer.kind === 'residual' && layer.stride !== undefined && layer.stride > 1) {
      steps.push({ settings: { kind: 'upsample', size: layer.stride, method: 'nearest' }, shape: larger });
    }
    giveBack(index, own.kind === 'dense' && layer.kind === 'dense' ? { ...own, ...tied(`encoder.${index}`) } : own);
  }
  const output = steps.findLastIndex(({ settings }) => !isTail(settings));
  return {
    steps: steps.map((step, index): DecoderStep => {
      const path = index === output ? 'output' : `decoder.${index}`;
      return { ...step, path };
    }),
    problems,
  };
}

/** What may stand behind the layer that makes the image. */
export const isTail = (settings: LayerSettings): boolean =>
  keepsShape(settings) || ['rescale', 'crop', 'zero-pad', 'reshape'].includes(settings.kind);

function turnedAround(layer: LayerSpec, to: LayerShape, finish: LayerFinish): LayerSettings {
  switch (layer.kind) {
    case 'dense':
    case 'global-pool':
      return { kind: 'dense', ...finish };
    case 'conv':
    case 'separable':
      return transposed(layer, to, finish);
    case 'residual':
      return {
        kind: 'residual',
        ...residualOf(layer),
        ...(layer.channels === undefined ? {} : { channels: to[2] ?? 1 }),
        stride: 1,
        firstStrides: false,
        ...finishOf(layer),
      };
    case 'pool':
      return { kind: 'upsample', size: layer.stride ?? layer.size, method: 'nearest' };
    case 'zero-pad':
      return { ...layer, kind: 'crop' };
    case 'crop':
      return { ...layer, kind: 'zero-pad' };
    case 'rescale':
      return { kind: 'rescale', scale: 1 / layer.scale, offset: -layer.offset / layer.scale };
    default:
      return settingsOf(layer);
  }
}

function transposed(
  {
    kernel,
    stride,
    padding = 'same',
  }: { readonly kernel: number; readonly stride: number; readonly padding?: 'same' | 'valid' },
  to: LayerShape,
  finish: LayerFinish,
): LayerSettings {
  return { kind: 'conv', filters: to[2] ?? 1, kernel, stride, padding, transposed: true, ...finish };
}

/** What keeps the shape between the layer of this number and the one that makes it; none before the first that does. */
function keepersBefore(encoder: readonly LayerSpec[], index: number): readonly LayerSettings[] {
  const maker = encoder.slice(0, index).findLastIndex((layer) => !keepsShape(layer));
  return maker === -1 ? [] : encoder.slice(maker + 1, index).map(settingsOf);
}

/** How the encoder's layer of this number ends; pooling ends as what it pools, and before the first layer stands the image. */
function finishBefore(model: ModelSpec, index: number): LayerFinish {
  const layer = model.encoder[index];
  if (layer === undefined) return outputFinish(model);
  return isFinished(layer) ? finishOf(layer) : finishBefore(model, index - 1);
}

/** How the layer that makes the image ends. */
export const outputFinish = ({ outputActivation }: ModelSpec): LayerFinish => ({
  activation: outputActivation,
  batchNorm: false,
  dropout: 0,
});
