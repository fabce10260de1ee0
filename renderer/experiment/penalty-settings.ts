import type { Experiment, TrainingSpec } from '../../electron/domain/experiment.ts';
import { NEIGHBOURS_KEPT } from '../../electron/domain/presets/neighbours.ts';
import { number, type Setting } from './setting.ts';

const neighbourSettings = (regularisers: TrainingSpec['regularisers']): readonly Setting[] => [
  {
    kind: 'switch',
    path: 'training.regularisers.neighbours',
    label: 'Keep neighbours',
    help: 'Like images get codes that lie together, all others apart (contrastive neighbour embedding, Damrich et al. 2023).',
    on: NEIGHBOURS_KEPT,
    off: undefined,
    isOn: ({ training }) => training.regularisers.neighbours !== undefined,
  },
  ...(regularisers.neighbours
    ? [
        number(
          'training.regularisers.neighbours.weight',
          'Weight',
          'above 0, to 100',
          'How much neighbours count beside the loss.',
        ),
        number(
          'training.regularisers.neighbours.count',
          'Neighbours',
          'images, 1–100',
          'Of so many nearest images those count that are mutual; found before training.',
        ),
        number(
          'training.regularisers.neighbours.radius',
          'Radius',
          'code units, 0.001–1,000',
          'Distance between codes at which they are half as alike as at none.',
        ),
      ]
    : []),
];

/** What is asked of codes and weights beside the loss. */
export const regulariserSettings = ({ training: { regularisers } }: Experiment): readonly Setting[] => [
  number(
    'training.regularisers.codeL1',
    'L1 on the code',
    'weight, 0–100',
    'Pulls the code’s values to zero: few units speak at once.',
  ),
  {
    kind: 'switch',
    path: 'training.regularisers.codeKl',
    label: 'Sparse by divergence',
    help: 'Each unit of a sigmoid code is active for few images only.',
    on: { target: 0.05, weight: 0.1 },
    off: undefined,
    isOn: ({ training }) => training.regularisers.codeKl !== undefined,
  },
  ...(regularisers.codeKl
    ? [
        number(
          'training.regularisers.codeKl.target',
          'Active for',
          'share, 0.001–0.5',
          'Mean activation that each unit is pulled to.',
        ),
        number('training.regularisers.codeKl.weight', 'Pull', 'weight, 0–100', 'How much this counts beside the loss.'),
      ]
    : []),
  number(
    'training.regularisers.codeL2',
    'L2 on the code',
    'weight, 0–100',
    'Pulls codes towards zero, so that a density fits them (Ghosh et al. 2020).',
    '0',
  ),
  number(
    'training.regularisers.decoderL2',
    'L2 on the decoder',
    'weight, 0–100',
    'Keeps the decoder’s weights small: near codes then decode alike (Ghosh et al. 2020).',
    '0',
  ),
  number(
    'training.regularisers.mmd',
    'Discrepancy',
    'weight, 0–100,000',
    'Draws the codes as a whole to a bell-shaped cloud (maximum mean discrepancy, Tolstikhin et al. 2018).',
    '0',
  ),
  number(
    'training.regularisers.totalCorrelation',
    'Total correlation',
    'weight, 0–1,000',
    'The numbers of a variational code come to say different things (Chen et al. 2018).',
    '0',
  ),
  number(
    'training.regularisers.contractive',
    'Contractive',
    'weight, 0–100',
    'Small changes of an image hardly move its code.',
  ),
  ...neighbourSettings(regularisers),
];

/** The penalties that an experiment has, in a word each. */
export function penaltyWords({ training: { regularisers } }: Experiment): string {
  const { codeL1, codeKl, contractive, neighbours, totalCorrelation, mmd, codeL2, decoderL2 } = regularisers;
  const used = [
    codeL1 > 0 ? 'L1' : '',
    codeKl ? 'sparse' : '',
    contractive > 0 ? 'contractive' : '',
    neighbours ? 'neighbours' : '',
    totalCorrelation ? 'total correlation' : '',
    mmd ? 'discrepancy' : '',
    codeL2 || decoderL2 ? 'L2' : '',
  ];
  return used.filter((word) => word !== '').join(', ') || 'none';
}
