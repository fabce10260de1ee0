import { activations, initialisers, type Experiment, type LayerSpec } from '../../electron/domain/experiment.ts';
import { valueAt } from './path-values.ts';
import { number, optionalSwitch, type ChoiceSetting, type Setting } from './setting.ts';

const spoken = (id: string) => id.replaceAll('-', ' ');

function choiceOf(path: string, label: string, help: string, ids: readonly string[]): ChoiceSetting {
  const options = ids.map((id) => ({ id, name: spoken(id), value: id }));
  return { kind: 'choice', path, label, help, options, chosen: (experiment) => String(valueAt(experiment, path)) };
}

const activation = (path: string): ChoiceSetting =>
  choiceOf(`${path}.activation`, 'Activation', 'What each unit makes of its sum.', activations);

const finish = (path: string): readonly Setting[] => [
  activation(path),
  optionalSwitch(
    `${path}.batchNorm`,
    'Normalise',
    'Batch normalisation: each unit’s values over a batch get mean 0 and deviation 1.',
    (experiment) => valueAt(experiment, `${path}.batchNorm`) === true,
  ),
  number(`${path}.dropout`, 'Dropout', 'share, 0–0.95', 'Share of the units silenced in training.', '0'),
];

/** The fields of a layer, at "model.encoder.0". */
export function layerSettings(path: string, { kind }: LayerSpec): readonly Setting[] {
  switch (kind) {
    case 'dense':
      return [number(`${path}.units`, 'Units', '1–65,536', 'How many values it gives.'), ...finish(path)];
    case 'conv':
      return [
        number(`${path}.filters`, 'Filters', '1–4,096', 'How many planes it gives.'),
        number(`${path}.kernel`, 'Kernel', 'pixels, 1–15', 'Side of the square that each filter sees.'),
        number(`${path}.stride`, 'Stride', 'pixels, 1–8', 'The image shrinks by it; in a decoder it grows.'),
        ...finish(path),
      ];
    case 'pool':
      return [
        choiceOf(`${path}.method`, 'Method', 'What stands for each block.', ['max', 'average']),
        number(`${path}.size`, 'Size', 'pixels, 2–8', 'Side of the block that becomes one value.'),
      ];
    case 'upsample':
      return [number(`${path}.size`, 'Size', 'pixels, 2–8', 'Side of the block that each value becomes.')];
  }
}

export const codeSize = number('model.code.size', 'Code size', 'units, 1–4,096', 'How many numbers an image becomes.');

export const codeSettings: readonly Setting[] = [
  codeSize,
  activation('model.code'),
  {
    kind: 'switch',
    path: 'model.code.variational',
    label: 'Variational',
    help: 'Each code is a mean and a spread; near codes then look alike, and new images can be drawn.',
    on: true,
    off: false,
    isOn: ({ model }: Experiment) => model.code.variational,
  },
];

export const wholeModelSettings: readonly Setting[] = [
  choiceOf('model.outputActivation', 'Output', 'Sigmoid keeps pixels between 0 and 1.', ['sigmoid', 'linear']),
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
