import * as v from 'valibot';
import { ModelSpecSchema, type Activation, type LayerSpec, type ModelSpec } from '../../domain/experiment.ts';
import { describeIssue } from '../../domain/describe-issue.ts';
import type { LayerFinish, LayerSettings } from '../../domain/layer-settings.ts';
import { layOut, type LayoutLayer } from '../../domain/model-layout.ts';
import type { StoredTensor } from '../../files/safetensors.ts';
import { appLayer, identityLayer, type AppLayer } from './app-layers.ts';
import { findAutoencoder, type Autoencoder, type ImportChoices } from './found-model.ts';
import { bad, sizeOf, type ReadChain } from './read-chain.ts';

/** A model as the app saves it. */
export interface SpecAndWeights {
  readonly spec: ModelSpec;
  /** By their names in a weights file. */
  readonly tensors: Readonly<Record<string, StoredTensor>>;
}

/**
 * Says a foreign chain in the app's own words: a spec, and weights that compute the same.
 * @throws StudioError `bad-file` naming the layer that no spec can say, `bad-request` where the images' shape is not known
 */
export function specAndWeights(chain: ReadChain, choices: ImportChoices): SpecAndWeights {
  const found = findAutoencoder(chain, choices);
  const { inputShape } = found;
  if (inputShape === undefined) {
    throw bad(chain.file, 'the shape of its images to be said', `rows of ${sizeOf(chain.inputShape)} values`);
  }
  const parts = partsOf(found, inputShape, chain.file);
  const spec = specOf(parts, inputShape, chain.file);
  const { layers } = layOut(spec);
  const named = [...parts.encoder, parts.code, ...parts.decoder].map((layer, index) => {
    const { name } = layers[index] as LayoutLayer;
    return Object.entries(layer.weights).map(([rest, tensor]) => [`${name}${rest}`, tensor] as const);
  });
  return { spec, tensors: Object.fromEntries(named.flat()) };
}

interface Parts {
  readonly encoder: readonly AppLayer[];
  readonly code: AppLayer;
  /** The layer that gives the image is the last. */
  readonly decoder: readonly AppLayer[];
}

/** Splits the layers at the code, and puts dense layers that change nothing where the app's code needs one. */
function partsOf({ units, codeLayer }: Autoencoder, inputShape: readonly number[], file: string): Parts {
  const layers = units.map((unit, index) => appLayer(unit, index > codeLayer, file));
  const at = layers[codeLayer] as AppLayer;
  const size = sizeOf(at.shape);
  const isCode = at.settings.kind === 'dense' && !at.settings.batchNorm && at.settings.dropout === 0;
  const rest = layers.slice(codeLayer + 1);
  const grows = rest[0]?.settings.kind !== 'dense';
  const last = rest.pop() as AppLayer;
  return {
    encoder: layers.slice(0, isCode ? codeLayer : codeLayer + 1),
    code: isCode ? { ...at, shape: [size] } : identityLayer('code', size, [size]),
    decoder: [
      ...(grows ? [identityLayer('decoder-start', size, at.shape)] : []),
      ...rest,
      // Rows that leave the model are images here.
      { ...last, shape: sizeOf(last.shape) === sizeOf(inputShape) ? inputShape : last.shape },
    ],
  };
}

function specOf(parts: Parts, inputShape: readonly number[], file: string): ModelSpec {
  const { encoder, code, decoder } = parts;
  const common = {
    inputShape,
    encoder: encoder.map((layer) => layerSpec(layer, file)),
    code: { size: sizeOf(code.shape), activation: finishOf(code).activation, variational: false },
    outputActivation: outputActivation(decoder, file),
    initialiser: 'glorot-uniform',
  };
  const mirrored = checked({ ...common, decoder: 'mirror' }, file);
  if (difference(mirrored, parts) === undefined) return mirrored;
  const written = checked({ ...common, ...writtenDecoder(decoder, file) }, file);
  const differs = difference(written, parts);
  if (differs !== undefined) throw bad(`${file}: ${differs.name}`, differs.expected, differs.found);
  return written;
}

function checked(spec: unknown, file: string): ModelSpec {
  const parsed = v.safeParse(ModelSpecSchema, spec);
  if (parsed.success) return parsed.output;
  throw bad(file, 'a model that the app can hold', describeIssue(parsed.issues[0]));
}

