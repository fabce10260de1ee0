import { StudioError } from '../contract/errors.ts';
import type { Activation, LayerSpec, ModelSpec } from '../contract/experiment.ts';
import { tf } from './tensorflow.ts';

/** [height, width, channels] inside the convolutional part, [units] after the flattening. */
export type LayerShape = readonly number[];

/** One step of the decoder, its target shape worked out. */
type DecoderStep =
  | { readonly kind: 'dense'; readonly shape: LayerShape; readonly spec: Omit<LayerSpec, 'kind'> }
  | { readonly kind: 'conv'; readonly shape: LayerShape; readonly spec: Extract<LayerSpec, { kind: 'conv' }> };

const LEAKY_SLOPE = 0.2;

/** The encoder's layers before the code, in order, and the shape of what each of the spec's layers takes in. */
export function encoderLayers(spec: ModelSpec): {
  layers: tf.layers.Layer[];
  inputShapes: LayerShape[];
  last: LayerShape;
} {
  const layers: tf.layers.Layer[] = [];
  const inputShapes: LayerShape[] = [];
  let shape: LayerShape = spec.inputShape;
  spec.encoder.forEach((layer, index) => {
    const name = `encoder-${index + 1}`;
    inputShapes.push(shape);
    if (layer.kind === 'conv') {
      if (shape.length === 1) {
        throw new StudioError('bad-spec', `model.encoder.${index}: a conv layer must stand before every dense layer.`);
      }
      layers.push(convolution(name, layer));
      shape = [shrink(shape[0], layer.stride), shrink(shape[1], layer.stride), layer.filters];
    } else {
      if (shape.length > 1) layers.push(tf.layers.flatten({ name: `${name}-flatten` }));
      layers.push(denseLayer(name, layer.units, layer));
      shape = [layer.units];
    }
    layers.push(...finish(name, layer));
  });
  if (shape.length > 1) layers.push(tf.layers.flatten({ name: 'code-flatten' }));
  return { layers, inputShapes, last: shape };
}

/** The code itself: a dense layer, and the same again for a variational code's log-variance. */
export function codeLayers(spec: ModelSpec): { mean: tf.layers.Layer[]; logVariance?: tf.layers.Layer } {
  const { size, activation, variational } = spec.code;
  const mean = [denseLayer('code', size, { activation }), ...finish('code', { activation })];
  if (!variational) return { mean };
  return { mean, logVariance: tf.layers.dense({ units: size, name: 'code-log-variance', ...zeroInitialisers }) };
}

/** The decoder's layers from the code to an image of the input's shape. */
export function decoderLayers(
  spec: ModelSpec,
  inputShapes: readonly LayerShape[],
  last: LayerShape,
): tf.layers.Layer[] {
  const steps =
    spec.decoder === 'mirror'
      ? mirrored(spec, inputShapes, last)
      : written(spec.decoder, spec.inputShape, spec.outputActivation);
  const layers: tf.layers.Layer[] = [];
  let shape: LayerShape = [spec.code.size];
  steps.forEach((step, index) => {
    const name = index === steps.length - 1 ? 'output' : `decoder-${index + 1}`;
    if (step.kind === 'conv') layers.push(...growing(name, step, shape));
    else {
      if (shape.length > 1) layers.push(tf.layers.flatten({ name: `${name}-flatten` }));
      layers.push(denseLayer(name, product(step.shape), step.spec));
      layers.push(...finish(name, step.spec));
      if (step.shape.length > 1)
        layers.push(tf.layers.reshape({ targetShape: [...step.shape], name: `${name}-reshape` }));
    }
    shape = step.shape;
  });
  return layers;
}

/** Each encoder layer turned around: it gives back what that layer took in, with the activation of the layer before. */
function mirrored(spec: ModelSpec, inputShapes: readonly LayerShape[], last: LayerShape): DecoderStep[] {
  const layers = spec.encoder;
  const before = (index: number): Omit<LayerSpec, 'kind'> =>
    layers[index] ?? { activation: spec.outputActivation as Activation };
  const steps: DecoderStep[] = [];
  // Code → the last layer's output; its own step, because the code is one dense layer more.
  steps.push({ kind: 'dense', shape: last, spec: before(layers.length - 1) });
  for (let index = layers.length - 1; index >= 0; index -= 1) {
    const layer = layers[index] as LayerSpec;
    const shape = inputShapes[index] as LayerShape;
    const target = before(index - 1);
    if (layer.kind === 'dense') steps.push({ kind: 'dense', shape, spec: target });
    else {
      const { kernel, stride } = layer;
      steps.push({
        kind: 'conv',
        shape,
        spec: { kind: 'conv', filters: shape[2] ?? 1, kernel, stride, ...plain(target) },
      });
    }
  }
  return steps;
}

