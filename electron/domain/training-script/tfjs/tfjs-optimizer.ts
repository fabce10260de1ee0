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
          `const kept = 1 - ${literal(decay)} * ${isScheduled(training) ? 'optimizer.learningRate' : 'LEARNING_RATE'}; // AdamW (Loshchilov & Hutter 2019)`,
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

/** The line that names the steps of the rise, before the first step; nothing without one. */
export function tfjsRise({ training: { schedule, warmupEpochs } }: ScriptPlan): string[] {
  if (warmupEpochs === 0) return [];
  const then = schedule.kind === 'cosine' ? 'half a cosine (Loshchilov & Hutter 2017)' : 'as the schedule says';
  return [`const rise = ${inSteps(warmupEpochs, 'Math.round')}; // then ${then}`];
}

/** The lines that set the learning rate of the step numbered `step`; nothing where it stays. */
export function tfjsSetRate({ training }: ScriptPlan): string[] {
  if (!isScheduled(training)) return [];
  const { schedule, warmupEpochs, optimizer } = training;
  const byMethod = optimizer.kind === 'sgd' || optimizer.kind === 'momentum';
  const set = (rate: string): string =>
    byMethod ? `optimizer.setLearningRate(${rate});` : `optimizer.learningRate = ${rate};`;
  const done = warmupEpochs === 0 ? 'step' : '(step - rise)';
  const whole = warmupEpochs === 0 ? 'EPOCHS * steps' : stepsAfterRise(training, 'Math.max');
  const { lines, left } = fall(schedule, done, whole);
  return [
    ...(warmupEpochs === 0 ? [`// ${scheduleWords(schedule, warmupEpochs)}`] : []),
    ...lines,
    set(`LEARNING_RATE * ${warmupEpochs === 0 ? left : `(step < rise ? (step + 1) / rise : ${left})`}`),
  ];
}

/**
 * What of the learning rate is left after the rise, and the lines that make it.
 * @param done steps of a cosine that are done, of `whole`
 */
function fall(
  schedule: ScheduleSpec,
  done: string,
  whole: string,
): { readonly lines: readonly string[]; readonly left: string } {
  switch (schedule.kind) {
    case 'constant':
      return { lines: [], left: '1' };
    case 'step': {
      const every = inSteps(schedule.everyEpochs, 'Math.round');
      const line = `const fallen = ${literal(schedule.factor)} ** Math.floor(step / (${every}));`;
      return { lines: [line], left: 'fallen' };
    }
    case 'cosine': {
      const { finalFraction: last } = schedule;
      const line = `const cosine = (1 + Math.cos((Math.PI * ${done}) / (${whole}))) / 2;`;
      return {
        lines: [line],
        left: last === 0 ? 'cosine' : `(${literal(last)} + ${literal(complement(last))} * cosine)`,
      };
    }
    default:
      return assertNever(schedule);
  }
}

/** A line before each step: TensorFlow.js's Adam adds epsilon after the bias correction, TensorFlow's (and the app's) before. */
export function tfjsEpsilon({ training: { optimizer } }: ScriptPlan): string[] {
  if (optimizer.kind !== 'adam' && optimizer.kind !== 'adamw') return [];
  const { epsilon, beta2 } = optimizer;
  const corrected = `${literal(epsilon)} / Math.sqrt(1 - ${literal(beta2)} ** (step + 1))`;
  return [`optimizer.epsilon = ${corrected}; // as TensorFlow`];
}
