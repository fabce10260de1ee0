import { access, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { IdSchema } from '../contract/contract.ts';
import { StudioError, toErrorData } from '../contract/errors.ts';
import type { Experiment } from '../contract/experiment.ts';
import type { EpochMetrics, RunRecord, RunStatus, RunSummary, Snapshot } from '../contract/words.ts';
import { RunFolder, type RunState } from '../files/run-folder.ts';

/** The runs in the data folder, read from disk whenever they are asked for. Every id it is given has been checked. */
export class RunShelf {
  readonly #dataFolder: string;

  constructor(dataFolder: string) {
    this.#dataFolder = dataFolder;
  }

  /** Newest first. A run whose files are damaged is listed too, with what is wrong. */
  async list(activeRun: string | undefined): Promise<readonly RunSummary[]> {
    const names = await readdir(join(this.#dataFolder, 'runs')).catch(() => []);
    const ids = names.filter((name) => v.is(IdSchema, name));
    const summaries = await Promise.all(ids.map((id) => this.#summary(id, activeRun)));
    return summaries.sort((a, b) => b.startedAt.localeCompare(a.startedAt));
  }

  /** @throws StudioError `not-found`, or `bad-file` naming the damaged file. */
  async open(runId: string, activeRun: string | undefined): Promise<RunRecord> {
    const folder = await this.#folder(runId);
    const [state, experiment, { metrics, problems }, snapshotEpochs, hasModel] = await Promise.all([
      folder.readState(),
      folder.readExperiment(),
      folder.readMetrics(),
      folder.snapshotEpochs(),
      this.#hasModel(folder),
    ]);
    return {
      summary: summarise(state, experiment, metrics, problems, activeRun),
      experiment,
      metrics,
      snapshotEpochs,
      ...(state.path ? { path: plain(state.path) } : {}),
      ...(state.test ? { test: plain(state.test) } : {}),
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

  async #summary(id: string, activeRun: string | undefined): Promise<RunSummary> {
    try {
      return (await this.open(id, activeRun)).summary;
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
  activeRun: string | undefined,
): RunSummary {
  const errors = metrics.map((epoch) => epoch.validationSquaredError ?? Number.NaN).filter(Number.isFinite);
  const problem = [...(state.problem ? [state.problem] : []), ...problems].join(' ');
  return {
    id: state.id,
    name: experiment.name,
    ...(experiment.preset === undefined ? {} : { preset: experiment.preset }),
    imageSet: experiment.imageSet,
    status: standing(state, activeRun),
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

/** A run noted as running whose process is gone was cut off. */
function standing(state: RunState, activeRun: string | undefined): RunStatus {
  if (state.status !== 'running' || state.id === activeRun) return state.status;
  return isAlive(state.processId) ? 'running' : 'interrupted';
}

function isAlive(processId: number): boolean {
  try {
    return process.kill(processId, 0);
  } catch (error) {
    // The process is there, but another user's.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Drops the keys that are present but undefined, which the schemas' types allow and the contract's do not. */
function plain<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const entries = Object.entries(value).filter(([, entry]) => entry !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]: Exclude<T[K], undefined> };
}
