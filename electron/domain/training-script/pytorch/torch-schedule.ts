import { assertNever } from '../../errors.ts';
import type { ScheduleSpec } from '../../experiment.ts';
import { pythonCall } from '../python/python-call.ts';
import { literal } from '../script-text.ts';
import { inSteps, stepsAfterRise, type ScriptPlan } from '../script-plan.ts';
import { scheduleWords } from '../setting-sentences.ts';

/** The lines that make `scheduler`, which is moved on after every step. */
export function torchSchedule(plan: ScriptPlan): string[] {
  const { schedule, warmupEpochs } = plan.training;
  if (warmupEpochs === 0) return scheduler('scheduler = ', schedule, 'EPOCHS * steps');
  const rise = [
    `rise = ${inSteps(warmupEpochs, 'round')}${schedule.kind === 'cosine' ? '  # then half a cosine (Loshchilov & Hutter 2017)' : ''}`,
    `warmup = ${LIBRARY}.LinearLR(optimizer, 1 / rise, total_iters=rise - 1)`,
  ];
  switch (schedule.kind) {
    case 'constant':
      return [rise[0]!, rise[1]!.replace('warmup', 'scheduler')];
    case 'cosine':
      return [
        ...rise,
        ...scheduler('cosine = ', schedule, stepsAfterRise(plan.training, 'max')),
        ...pythonCall(`scheduler = ${LIBRARY}.SequentialLR`, ['optimizer', '[warmup, cosine]', '[rise]']),
      ];
    case 'step':
      return fallsAfterRise(plan, schedule);
    default:
      return assertNever(schedule);
  }
}

const LIBRARY = 'torch.optim.lr_scheduler';

/** @param length steps that a cosine takes */
function scheduler(begin: string, schedule: ScheduleSpec, length: string): string[] {
  switch (schedule.kind) {
    case 'constant':
      return [];
    case 'step': {
      const every = inSteps(schedule.everyEpochs, 'round');
      return pythonCall(`${begin}${LIBRARY}.StepLR`, ['optimizer', every, `gamma=${literal(schedule.factor)}`]);
    }
    case 'cosine': {
      const { finalFraction: last } = schedule;
      const least = last === 0 ? [] : [`eta_min=${literal(last)} * LEARNING_RATE`];
      return pythonCall(`${begin}${LIBRARY}.CosineAnnealingLR`, ['optimizer', length, ...least]);
    }
    default:
      return assertNever(schedule);
  }
}

/** Falls count from the beginning, not from the end of the rise: none of PyTorch's own does. */
function fallsAfterRise(
  { training: { warmupEpochs } }: ScriptPlan,
  schedule: Extract<ScheduleSpec, { kind: 'step' }>,
): string[] {
  return [
    '',
    '',
    'def rate_factor(step):',
    `    """${scheduleWords(schedule, warmupEpochs)}"""`,
    `    rise = ${inSteps(warmupEpochs, 'round')}`,
    '    if step < rise:',
    '        return (step + 1) / rise',
    `    return ${literal(schedule.factor)} ** (step // (${inSteps(schedule.everyEpochs, 'round')}))`,
    '',
    '',
    `scheduler = ${LIBRARY}.LambdaLR(optimizer, rate_factor)`,
  ];
}