/** The decoder as one given by hand: dense layers, then those that make an image grow, then the last convolution. */
function writtenDecoder(decoder: readonly AppLayer[], file: string): Pick<ModelSpec, 'decoder' | 'decoderEnds'> {
  const output = decoder.at(-1) as AppLayer;
  const before = decoder.slice(0, -1);
  const growing = decoder.findIndex(({ settings }) => settings.kind !== 'dense');
  if (growing === -1) return { decoder: before.map((layer) => layerSpec(layer, file)) };
  if (output.settings.kind !== 'conv') {
    throw bad(
      `${file}: ${output.name}`,
      'a convolution or a dense layer that makes the image',
      `a layer of kind "${output.settings.kind}"`,
    );
  }
  // Before the first layer that grows stands a dense one: an identity was put there where the file has none.
  const start = before[growing - 1] as AppLayer;
  const layers = [...before.slice(0, growing - 1), ...before.slice(growing)];
  const { activation, batchNorm, dropout } = finishOf(start);
  const finish = { ...(batchNorm ? { batchNorm } : {}), ...(dropout > 0 ? { dropout } : {}) };
  return {
    decoder: layers.map((layer) => layerSpec(layer, file)),
    decoderEnds: {
      start: { channels: start.shape[2] ?? 1, activation, ...finish },
      output: { kernel: output.settings.kernel, stride: output.settings.stride },
    },
  };
}

function layerSpec({ name, settings, shape }: AppLayer, file: string): LayerSpec {
  switch (settings.kind) {
    case 'dense':
      if (shape.length === 1) return { kind: 'dense', units: sizeOf(shape), ...finishSpec(settings) };
      throw bad(`${file}: ${name}`, 'rows of values between dense layers', `an image of ${shape.join(' × ')}`);
    case 'conv': {
      const { filters, kernel, stride } = settings;
      return { kind: 'conv', filters, kernel, stride, ...finishSpec(settings) };
    }
    default:
      return settings;
  }
}

function finishSpec({ activation, batchNorm, dropout }: LayerFinish) {
  return { activation, ...(batchNorm ? { batchNorm } : {}), ...(dropout > 0 ? { dropout } : {}) };
}

function finishOf({ settings }: AppLayer): LayerFinish {
  if ('activation' in settings) return settings;
  return { activation: 'linear', batchNorm: false, dropout: 0 };
}

/** The app's pixels end as a sigmoid's, or as they are; enlarging changes no value. */
function outputActivation(decoder: readonly AppLayer[], file: string): Extract<Activation, 'sigmoid' | 'linear'> {
  const layer = decoder.findLast(({ settings }) => settings.kind !== 'upsample') as AppLayer;
  const { activation, batchNorm } = finishOf(layer);
  if (batchNorm) throw bad(`${file}: ${layer.name}`, 'no batch normalisation at the output', 'it');
  if (activation === 'sigmoid' || activation === 'linear') return activation;
  throw bad(`${file}: ${layer.name}`, 'an output of sigmoid or linear units', activation);
}

/** Where the app's layout of the spec is not what the file has. */
function difference(
  spec: ModelSpec,
  { encoder, code, decoder }: Parts,
): { readonly name: string; readonly expected: string; readonly found: string } | undefined {
  const { layers, problems } = layOut(spec);
  const own = [...encoder, code, ...decoder];
  const [problem] = problems;
  if (problem !== undefined) {
    const [part = '', index] = problem.path.split('.');
    const at = part === 'decoder' ? decoder[Number(index)] : encoder[Number(index)];
    const found = problem.message.replace(/^expected /, '').replace(/\.$/, '');
    return {
      name: at?.name ?? problem.path,
      expected: found.split(', found ')[0]!,
      found: found.split(', found ')[1] ?? '',
    };
  }
  for (const [index, layer] of own.entries()) {
    const laid = layers[index];
    const [expected, found] = [wordsOf(laid, laid?.shape), wordsOf(layer.settings, layer.shape)];
    if (expected !== found) return { name: layer.name, expected, found };
  }
  if (layers.length === own.length) return undefined;
  return { name: own.at(-1)?.name ?? '', expected: `${layers.length} layers`, found: `${own.length}` };
}

/** Everything of a layer that another of the same settings and shape has too. */
function wordsOf(settings: LayerSettings | undefined, shape: readonly number[] | undefined): string {
  if (settings === undefined || shape === undefined) return 'none';
  const to = ` → ${shape.join(' × ')}`;
  switch (settings.kind) {
    case 'dense':
      return `dense${finishWords(settings)}${to}`;
    case 'conv': {
      const { kernel, stride, transposed } = settings;
      const name = transposed ? 'transposed convolution' : 'convolution';
      return `${name} ${kernel} × ${kernel}, stride ${stride}${finishWords(settings)}${to}`;
    }
    case 'pool':
      return `${settings.method} pooling by ${settings.size}${to}`;
    case 'upsample':
      return `enlarging by ${settings.size}${to}`;
  }
}

function finishWords({ activation, batchNorm, dropout }: LayerFinish): string {
  return `${batchNorm ? ', batch normalisation' : ''}, ${activation}${dropout > 0 ? `, dropout ${dropout}` : ''}`;
}
