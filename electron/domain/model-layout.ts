import { writtenDecoder, type DecoderStep } from './decoder-layout.ts';
import type { LayerSpec, ModelSpec } from './experiment.ts';
import { costsOf, type LayerCosts, valuesWithin } from './layer-costs.ts';
import { settingsOf, type LayerSettings, type LayerShape, type LayoutProblem } from './layer-settings.ts';
import { keepsShape, shapeAfter, sizeOf, wrongWith } from './layer-shapes.ts';
import { isTail, mirroredDecoder } from './mirrored-decoder.ts';

export type LayoutLayer = LayerSettings &
  LayerCosts & {
    /**
     * "encoder.0", "code", "decoder.1" or "output"; "decoder.start" is the dense layer that a written decoder needs before its
     * first conv or upsample layer.
     */
    readonly path: string;
    /** What its weights are called by, such as "encoder-1". */
    readonly name: string;
    readonly part: 'encoder' | 'code' | 'decoder';
    readonly inputShape: LayerShape;
    readonly shape: LayerShape;
    /** Of a code: how many of its numbers, the last ones, are the probabilities of classes. */
    readonly classes?: number;
    /** Of a code that is an image: of how many vectors each place has the nearest. */
    readonly codebook?: number;
    /** Of its output for one image, and of what lies between its own parts, as float32. */
    readonly activationBytes: number;
  };

export interface ModelLayout {
  /** From the image through the code and back; wrong layers are left out, and so is the mirror of a wrong encoder. */
  readonly layers: readonly LayoutLayer[];
  readonly problems: readonly LayoutProblem[];
  readonly parameters: number;
  readonly multiplyAdds: number;
}

/** Works out every layer of a model, its shape and its cost; what is wrong is said at its layer. */
export function layOut(model: ModelSpec): ModelLayout {
  const problems: LayoutProblem[] = [];
  const encoder = encoderOf(model, problems);
  problems.push(...tyingProblems(model));
  const features = encoder.at(-1)?.shape ?? model.inputShape;
  problems.push(...codeProblems(model, features));
  const code = codeOf(model, features);
  const layers = [...encoder, code];
  if (model.decoder !== 'mirror' || problems.length === 0) {
    const { steps, problems: found } =
      model.decoder === 'mirror'
        ? mirroredDecoder(model, [model.inputShape, ...encoder.map(({ shape }) => shape)])
        : writtenDecoder(model, model.decoder, code.shape);
    problems.push(...found);
    let from = code.shape;
    const output = steps.findLastIndex(({ settings }) => !isTail(settings));
    steps.forEach((step, index) => {
      layers.push(decoderLayer(step, index, index === output, from));
      from = step.shape;
    });
  }
  problems.push(...sizeProblems(layers));
  return {
    layers,
    problems,
    parameters: layers.reduce((sum, layer) => sum + layer.parameters, 0),
    multiplyAdds: layers.reduce((sum, layer) => sum + layer.multiplyAdds, 0),
  };
}

/** The shape of what the encoder leaves to the code. */
export function encodedShape(model: Pick<ModelSpec, 'inputShape' | 'encoder'>): LayerShape {
  return encoderOf(model, []).at(-1)?.shape ?? model.inputShape;
}

function encoderOf(model: Pick<ModelSpec, 'inputShape' | 'encoder'>, problems: LayoutProblem[]): LayoutLayer[] {
  const layers: LayoutLayer[] = [];
  let from: LayerShape = model.inputShape;
  model.encoder.forEach((spec, index) => {
    const path = `encoder.${index}`;
    const wrong = wrongInEncoder(spec, from);
    if (wrong !== undefined) {
      problems.push({ path, message: wrong });
      return;
    }
    const layer = settled(
      { path, name: `encoder-${index + 1}`, part: 'encoder' },
      settingsOf(spec),
      from,
      shapeAfter(spec, from),
    );
    layers.push(layer);
    from = layer.shape;
  });
  return layers;
}