/** A decoder given by hand: its conv layers grow the image by their strides until it has the input's size. */
function written(layers: readonly LayerSpec[], inputShape: ModelSpec['inputShape'], output: Activation): DecoderStep[] {
  const [height, width, channels] = inputShape;
  const firstConv = layers.findIndex((layer) => layer.kind === 'conv');
  if (firstConv === -1) {
    const hidden = layers.map((layer): DecoderStep => ({
      kind: 'dense',
      shape: [(layer as { units: number }).units],
      spec: layer,
    }));
    return [...hidden, { kind: 'dense', shape: inputShape, spec: { activation: output } }];
  }
  const convs = layers.slice(firstConv);
  const misplaced = convs.findIndex((layer) => layer.kind === 'dense');
  if (misplaced !== -1) {
    const field = `model.decoder.${firstConv + misplaced}`;
    throw new StudioError('bad-spec', `${field}: a dense layer must stand before every conv layer.`);
  }
  // Backwards from the full size: what each conv layer must start from.
  const sizes: LayerShape[] = [[height, width]];
  for (const layer of [...convs].reverse() as Extract<LayerSpec, { kind: 'conv' }>[]) {
    const [h, w] = sizes[0] as LayerShape;
    sizes.unshift([shrink(h, layer.stride), shrink(w, layer.stride)]);
  }
  const first = convs[0] as Extract<LayerSpec, { kind: 'conv' }>;
  const steps: DecoderStep[] = layers
    .slice(0, firstConv)
    .map((layer) => ({ kind: 'dense', shape: [(layer as { units: number }).units], spec: layer }));
  steps.push({ kind: 'dense', shape: [...(sizes[0] as LayerShape), first.filters], spec: plain(first) });
  (convs as Extract<LayerSpec, { kind: 'conv' }>[]).forEach((layer, index) => {
    steps.push({ kind: 'conv', shape: [...(sizes[index + 1] as LayerShape), layer.filters], spec: layer });
  });
  const last: Extract<LayerSpec, { kind: 'conv' }> = {
    kind: 'conv',
    filters: channels,
    kernel: 3,
    stride: 1,
    activation: output,
  };
  steps.push({ kind: 'conv', shape: inputShape, spec: last });
  return steps;
}

/** Kernels and biases are set afterwards from the run's seed (initial-weights.ts); zeros cost nothing to make. */
const zeroInitialisers = { kernelInitializer: 'zeros', biasInitializer: 'zeros' } as const;

function denseLayer(name: string, units: number, spec: Omit<LayerSpec, 'kind'>): tf.layers.Layer {
  return tf.layers.dense({
    units,
    name,
    useBias: spec.batchNorm !== true,
    ...inLayerActivation(spec),
    ...zeroInitialisers,
  });
}

function convolution(name: string, spec: Extract<LayerSpec, { kind: 'conv' }>): tf.layers.Layer {
  return tf.layers.conv2d({
    filters: spec.filters,
    ...convolutionOptions(name, spec),
  });
}

/** What a convolution and its transposed sister share. */
function convolutionOptions(name: string, spec: Extract<LayerSpec, { kind: 'conv' }>) {
  return {
    kernelSize: spec.kernel,
    strides: spec.stride,
    padding: 'same',
    useBias: spec.batchNorm !== true,
    name,
    ...inLayerActivation(spec),
    ...zeroInitialisers,
  } as const;
}

/** A transposed convolution, cropped where the stride overshoots an odd size. */
function growing(name: string, step: Extract<DecoderStep, { kind: 'conv' }>, from: LayerShape): tf.layers.Layer[] {
  const { spec, shape } = step;
  const [height = 1, width = 1, filters = 1] = shape;
  const layers: tf.layers.Layer[] = [
    tf.layers.conv2dTranspose({
      filters,
      ...convolutionOptions(name, spec),
    }),
    ...finish(name, spec),
  ];
  const extra = [(from[0] ?? 1) * spec.stride - height, (from[1] ?? 1) * spec.stride - width] as const;
  if (extra[0] > 0 || extra[1] > 0) {
    layers.push(
      tf.layers.cropping2D({
        cropping: [
          [0, extra[0]],
          [0, extra[1]],
        ],
        name: `${name}-crop`,
      }),
    );
  }
  return layers;
}

/** Batch normalisation stands between a layer and its activation (Ioffe & Szegedy 2015, §3.2); dropout after it. */
function finish(name: string, spec: Omit<LayerSpec, 'kind'>): tf.layers.Layer[] {
  const layers: tf.layers.Layer[] = [];
  if (spec.batchNorm === true)
    layers.push(tf.layers.batchNormalization({ name: `${name}-norm`, momentum: 0.99, epsilon: 1e-3 }));
  if (spec.activation === 'leaky-relu')
    layers.push(tf.layers.leakyReLU({ alpha: LEAKY_SLOPE, name: `${name}-activation` }));
  else if (spec.batchNorm === true && spec.activation !== 'linear') {
    layers.push(tf.layers.activation({ activation: spec.activation, name: `${name}-activation` }));
  }
  if (spec.dropout !== undefined && spec.dropout > 0)
    layers.push(tf.layers.dropout({ rate: spec.dropout, name: `${name}-dropout` }));
  return layers;
}

function inLayerActivation(spec: Omit<LayerSpec, 'kind'>): { activation?: Exclude<Activation, 'leaky-relu'> } {
  if (spec.batchNorm === true || spec.activation === 'leaky-relu') return {};
  return { activation: spec.activation };
}

/** What a mirrored layer takes from its neighbour: all but the convolution's own numbers. */
function plain(spec: Omit<LayerSpec, 'kind'>): Omit<LayerSpec, 'kind'> {
  const { activation, batchNorm, dropout } = spec;
  return {
    activation,
    ...(batchNorm === undefined ? {} : { batchNorm }),
    ...(dropout === undefined ? {} : { dropout }),
  };
}

const shrink = (size: number | undefined, stride: number): number => Math.ceil((size ?? 1) / stride);

const product = (shape: LayerShape): number => shape.reduce((all, size) => all * size, 1);
