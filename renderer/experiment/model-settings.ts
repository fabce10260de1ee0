import {
  activations,
  initialisers,
  type Activation,
  type Experiment,
  type LayerSpec,
} from '../../electron/domain/experiment.ts';
import { plainActivations } from '../../electron/domain/layer-spec.ts';
import { blockSettings } from './block-settings.ts';
import { valueAt } from './path-values.ts';
import { number, optionalSwitch, type ChoiceSetting, type NumberSetting, type Setting } from './setting.ts';

const spoken = (id: string) => id.replaceAll('-', ' ');

function choiceOf(path: string, label: string, help: string, ids: readonly string[]): ChoiceSetting {
  const options = ids.map((id) => ({ id, name: spoken(id), value: id }));
  return { kind: 'choice', path, label, help, options, chosen: (experiment) => String(valueAt(experiment, path)) };
}

const activation = (path: string): ChoiceSetting =>
  choiceOf(`${path}.activation`, 'Activation', 'What each unit makes of its sum.', activations);

const slope = (path: string): Setting =>
  number(`${path}.slope`, 'Slope', 'below zero, 0–0.99', 'Of a leaky ReLU; 0.2 when left out.', '0.2');

const finish = (path: string, bent: Activation): readonly Setting[] => [
  activation(path),
  ...(bent === 'leaky-relu' ? [slope(path)] : []),
  optionalSwitch(
    `${path}.batchNorm`,
    'Normalise',
    'Batch normalisation: each unit’s values over a batch get mean 0 and deviation 1.',
    (experiment) => valueAt(experiment, `${path}.batchNorm`) === true,
  ),
  number(`${path}.dropout`, 'Dropout', 'share, 0–0.95', 'Share of the units silenced in training.', '0'),
];

const methodOf = (path: string, help: string, ids: readonly string[]): ChoiceSetting =>
  choiceOf(`${path}.method`, 'Method', help, ids);

/** "same" is what is left out. */
const padding = (path: string): Setting => ({
  kind: 'switch',
  path: `${path}.padding`,
  label: 'Pad the edges',
  help: 'Windows reach beyond the image, which then keeps its size; without it, it shrinks.',
  on: 'same',
  off: 'valid',
  isOn: (experiment) => valueAt(experiment, `${path}.padding`) !== 'valid',
});

const filters = (path: string): Setting => number(`${path}.filters`, 'Filters', '1–4,096', 'How many planes it gives.');
const kernel = (path: string): Setting =>
  number(`${path}.kernel`, 'Kernel', 'pixels, 1–15', 'Side of the square that each filter sees.');
const stride = (path: string): Setting =>
  number(`${path}.stride`, 'Stride', 'pixels, 1–8', 'The image shrinks by it; in a decoder it grows.');

/** The fields of a layer, at "model.encoder.0". */
export function layerSettings(path: string, layer: LayerSpec): readonly Setting[] {
  switch (layer.kind) {
    case 'dense':
      return [
        number(`${path}.units`, 'Units', '1–65,536', 'How many values it gives.'),
        ...finish(path, layer.activation),
      ];
    case 'conv':
    case 'separable':
      return [filters(path), kernel(path), stride(path), padding(path), ...finish(path, layer.activation)];
    case 'residual':
      return [filters(path), kernel(path), ...blockSettings(path, layer), ...finish(path, layer.activation)];
    case 'pool':
      return [
        methodOf(path, 'What stands for each block.', ['max', 'average']),
        number(`${path}.size`, 'Size', 'pixels, 2–8', 'Side of the block that becomes one value.'),
        padding(path),
      ];
    case 'upsample':
      return [
        number(`${path}.size`, 'Size', 'pixels, 2–8', 'Side of the block that each value becomes.'),
        methodOf(
          path,
          'Blocks alike, or between their neighbours: by the middles of pixels, or with corners where they were.',
          ['nearest', 'bilinear', 'bilinear-corners'],
        ),
      ];
    default:
      return plainSettings(path, layer);
  }
}

type Plain = Exclude<LayerSpec, { kind: 'dense' | 'conv' | 'separable' | 'residual' | 'pool' | 'upsample' }>;

