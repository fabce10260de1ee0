import type { Experiment, LayerSpec } from '../../electron/domain/experiment.ts';
import { valueAt } from './path-values.ts';
import { number, optionalSwitch, type Setting } from './setting.ts';

type Block = Extract<LayerSpec, { kind: 'residual' }>;

/** Of a residual block, beside what its first convolution is and how it ends. */
export const blockSettings = (path: string, layer: Block): readonly Setting[] => [
  secondKernel(path, layer.kernel),
  ...bottleneck(path, layer),
  ...shortcut(path, layer),
  ...order(path, layer.preActivation === true),
  ...groups(path, layer),
];

/** Where a block's activation stands: of one that begins with it none stands behind the sum. */
const order = (path: string, isFirst: boolean): readonly Setting[] => [
  optionalSwitch(
    `${path}.preActivation`,
    'Activation first',
    'The activation, and normalisation before it, stand before each convolution, and none behind the sum.',
    (experiment) => valueAt(experiment, `${path}.preActivation`) === true,
  ),
  ...(isFirst
    ? []
    : [
        optionalSwitch(
          `${path}.plainSum`,
          'Sum as it is',
          'The activation stands between the convolutions alone, not behind the sum.',
          (experiment) => valueAt(experiment, `${path}.plainSum`) === true,
        ),
      ]),
];

/** @param first of the first convolution: the second's, where it is not said */
const secondKernel = (path: string, first: number): Setting =>
  number(
    `${path}.secondKernel`,
    '2nd kernel',
    'pixels, 1–15',
    'Side of the second convolution’s square; the first’s when left out.',
    String(first),
  );

/** Whether what comes in passes a convolution before it is added, and what that makes possible; a stride that is said is shown in any case. */
const shortcut = (path: string, { channels, stride: said, filters: usual }: Block): readonly Setting[] => [
  {
    kind: 'switch',
    path: `${path}.channels`,
    label: 'Convolve shortcut',
    help: 'What comes in passes a 1 × 1 convolution before it is added: the sum may have other channels, and be smaller.',
    on: channels ?? usual,
    off: undefined,
    isOn: (experiment) => valueAt(experiment, `${path}.channels`) !== undefined,
  },
  ...(channels === undefined
    ? []
    : [number(`${path}.channels`, 'Channels', '1–4,096', 'How many planes the sum has.')]),
  ...(channels === undefined && said === undefined
    ? []
    : [number(`${path}.stride`, 'Stride', 'pixels, 1–8', 'The image shrinks by it; 1 when left out.', '1')]),
];

/** A third convolution between the two, and which of them shrinks the image then. */
const bottleneck = (path: string, { middleKernel, firstStrides, stride = 1 }: Block): readonly Setting[] => [
  {
    kind: 'switch',
    path: `${path}.middleKernel`,
    label: 'Three convolutions',
    help: 'One more between the two, of as many filters: a bottleneck, where the two are of 1 × 1.',
    on: 3,
    off: undefined,
    isOn: (experiment) => valueAt(experiment, `${path}.middleKernel`) !== undefined,
  },
  ...(middleKernel === undefined
    ? []
    : [number(`${path}.middleKernel`, 'Mid kernel', 'pixels, 1–15', 'Side of the middle convolution’s square.')]),
  ...(middleKernel === undefined || (stride === 1 && firstStrides !== true)
    ? []
    : [
        optionalSwitch(
          `${path}.firstStrides`,
          'Shrink first',
          'The first of the three has the stride, not the middle one.',
          (experiment) => valueAt(experiment, `${path}.firstStrides`) === true,
        ),
      ]),
];

/** Not beside batch normalisation, which it stands in for. */
const groups = (
  path: string,
  { groups: said, filters, channels = filters, batchNorm = false }: Block,
): readonly Setting[] => [
  ...(batchNorm && said === undefined
    ? []
    : [
        {
          kind: 'switch',
          path: `${path}.groups`,
          label: 'Group norm',
          help: 'Each convolution is normalised over groups of channels and all places, in place of the batch.',
          on: [8, 4, 2].find((count) => filters % count === 0 && channels % count === 0) ?? 1,
          off: undefined,
          isOn: (experiment: Experiment) => valueAt(experiment, `${path}.groups`) !== undefined,
        } as const,
      ]),
  ...(said === undefined
    ? []
    : [number(`${path}.groups`, 'Groups', 'of channels', 'Into how many the channels are parted.')]),
];