function wrongInEncoder(spec: LayerSpec, from: LayerShape): string | undefined {
  if (spec.kind === 'upsample' || (spec.kind === 'conv' && spec.transposed === true)) {
    const found = spec.kind === 'conv' ? 'a transposed conv layer' : 'an upsample layer';
    return `expected a dense, conv or pool layer, found ${found}, which belongs in the decoder.`;
  }
  return wrongWith(spec, from);
}

/** A layer's output for one image, in values: 1024 × 1024 × 64, or 256 MiB. */
const MOST_OUTPUT = 2 ** 26;
/** All layers' outputs for one image, in values, and all weights: beyond it no machine that the app runs on goes. */
const MOST_OUTPUTS = 2 ** 28;
const MOST_PARAMETERS = 2 ** 29;

/** Few words can ask for more than any memory holds. */
function sizeProblems(layers: readonly LayoutLayer[]): LayoutProblem[] {
  const problems: LayoutProblem[] = layers.flatMap(({ path, shape }) => {
    if (sizeOf(shape) <= MOST_OUTPUT) return [];
    const expected = `at most ${MOST_OUTPUT.toLocaleString('en')} values of one image`;
    return [{ path, message: `expected ${expected}, found ${shape.join(' × ')}.` }];
  });
  const outputs = problems.length === 0 ? overall(layers, valuesOf, MOST_OUTPUTS, 'values of one image') : [];
  return [...problems, ...outputs, ...overall(layers, ({ parameters }) => parameters, MOST_PARAMETERS, 'weights')];
}

/** A problem at the layer that takes the most where all of them together take too much. */
function overall(
  layers: readonly LayoutLayer[],
  of: (layer: LayoutLayer) => number,
  most: number,
  what: string,
): LayoutProblem[] {
  const total = layers.reduce((sum, layer) => sum + of(layer), 0);
  if (total <= most) return [];
  const { path } = layers.reduce((largest, layer) => (of(layer) > of(largest) ? layer : largest));
  const expected = `at most ${most.toLocaleString('en')} ${what} in all`;
  return [{ path, message: `expected ${expected}, found ${total.toLocaleString('en')}.` }];
}

const valuesOf = ({ shape }: LayoutLayer): number => sizeOf(shape);

/** Tied weights are those of dense layers, used once each way. */
function tyingProblems({ tiedWeights, encoder, decoder, code }: ModelSpec): LayoutProblem[] {
  if (tiedWeights !== true) return [];
  const problems: LayoutProblem[] = encoder.flatMap(({ kind }, index) =>
    kind !== 'dense' && !keepsShape({ kind })
      ? [
          {
            path: `encoder.${index}`,
            message: `expected a dense layer, as the weights are tied, found a ${kind} layer.`,
          },
        ]
      : [],
  );
  if (code.variational) {
    problems.push({
      path: 'code',
      message: 'expected a plain code, as the weights are tied, found a variational one.',
    });
  }
  if (decoder !== 'mirror') {
    const message = 'expected a mirrored decoder, as the weights are tied, found one by hand.';
    problems.push({ path: 'decoder', message });
  }
  if (code.map !== undefined) {
    problems.push({ path: 'code', message: 'expected a row as the code, as the weights are tied, found an image.' });
  }
  return problems;
}

/** A code that is an image is made of one, and has as many numbers as it says; one with classes has more numbers than these. */
function codeProblems({ code }: ModelSpec, features: LayerShape): LayoutProblem[] {
  const codebook = code.codebook === undefined ? [] : codebookProblems(code);
  if (code.classes !== undefined) return [...codebook, ...classProblems(code, code.classes)];
  if (code.map === undefined) return codebook;
  const [height = 1, width] = features;
  if (width === undefined) {
    const message = `expected an image for a code of ${code.map.channels} channels, found ${height} units.`;
    return [...codebook, { path: 'code', message }];
  }
  const size = height * width * code.map.channels;
  if (size === code.size) return codebook;
  const whole = `${height} × ${width} × ${code.map.channels}`;
  return [...codebook, { path: 'code', message: `expected a size of ${size}, which is ${whole}, found ${code.size}.` }];
}

