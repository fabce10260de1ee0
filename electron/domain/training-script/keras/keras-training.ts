import { articleCosts } from '../article-costs.ts';
import { joined, literal } from '../script-text.ts';
import { inSteps, isChosen, isScheduled, type ScriptPlan } from '../script-plan.ts';
import { kerasLoss } from './keras-objective.ts';
import { kerasOptimizer } from './keras-optimizer.ts';

const WEIGHTS_FILE = '"autoencoder.weights.h5"';

/** Whether beta rises from step to step. */
const rises = ({ model, training }: ScriptPlan): boolean =>
  model.code.variational && (training.betaWarmupEpochs ?? 0) > 0;

/** What `fit` calls between batches and epochs. */
export function kerasCallbacks(plan: ScriptPlan): string {
  return joined(2, [
    `class EpochLine(keras.callbacks.Callback):
    """Prints an epoch as the article did: by the cost of its last batch."""

    def on_train_batch_begin(self, batch, logs=None):
        self.model.reset_metrics()  # else the mean over the epoch so far

    def on_epoch_end(self, epoch, logs=None):
        print(f"Epoch: {epoch + 1:04d} cost= {logs['loss']:.9f}")`,
    rises(plan) ? betaWarmup(plan) : undefined,
    earlyStoppingClass(plan),
  ]);
}

function betaWarmup({ training }: ScriptPlan): string {
  const { beta, betaWarmupEpochs = 0 } = training;
  return `class BetaWarmup(keras.callbacks.Callback):
    """Beta rises slowly from zero (Bowman et al. 2016)."""

    def on_train_batch_begin(self, batch, logs=None):
        step = float(ops.convert_to_numpy(self.model.optimizer.iterations)) + 1
        sampling.beta.assign(${beta === 1 ? '' : `${literal(beta)} * `}min(1.0, step / (${inSteps(betaWarmupEpochs, 'round')})))`;
}

/** Keras measures an improvement in units of the error, the app as a share of it. */
function earlyStoppingClass(plan: ScriptPlan): string | undefined {
  const { earlyStopping } = plan.training;
  if (earlyStopping === undefined || earlyStopping.minimumImprovement === 0) return undefined;
  const { patience, minimumImprovement } = earlyStopping;
  return `class EarlyStopping(keras.callbacks.Callback):
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
  const batches = chosen ? 'Batches(images[HELD_OUT:])' : 'Batches(images)';
  return [
    `batches = ${batches}`,
    ...(isScheduled(training) || rises(plan) ? ['steps = len(batches)'] : []),
    ...kerasOptimizer(plan),
    `autoencoder.compile(optimizer, loss=${kerasLoss(plan)}, metrics=["mse"])`,
    ...(chosen
      ? [
          'best = keras.callbacks.ModelCheckpoint(',
          `    ${WEIGHTS_FILE}, monitor="val_mse", mode="min", save_best_only=True, save_weights_only=True`,
          ')',
        ]
      : []),
    ...articleCosts(plan, '#'),
    'history = autoencoder.fit(',
    '    batches,',
    '    epochs=EPOCHS,',
    '    shuffle=False,  # Batches does',
    ...(chosen ? ['    validation_data=(held_out, held_out),'] : []),
    `    callbacks=[${callbacks(plan).join(', ')}],`,
    '    verbose=0,',
    ')',
    ...(chosen
      ? [
          `autoencoder.load_weights(${WEIGHTS_FILE})`,
          'best_epoch = np.argmin(history.history["val_mse"]) + 1',
          'print(f"Weights of epoch {best_epoch}, the best on the images held out.")',
        ]
      : [`autoencoder.save_weights(${WEIGHTS_FILE})`]),
  ];
}

function callbacks(plan: ScriptPlan): string[] {
  const { earlyStopping } = plan.training;
  const own = ['EpochLine()', ...(rises(plan) ? ['BetaWarmup()'] : [])];
  if (isChosen(plan.training)) own.push('best');
  if (earlyStopping === undefined) return own;
  if (earlyStopping.minimumImprovement > 0) return [...own, 'EarlyStopping()'];
  const patience = `patience=${literal(earlyStopping.patience)}`;
  return [...own, `keras.callbacks.EarlyStopping("${monitored(plan)}", ${patience}, mode="min")`];
}
