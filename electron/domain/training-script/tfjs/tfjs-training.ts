import { articleCosts } from '../article-costs.ts';
import { betaAtStep, betaComment, CYCLE_WORDS, cycleSteps, isBetaMoving } from '../beta.ts';
import { literal, SCRIPT_WIDTH } from '../script-text.ts';
import { isChosen, type ScriptPlan } from '../script-plan.ts';
import { tfjsBatch } from './tfjs-noise.ts';
import { tfjsNeighbourSearch } from './tfjs-neighbours.ts';
import { tfjsLoss } from './tfjs-objective.ts';
import { tfjsEpsilon, tfjsOptimizer, tfjsRise, tfjsSetRate, tfjsUpdate } from './tfjs-optimizer.ts';

/** Columns of the loss, within the loops. */
const LOSS_WIDTH = SCRIPT_WIDTH - 6;

/** Early stopping without images held out goes by the mean cost. */
const measuresByCost = ({ training }: ScriptPlan): boolean =>
  training.earlyStopping !== undefined && !isChosen(training);

/** The lines that train `encoder` and `decoder`, and leave them with their best weights. */
export function tfjsTraining(plan: ScriptPlan): string[] {
  const { training, model } = plan;
  const chosen = isChosen(training);
  const cycle = cycleSteps(plan);
  return [
    ...(model.code.variational
      ? [
          'const trainable = [...distribution.trainableWeights, ...decoder.trainableWeights];',
          'const weights = trainable.map((weight) => weight.read());',
        ]
      : ['const weights = autoencoder.trainableWeights.map((weight) => weight.read());']),
    ...tfjsOptimizer(plan),
    ...tfjsRise(plan),
    ...(cycle === undefined ? [] : [`const cycle = (${cycle}); // ${CYCLE_WORDS}`]),
    ...tfjsNeighbourSearch(plan),
    ...(chosen ? ['let best = { error: Infinity };'] : []),
    ...(training.earlyStopping === undefined ? [] : ['let [standard, since] = [Infinity, 0];']),
    'for (let epoch = 1; epoch <= EPOCHS; epoch += 1) {',
    ...epochLines(plan).map((line) => `  ${line}`),
    '}',
    ...(chosen
      ? [
          'autoencoder.setWeights(best.weights);',
          'console.log(`Weights of epoch ${best.epoch}, the best on the images held out.`);',
        ]
      : []),
  ];
}

function epochLines(plan: ScriptPlan): string[] {
  return [
    'const order = shuffled(trained.shape[0]);',
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
  const words = {
    min: 'Math.min',
    round: 'Math.round',
    ceil: 'Math.ceil',
    before: 'step',
    done: '(step + 1)',
  } as const;
  const counted = [
    ...tfjsSetRate(plan),
    ...tfjsEpsilon(plan),
    ...(isBetaMoving(plan) ? [`const beta = ${betaAtStep(plan, words)};${betaComment(plan, ' //')}`] : []),
  ];
  return [
    ...(counted.length > 0 ? ['const step = optimizer.iterations;', ...counted] : []),
    'cost = tf.tidy(() => {',
    ...tfjsBatch(plan).map((line) => `  ${line}`),
    ...lossLines(plan).map((line) => `  ${line}`),
    ...tfjsUpdate(plan).map((line) => `  ${line}`),
    '});',
    ...(measuresByCost(plan) ? ['sum += cost;'] : []),
  ];
}

/** The function that gives a batch's loss. */
function lossLines(plan: ScriptPlan): string[] {
  const lines = tfjsLoss(plan);
  const [line = ''] = lines;
  if (lines.length === 1) {
    const whole = `const loss = () => ${line.replace('return ', '')}`;
    return whole.length <= LOSS_WIDTH ? [whole] : ['const loss = () =>', `  ${line.replace('return ', '')}`];
  }
  return ['const loss = () => {', ...lines.map((each) => `  ${each}`), '};'];
}

function judging(plan: ScriptPlan): string[] {
  const { earlyStopping } = plan.training;
  const lines: string[] = [];
  if (isChosen(plan.training)) {
    lines.push(
      'const error = meanSquaredError(heldOut);',
      'if (error < best.error) {',
      '  tf.dispose(best);',
      '  best = { error, epoch, weights: autoencoder.getWeights().map((weight) => weight.clone()) };',
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
