import type { LayerSpec, ModelSpec } from './experiment.ts';
import {
  finishOf,
  settingsOf,
  type LayerFinish,
  type LayerSettings,
  type LayerShape,
  type LayoutProblem,
} from './layer-settings.ts';
import { keepsShape, shapeAfter, wrongInBlock, wrongWith } from './layer-shapes.ts';
import { outputFinish } from './mirrored-decoder.ts';

/** One layer of the decoder and the shape it must give. */
export interface DecoderStep {
  readonly path: string;
  readonly settings: LayerSettings;
  readonly shape: LayerShape;
}

export interface DecoderSteps {
  readonly steps: readonly DecoderStep[];
  readonly problems: readonly LayoutProblem[];
}

/** The last convolution, which makes a written decoder's last image one of the right channels, where nothing else is said. */
const USUAL_OUTPUT = { kernel: 3, stride: 1 } as const;

/** The kinds that a decoder between its ends is written in. */
type Growing = Extract<
  LayerSpec,
  { kind: 'conv' | 'upsample' | 'separable' | 'residual' | 'norm' | 'activation' | 'dropout' }
>;

/**
 * A decoder given by hand: its conv and upsample layers grow the image until it has the input's size.
 * @param from shape of the code
 */
export function writtenDecoder(model: ModelSpec, layers: readonly LayerSpec[], from: LayerShape): DecoderSteps {
  if (model.decoderEnds === 'none') return wholeDecoder(model, layers, from);
  const { inputShape } = model;
  const firstGrowing = layers.findIndex(({ kind }) => ['conv', 'upsample', 'separable', 'residual'].includes(kind));
  // With its ends said, the last convolution may be the only one.
  const isImage = model.decoderEnds !== undefined || model.code.map !== undefined;
  const firstOfImages = firstGrowing === -1 && isImage ? layers.length : firstGrowing;
  const denseCount = model.code.map !== undefined ? 0 : firstOfImages === -1 ? layers.length : firstOfImages;
  const problems: LayoutProblem[] = [];
  const steps: DecoderStep[] = [];
  let row = from;
  layers.slice(0, denseCount).forEach((layer, index) => {
    const path = `decoder.${index}`;
    const wrong = layer.kind === 'dense' || keepsShape(layer) ? wrongWith(layer, row) : misplaced(layer);
    if (wrong !== undefined) {
      problems.push({ path, message: wrong });
      return;
    }
    row = shapeAfter(layer, row);
    steps.push({ path, settings: settingsOf(layer), shape: row });
  });
  if (firstOfImages === -1) {
    steps.push({ path: 'output', settings: { kind: 'dense', ...outputFinish(model) }, shape: inputShape });
    return { steps, problems };
  }
  const growing = growingLayers(layers, denseCount, problems);
  problems.push(...overshoots(growing, model), ...mapProblems(growing, model, from));
  steps.push(...imageSteps(model, growing, problems));
  return { steps, problems };
}

/** A decoder whose layers are all that it has: each takes the shape that the one before leaves. */
function wholeDecoder(model: ModelSpec, layers: readonly LayerSpec[], code: LayerShape): DecoderSteps {
  const problems: LayoutProblem[] = [];
  const steps: DecoderStep[] = [];
  let from = code;
  layers.forEach((layer, index) => {
    const path = `decoder.${index}`;
    const wrong = wrongWith(layer, from);
    if (wrong !== undefined) {
      problems.push({ path, message: wrong });
      return;
    }
    from = shapeAfter(layer, from);
    steps.push({ path, settings: settingsOf(layer), shape: from });
  });
  if (problems.length > 0) return { steps, problems };
  const [expected, found] = [model.inputShape.join(' × '), from.join(' × ')];
  if (expected !== found)
    problems.push({ path: 'decoder', message: `expected it to end as ${expected}, found ${found}.` });
  const last = steps.findLast(({ settings }) => 'activation' in settings)?.settings;
  const activation = last !== undefined && 'activation' in last ? last.activation : 'linear';
  if (activation !== model.outputActivation) {
    const message = `expected ${activation}, as the decoder’s last layer has it, found ${model.outputActivation}.`;
    problems.push({ path: 'outputActivation', message });
  }
  return { steps, problems };
}

interface GrowingLayer {
  readonly path: string;
  readonly layer: Growing;
}

function growingLayers(layers: readonly LayerSpec[], from: number, problems: LayoutProblem[]): GrowingLayer[] {
  return layers.slice(from).flatMap((layer, offset) => {
    const path = `decoder.${from + offset}`;
    const isGrowing = ['conv', 'upsample', 'separable', 'residual'].includes(layer.kind) || keepsShape(layer);
    if (isGrowing) return [{ path, layer: layer as Growing }];
    problems.push({ path, message: misplaced(layer) });
    return [];
  });
}

