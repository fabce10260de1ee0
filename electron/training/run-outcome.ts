import { toErrorData } from '../domain/errors.ts';
import type { RunEnded } from '../domain/words.ts';
import { Stopped } from './run-gate.ts';
import { OutOfMemory, TraineeLost } from './torch/trainee-process.ts';

/** How a run ends that was thrown out of its training; what it had saved stays. */
export type RunOutcome = Pick<RunEnded, 'problem' | 'batchThatFits'> & {
  readonly status: 'stopped' | 'interrupted' | 'failed';
};

export function outcomeOf(error: unknown): RunOutcome {
  if (error instanceof Stopped) {
    return { status: 'stopped', ...(error.problem === undefined ? {} : { problem: error.problem }) };
  }
  const { message } = toErrorData(error);
  // The engine's own end is noticed by the host; this one here.
  if (error instanceof TraineeLost) {
    return { status: 'interrupted', problem: `${message} The run was cut off; what it had saved is kept.` };
  }
  const fits = error instanceof OutOfMemory && error.fits > 0 ? { batchThatFits: error.fits } : {};
  return { status: 'failed', problem: message, ...fits };
}
