import type { LayerSpec, ModelSpec } from './experiment.ts';
import {
  finishOf,
  type LayerFinish,
  type LayerSettings,
  type LayerShape,
  type LayoutProblem,
} from './layer-settings.ts';

/** One layer of the decoder and the shape it must give. */
export interface DecoderStep {
  readonly path: string;
  readonly settings: LayerSettings;
  readonly shape: LayerShape;
}

interface DecoderSteps {
  readonly steps: readonly DecoderStep[];
  readonly problems: readonly LayoutProblem[];
}

/** The last convolution, which makes a written decoder's last image one of the right channels, where nothing else is said. */
const USUAL_OUTPUT = { kernel: 3, stride: 1 } as const;

/**
 * Each encoder layer turned around: it gives back what that layer took in, with the finish of the layer before it.
 * @param shapes of the image and of each encoder layer's output
 */
export function mirroredDecoder(model: ModelSpec, shapes: readonly LayerShape[]): DecoderSteps {
  const { encoder, tiedWeights } = model;
  const tied = (path: string) => (tiedWeights === true ? { tiedTo: path } : {});
  // Code → the last layer's output; a step of its own, because the code is one dense layer more.
  const last = encoder.length - 1;
  const settings: LayerSettings[] = [{ kind: 'dense', ...finishBefore(model, last), ...tied('code') }];
  for (let index = last; index >= 0; index -= 1) {
    const layer = encoder[index] as LayerSpec;
    const finish = finishBefore(model, index - 1);
    if (layer.kind === 'dense') settings.push({ kind: 'dense', ...finish, ...tied(`encoder.${index}`) });
    else if (layer.kind === 'conv') {
      const { kernel, stride } = layer;
      settings.push({ kind: 'conv', filters: shapes[index]?.[2] ?? 1, kernel, stride, transposed: true, ...finish });
    } else settings.push({ kind: 'upsample', size: layer.size });
  }
  const steps = settings.map((own, step) => ({
    path: step > last ? 'output' : `decoder.${step}`,
    settings: own,
    shape: shapes[last + 1 - step] ?? model.inputShape,
  }));
  return { steps, problems: [] };
}

/** How the encoder's layer of this number ends; pooling ends as what it pools, and before the first layer stands the image. */
function finishBefore(model: ModelSpec, index: number): LayerFinish {
  const layer = model.encoder[index];
  if (layer === undefined) return outputFinish(model);
  return layer.kind === 'dense' || layer.kind === 'conv' ? finishOf(layer) : finishBefore(model, index - 1);
}

const outputFinish = ({ outputActivation }: ModelSpec): LayerFinish => ({
  activation: outputActivation,
  batchNorm: false,
  dropout: 0,
});

/** A decoder given by hand: its conv and upsample layers grow the image until it has the input's size. */
export function writtenDecoder(model: ModelSpec, layers: readonly LayerSpec[]): DecoderSteps {
  const { inputShape } = model;
  const firstGrowing = layers.findIndex(({ kind }) => kind === 'conv' || kind === 'upsample');
  // With its ends said, the last convolution may be the only one.
  const firstOfImages = firstGrowing === -1 && model.decoderEnds !== undefined ? layers.length : firstGrowing;
  const denseCount = firstOfImages === -1 ? layers.length : firstOfImages;
  const problems: LayoutProblem[] = [];
  const steps: DecoderStep[] = [];
  layers.slice(0, denseCount).forEach((layer, index) => {
    const path = `decoder.${index}`;
    if (layer.kind === 'dense') {
      steps.push({ path, settings: { kind: 'dense', ...finishOf(layer) }, shape: [layer.units] });
    } else problems.push({ path, message: misplaced(layer) });
  });
  if (firstOfImages === -1) {
    steps.push({ path: 'output', settings: { kind: 'dense', ...outputFinish(model) }, shape: inputShape });
    return { steps, problems };
  }
  const growing = growingLayers(layers, firstOfImages, problems);
  problems.push(...overshoots(growing, model));
  steps.push(...imageSteps(model, growing));
  return { steps, problems };
}

interface GrowingLayer {
  readonly path: string;
  readonly layer: Extract<LayerSpec, { kind: 'conv' | 'upsample' }>;
}

