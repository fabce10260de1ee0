import { access, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { IdSchema } from '../contract/ids.ts';
import { StudioError, toErrorData } from '../contract/errors.ts';
import type { Experiment } from '../contract/experiment.ts';
import type { RunPaused } from '../contract/runs.ts';
import type { EpochMetrics, RunRecord, RunStatus, RunSummary, Snapshot } from '../contract/words.ts';
import { checkpointsIn } from '../files/checkpoint-folder.ts';
import { livesStill } from '../files/process-mark.ts';
import { RunFolder, type RunState } from '../files/run-folder.ts';

/** The run that the engine has in hand, and its pause: told by events, because a full disk keeps it from its file. */
export interface ActiveRun {
  readonly id: string;
  readonly pause?: RunPaused;
}

/** The runs in the data folder, read from disk whenever they are asked for. Every id it is given has been checked. */
export class RunShelf {
  readonly #dataFolder: string;

  constructor(dataFolder: string) {
    this.#dataFolder = dataFolder;
  }

  /** Newest first. A run whose files are damaged is listed too, with what is wrong. */
  async list(active: ActiveRun | undefined): Promise<readonly RunSummary[]> {
    const names = await readdir(join(this.#dataFolder, 'runs')).catch(() => []);
    const ids = names.filter((name) => v.is(IdSchema, name));
    const summaries = await Promise.all(ids.map((id) => this.#summary(id, active)));
    return summaries.sort((a, b) => b.startedAt.localeCompare(a.startedAt));
  }

  /** @throws StudioError `not-found`, or `bad-file` naming the damaged file. */
  async open(runId: string, active: ActiveRun | undefined): Promise<RunRecord> {
    const folder = await this.#folder(runId);
    const [state, experiment, { metrics, problems }, snapshotEpochs, hasModel, checkpoints] = await Promise.all([
      folder.readState(),
      folder.readExperiment(),
      folder.readMetrics(),
      folder.snapshotEpochs(),
      this.#hasModel(folder),
      checkpointsIn(folder.path),
    ]);
    const status = standing(state, active);
    const told = toldOf(state, active);
    const resumable = canBeResumed(status, metrics.length, checkpoints.length);
    return {
      summary: { ...summarise(state, experiment, metrics, [...told, ...problems]), status, resumable },
      experiment,
      metrics,
      snapshotEpochs,
      ...(state.path ? { path: plain(state.path) } : {}),
      ...(state.test ? { test: plain(state.test) } : {}),
      ...(state.inexact === undefined ? {} : { inexact: state.inexact }),
      hasModel,
    };
  }

  async snapshot(runId: string, epoch: number): Promise<Snapshot> {
    return (await this.#folder(runId)).readSnapshot(runId, epoch);
  }

  /** Notes in the run's folder that its process was lost. */
  async markInterrupted(runId: string, problem: string): Promise<void> {
    const folder = RunFolder.under(this.#dataFolder, runId);
    await folder.writeState({ ...(await folder.readState()), status: 'interrupted', problem });
  }

  async #folder(runId: string): Promise<RunFolder> {
    const folder = RunFolder.under(this.#dataFolder, runId);
    await access(folder.path).catch((cause: unknown) => {
      throw new StudioError('not-found', `There is no run "${runId}" in ${this.#dataFolder}.`, { cause });
    });
    return folder;
  }

  async #hasModel(folder: RunFolder): Promise<boolean> {
    const looks = (['best', 'last'] as const).map((weights) => access(folder.modelFolder(weights)));
    return (await Promise.allSettled(looks)).some((look) => look.status === 'fulfilled');
  }

  async #summary(id: string, active: ActiveRun | undefined): Promise<RunSummary> {
    try {
      return (await this.open(id, active)).summary;
    } catch (error) {
      const state = await RunFolder.under(this.#dataFolder, id)
        .readState()
        .catch(() => undefined);
      return {
        id,
        name: id,
        imageSet: '',
        status: 'failed',
        startedAt: state?.startedAt ?? '',
        epochs: 0,
        epochsDone: 0,
        codeSize: 0,
        seed: 0,
        resumable: false,
        problem: toErrorData(error).message,
      };
    }
  }
}

function summarise(
  state: RunState,
  experiment: Experiment,
  metrics: readonly EpochMetrics[],
  problems: readonly string[],
): Omit<RunSummary, 'status' | 'resumable'> {
  const errors = metrics.map((epoch) => epoch.validationSquaredError ?? Number.NaN).filter(Number.isFinite);
  const problem = problems.join(' ');
  return {
    id: state.id,
    name: experiment.name,
    ...(experiment.preset === undefined ? {} : { preset: experiment.preset }),
    imageSet: experiment.imageSet,
    startedAt: state.startedAt,
    epochs: experiment.training.epochs,
    epochsDone: metrics.at(-1)?.epoch ?? 0,
    codeSize: experiment.model.code.size,
    seed: experiment.training.seed,
    ...(errors.length === 0 ? {} : { bestValidationSquaredError: Math.min(...errors) }),
    ...(state.test ? { testSquaredError: state.test.squaredError } : {}),
    ...(problem === '' ? {} : { problem }),
  };
}

/** A run noted as running or paused whose process is gone was cut off. */
function standing(state: RunState, active: ActiveRun | undefined): RunStatus {
  if (state.id === active?.id) return active.pause === undefined ? 'running' : 'paused';
  if (!isLiving(state.status)) return state.status;
  return livesStill(state) ? state.status : 'interrupted';
}

/** What is wrong with the run itself. */
function toldOf(state: RunState, active: ActiveRun | undefined): readonly string[] {
  const problem = state.id === active?.id ? active.pause?.problem : state.problem;
  return problem === undefined ? [] : [problem];
}

const isLiving = (status: RunStatus): boolean => status === 'running' || status === 'paused';

/** One cut off before its first checkpoint, which the end of the first epoch writes, begins again. */
function canBeResumed(status: RunStatus, epochs: number, checkpoints: number): boolean {
  if (isLiving(status) || status === 'finished') return false;
  return checkpoints > 0 || (status === 'interrupted' && epochs <= 1);
}

/** Drops the keys that are present but undefined, which the schemas' types allow and the contract's do not. */
function plain<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const entries = Object.entries(value).filter(([, entry]) => entry !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]: Exclude<T[K], undefined> };
}
