import { mirroredDecoder, writtenDecoder, type DecoderStep } from './decoder-layout.ts';
import type { LayerSpec, ModelSpec } from './experiment.ts';
import { settingsOf, type LayerSettings, type LayerShape, type LayoutProblem } from './layer-settings.ts';

export type LayoutLayer = LayerSettings & {
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
  /** Trainable values, those of batch normalisation among them; tied weights count where they stand first. */
  readonly parameters: number;
  /** Of matrix products and convolutions, for one image, forward. */
  readonly multiplyAdds: number;
  /** Of its output for one image, as float32. */
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
  const layers = [...encoder, codeOf(model, features)];
  if (model.decoder !== 'mirror' || problems.length === 0) {
    const { steps, problems: found } =
      model.decoder === 'mirror'
        ? mirroredDecoder(model, [model.inputShape, ...encoder.map(({ shape }) => shape)])
        : writtenDecoder(model, model.decoder);
    problems.push(...found);
    let from: LayerShape = [model.code.size];
    steps.forEach((step, index) => {
      layers.push(decoderLayer(step, index, steps.length, from));
      from = step.shape;
    });
  }
  return {
    layers,
    problems,
    parameters: layers.reduce((sum, layer) => sum + layer.parameters, 0),
    multiplyAdds: layers.reduce((sum, layer) => sum + layer.multiplyAdds, 0),
  };
}

function encoderOf(model: ModelSpec, problems: LayoutProblem[]): LayoutLayer[] {
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
      after(spec, from),
    );
    layers.push(layer);
    from = layer.shape;
  });
  return layers;
}

function wrongInEncoder(spec: LayerSpec, from: LayerShape): string | undefined {
  if (spec.kind === 'dense') return undefined;
  if (spec.kind === 'upsample') {
    return 'expected a dense, conv or pool layer, found an upsample layer, which belongs in the decoder.';
  }
  const [height = 1, width = 1] = from;
  if (from.length === 1) {
    return `expected an image for a ${spec.kind} layer, found ${height} units: it must stand before every dense layer.`;
  }
  if (spec.kind === 'pool' && Math.min(height, width) < spec.size) {
    return `expected an image of at least ${spec.size} × ${spec.size} to pool, found ${height} × ${width}.`;
  }
  return undefined;
}

/** The shape that an encoder's layer makes of its input; the edges are padded, so that no pixel is lost. */
function after(spec: LayerSpec, [height = 1, width = 1, channels = 1]: LayerShape): LayerShape {
  if (spec.kind === 'dense') return [spec.units];
  const by = spec.kind === 'conv' ? spec.stride : spec.size;
  return [Math.ceil(height / by), Math.ceil(width / by), spec.kind === 'conv' ? spec.filters : channels];
}

/** Tied weights are those of dense layers, used once each way. */
function tyingProblems({ tiedWeights, encoder, decoder, code }: ModelSpec): LayoutProblem[] {
  if (tiedWeights !== true) return [];
  const problems: LayoutProblem[] = encoder.flatMap(({ kind }, index) =>
    kind === 'conv' || kind === 'pool'
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
  return problems;
}

/** The code: a dense layer, and the same again for a variational code's log-variance. */
function codeOf({ code }: ModelSpec, features: LayerShape): LayoutLayer {
  const own: LayerSettings = { kind: 'dense', activation: code.activation, batchNorm: false, dropout: 0 };
  const layer = settled({ path: 'code', name: 'code', part: 'code' }, own, features, [code.size]);
  if (!code.variational) return layer;
  const { parameters, multiplyAdds, activationBytes } = layer;
  return { ...layer, parameters: 2 * parameters, multiplyAdds: 2 * multiplyAdds, activationBytes: 2 * activationBytes };
}

function decoderLayer(step: DecoderStep, index: number, count: number, from: LayerShape): LayoutLayer {
  const name = index === count - 1 ? 'output' : `decoder-${index + 1}`;
  return settled({ path: step.path, name, part: 'decoder' }, step.settings, from, step.shape);
}

function settled(
  where: Pick<LayoutLayer, 'path' | 'name' | 'part'>,
  own: LayerSettings,
  inputShape: LayerShape,
  shape: LayerShape,
): LayoutLayer {
  return { ...own, ...where, inputShape, shape, ...costs(own, inputShape, shape), activationBytes: 4 * product(shape) };
}

function costs(own: LayerSettings, from: LayerShape, to: LayerShape): Pick<LayoutLayer, 'parameters' | 'multiplyAdds'> {
  if (own.kind === 'pool' || own.kind === 'upsample') return { parameters: 0, multiplyAdds: 0 };
  // Batch normalisation's scale and shift stand in for the biases.
  if (own.kind === 'dense') {
    const [weights, units] = [product(from) * product(to), product(to)];
    const parameters = (own.tiedTo === undefined ? weights : 0) + (own.batchNorm ? 2 : 1) * units;
    return { parameters, multiplyAdds: weights };
  }
  const weights = own.kernel ** 2 * (from[2] ?? 1) * own.filters;
  // A transposed convolution applies its kernel at each place of its input.
  const [height = 1, width = 1] = own.transposed ? from : to;
  return { parameters: weights + (own.batchNorm ? 2 : 1) * own.filters, multiplyAdds: weights * height * width };
}

const product = (shape: LayerShape): number => shape.reduce((all, size) => all * size, 1);
