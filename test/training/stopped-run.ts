import { readdirSync } from 'node:fs';
import { expect } from 'vitest';
import type { RunFolder } from '../../electron/files/run-folder.ts';
import { afterCalls, eachEpoch, experiment, tinyRun, tinySet, train } from './samples.ts';

export const set = tinySet(45);
export const given = experiment();

/** Stops a run in its third epoch: checkpoints at the end of the second, and after two steps of the third. */
export async function trainStopped(data: string): Promise<RunFolder> {
  const tiny = tinyRun(data, set, given, { policy: eachEpoch });
  afterCalls(12, () => tiny.run.stop());
  expect(await train(tiny)).toEqual({ runId: 'a-run', status: 'stopped' });
  return tiny.folder;
}

export const checkpointsOf = (path: string): string[] =>
  readdirSync(path).filter((name) => name.startsWith('checkpoint-'));
