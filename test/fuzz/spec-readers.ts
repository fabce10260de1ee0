import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { ModelSpecSchema, type ModelSpec } from '../../electron/domain/experiment.ts';
import { layOut } from '../../electron/domain/model-layout.ts';
import { decodeCompressed, encodeCompressed } from '../../electron/files/compressed-images.ts';
import { decodeSafetensors, encodeSafetensors, type StoredTensor } from '../../electron/files/safetensors.ts';
import type { ImageColumns } from '../../electron/domain/words.ts';
import { below } from '../random.ts';
import type { FuzzedReader } from './fuzz.ts';
import { randomValue } from './random-value.ts';

type Tensors = Readonly<Record<string, StoredTensor>>;

const plain: ModelSpec = {
  inputShape: [4, 3, 1],
  encoder: [],
  code: { size: 2, activation: 'linear', variational: false },
  decoder: 'mirror',
  outputActivation: 'sigmoid',
  initialiser: 'glorot-uniform',
};

/** Weights and activations of one image up to which a spec gets weights of its own, and may be read. */
const MOST_OWN = 100_000;

/** Images that go through a model that was read. */
const SHOWN = 16;

/** A spec as the schema takes it, whether its layers fit or not, and the weights that it asks for, or those of another where they are many. */
async function anyModel(random: () => number): Promise<{ spec: unknown; tensors: Tensors }> {
  if (random() < 0.05) return wideModel(random);
  const spec = randomValue(ModelSpecSchema, random);
  const parsed = v.safeParse(ModelSpecSchema, spec);
  const layout = parsed.success ? layOut(parsed.output) : undefined;
  const fits = layout?.problems.length === 0 && layout.parameters + activations(layout.layers) / 4 < MOST_OWN;
  // That a spec which fits cannot be built is for its reader to find.
  const own = fits && parsed.success ? await weightsOf(parsed.output).catch(() => undefined) : undefined;
  return { spec, tensors: own ?? (await weightsOf(plain)) };
}

/** Few words and few weights, and layers that leave 16 MB of one image, or gigabytes, alone or together. */
async function wideModel(random: () => number): Promise<{ spec: unknown; tensors: Tensors }> {
  const [side, filters, layers] = [[64, 1_000, 1] as const, [1_024, 4_096, 1] as const, [1_024, 64, 8] as const][
    below(random, 3)
  ]!;
  const conv = { kind: 'conv', filters, kernel: 1, stride: 1, activation: 'relu' } as const;
  const spec: ModelSpec = {
    ...plain,
    inputShape: [side, side, 1],
    encoder: [...Array.from({ length: layers }, () => conv), { kind: 'global-pool', method: 'max' }],
    decoder: [],
  };
  const own = layOut(spec).problems.length === 0 ? await weightsOf(spec) : undefined;
  return { spec, tensors: own ?? (await weightsOf(plain)) };
}

const activations = (layers: readonly { readonly activationBytes: number }[]): number =>
  layers.reduce((sum, { activationBytes }) => sum + activationBytes, 0);

/** Bytes that a model holds at once where it is well formed: what one image becomes on its way. */
function claimedBy(text: string): number {
  const parsed = v.safeParse(ModelSpecSchema, JSON.parse(text));
  return parsed.success ? activations(layOut(parsed.output).layers) : 0;
}

function grey({ inputShape: [height, width, channels] }: ModelSpec): ImageColumns {
  return { count: SHOWN, height, width, channels, pixels: new Uint8Array(SHOWN * height * width * channels).fill(128) };
}

const fileOf = (folder: string, name: string): Buffer => readFileSync(join(folder, name));

const modelFiles = ({ spec, tensors }: { spec: unknown; tensors: Tensors }) => ({
  'model-spec.json': Buffer.from(JSON.stringify(spec)),
  'weights.safetensors': Buffer.from(encodeSafetensors(tensors)),
});

/** A compressed file that says of itself how many images it holds, as many as it has codes and names of or not. */
function compressedFile({ spec, tensors }: { spec: unknown; tensors: Tensors }, images: number, said: number) {
  const size = Math.max(1, Math.floor((spec as ModelSpec).code.size));
  const { bytes } = encodeCompressed({
    spec: spec as ModelSpec,
    weights: tensors,
    steps: new Uint8Array(images * size),
    ranges: new Float32Array(2 * size),
    names: Array.from({ length: images }, (_, index) => `${index}.png`),
  });
  const { tensors: all, metadata } = decodeSafetensors(bytes, 'a');
  return { a: Buffer.from(encodeSafetensors(all, { ...metadata, images: String(said) })) };
}

/** Readers of models that a file describes in words, given any words that the schema knows: these load TensorFlow. */
export const specReaders: Readonly<Record<string, () => Promise<FuzzedReader>>> = {
  'any model': async () => {
    const { loadModel } = await import('../../electron/model/weights-file.ts');
    const { applyTo } = await import('../../electron/engine/apply.ts');
    const { VALUES_A_CALL } = await import('../../electron/engine/operations.ts');
    return {
      seeds: [{ files: modelFiles({ spec: plain, tensors: await weightsOf(plain) }) }],
      make: async (random) => modelFiles(await anyModel(random)),
      read: async (folder) => {
        const network = await loadModel(folder);
        try {
          applyTo(network, grey(network.spec), grey(network.spec));
        } finally {
          network.dispose();
        }
        return fileOf(folder, 'weights.safetensors').length;
      },
      // As much as one call may hold, or one image.
      claimed: async (folder) => Math.max(4 * VALUES_A_CALL, claimedBy(fileOf(folder, 'model-spec.json').toString())),
    };
  },
  'any compressed images': async () => {
    const { decompress } = await import('../../electron/engine-process/models/compression.ts');
    return {
      seeds: [{ files: compressedFile({ spec: plain, tensors: await weightsOf(plain) }, 2, 2) }],
      make: async (random) => {
        const images = 1 + below(random, 3);
        const said = random() < 0.1 ? 2 ** below(random, 40) : images;
        return compressedFile(await anyModel(random), images, said);
      },
      read: async (folder) => {
        const compressed = decodeCompressed(fileOf(folder, 'a'), 'a');
        return (await decompress(compressed, 'a', async () => undefined)).pixels.length;
      },
      claimed: async (folder) => claimedBy(decodeSafetensors(fileOf(folder, 'a'), 'a').metadata['model'] ?? '{}'),
    };
  },
};

async function weightsOf(spec: ModelSpec): Promise<Tensors> {
  const { buildNetwork } = await import('../../electron/engine/network.ts');
  const { tensorsOf } = await import('../../electron/model/weights-file.ts');
  const network = buildNetwork(spec, 0);
  try {
    return tensorsOf(network);
  } finally {
    network.dispose();
  }
}