function growingLayers(layers: readonly LayerSpec[], from: number, problems: LayoutProblem[]): GrowingLayer[] {
  return layers.slice(from).flatMap((layer, offset) => {
    const path = `decoder.${from + offset}`;
    if (layer.kind === 'conv' || layer.kind === 'upsample') return [{ path, layer }];
    problems.push({ path, message: misplaced(layer) });
    return [];
  });
}

function misplaced({ kind }: LayerSpec): string {
  return kind === 'pool'
    ? 'expected a dense, conv or upsample layer, found a pool layer, which belongs in the encoder.'
    : 'expected a conv or upsample layer, found a dense layer: it must stand before the first of them.';
}

/** Backwards from the full size: what each layer must make, first of all what the first one starts from. */
function sizesOf(growing: readonly GrowingLayer[], { inputShape, decoderEnds }: ModelSpec): LayerShape[] {
  const shrunk = ([height = 1, width = 1]: LayerShape, by: number) => [Math.ceil(height / by), Math.ceil(width / by)];
  const sizes: LayerShape[] = [shrunk(inputShape, (decoderEnds?.output ?? USUAL_OUTPUT).stride)];
  for (const { layer } of [...growing].reverse()) sizes.unshift(shrunk(sizes[0] ?? [], growth(layer)));
  return sizes;
}

const growth = (layer: GrowingLayer['layer']): number => (layer.kind === 'conv' ? layer.stride : layer.size);

/** Layers that would grow even a single pixel beyond what is left of the image's size. */
function overshoots(growing: readonly GrowingLayer[], model: ModelSpec): LayoutProblem[] {
  const { inputShape } = model;
  const sizes = sizesOf(growing, model);
  return growing.flatMap(({ path, layer }, index) => {
    const [height = 1, width = 1] = sizes[index + 1] ?? [];
    const most = Math.max(height, width);
    if (growth(layer) <= most) return [];
    const what = layer.kind === 'conv' ? 'a stride' : 'a size';
    const whole = `${inputShape[0]} × ${inputShape[1]}`;
    const message = `expected ${what} of at most ${most}, so that the image ends as ${whole}, found ${growth(layer)}.`;
    return [{ path, message }];
  });
}

function imageSteps(model: ModelSpec, growing: readonly GrowingLayer[]): DecoderStep[] {
  const sizes = sizesOf(growing, model);
  const { channels, ...finish } = startOf(model, growing);
  let depth = channels;
  const steps: DecoderStep[] = [
    { path: 'decoder.start', settings: { kind: 'dense', ...finish }, shape: [...(sizes[0] ?? []), depth] },
  ];
  growing.forEach(({ path, layer }, index) => {
    if (layer.kind === 'conv') depth = layer.filters;
    steps.push({ path, settings: grown(layer), shape: [...(sizes[index + 1] ?? []), depth] });
  });
  const output: LayerSettings = {
    kind: 'conv',
    filters: model.inputShape[2],
    ...(model.decoderEnds?.output ?? USUAL_OUTPUT),
    transposed: true,
    ...outputFinish(model),
  };
  return [...steps, { path: 'output', settings: output, shape: model.inputShape }];
}

/** What the decoder's first image is made of. */
function startOf(
  { decoderEnds, inputShape }: ModelSpec,
  growing: readonly GrowingLayer[],
): LayerFinish & { readonly channels: number } {
  if (decoderEnds !== undefined) {
    const { channels, activation, batchNorm = false, dropout = 0 } = decoderEnds.start;
    return { channels, activation, batchNorm, dropout };
  }
  const first = growing.map(({ layer }) => layer).find((layer) => layer.kind === 'conv');
  if (first !== undefined) return { channels: first.filters, ...finishOf(first) };
  return { channels: inputShape[2], activation: 'linear', batchNorm: false, dropout: 0 };
}

function grown(layer: GrowingLayer['layer']): LayerSettings {
  if (layer.kind === 'upsample') return { kind: 'upsample', size: layer.size };
  const { filters, kernel, stride } = layer;
  return { kind: 'conv', filters, kernel, stride, transposed: true, ...finishOf(layer) };
}
