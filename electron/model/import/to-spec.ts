import * as v from 'valibot';
import { StudioError } from '../../domain/errors.ts';
import { ModelSpecSchema, type ModelSpec } from '../../domain/experiment.ts';
import { describeIssue } from '../../domain/describe-issue.ts';
import type { LayerShape } from '../../domain/layer-settings.ts';
import { isTail } from '../../domain/mirrored-decoder.ts';
import { layOut, type LayoutLayer } from '../../domain/model-layout.ts';
import type { StoredTensor } from '../../files/safetensors.ts';
import { finishOf, grownSpec, layerSpec, outputOf } from './app-layer-spec.ts';
import { growingLayer, plainLayers, type AppLayer } from './app-layers.ts';
import { findAutoencoder, type Autoencoder } from './found-model.ts';
import { identityLayer, identityMap } from './identity-layers.ts';
import { preparedFor, type ImportChoices } from './input-choices.ts';
import { bad, sizeOf, type ReadChain } from './read-chain.ts';
import { difference, type Parts } from './spec-difference.ts';

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
  const prepared = preparedFor(chain, choices);
  const found = findAutoencoder(prepared, choices);
  const { inputShape } = found;
  if (inputShape === undefined) {
    throw bad(
      chain.file,
      'the shape of its images to be said',
      `rows of ${sizeOf(chain.inputShape)} values: say it, such as 28×28×1`,
    );
  }
  const { spec, parts } = specOf(found, inputShape, chain.file);
  const { layers } = layOut(spec);
  const named = [...parts.encoder, parts.code, ...parts.decoder].map((layer, index) => {
    const { name } = layers[index] as LayoutLayer;
    return Object.entries(layer.weights).map(([rest, tensor]) => [`${name}${rest}`, tensor] as const);
  });
  return { spec, tensors: Object.fromEntries(named.flat()) };
}

type Half = Pick<Parts, 'encoder' | 'code'>;

/** Splits the layers at the code; where the app's code needs a layer of its own, one that changes nothing is put there. */
function firstHalf({ units, codeLayer }: Autoencoder, file: string): Half {
  const all = units.slice(0, codeLayer + 1).flatMap((unit) => plainLayers(unit, file));
  // Rows that become an image behind the code are the code as rows.
  const layers = units[codeLayer]?.kind === 'dense' ? all.slice(0, all.findLastIndex(isDense) + 1) : all;
  const last = layers.at(-1) as AppLayer;
  if (isCode(last)) return { encoder: layers.slice(0, -1), code: last };
  const { shape } = last;
  return {
    encoder: layers,
    code: shape.length > 1 ? identityMap('code', shape) : identityLayer('code', sizeOf(shape), shape),
  };
}

const isDense = ({ settings }: AppLayer): boolean => settings.kind === 'dense';

/** A dense layer or a convolution of stride 1 as a code may be: its values as they leave the activation. */
function isCode({ settings }: AppLayer): boolean {
  if (settings.kind !== 'dense' && settings.kind !== 'conv') return false;
  if (settings.batchNorm || settings.dropout > 0 || settings.activation === 'prelu' || settings.slope !== undefined)
    return false;
  return settings.kind === 'dense' || (settings.stride === 1 && settings.padding === 'same');
}

/** As a mirror has the rest, or a decoder between its ends; nothing where neither does. */
function growingHalf(
  { units, codeLayer }: Autoencoder,
  half: Half,
  inputShape: LayerShape,
  file: string,
): Parts | undefined {
  try {
    const rest = units.slice(codeLayer + 1).map((unit) => growingLayer(unit, file));
    const last = rest.pop() as AppLayer;
    const { code } = half;
    const size = sizeOf(code.shape);
    // Rows that leave the model are images here.
    const image = { ...last, shape: sizeOf(last.shape) === sizeOf(inputShape) ? inputShape : last.shape };
    const next = units[codeLayer + 1]!;
    const isStarted = code.shape.length > 1 || next.kind === 'dense' || next.inputShape.length === 1;
    const start = isStarted ? [] : [identityLayer('decoder-start', size, next.inputShape)];
    return { ...half, decoder: [...start, ...rest, image] };
  } catch (error) {
    if (error instanceof StudioError) return undefined;
    throw error;
  }
}

/** Every layer as the file has it. */
function wholeHalf({ units, codeLayer }: Autoencoder, half: Half, inputShape: LayerShape, file: string): Parts {
  const next = units[codeLayer + 1]!;
  const isSplit = half.code.shape.length === 1 && next.inputShape.length > 1 && next.kind !== 'dense';
  const shaped = (name: string, shape: LayerShape): AppLayer => ({
    name,
    shape,
    settings: { kind: 'reshape' },
    weights: {},
  });
  const rest = [
    ...(isSplit ? [shaped(next.name, next.inputShape)] : []),
    ...units.slice(codeLayer + 1).flatMap((unit) => plainLayers(unit, file)),
  ];
  const last = rest.at(-1) as AppLayer;
  const isRow = last.shape.join() !== inputShape.join() && sizeOf(last.shape) === sizeOf(inputShape);
  return { ...half, decoder: isRow ? [...rest, shaped(last.name, inputShape)] : rest };
}