/** Of layers without kernels. */
function plainSettings(path: string, layer: Plain): readonly Setting[] {
  switch (layer.kind) {
    case 'global-pool':
      return [methodOf(path, 'What stands for each plane.', ['max', 'average'])];
    case 'norm': {
      const help = 'Over the batch, over the channels of each place, or over groups of them and all places.';
      const groups = number(`${path}.groups`, 'Groups', 'of channels', 'Into how many the channels are parted.', '1');
      return [methodOf(path, help, ['batch', 'layer', 'group']), ...(layer.method === 'group' ? [groups] : [])];
    }
    case 'activation':
      return [activation(path), ...(layer.activation === 'leaky-relu' ? [slope(path)] : [])];
    case 'dropout':
      return [
        methodOf(path, 'Single values, whole channels, or noise around 1.', ['units', 'channels', 'gaussian']),
        number(`${path}.rate`, 'Rate', 'share, 0–0.95', 'How much is silenced in training.'),
      ];
    case 'zero-pad':
    case 'crop':
      return (['top', 'bottom', 'left', 'right'] as const).map((side) =>
        number(
          `${path}.${side}`,
          side[0]!.toUpperCase() + side.slice(1),
          'pixels, 0–64',
          'Rows or columns at this edge.',
        ),
      );
    case 'rescale':
      return [
        number(`${path}.scale`, 'Scale', 'factor', 'What every value is multiplied by.'),
        number(`${path}.offset`, 'Offset', 'summand', 'What is added then.'),
      ];
    case 'reshape':
      return [];
  }
}

const codeSize = number('model.code.size', 'Code size', 'units, 1–4,096', 'How many numbers an image becomes.');
const codeChannels = number(
  'model.code.map.channels',
  'Code depth',
  'channels, 1–4,096',
  'How many numbers each place of the code has: with the places they give its size.',
);

/** How large a code is said to be. */
export const sizeOfCode = ({ model }: Experiment): NumberSetting =>
  model.code.map === undefined ? codeSize : codeChannels;

/** What a code that is an image, or may become one, is made of. */
const mapSettings = ({ map, codebook }: Experiment['model']['code']): readonly Setting[] => [
  {
    kind: 'switch',
    path: 'model.code.map',
    label: 'An image',
    help: 'The code keeps the places of what the encoder leaves, some numbers each; after convolutions only.',
    on: { channels: 8, kernel: 1 },
    off: undefined,
    isOn: ({ model }: Experiment) => model.code.map !== undefined,
  },
  ...(map === undefined
    ? []
    : [number('model.code.map.kernel', 'Kernel', 'pixels, 1–15', 'Side of the square that each place sees.')]),
  ...(map === undefined && codebook === undefined
    ? []
    : [
        {
          kind: 'switch',
          path: 'model.code.codebook',
          label: 'Codebook',
          help: 'Each place becomes the nearest of some learnt vectors: an image is whole numbers (van den Oord et al. 2017).',
          on: 128,
          off: undefined,
          isOn: ({ model }: Experiment) => model.code.codebook !== undefined,
        } as const,
      ]),
  ...(codebook === undefined
    ? []
    : [number('model.code.codebook', 'Vectors', '2–4,096', 'How many the codebook has.')]),
];

export const codeSettings = (experiment: Experiment): readonly Setting[] => [
  sizeOfCode(experiment),
  choiceOf('model.code.activation', 'Activation', 'What each unit makes of its sum.', plainActivations),
  {
    kind: 'switch',
    path: 'model.code.variational',
    label: 'Variational',
    help: 'Each code is a mean and a spread; near codes then look alike, and new images can be drawn.',
    on: true,
    off: false,
    isOn: ({ model }: Experiment) => model.code.variational,
  },
  {
    kind: 'switch',
    path: 'model.code.classes',
    label: 'Knows the class',
    help: 'The last numbers are the classes: of a labelled set, images of a chosen class can be drawn (Kingma et al. 2014).',
    on: 10,
    off: undefined,
    isOn: ({ model }: Experiment) => model.code.classes !== undefined,
  },
  ...(experiment.model.code.classes === undefined
    ? []
    : [number('model.code.classes', 'Classes', 'of the image set, 2–256', 'As many as the image set has.')]),
  ...mapSettings(experiment.model.code),
];

export const wholeModelSettings: readonly Setting[] = [
  choiceOf('model.outputActivation', 'Output', 'Sigmoid keeps pixels between 0 and 1.', [
    'sigmoid',
    'linear',
    'clip',
    'tanh',
    'relu',
  ]),
  choiceOf('model.initialiser', 'Initial weights', 'How large the random weights are at the start.', initialisers),
  optionalSwitch(
    'model.tiedWeights',
    'Tied weights',
    'The decoder uses the encoder’s weights, transposed: half as many; dense layers only.',
    ({ model }) => model.tiedWeights === true,
  ),
];

/** "encoder.0" as a person counts: "Encoder layer 1". */
export function layerName(path: string): string {
  const [part = '', index] = path.replace(/^model\./, '').split('.');
  if (part === 'code') return 'Code';
  if (part === 'output') return 'Output';
  if (index === 'start') return 'Decoder start';
  const list = part === 'encoder' ? 'Encoder' : 'Decoder';
  return index === undefined ? list : `${list} layer ${Number(index) + 1}`;
}

/** The same under its list's heading: "Layer 1". */
export const shortName = (path: string): string =>
  layerName(path).replace(/^(En|De)coder (\w)/, (_, _part, letter: string) => letter.toUpperCase());
