import { articleCosts } from '../article-costs.ts';
import { betaAtStep, betaComment, CYCLE_WORDS, cycleSteps, isBetaMoving } from '../beta.ts';
import { literal } from '../script-text.ts';
import { isChosen, isScheduled, keptNeighbours, type ScriptPlan } from '../script-plan.ts';
import { kerasBatches } from './keras-batches.ts';
import { kerasCompilation } from './keras-objective.ts';
import { pythonCall } from '../python/python-call.ts';
import { kerasOptimizer } from './keras-optimizer.ts';
import { betaOwner } from './keras-model.ts';

/** Keras measures an improvement in units of the error, the app as a share of it: the class that does; else nothing. */
export function kerasEarlyStopping(plan: ScriptPlan): string | undefined {
  const { earlyStopping } = plan.training;
  if (earlyStopping === undefined || earlyStopping.minimumImprovement === 0) return undefined;
  const { patience, minimumImprovement } = earlyStopping;
  return `class EarlyStopping(callbacks.Callback):
    """Ends training after ${literal(patience)} epochs that were not better by ${literal(minimumImprovement)} of the best error."""

    standard, since = np.inf, 0

    def on_epoch_end(self, epoch, logs=None):
        self.since += 1
        if logs["${monitored(plan)}"] < self.standard * (1 - ${literal(minimumImprovement)}):
            self.standard, self.since = logs["${monitored(plan)}"], 0
        self.model.stop_training = self.since == ${literal(patience)}`;
}

const monitored = ({ training }: ScriptPlan): string => (isChosen(training) ? 'val_mse' : 'loss');

/** The lines that train `autoencoder`, and leave it with its best weights, which lie in a file too. */
export function kerasTraining(plan: ScriptPlan): string[] {
  const { training } = plan;
  const chosen = isChosen(training);
  const judged = keptNeighbours(plan) !== undefined ? '(held_out, held_out)' : 'held_out';
  const known = plan.model.code.classes === undefined ? judged : '(held_out, classes[:HELD_OUT])';
  return [
    ...kerasBatches(plan),
    ...(isScheduled(training) || isBetaMoving(plan) ? ['steps = len(batches)'] : []),
    ...kerasOptimizer(plan),
    ...kerasCompilation(plan),
    'cost = callbacks.LambdaCallback(  # the last batch’s, not the mean so far',
    '    on_train_batch_begin=lambda batch, logs: autoencoder.reset_metrics(),',
    `    on_epoch_end=lambda epoch, logs: print(f"Epoch: {epoch + 1:04d} cost= {logs['loss']:.9f}"),`,
    ')',
    ...(isBetaMoving(plan) ? movingBeta(plan) : []),
    ...(chosen ? best(plan) : []),
    ...articleCosts(plan, '#'),
    ...pythonCall('autoencoder.fit', [
      'batches',
      'epochs=EPOCHS',
      ...(chosen ? [`validation_data=(${known}, held_out)`] : []),
      `callbacks=[${callbacks(plan).join(', ')}]`,
      'verbose=0',
    ]),
    'autoencoder.save_weights("autoencoder.weights.h5")',
    ...(chosen ? ['print(f"Weights of epoch {best.best_epoch + 1}, the best on the images held out.")'] : []),
  ];
}

/** The callback that sets beta before each step. */
function movingBeta(plan: ScriptPlan): string[] {
  const cycle = cycleSteps(plan);
  const iterations = 'optimizer.iterations.numpy()';
  const words = {
    min: 'min',
    round: 'round',
    ceil: 'math.ceil',
    before: iterations,
    done: `(${iterations} + 1)`,
  } as const;
  return [
    ...(cycle === undefined ? [] : [`cycle = ${cycle}  # ${CYCLE_WORDS}`]),
    `moving_beta = callbacks.LambdaCallback(${betaComment(plan, '  #')}`,
    `    on_train_batch_begin=lambda batch, logs: ${betaOwner(plan)}.beta.assign(`,
    `        ${betaAtStep(plan, words)}`,
    '    )',
    ')',
  ];
}

/** The callback that gives the best weights back in the end. */
function best({ training: { earlyStopping } }: ScriptPlan): string[] {
  const ends = earlyStopping?.minimumImprovement === 0;
  const patience = ends ? literal(earlyStopping.patience) : 'EPOCHS';
  return [`best = callbacks.EarlyStopping("val_mse", mode="min", patience=${patience}, restore_best_weights=True)`];
}

function callbacks(plan: ScriptPlan): string[] {
  const { earlyStopping } = plan.training;
  const chosen = isChosen(plan.training);
  const own = ['cost', ...(isBetaMoving(plan) ? ['moving_beta'] : []), ...(chosen ? ['best'] : [])];
  if (earlyStopping === undefined) return own;
  if (earlyStopping.minimumImprovement > 0) return [...own, 'EarlyStopping()'];
  if (chosen) return own;
  return [...own, `callbacks.EarlyStopping("loss", patience=${literal(earlyStopping.patience)}, mode="min")`];
}
