import { assertNever } from '../../errors.ts';
import type { ScheduleSpec } from '../../experiment.ts';
import { complement, literal } from '../script-text.ts';
import { inSteps, type ScriptPlan } from '../script-plan.ts';
import { scheduleWords } from '../setting-sentences.ts';

/** The lines that make `scheduler`, which is moved on after every step. */
export function torchSchedule({ training: { schedule, warmupEpochs } }: ScriptPlan): string[] {
  if (schedule.kind === 'step' && warmupEpochs === 0) {
    const { everyEpochs, factor } = schedule;
    return [
      `scheduler = torch.optim.lr_scheduler.StepLR(optimizer, ${inSteps(everyEpochs, 'round')}, gamma=${literal(factor)})`,
    ];
  }
  const rise =
    warmupEpochs === 0
      ? []
      : [
          `    warmup = ${inSteps(warmupEpochs, 'round')}`,
          '    if step < warmup:',
          '        return (step + 1) / warmup',
        ];
  return [
    '',
    '',
    'def rate_factor(step):',
    `    """${scheduleWords(schedule, warmupEpochs)}"""`,
    ...rise,
    `    return ${factor(schedule, warmupEpochs)}`,
    '',
    '',
    'scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, rate_factor)',
  ];
}

function factor(schedule: ScheduleSpec, warmupEpochs: number): string {
  switch (schedule.kind) {
    case 'constant':
      return '1.0';
    case 'step':
      return `${literal(schedule.factor)} ** (step // (${inSteps(schedule.everyEpochs, 'round')}))`;
    case 'cosine': {
      const done = warmupEpochs > 0 ? '(step - warmup) / max(1, EPOCHS * steps - warmup)' : 'step / (EPOCHS * steps)';
      const falling = `(1 + math.cos(math.pi * ${done})) / 2`;
      const { finalFraction: last } = schedule;
      return last === 0 ? falling : `${literal(last)} + ${literal(complement(last))} * ${falling}`;
    }
    default:
      return assertNever(schedule);
  }
}