function misplaced({ kind }: LayerSpec): string {
  if (kind === 'pool' || kind === 'global-pool') {
    return `expected a dense, conv or upsample layer, found a ${kind} layer, which belongs in the encoder.`;
  }
  if (kind === 'dense') {
    return 'expected a conv or upsample layer, found a dense layer: it must stand before the first of them.';
  }
  return `expected a layer that keeps an image or makes it grow, found a ${kind} layer.`;
}

/** Backwards from the full size: what each layer must make, first of all what the first one starts from. */
function sizesOf(growing: readonly GrowingLayer[], model: ModelSpec): LayerShape[] {
  const shrunk = ([height = 1, width = 1]: LayerShape, by: number) => [Math.ceil(height / by), Math.ceil(width / by)];
  const sizes: LayerShape[] = [shrunk(model.inputShape, outputOf(model).stride)];
  for (const { layer } of [...growing].reverse()) sizes.unshift(shrunk(sizes[0] ?? [], growth(layer)));
  return sizes;
}

const outputOf = ({ decoderEnds }: ModelSpec): { readonly kernel: number; readonly stride: number } =>
  typeof decoderEnds === 'object' ? decoderEnds.output : USUAL_OUTPUT;

function growth(layer: Growing): number {
  if (layer.kind === 'conv' || layer.kind === 'separable') return layer.stride;
  if (layer.kind === 'residual') return layer.stride ?? 1;
  return layer.kind === 'upsample' ? layer.size : 1;
}

/** Layers that would grow even a single pixel beyond what is left of the image's size. */
function overshoots(growing: readonly GrowingLayer[], model: ModelSpec): LayoutProblem[] {
  const { inputShape } = model;
  const sizes = sizesOf(growing, model);
  return growing.flatMap(({ path, layer }, index) => {
    const [height = 1, width = 1] = sizes[index + 1] ?? [];
    const keeps = layer.kind === 'separable' || layer.kind === 'residual';
    const most = keeps ? 1 : Math.max(height, width);
    if (growth(layer) <= most) return [];
    const what = layer.kind === 'upsample' ? 'a size' : 'a stride';
    const whole = keeps ? 'the image keeps its size' : `the image ends as ${inputShape[0]} × ${inputShape[1]}`;
    return [{ path, message: `expected ${what} of at most ${most}, so that ${whole}, found ${growth(layer)}.` }];
  });
}

/** A code that is an image is what the first layer starts from. */
function mapProblems(growing: readonly GrowingLayer[], model: ModelSpec, code: LayerShape): LayoutProblem[] {
  if (model.code.map === undefined) return [];
  const [expected, found] = [code.slice(0, 2).join(' × '), (sizesOf(growing, model)[0] ?? []).join(' × ')];
  if (expected === found) return [];
  const whole = `${model.inputShape[0]} × ${model.inputShape[1]}`;
  return [
    {
      path: 'decoder',
      message: `expected layers that grow the code of ${expected} to ${whole}, found those for ${found}.`,
    },
  ];
}

function imageSteps(model: ModelSpec, growing: readonly GrowingLayer[], problems: LayoutProblem[]): DecoderStep[] {
  const sizes = sizesOf(growing, model);
  const { channels, ...finish } = startOf(model, growing);
  let depth = model.code.map?.channels ?? channels;
  const steps: DecoderStep[] =
    model.code.map !== undefined
      ? []
      : [{ path: 'decoder.start', settings: { kind: 'dense', ...finish }, shape: [...(sizes[0] ?? []), depth] }];
  growing.forEach(({ path, layer }, index) => {
    const from = [...(sizes[index] ?? []), depth];
    if (layer.kind === 'conv' || layer.kind === 'separable') depth = layer.filters;
    else if (layer.kind === 'residual') depth = layer.channels ?? depth;
    const settings = settingsOf(layer);
    const own = settings.kind === 'conv' ? { ...settings, transposed: true } : settings;
    const shape = [...(sizes[index + 1] ?? []), depth];
    const wrong =
      own.kind === 'norm'
        ? wrongWith(layer, from)
        : own.kind === 'residual'
          ? wrongInBlock(own, from, shape)
          : undefined;
    if (wrong !== undefined) problems.push({ path, message: wrong });
    steps.push({ path, settings: own, shape });
  });
  const output: LayerSettings = {
    kind: 'conv',
    filters: model.inputShape[2],
    ...outputOf(model),
    padding: 'same',
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
  if (typeof decoderEnds === 'object') {
    const { channels, activation, batchNorm = false, dropout = 0 } = decoderEnds.start;
    return { channels, activation, batchNorm, dropout };
  }
  const first = growing.map(({ layer }) => layer).find((layer) => layer.kind === 'conv');
  if (first !== undefined) return { channels: first.filters, ...finishOf(first) };
  return { channels: inputShape[2], activation: 'linear', batchNorm: false, dropout: 0 };
}
