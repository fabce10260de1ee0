import { stat } from 'node:fs/promises';
import { StudioError } from '../domain/errors.ts';
import type { Experiment } from '../domain/experiment.ts';
import type { EpochMetrics } from '../domain/words.ts';
import { layOut } from '../domain/model-layout.ts';
import type { StatePart } from '../engine/step-runner.ts';
import { removeFolder } from '../files/atomic.ts';
import { checkpointsIn } from '../files/checkpoint-folder.ts';
import { isClusterRun } from '../files/cluster-file.ts';
import { livesStill } from '../files/process-mark.ts';
import type { RunFolder, RunState } from '../files/run-folder.ts';
import { checkClaim, copyModel } from '../model/weights-file.ts';
import { latestCheckpoint, type FoundCheckpoint } from './checkpoints.ts';
import { startOf, type Position } from './epoch-loop.ts';
import { stateOf } from './learner.ts';

/** A run that is to be taken up again. */
export interface Resumption {
  readonly experiment: Experiment;
  readonly state: RunState;
  /** Without one the run begins again: it was cut off before its first. */
  readonly from?: FoundCheckpoint;
  /** A sentence for each checkpoint that was skipped. */
  readonly problems: readonly string[];
}

/**
 * Looks for where a run can be gone on from; changes nothing.
 * @throws StudioError `refused` where the run has finished or is a cluster's, `busy` where a process still trains it, `bad-file` or `not-found`
 *   where its files cannot be read or none of its checkpoints can be used
 */
export async function readResumption(folder: RunFolder): Promise<Resumption> {
  const [state, experiment] = await Promise.all([folder.readState(), folder.readExperiment()]);
  if (isClusterRun(folder)) {
    throw new StudioError(
      'refused',
      `The run "${state.id}" is trained by a cluster. Follow it there: cluster follow ${state.id}`,
    );
  }
  if (state.status === 'finished') {
    throw new StudioError('refused', `The run "${state.id}" has finished: there is nothing to resume.`);
  }
  if (state.status === 'imported') {
    throw new StudioError('refused', `The run "${state.id}" is an imported model: there is nothing to resume.`);
  }
  const living = state.status === 'running' || state.status === 'paused';
  if (living && state.processId !== process.pid && livesStill(state)) {
    throw new StudioError(
      'busy',
      `The run "${state.id}" is in the hands of process ${state.processId}. Stop it there first.`,
    );
  }
  const { found, problems } = await latestCheckpoint(folder, state.id, await stateWithin(folder, experiment));
  if (found === undefined && (await folder.readMetrics()).metrics.length > 1) {
    throw new StudioError('not-found', `${folder.path}: expected a checkpoint to go on from, found none.`);
  }
  return { experiment, state, ...(found === undefined ? {} : { from: found }), problems };
}

/**
 * What the training state is made of. A network is built for it, so what its spec asks for is first compared with what the checkpoints
 * hold: the run may be a stranger's.
 */
async function stateWithin(folder: RunFolder, experiment: Experiment): Promise<readonly StatePart[]> {
  const checkpoints = await checkpointsIn(folder.path);
  if (checkpoints.length === 0) return [];
  const sizes = checkpoints.map(({ statePath }) =>
    stat(statePath).then(
      ({ size }) => size,
      () => 0,
    ),
  );
  checkClaim(layOut(experiment.model).layers, Math.max(...(await Promise.all(sizes))), folder.path);
  return stateOf(experiment);
}

/** Where it goes on. */
export function positionOf({ from }: Resumption): Position {
  if (from === undefined) return startOf(1);
  const { epoch, done, costSum, lastCost, epochSeconds } = from.note;
  return { epoch, done, costSum, epochSeconds, ...(lastCost === undefined ? {} : { lastCost }) };
}

/** Brings a run's files back to where they were at its checkpoint. @returns the epochs that are kept */
export async function takeBack(folder: RunFolder, { from }: Resumption): Promise<EpochMetrics[]> {
  // Without a checkpoint all is begun again, the measured start (epoch 0) too.
  await folder.takeBackAfter((from?.note.epoch ?? 0) - 1);
  if (from?.note.best !== undefined) await copyModel(from.folder.best, folder.modelFolder('best'));
  else await removeFolder(folder.modelFolder('best'));
  if (from === undefined) await removeFolder(folder.modelFolder('last'));
  return (await folder.readMetrics()).metrics;
}
