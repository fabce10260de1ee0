import { assertNever } from '../../errors.ts';
import type { ScheduleSpec } from '../../experiment.ts';
import { complement, literal } from '../script-text.ts';
import { inSteps, isScheduled, stepsAfterRise, type ScriptPlan } from '../script-plan.ts';
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
      ? '// TensorFlow 1 let the mean square of the gradients start at one, TensorFlow.js at zero.'
      : `// The mean square of the gradients starts at ${literal(initialMeanSquare)}, TensorFlow.js at zero.`;
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

/** The lines of a step that move the weights by `loss`, and give its value. */
export function tfjsUpdate({ training }: ScriptPlan): string[] {
  const { optimizer, clipNorm } = training;
  const decay = optimizer.kind === 'adamw' ? optimizer.weightDecay : 0;
  const decayed =
    decay === 0
      ? []
      : [
          '// Weights decay, biases do not (AdamW: Loshchilov & Hutter 2019).',
          `const kept = 1 - ${literal(decay)} * ${isScheduled(training) ? 'optimizer.learningRate' : 'LEARNING_RATE'};`,
          'for (const weight of weights) if (weight.rank > 1) weight.assign(weight.mul(kept));',
        ];
  if (clipNorm === 0) return [...decayed, 'return optimizer.minimize(loss, true, weights).dataSync()[0];'];
  return [
    'const { value, grads } = optimizer.computeGradients(loss, weights);',
    'const norm = tf.addN(Object.values(grads).map((gradient) => gradient.square().sum())).sqrt();',
    `const factor = tf.div(${literal(clipNorm)}, norm.maximum(${literal(clipNorm)}));`,
    'for (const name of Object.keys(grads)) grads[name] = grads[name].mul(factor);',
    ...decayed,
    'optimizer.applyGradients(grads);',
    'return value.dataSync()[0];',
  ];
}

/** The line of a step that sets its learning rate; nothing where it stays. */
export function tfjsSetRate({ training }: ScriptPlan): string[] {
  if (!isScheduled(training)) return [];
  const { kind } = training.optimizer;
  const byMethod = kind === 'sgd' || kind === 'momentum';
  return [
    byMethod
      ? 'optimizer.setLearningRate(rateAt(optimizer.iterations));'
      : 'optimizer.learningRate = rateAt(optimizer.iterations);',
  ];
}

/** A line before each step: TensorFlow.js's Adam adds epsilon after the bias correction, TensorFlow's (and the app's) before. */
export function tfjsEpsilon({ training: { optimizer } }: ScriptPlan): string[] {
  if (optimizer.kind !== 'adam' && optimizer.kind !== 'adamw') return [];
  const { epsilon, beta2 } = optimizer;
  const corrected = `${literal(epsilon)} / Math.sqrt(1 - ${literal(beta2)} ** (optimizer.iterations + 1))`;
  return [`optimizer.epsilon = ${corrected}; // as TensorFlow`];
}

/** `rateAt(step)`: nothing where the learning rate stays. */
export function tfjsRate({ training }: ScriptPlan): string | undefined {
  if (!isScheduled(training)) return undefined;
  const { schedule, warmupEpochs } = training;
  const rise = `  const rise = ${inSteps(warmupEpochs, 'Math.round')};
  if (step < rise) return (LEARNING_RATE * (step + 1)) / rise;
`;
  return `/** ${scheduleWords(schedule, warmupEpochs)} */
function rateAt(step) {
${warmupEpochs > 0 ? rise : ''}${schedule.kind === 'cosine' ? `  const done = ${warmupEpochs > 0 ? `(step - rise) / (${stepsAfterRise(training, 'Math.max')})` : 'step / (EPOCHS * steps)'};\n` : ''}  return ${afterwards(schedule)};
}`;
}

function afterwards(schedule: ScheduleSpec): string {
  switch (schedule.kind) {
    case 'constant':
      return 'LEARNING_RATE';
    case 'step':
      return `LEARNING_RATE * ${literal(schedule.factor)} ** Math.floor(step / (${inSteps(schedule.everyEpochs, 'Math.round')}))`;
    case 'cosine': {
      const falling = '(1 + Math.cos(Math.PI * done))';
      const { finalFraction: last } = schedule;
      return last === 0
        ? `(LEARNING_RATE * ${falling}) / 2`
        : `LEARNING_RATE * (${literal(last)} + (${literal(complement(last))} * ${falling}) / 2)`;
    }
    default:
      return assertNever(schedule);
  }
}
