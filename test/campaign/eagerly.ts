import { StudioError } from '../../electron/domain/errors.ts';
import { CompiledInference } from '../../electron/engine/graph/compiled-inference.ts';
import { CompiledRunner } from '../../electron/engine/graph/compiled-runner.ts';
import type { CheckpointPolicy } from '../../electron/training/checkpoints.ts';

/** A checkpoint at every epoch's end, and within it after every few steps. */
export const often: CheckpointPolicy = { minutes: 0.02 / 60, leastSeconds: 0 };

/** Lets every compilation in this process fail. */
export function trainEagerly(): void {
  const refuse = (): Promise<never> => Promise.reject(new StudioError('engine-failed', 'not in this campaign'));
  CompiledRunner.compile = refuse;
  CompiledInference.compile = refuse;
  // Each run says so.
  process.stderr.write = () => true;
}