/** What a kind of code expects of it. */
const expecting =
  (kind: string) =>
  (holds: boolean, expected: string, found: string): LayoutProblem[] =>
    holds ? [] : [{ path: 'code', message: `expected ${expected} for ${kind}, found ${found}.` }];

function codebookProblems(code: ModelSpec['code']): LayoutProblem[] {
  const expect = expecting('a code of a codebook’s vectors');
  return [
    ...expect(code.map !== undefined, 'an image', 'a row'),
    ...expect(!code.variational, 'a plain code', 'a variational one'),
  ];
}

function classProblems(code: ModelSpec['code'], classes: number): LayoutProblem[] {
  const expect = expecting('a code with classes');
  return [
    ...expect(code.variational, 'a variational code', 'a plain one'),
    ...expect(code.map === undefined, 'a row', 'an image'),
    ...expect(code.activation === 'linear', 'linear units', code.activation),
    ...expect(code.size > classes, `more than ${classes} numbers, which are the classes’,`, `${code.size}`),
  ];
}

/** The code: a dense layer or a convolution, and the same again for a variational code's log-variance. */
function codeOf({ code }: ModelSpec, features: LayerShape): LayoutLayer {
  const finish = { activation: code.activation, batchNorm: false, dropout: 0 } as const;
  const { map } = code;
  const own: LayerSettings =
    map === undefined || features.length === 1
      ? { kind: 'dense', ...finish }
      : {
          kind: 'conv',
          filters: map.channels,
          kernel: map.kernel,
          stride: 1,
          padding: 'same',
          transposed: false,
          ...finish,
        };
  const shape = own.kind === 'conv' ? [...features.slice(0, 2), own.filters] : [code.size];
  const layer = settled({ path: 'code', name: 'code', part: 'code' }, own, features, shape);
  if (code.codebook !== undefined && own.kind === 'conv') return quantisedCode(layer, own.filters, code.codebook);
  if (!code.variational) return layer;
  if (code.classes !== undefined) return conditionalCode(layer, code.classes);
  const { parameters, multiplyAdds, activationBytes } = layer;
  return { ...layer, parameters: 2 * parameters, multiplyAdds: 2 * multiplyAdds, activationBytes: 2 * activationBytes };
}

/** Beside the convolution: the vectors, how often each is taken, and how far each place is from each vector. */
function quantisedCode(layer: LayoutLayer, channels: number, codebook: number): LayoutLayer {
  const [vectors, distances] = [codebook * channels, (sizeOf(layer.shape) / channels) * codebook];
  return {
    ...layer,
    codebook,
    parameters: layer.parameters + vectors,
    statistics: layer.statistics + codebook,
    multiplyAdds: layer.multiplyAdds + distances * channels,
    activationBytes: layer.activationBytes + 4 * distances,
  };
}

/** Its style takes the classes beside the features, and so does the style's log-variance. */
function conditionalCode(layer: LayoutLayer, classes: number): LayoutLayer {
  const features = sizeOf(layer.inputShape);
  const style = Math.max(0, sizeOf(layer.shape) - classes);
  const multiplyAdds = features * classes + 2 * (features + classes) * style;
  const activationBytes = layer.activationBytes + 4 * style;
  return { ...layer, classes, parameters: multiplyAdds + classes + 2 * style, multiplyAdds, activationBytes };
}

function decoderLayer(step: DecoderStep, index: number, isOutput: boolean, from: LayerShape): LayoutLayer {
  const name = isOutput ? 'output' : `decoder-${index + 1}`;
  return settled({ path: step.path, name, part: 'decoder' }, step.settings, from, step.shape);
}

function settled(
  where: Pick<LayoutLayer, 'path' | 'name' | 'part'>,
  own: LayerSettings,
  inputShape: LayerShape,
  shape: LayerShape,
): LayoutLayer {
  const costs = costsOf(own, inputShape, shape);
  const values = sizeOf(shape) + valuesWithin(own, inputShape, shape);
  return { ...own, ...where, inputShape, shape, ...costs, activationBytes: 4 * values };
}
