import { articleCosts } from '../article-costs.ts';
import { literal } from '../script-text.ts';
import { inSteps, isChosen, isScheduled, type ScriptPlan } from '../script-plan.ts';
import { tfjsBatch } from './tfjs-noise.ts';
import { tfjsLoss } from './tfjs-objective.ts';
import { tfjsEpsilon, tfjsOptimizer, tfjsSetRate, tfjsUpdate } from './tfjs-optimizer.ts';

/** Beta rises step by step. */
const rises = ({ model, training }: ScriptPlan): boolean =>
  model.code.variational && (training.betaWarmupEpochs ?? 0) > 0;

/** Early stopping without images held out goes by the mean cost. */
const measuresByCost = ({ training }: ScriptPlan): boolean =>
  training.earlyStopping !== undefined && !isChosen(training);

const countsSteps = (plan: ScriptPlan): boolean =>
  isScheduled(plan.training) || rises(plan) || tfjsEpsilon(plan).length > 0;

/** The lines that train `encoder` and `decoder`, and leave them with their best weights. */
export function tfjsTraining(plan: ScriptPlan): string[] {
  const { training, model } = plan;
  const chosen = isChosen(training);
  const trained = model.code.variational ? 'distribution' : 'encoder';
  return [
    `const weights = [...${trained}.trainableWeights, ...decoder.trainableWeights].map((weight) => weight.read());`,
    ...tfjsOptimizer(plan),
    ...(countsSteps(plan) ? ['let step = 0;'] : []),
    ...(chosen ? ['let best = { error: Infinity };'] : []),
    ...(training.earlyStopping === undefined ? [] : ['let [standard, since] = [Infinity, 0];']),
    'for (let epoch = 1; epoch <= EPOCHS; epoch += 1) {',
    ...epochLines(plan).map((line) => `  ${line}`),
    '}',
    ...(chosen
      ? [
          'encoder.setWeights(best.encoder);',
          'decoder.setWeights(best.decoder);',
          'console.log(`Weights of epoch ${best.epoch}, the best on the images held out.`);',
        ]
      : []),
  ];
}

function epochLines(plan: ScriptPlan): string[] {
  return [
    'const order = shuffled(count);',
    'let cost;',
    ...(measuresByCost(plan) ? ['let sum = 0;'] : []),
    'for (let first = 0; first < steps * BATCH_SIZE; first += BATCH_SIZE) {',
    ...stepLines(plan).map((line) => `  ${line}`),
    '}',
    ...articleCosts(plan, '//'),
    "console.log(`Epoch: ${String(epoch).padStart(4, '0')} cost= ${cost.toFixed(9)}`);",
    ...judging(plan),
  ];
}

function stepLines(plan: ScriptPlan): string[] {
  const { beta, betaWarmupEpochs = 0 } = plan.training;
  return [
    'const indices = order.slice(first, first + BATCH_SIZE);',
    ...tfjsSetRate(plan),
    ...(countsSteps(plan) ? ['step += 1;'] : []),
    ...tfjsEpsilon(plan),
    ...(rises(plan)
      ? [
          `const beta = ${beta === 1 ? '' : `${literal(beta)} * `}Math.min(1, step / (${inSteps(betaWarmupEpochs, 'Math.round')})); // rises slowly (Bowman et al. 2016)`,
        ]
      : []),
    'const value = tf.tidy(() => {',
    ...tfjsBatch(plan).map((line) => `  ${line}`),
    '  const loss = () => {',
    ...tfjsLoss(plan).map((line) => `    ${line}`),
    '  };',
    ...tfjsUpdate(plan).map((line) => `  ${line}`),
    '});',
    'cost = value.dataSync()[0];',
    'value.dispose();',
    ...(measuresByCost(plan) ? ['sum += cost;'] : []),
  ];
}

function judging(plan: ScriptPlan): string[] {
  const { earlyStopping } = plan.training;
  const lines: string[] = [];
  if (isChosen(plan.training)) {
    lines.push(
      'const error = meanSquaredError(heldOut);',
      'if (error < best.error) {',
      '  tf.dispose(best);',
      '  best = { error, epoch, encoder: copied(encoder), decoder: copied(decoder) };',
      '}',
    );
  } else if (earlyStopping !== undefined) lines.push('const error = sum / steps;');
  if (earlyStopping !== undefined) {
    const { patience, minimumImprovement } = earlyStopping;
    const least = minimumImprovement === 0 ? 'standard' : `standard * (1 - ${literal(minimumImprovement)})`;
    lines.push(
      'since += 1;',
      `if (error < ${least}) [standard, since] = [error, 0];`,
      `if (since === ${literal(patience)}) break;`,
    );
  }
  return lines;
}
