import { assertNever } from '../../errors.ts';
import type { OptimizerSpec, ScheduleSpec } from '../../experiment.ts';
import { pythonCall } from '../python/python-call.ts';
import { doubleQuoted, literal } from '../script-text.ts';
import { hasLearntSlopes, inSteps, isScheduled, stepsAfterRise, type ScriptPlan } from '../script-plan.ts';
import { scheduleWords } from '../setting-sentences.ts';

/** The lines that make `optimizer`. */
export function kerasOptimizer(plan: ScriptPlan): string[] {
  return isScheduled(plan.training) ? [...rateOf(plan), ...made(plan, 'rate')] : made(plan, 'LEARNING_RATE');
}

function made(plan: ScriptPlan, rate: string): string[] {
  const { training } = plan;
  const undecayed = ['bias', 'gamma', 'beta', ...(hasLearntSlopes(plan) ? ['alpha'] : [])];
  const { optimizer, clipNorm } = training;
  const clip = clipNorm > 0 ? [`global_clipnorm=${literal(clipNorm)}`] : [];
  const call = (name: string, options: readonly string[]): string[] =>
    pythonCall(`optimizer = ${name}`, [rate, ...options, ...clip]);
  switch (optimizer.kind) {
    case 'sgd':
      return call('keras.optimizers.SGD', []);
    case 'momentum':
      return call('keras.optimizers.SGD', [
        `momentum=${literal(optimizer.momentum)}`,
        ...(optimizer.nesterov ? ['nesterov=True'] : []),
      ]);
    case 'adagrad':
      return call('keras.optimizers.Adagrad', [
        `initial_accumulator_value=${literal(optimizer.initialAccumulator)}`,
        'epsilon=1e-7',
      ]);
    case 'rmsprop': {
      const { decay, epsilon, initialMeanSquare } = optimizer;
      return [
        ...call('keras.optimizers.RMSprop', [`rho=${literal(decay)}`, `epsilon=${literal(epsilon)}`]),
        ...(initialMeanSquare === 0 ? [] : meanSquareStart(initialMeanSquare)),
      ];
    }
    case 'adam':
      return call('keras.optimizers.Adam', moments(optimizer));
    case 'adamw':
      return [
        ...call('keras.optimizers.AdamW', [`weight_decay=${literal(optimizer.weightDecay)}`, ...moments(optimizer)]),
        `optimizer.exclude_from_weight_decay(var_names=[${undecayed.map(doubleQuoted).join(', ')}])`,
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
    `        variable.assign(${initial === 1 ? 'ops.ones_like(variable)' : `ops.full_like(variable, ${literal(initial)})`})`,
  ];
}

/** What is not as Keras has it anyway. */
const moments = ({ beta1, beta2, epsilon }: Extract<OptimizerSpec, { kind: 'adam' | 'adamw' }>): string[] => [
  ...(beta1 === 0.9 ? [] : [`beta_1=${literal(beta1)}`]),
  ...(beta2 === 0.999 ? [] : [`beta_2=${literal(beta2)}`]),
  ...(epsilon === 1e-7 ? [] : [`epsilon=${literal(epsilon)}`]),
];

/** The lines that make `rate`. */
function rateOf({ training }: ScriptPlan): string[] {
  const { schedule, warmupEpochs } = training;
  if (schedule.kind === 'cosine') {
    const last = schedule.finalFraction === 0 ? '' : `, alpha=${literal(schedule.finalFraction)}`;
    if (warmupEpochs === 0) {
      return [`rate = keras.optimizers.schedules.CosineDecay(LEARNING_RATE, EPOCHS * steps${last})`];
    }
    return [
      `rise = ${inSteps(warmupEpochs, 'round')}  # then half a cosine (Loshchilov & Hutter 2017)`,
      // Its own warm-up leads into the cosine's second step.
      ...pythonCall('fall = keras.optimizers.schedules.CosineDecay', [
        'LEARNING_RATE',
        `${stepsAfterRise(training, 'max')}${last}`,
      ]),
      'step = lambda: ops.cast(optimizer.iterations, "float32")',
      'rate = lambda: ops.where(step() < rise, LEARNING_RATE * (step() + 1) / rise, fall(step() - rise))',
    ];
  }
  if (warmupEpochs > 0) return ['rate = Rate()'];
  if (schedule.kind === 'constant') return ['rate = LEARNING_RATE'];
  return [
    'rate = keras.optimizers.schedules.ExponentialDecay(',
    `    LEARNING_RATE, ${inSteps(schedule.everyEpochs, 'round')}, ${literal(schedule.factor)}, staircase=True`,
    ')',
  ];
}

/** `Rate`: nothing where a schedule of Keras's own does. */
export function kerasRate({ training: { schedule, warmupEpochs } }: ScriptPlan): string | undefined {
  if (warmupEpochs === 0 || schedule.kind === 'cosine') return undefined;
  return `class Rate(keras.optimizers.schedules.LearningRateSchedule):
    """${scheduleWords(schedule, warmupEpochs)}"""

    def __call__(self, step):
        step, warmup = ops.cast(step, "float32"), ${inSteps(warmupEpochs, 'round')}
${afterwards(schedule)}
        return LEARNING_RATE * ops.where(step < warmup, (step + 1) / warmup, factor)`;
}

function afterwards(schedule: Exclude<ScheduleSpec, { kind: 'cosine' }>): string {
  if (schedule.kind === 'constant') return '        factor = 1.0';
  return `        factor = ${literal(schedule.factor)} ** ops.floor(step / (${inSteps(schedule.everyEpochs, 'round')}))`;
}
