import type { ModelSpec } from './experiment.ts';
import { layOut, type LayoutLayer } from './model-layout.ts';

/** What of a model an export holds. */
export const modelParts = ['autoencoder', 'encoder', 'decoder'] as const;
export type ModelPart = (typeof modelParts)[number];

export const exportFormatIds = [
  'tfjs',
  'onnx',
  'keras',
  'h5',
  'saved-model',
  'pytorch',
  'safetensors',
  'npz',
  'html',
] as const;
export type ExportFormatId = (typeof exportFormatIds)[number];

/** What a person chooses a format by. */
export interface ExportFormat {
  readonly id: ExportFormatId;
  readonly name: string;
  /** One sentence: what it is for. */
  readonly about: string;
  /** The model's own files, in a sentence. */
  readonly holds: string;
  /** What the tests read it back with, and compare with the app's own output. */
  readonly readBy: string;
  /** Whether the model can take bytes itself and scale them, as an option. */
  readonly scalesInside: boolean;
}

export const exportFormats: readonly ExportFormat[] = [
  {
    id: 'tfjs',
    name: 'TensorFlow.js',
    about: 'A LayersModel, for web pages and Node.',
    holds: 'model.json and weights.bin of each part.',
    readBy: 'TensorFlow.js in Node',
    scalesInside: false,
  },
  {
    id: 'onnx',
    name: 'ONNX',
    about: 'For ONNX Runtime, which there is for most languages and devices.',
    holds: 'one .onnx file a part, batches of any size.',
    readBy: 'ONNX Runtime and ONNX’s own checker',
    scalesInside: true,
  },
  {
    id: 'keras',
    name: 'Keras',
    about: 'A .keras file, for Keras 3.',
    holds: 'one .keras file a part, a Sequential model.',
    readBy: 'Keras 3 on TensorFlow',
    scalesInside: true,
  },
  {
    id: 'h5',
    name: 'Keras HDF5',
    about: 'The older .h5 file, which more programs read.',
    holds: 'one .h5 file a part, a Sequential model.',
    readBy: 'Keras 3 on TensorFlow',
    scalesInside: true,
  },
  {
    id: 'saved-model',
    name: 'TensorFlow SavedModel',
    about: 'For TensorFlow and TensorFlow Serving; to be used, not trained on.',
    holds: 'saved_model.pb, with a signature for each part.',
    readBy: 'TensorFlow’s own loader',
    scalesInside: true,
  },
  {
    id: 'pytorch',
    name: 'PyTorch',
    about: 'A module in plain Python and its weights, to go on with in PyTorch.',
    holds: 'model.py and model.safetensors.',
    readBy: 'PyTorch, in a check of its own that is not part of every test run',
    scalesInside: true,
  },
  {
    id: 'safetensors',
    name: 'safetensors',
    about: 'The weights alone, by name, and how they are used.',
    holds: 'weights.safetensors, and the steps as JSON and in lines of NumPy.',
    readBy: 'safetensors and NumPy',
    scalesInside: false,
  },
  {
    id: 'npz',
    name: 'NumPy',
    about: 'The weights alone, as NumPy arrays, and how they are used.',
    holds: 'weights.npz, and the steps as JSON and in lines of NumPy.',
    readBy: 'NumPy',
    scalesInside: false,
  },
  {
    id: 'html',
    name: 'Web page',
    about: 'One HTML file with the map, a decoder and drawing; it opens from a disk, without a network.',
    holds: 'autoencoder.html, whole.',
    readBy: 'Chromium with the network off',
    scalesInside: false,
  },
];

/**
 * Largest files that can be written: protocol buffers end at 2 GiB, and the desktop app has a little less in one piece; zip files, without their 64-bit extension, at 4 GiB; HDF5
 * files are put together in memory, by a library that has 2 GiB of it; a page is one text, of which a browser takes half as much.
 */
const MOST_BYTES: Readonly<Partial<Record<ExportFormatId, number>>> = {
  onnx: 2 ** 31 - 2 ** 24,
  keras: 2 ** 30,
  h5: 2 ** 30,
  'saved-model': 2 ** 31 - 2 ** 24,
  npz: 2 ** 32,
  html: 2 ** 28,
};
/** For all that stands beside the weights. */
const MARGIN = 2 ** 20;

/**
 * Why a format cannot hold a model, or a part of it, in a sentence; nothing where it can.
 * @param part as in an export's request: left out, the whole and its parts
 */
export function exportLimit({ id, name }: ExportFormat, model: ModelSpec, part?: ModelPart): string | undefined {
  if (id === 'html' && part !== undefined && part !== 'autoencoder') {
    return `A page encodes and decodes: it holds the autoencoder, not the ${part} alone.`;
  }
  const layersAlone = id === 'tfjs' || id === 'keras' || id === 'h5';
  if (layersAlone && model.code.codebook !== undefined && part !== 'decoder') {
    return `${name} has no layer for the nearest of a codebook’s vectors: choose ONNX or another format, or the decoder alone.`;
  }
  const missing = id === 'tfjs' ? missingInTfjs(model) : undefined;
  if (missing !== undefined) return `TensorFlow.js has no ${missing}: choose ONNX or another format.`;
  const keras = id === 'keras' || id === 'h5';
  const lacking = keras ? missingInKeras(model) : undefined;
  if (lacking !== undefined) return `${name} has no layer ${lacking}: choose ONNX or another format.`;
  const most = MOST_BYTES[id];
  if (most === undefined) return undefined;
  const bytes = weightBytes(model);
  if (bytes + MARGIN <= most) return undefined;
  return `${name} files can be written up to ${inGigabytes(most)}; the weights of this model take ${inGigabytes(bytes)}.`;
}

/** What TensorFlow.js has no layer for, or one that computes something else. */
function missingInTfjs(model: ModelSpec): string | undefined {
  const { layers } = layOut(model);
  const grouped = (layer: LayoutLayer): boolean =>
    layer.kind === 'norm' ? layer.method === 'group' : layer.kind === 'residual' && layer.groups !== undefined;
  if (layers.some(grouped)) return 'layer for group normalisation';
  if (layers.some((layer) => layer.kind === 'upsample' && layer.method !== 'nearest')) {
    return 'layer that enlarges between the middles of pixels';
  }
  const activations = layers.map((layer) => ('activation' in layer ? layer.activation : undefined));
  if (activations.includes('hard-silu')) return 'hard SiLU';
  if (activations.includes('gelu-tanh')) return 'GELU by tanh that it reads back';
  return undefined;
}

function missingInKeras(model: ModelSpec): string | undefined {
  const { layers } = layOut(model);
  if (layers.some((layer) => 'activation' in layer && layer.activation === 'gelu-tanh')) return 'for GELU by tanh';
  if (layers.some((layer) => layer.kind === 'upsample' && layer.method === 'bilinear-corners')) {
    return 'that enlarges with corners where they were';
  }
  return undefined;
}

/** Of all weights as exports have them: moving statistics among them, tied weights written out. */
function weightBytes(model: ModelSpec): number {
  const { layers } = layOut({ ...model, tiedWeights: false });
  return layers.reduce((sum, layer) => sum + 4 * (layer.parameters + layer.statistics), 0);
}

const inGigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;
