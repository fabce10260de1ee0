import type { Experiment } from '../../electron/domain/experiment.ts';
import { number, type Setting } from './setting.ts';

/** What a variational code costs, and how it is drawn. */
export const divergenceSettings = ({
  model,
  training: { betaCycles, classWeight },
}: Experiment): readonly Setting[] => [
  number('training.beta', 'Beta', '0–1,000', 'Weight of the divergence from the prior, for a variational code.'),
  number('training.betaWarmupEpochs', 'Beta rises', 'epochs, 0–10,000', 'Beta grows from zero for so long.', '0'),
  {
    kind: 'switch',
    path: 'training.betaCycles',
    label: 'Rise in cycles',
    help: 'Beta falls back to zero and rises anew several times in a run (Fu et al. 2019).',
    on: { count: 4, rise: 0.5 },
    off: undefined,
    isOn: ({ training }) => training.betaCycles !== undefined,
  },
  ...(betaCycles
    ? [
        number('training.betaCycles.count', 'Cycles', 'of the run, 1–1,000', 'How often beta rises.'),
        number('training.betaCycles.rise', 'Rises over', 'share, 0–1', 'Share of each cycle; then beta stays.'),
      ]
    : []),
  number(
    'training.freeBits',
    'Free bits',
    'nats, 0–100',
    'So much divergence costs nothing for each number of the code: none of them falls silent (Kingma et al. 2016).',
    '0',
  ),
  number(
    'training.importanceSamples',
    'Codes an image',
    '1–256',
    'Several are drawn, and weighed by how likely they make the image: a tighter bound (Burda et al. 2016).',
    '1',
  ),
  ...(model.code.classes === undefined && classWeight === undefined
    ? []
    : [
        number(
          'training.classWeight',
          'Missed classes',
          'weight, 0–1,000',
          'What it costs that the encoder reads another class from an image than its label says (Kingma et al. 2014).',
          '1',
        ),
      ]),
];