function specOf(
  found: Autoencoder,
  inputShape: NonNullable<Autoencoder['inputShape']>,
  file: string,
): { readonly spec: ModelSpec; readonly parts: Parts } {
  const half = firstHalf(found, file);
  const common = { inputShape: [...inputShape], ...halfSpec(half, file), initialiser: 'glorot-uniform' };
  const growing = growingHalf(found, half, inputShape, file);
  for (const decoder of growing === undefined ? [] : decodersOf(growing.decoder, file)) {
    const spec = parsed({ ...common, ...decoder });
    if (spec !== undefined && difference(spec, growing!) === undefined) return { spec, parts: growing! };
  }
  const parts = wholeHalf(found, half, inputShape, file);
  const decoder = parts.decoder.map((layer) => layerSpec(layer, file));
  const outputActivation = outputOf(parts.decoder, file);
  const spec = checked({ ...common, decoder, decoderEnds: 'none', outputActivation }, file);
  const differs = difference(spec, parts);
  if (differs !== undefined)
    throw bad(
      `${file}: ${differs.name}`,
      differs.expected,
      `${differs.found}: change this layer, train it on, and save the model again`,
    );
  return { spec, parts };
}

function halfSpec({ encoder, code }: Half, file: string) {
  const { activation } = finishOf(code);
  const { settings } = code;
  const map = settings.kind === 'conv' ? { map: { channels: settings.filters, kernel: settings.kernel } } : {};
  return {
    encoder: encoder.map((layer) => layerSpec(layer, file)),
    code: { size: sizeOf(code.shape), activation, variational: false, ...map },
  };
}

/** The ways in which a decoder can be said that is no list of all of its layers. */
function decodersOf(decoder: readonly AppLayer[], file: string): readonly object[] {
  const output = decoder.findLast(({ settings }) => !isTail(settings));
  if (output === undefined) return [];
  const layer = decoder.findLast(({ settings }) => settings.kind !== 'upsample' && !isTail(settings)) ?? output;
  const { activation, batchNorm } = finishOf(layer);
  if (batchNorm) return [];
  const written = writtenDecoder(decoder, file);
  const ways = [{ decoder: 'mirror' }, ...(written === undefined ? [] : [written])];
  return ways.map((way) => ({ ...way, outputActivation: activation }));
}

function parsed(spec: unknown): ModelSpec | undefined {
  const result = v.safeParse(ModelSpecSchema, spec);
  return result.success ? result.output : undefined;
}

function checked(spec: unknown, file: string): ModelSpec {
  const parsed = v.safeParse(ModelSpecSchema, spec);
  if (parsed.success) return parsed.output;
  throw bad(
    file,
    'a model that the app can hold',
    `one whose ${describeIssue(parsed.issues[0]).replace(/\.$/, '')}: change that, and save the model again`,
  );
}

/** The decoder as one given by hand: dense layers, then those that make an image grow, then the last convolution. */
function writtenDecoder(
  decoder: readonly AppLayer[],
  file: string,
): Pick<ModelSpec, 'decoder' | 'decoderEnds'> | undefined {
  const output = decoder.at(-1) as AppLayer;
  const before = decoder.slice(0, -1);
  const isRow = ({ settings, shape }: AppLayer): boolean => settings.kind === 'dense' || shape.length === 1;
  const growing = decoder.findIndex((layer) => !isRow(layer));
  try {
    if (growing === -1) return { decoder: before.map((layer) => grownSpec(layer, file)) };
    if (output.settings.kind !== 'conv') return undefined;
    const ends = { output: { kernel: output.settings.kernel, stride: output.settings.stride } };
    // Before the first layer that grows stands a dense one: an identity was put there where the file has none.
    const start = before[growing - 1];
    if (start === undefined)
      return { decoder: before.map((layer) => grownSpec(layer, file)), decoderEnds: startless(ends) };
    const layers = [...before.slice(0, growing - 1), ...before.slice(growing)];
    const { activation, batchNorm, dropout, slope } = finishOf(start);
    if (slope !== undefined || activation === 'prelu') return undefined;
    const finish = { ...(batchNorm ? { batchNorm } : {}), ...(dropout > 0 ? { dropout } : {}) };
    return {
      decoder: layers.map((layer) => grownSpec(layer, file)),
      decoderEnds: { start: { channels: start.shape[2] ?? 1, activation, ...finish }, ...ends },
    };
  } catch (error) {
    if (error instanceof StudioError) return undefined;
    throw error;
  }
}

/** A code that is an image needs no start: what is said of one is not looked at. */
const startless = (ends: { readonly output: { readonly kernel: number; readonly stride: number } }) => ({
  start: { channels: 1, activation: 'linear' as const },
  ...ends,
});
