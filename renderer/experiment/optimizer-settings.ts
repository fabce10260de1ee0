import type { Experiment, OptimizerSpec, ScheduleSpec } from '../../electron/domain/experiment.ts';
import { number, type ChoiceSetting, type NumberSetting, type Setting } from './setting.ts';

const at = (field: string) => `training.optimizer.${field}`;

const adam: readonly NumberSetting[] = [
  number(at('beta1'), 'Beta 1', '0–0.9999', 'How much of the gradient’s running mean is kept at each step.'),
  number(at('beta2'), 'Beta 2', '0–0.99999', 'How much of its running square is kept at each step.'),
  number(at('epsilon'), 'Epsilon', 'above 0, to 1', 'Keeps the division by a small root from exploding.'),
];

/** What each kind is called, starts from, and lets a person set. */
const kinds: {
  readonly [K in OptimizerSpec['kind']]: {
    readonly name: string;
    readonly start: Extract<OptimizerSpec, { kind: K }>;
    readonly settings: readonly Setting[];
  };
} = {
  sgd: { name: 'SGD', start: { kind: 'sgd' }, settings: [] },
  momentum: {
    name: 'Momentum',
    start: { kind: 'momentum', momentum: 0.9, nesterov: false },
    settings: [
      number(at('momentum'), 'Momentum', '0–0.9999', 'Share of the last step that is taken again.'),
      {
        kind: 'switch',
        path: at('nesterov'),
        label: 'Nesterov',
        help: 'Looks ahead along the momentum before it takes the gradient.',
        on: true,
        off: false,
        isOn: ({ training: { optimizer } }) => optimizer.kind === 'momentum' && optimizer.nesterov,
      },
    ],
  },
  adagrad: {
    name: 'AdaGrad',
    start: { kind: 'adagrad', initialAccumulator: 0.1 },
    settings: [number(at('initialAccumulator'), 'First sum', '0–10', 'What the sum of squared gradients starts from.')],
  },
  rmsprop: {
    name: 'RMSProp',
    start: { kind: 'rmsprop', decay: 0.9, epsilon: 1e-7, initialMeanSquare: 0 },
    settings: [
      number(at('decay'), 'Decay', '0–0.9999', 'How much of the mean square is kept at each step.'),
      number(at('epsilon'), 'Epsilon', '0–1', 'Keeps the division by a small root from exploding.'),
      number(at('initialMeanSquare'), 'First square', '0–10', 'What the mean square starts from; TensorFlow 1 took 1.'),
    ],
  },
  adam: { name: 'Adam', start: { kind: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-7 }, settings: adam },
  adamw: {
    name: 'AdamW',
    start: { kind: 'adamw', beta1: 0.9, beta2: 0.999, epsilon: 1e-7, weightDecay: 0.01 },
    settings: [
      ...adam,
      number(
        at('weightDecay'),
        'Weight decay',
        '0–1',
        'Shrinks every weight a little at each step, apart from the gradient.',
      ),
    ],
  },
};

const kind: ChoiceSetting = {
  kind: 'choice',
  path: 'training.optimizer',
  label: 'Optimizer',
  help: 'How gradients become steps; Adam is a sound choice for most models.',
  options: Object.entries(kinds).map(([id, { name, start }]) => ({ id, name, value: start })),
  chosen: ({ training }) => training.optimizer.kind,
};

export const optimizerSettings = ({ training }: Experiment): readonly Setting[] => [
  kind,
  ...kinds[training.optimizer.kind].settings,
];

const schedules: readonly { readonly name: string; readonly value: ScheduleSpec }[] = [
  { name: 'constant', value: { kind: 'constant' } },
  { name: 'in steps', value: { kind: 'step', everyEpochs: 10, factor: 0.5 } },
  { name: 'cosine', value: { kind: 'cosine', finalFraction: 0 } },
];

const schedule: ChoiceSetting = {
  kind: 'choice',
  path: 'training.schedule',
  label: 'Schedule',
  help: 'How the learning rate falls while training goes on.',
  options: schedules.map(({ name, value }) => ({ id: value.kind, name, value })),
  chosen: ({ training }) => training.schedule.kind,
};

const scheduleFields: Readonly<Record<ScheduleSpec['kind'], readonly Setting[]>> = {
  constant: [],
  step: [
    number(
      'training.schedule.everyEpochs',
      'Every',
      'epochs, 1–10,000',
      'How long the rate stays before it is changed.',
    ),
    number('training.schedule.factor', 'Factor', 'above 0, to 1', 'What the rate is multiplied by each time.'),
  ],
  cosine: [
    number(
      'training.schedule.finalFraction',
      'Ends at',
      'share, 0–1',
      'Share of the learning rate that is left at the end.',
    ),
  ],
};

export const scheduleSettings = ({ training }: Experiment): readonly Setting[] => [
  schedule,
  ...scheduleFields[training.schedule.kind],
  number(
    'training.warmupEpochs',
    'Warm-up',
    'epochs, 0–10,000',
    'The rate rises from zero for so long; parts of an epoch too.',
  ),
];
