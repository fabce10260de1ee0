import { assertNever } from '../../errors.ts';
import type { OptimizerSpec, ScheduleSpec } from '../../experiment.ts';
import { complement, literal } from '../script-text.ts';
import { inSteps, isScheduled, type ScriptPlan } from '../script-plan.ts';
import { scheduleWords } from '../setting-sentences.ts';

/** The lines that make `optimizer`. */
export function kerasOptimizer(plan: ScriptPlan): string[] {
  return isScheduled(plan.training) ? [`rate = ${rateOf(plan)}`, ...made(plan, 'rate')] : made(plan, 'LEARNING_RATE');
}

function made({ training }: ScriptPlan, rate: string): string[] {
  const { optimizer, clipNorm } = training;
  const clip = clipNorm > 0 ? [`global_clipnorm=${literal(clipNorm)}`] : [];
  const call = (name: string, options: readonly string[]): string =>
    `optimizer = ${name}(${[rate, ...options, ...clip].join(', ')})`;
  switch (optimizer.kind) {
    case 'sgd':
      return [call('keras.optimizers.SGD', [])];
    case 'momentum':
      return [
        call('keras.optimizers.SGD', [
          `momentum=${literal(optimizer.momentum)}`,
          ...(optimizer.nesterov ? ['nesterov=True'] : []),
        ]),
      ];
    case 'adagrad':
      return [
        call('keras.optimizers.Adagrad', [
          `initial_accumulator_value=${literal(optimizer.initialAccumulator)}`,
          'epsilon=1e-7',
        ]),
      ];
    case 'rmsprop': {
      const { decay, epsilon, initialMeanSquare } = optimizer;
      return [
        call('keras.optimizers.RMSprop', [`rho=${literal(decay)}`, `epsilon=${literal(epsilon)}`]),
        ...(initialMeanSquare === 0 ? [] : meanSquareStart(initialMeanSquare)),
      ];
    }
    case 'adam':
      return [call('keras.optimizers.Adam', moments(optimizer))];
    case 'adamw':
      return [
        call('keras.optimizers.AdamW', [`weight_decay=${literal(optimizer.weightDecay)}`, ...moments(optimizer)]),
        'optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])',
      ];
    default:
      return assertNever(optimizer);
  }
}

function meanSquareStart(initial: number): string[] {
  return [
    initial === 1
      ? '# TensorFlow 1 let the mean square of the gradients start at one, where Keras starts at zero.'
      : `# The mean square of the gradients starts at ${literal(initial)}, where Keras starts at zero.`,
    'optimizer.build(autoencoder.trainable_variables)',
    'for variable in optimizer.variables:',
    '    if "velocity" in variable.path:',
    `        variable.assign(ops.full_like(variable, ${literal(initial)}))`,
  ];
}

const moments = ({ beta1, beta2, epsilon }: Extract<OptimizerSpec, { kind: 'adam' | 'adamw' }>): string[] => [
  `beta_1=${literal(beta1)}`,
  `beta_2=${literal(beta2)}`,
  `epsilon=${literal(epsilon)}`,
];

/** Keras has schedules without a warm-up; the app's warm-up begins one step above zero. */
function rateOf({ training: { schedule, warmupEpochs } }: ScriptPlan): string {
  if (warmupEpochs > 0) return 'Rate()';
  switch (schedule.kind) {
    case 'constant':
      return 'LEARNING_RATE';
    case 'step':
      return `keras.optimizers.schedules.ExponentialDecay(LEARNING_RATE, ${inSteps(schedule.everyEpochs, 'round')}, ${literal(schedule.factor)}, staircase=True)`;
    case 'cosine': {
      const last = schedule.finalFraction === 0 ? '' : `, alpha=${literal(schedule.finalFraction)}`;
      return `keras.optimizers.schedules.CosineDecay(LEARNING_RATE, EPOCHS * steps${last})`;
    }
    default:
      return assertNever(schedule);
  }
}

/** `Rate`: nothing where a schedule of Keras's own does. */
export function kerasRate({ training: { schedule, warmupEpochs } }: ScriptPlan): string | undefined {
  if (warmupEpochs === 0) return undefined;
  return `class Rate(keras.optimizers.schedules.LearningRateSchedule):
    """${scheduleWords(schedule, warmupEpochs)}"""

    def __call__(self, step):
        step, warmup = ops.cast(step, "float32"), ${inSteps(warmupEpochs, 'round')}
${afterwards(schedule)}
        return LEARNING_RATE * ops.where(step < warmup, (step + 1) / warmup, factor)`;
}

function afterwards(schedule: ScheduleSpec): string {
  switch (schedule.kind) {
    case 'constant':
      return '        factor = 1.0';
    case 'step':
      return `        factor = ${literal(schedule.factor)} ** ops.floor(step / (${inSteps(schedule.everyEpochs, 'round')}))`;
    case 'cosine': {
      const falling = '(1 + ops.cos(np.pi * done)) / 2';
      const { finalFraction: last } = schedule;
      return `        done = (step - warmup) / max(1, EPOCHS * steps - warmup)
        factor = ${last === 0 ? falling : `${literal(last)} + ${literal(complement(last))} * ${falling}`}`;
    }
    default:
      return assertNever(schedule);
  }
}
