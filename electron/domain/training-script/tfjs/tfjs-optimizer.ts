import { assertNever } from '../../errors.ts';
import type { ScheduleSpec } from '../../experiment.ts';
import { complement, literal } from '../script-text.ts';
import { inSteps, isScheduled, type ScriptPlan } from '../script-plan.ts';
import { scheduleWords } from '../setting-sentences.ts';

/** The lines that make `optimizer`. */
export function tfjsOptimizer({ training: { optimizer } }: ScriptPlan): string[] {
  switch (optimizer.kind) {
    case 'sgd':
      return ['const optimizer = tf.train.sgd(LEARNING_RATE);'];
    case 'momentum':
      return [
        `const optimizer = tf.train.momentum(LEARNING_RATE, ${literal(optimizer.momentum)}, ${optimizer.nesterov});`,
      ];
    case 'adagrad':
      return [`const optimizer = tf.train.adagrad(LEARNING_RATE, ${literal(optimizer.initialAccumulator)});`];
    case 'rmsprop':
      return rmsprop(optimizer.decay, optimizer.epsilon, optimizer.initialMeanSquare);
    case 'adam':
    case 'adamw': {
      const moments = [optimizer.beta1, optimizer.beta2, optimizer.epsilon].map(literal).join(', ');
      return [`const optimizer = tf.train.adam(LEARNING_RATE, ${moments});`];
    }
    default:
      return assertNever(optimizer);
  }
}

function rmsprop(decay: number, epsilon: number, initialMeanSquare: number): string[] {
  const made = `const optimizer = tf.train.rmsprop(LEARNING_RATE, ${literal(decay)}, 0, ${literal(epsilon)});`;
  if (initialMeanSquare === 0) return [made];
  const start =
    initialMeanSquare === 1 ? 'tf.onesLike(weight)' : `tf.fill(weight.shape, ${literal(initialMeanSquare)})`;
  const why =
    initialMeanSquare === 1
      ? '// TensorFlow 1 let the mean square of the gradients start at one, where TensorFlow.js starts at zero.'
      : `// The mean square of the gradients starts at ${literal(initialMeanSquare)}, where TensorFlow.js starts at zero.`;
  return [
    made,
    why,
    'await optimizer.setWeights([',
    "  { name: 'iter', tensor: tf.scalar(0, 'int32') },",
    `  ...weights.map((weight) => ({ name: \`\${weight.name}/rms\`, tensor: ${start} })),`,
    '  ...weights.map((weight) => ({ name: `${weight.name}/momentum`, tensor: tf.zerosLike(weight) })),',
    ']);',
  ];
}

/** The lines of a step that move the weights by `loss`, to which they bind `cost`. */
export function tfjsUpdate({ training }: ScriptPlan): string[] {
  const { optimizer, clipNorm } = training;
  const decay = optimizer.kind === 'adamw' ? optimizer.weightDecay : 0;
  if (decay === 0 && clipNorm === 0) return ['return optimizer.minimize(loss, true, weights);'];
  return [
    'const { value, grads } = optimizer.computeGradients(loss, weights);',
    ...(clipNorm > 0
      ? [
          'const norm = tf.addN(Object.values(grads).map((gradient) => gradient.square().sum())).sqrt();',
          `const factor = tf.div(${literal(clipNorm)}, norm.maximum(${literal(clipNorm)}));`,
          'for (const name of Object.keys(grads)) grads[name] = grads[name].mul(factor);',
        ]
      : []),
    ...(decay > 0
      ? [
          '// Weights decay, biases do not (AdamW: Loshchilov & Hutter 2019).',
          `const kept = 1 - ${literal(decay)} * ${isScheduled(training) ? 'optimizer.learningRate' : 'LEARNING_RATE'};`,
          'for (const weight of weights) if (weight.rank > 1) weight.assign(weight.mul(kept));',
        ]
      : []),
    'optimizer.applyGradients(grads);',
    'return value;',
  ];
}

/** The line of a step that sets its learning rate; nothing where it stays. */
export function tfjsSetRate({ training }: ScriptPlan): string[] {
  if (!isScheduled(training)) return [];
  const { kind } = training.optimizer;
  const byMethod = kind === 'sgd' || kind === 'momentum';
  return [byMethod ? 'optimizer.setLearningRate(rateAt(step));' : 'optimizer.learningRate = rateAt(step);'];
}

/** A line before each step: TensorFlow.js's Adam adds epsilon after the bias correction, TensorFlow's (and the app's) before. */
export function tfjsEpsilon({ training: { optimizer } }: ScriptPlan): string[] {
  if (optimizer.kind !== 'adam' && optimizer.kind !== 'adamw') return [];
  const corrected = `${literal(optimizer.epsilon)} / Math.sqrt(1 - ${literal(optimizer.beta2)} ** step)`;
  return [`optimizer.epsilon = ${corrected}; // TensorFlow adds it before the bias correction`];
}

/** `rateAt(step)`: nothing where the learning rate stays. */
export function tfjsRate({ training }: ScriptPlan): string | undefined {
  if (!isScheduled(training)) return undefined;
  const { schedule, warmupEpochs } = training;
  const rise = `  const warmup = ${inSteps(warmupEpochs, 'Math.round')};
  if (step < warmup) return (LEARNING_RATE * (step + 1)) / warmup;
`;
  return `/** ${scheduleWords(schedule, warmupEpochs)} */
function rateAt(step) {
${warmupEpochs > 0 ? rise : ''}  return ${afterwards(schedule, warmupEpochs)};
}`;
}

function afterwards(schedule: ScheduleSpec, warmupEpochs: number): string {
  switch (schedule.kind) {
    case 'constant':
      return 'LEARNING_RATE';
    case 'step':
      return `LEARNING_RATE * ${literal(schedule.factor)} ** Math.floor(step / (${inSteps(schedule.everyEpochs, 'Math.round')}))`;
    case 'cosine': {
      const done =
        warmupEpochs > 0 ? '(step - warmup)) / Math.max(1, EPOCHS * steps - warmup)' : 'step) / (EPOCHS * steps)';
      const falling = `(1 + Math.cos((Math.PI * ${done})) / 2`;
      const { finalFraction: last } = schedule;
      return `LEARNING_RATE * ${last === 0 ? falling : `(${literal(last)} + ${literal(complement(last))} * ${falling})`}`;
    }
    default:
      return assertNever(schedule);
  }
}
