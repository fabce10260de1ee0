import { articleCosts } from '../article-costs.ts';
import { betaAtStep, betaComment, CYCLE_WORDS, cycleSteps, isBetaMoving } from '../beta.ts';
import { literal } from '../script-text.ts';
import { isChosen, isScheduled, keptNeighbours, type ScriptPlan } from '../script-plan.ts';
import { torchBatch } from './torch-noise.ts';
import { torchLoss } from './torch-objective.ts';
import { torchEpsilon, torchOptimizer } from './torch-optimizer.ts';
import { torchSchedule } from './torch-schedule.ts';

export const TORCH_THROUGH = `@torch.no_grad()
def through(part, inputs):
    """What the model or a part of it makes of inputs, in batches."""
    model.eval()
    return torch.cat([part(batch.to(DEVICE)).cpu() for batch in inputs.split(1000)])`;

/** The lines that train `model` on `images`, and leave it with its best weights. */
export function torchTraining(plan: ScriptPlan): string[] {
  return [...torchOptimizer(plan), ...beginning(plan), ...epochs(plan), ...ending(plan)];
}

const WEIGHTS_FILE = '"autoencoder.pt"';

/** A scheduler counts by itself. */
const countsSteps = (plan: ScriptPlan): boolean =>
  (isBetaMoving(plan) || torchEpsilon(plan, '').length > 0) && !isScheduled(plan.training);

function beginning(plan: ScriptPlan): string[] {
  const { training } = plan;
  const cycle = cycleSteps(plan);
  const whole = 'steps = len(images) // BATCH_SIZE  # what is left over waits for the next epoch';
  const all = 'steps = math.ceil(len(images) / BATCH_SIZE)  # the last batch may be smaller';
  return [
    training.lastPartialBatch === 'keep' ? all : whole,
    ...(isScheduled(training) ? torchSchedule(plan) : []),
    ...(keptNeighbours(plan) === undefined ? [] : ['random.seed(SEED)', 'neighbours = neighbours_of(images.numpy())']),
    ...(cycle === undefined ? [] : [`cycle = ${cycle}  # ${CYCLE_WORDS}`]),
    ...(countsSteps(plan) ? ['step = 0'] : []),
    ...(isChosen(training) ? ['best = float("inf")'] : []),
    ...(training.earlyStopping === undefined ? [] : ['standard, since = float("inf"), 0']),
  ];
}

function epochs(plan: ScriptPlan): string[] {
  const { training } = plan;
  const order = 'torch.randperm(len(images))';
  const known = plan.model.code.classes !== undefined;
  const batches = `${keptNeighbours(plan) === undefined && !known ? `images[${order}]` : order}.split(BATCH_SIZE)`;
  return [
    'for epoch in range(1, EPOCHS + 1):',
    '    model.train()',
    ...(measuresByCost(plan) ? ['    costs = []'] : []),
    `    for ${known ? 'rows' : 'batch'} in ${batches}${training.lastPartialBatch === 'keep' ? '' : '[:steps]'}:`,
    ...step(plan).map((line) => `        ${line}`),
    ...articleCosts(plan, '#').map((line) => `    ${line}`),
    '    print(f"Epoch: {epoch:04d} cost= {loss.item():.9f}")',
    ...judging(plan).map((line) => `    ${line}`),
  ];
}

function step(plan: ScriptPlan): string[] {
  const { clipNorm } = plan.training;
  const [before, count] = isScheduled(plan.training)
    ? ['scheduler.last_epoch', '(scheduler.last_epoch + 1)']
    : ['(step - 1)', 'step'];
  const beta = (): string => betaAtStep(plan, { min: 'min', round: 'round', ceil: 'math.ceil', before, done: count });
  return [
    ...(plan.model.code.classes === undefined ? [] : ['batch, label = images[rows], classes[rows].to(DEVICE)']),
    ...torchBatch(plan),
    ...(countsSteps(plan) ? ['step += 1'] : []),
    ...(isBetaMoving(plan) ? [`beta = ${beta()}${betaComment(plan, '  #')}`] : []),
    ...torchLoss(plan),
    'optimizer.zero_grad()',
    'loss.backward()',
    ...(clipNorm > 0 ? [`nn.utils.clip_grad_norm_(model.parameters(), ${literal(clipNorm)})`] : []),
    ...torchEpsilon(plan, count),
    'optimizer.step()',
    ...(isScheduled(plan.training) ? ['scheduler.step()'] : []),
    ...(measuresByCost(plan) ? ['costs.append(loss.item())'] : []),
  ];
}

/** Early stopping without images held out goes by the mean cost. */
const measuresByCost = ({ training }: ScriptPlan): boolean =>
  training.earlyStopping !== undefined && !isChosen(training);

/** What is done with an epoch's error. */
function judging(plan: ScriptPlan): string[] {
  const { earlyStopping } = plan.training;
  const chosen = isChosen(plan.training);
  const lines: string[] = [];
  if (chosen) {
    lines.push(
      'error = F.mse_loss(through(model, held_out), held_out).item()',
      'if error < best:',
      '    best, best_epoch = error, epoch',
      `    torch.save(model.state_dict(), ${WEIGHTS_FILE})`,
    );
  } else if (earlyStopping !== undefined) lines.push('error = sum(costs) / len(costs)');
  if (earlyStopping !== undefined) {
    const { patience, minimumImprovement } = earlyStopping;
    const least = minimumImprovement === 0 ? 'standard' : `standard * (1 - ${literal(minimumImprovement)})`;
    lines.push(
      `if error < ${least}:`,
      '    standard, since = error, 0',
      'else:',
      '    since += 1',
      `if since == ${literal(patience)}:`,
      '    break',
    );
  }
  return lines;
}

function ending({ training }: ScriptPlan): string[] {
  if (!isChosen(training)) return [`torch.save(model.state_dict(), ${WEIGHTS_FILE})`];
  return [
    `model.load_state_dict(torch.load(${WEIGHTS_FILE}))`,
    'print(f"Weights of epoch {best_epoch}, the best on the images held out.")',
  ];
}
