import { access, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { IdSchema } from '../domain/ids.ts';
import type { Answer } from '../contract/contract.ts';
import { epochShown } from '../domain/epoch-shown.ts';
import { StudioError, toErrorData } from '../domain/errors.ts';
import type { RunPaused } from '../contract/runs.ts';
import type { RunPlaceElsewhere, RunRecord, RunStatus, RunSummary, Snapshot } from '../domain/words.ts';
import { checkpointsIn } from '../files/checkpoint-folder.ts';
import { isClusterRun, placeOf, readClusterJob } from '../files/cluster-file.ts';
import { livesStill } from '../files/process-mark.ts';
import { changeAnnotations, readAnnotations, type Annotations } from '../files/run-annotations.ts';
import { RunFolder, type RunState } from '../files/run-folder.ts';
import { RunIndex } from '../files/run-index.ts';
import { summaryOf } from '../files/run-summary.ts';

/** The run that the engine has in hand, and its pause: told by events, because a full disk keeps it from its file. */
export interface ActiveRun {
  readonly id: string;
  readonly pause?: RunPaused;
}

/**
 * The runs below a folder (the data folder, or its trash), read from disk whenever they are asked for. Every id it is given has
 * been checked.
 */
export class RunStore {
  readonly #dataFolder: string;
  readonly #index: RunIndex;

  /** @param index what is known of these runs without reading them */
  constructor(dataFolder: string, index = new RunIndex(join(dataFolder, 'cache', 'runs.json'))) {
    this.#dataFolder = dataFolder;
    this.#index = index;
  }

  /** Newest first. A run whose files are damaged is listed too, with what is wrong. */
  async list(active: ActiveRun | undefined): Promise<readonly RunSummary[]> {
    const folder = join(this.#dataFolder, 'runs');
    const names = await readdir(folder).catch(() => []);
    const ids = names.filter((name) => v.is(IdSchema, name));
    const read = (id: string) => this.summary(id, active);
    const summaries = await this.#index.summaries(folder, ids, read, active?.id);
    return [...summaries].sort((a, b) => b.startedAt.localeCompare(a.startedAt));
  }

  /** @throws StudioError `not-found`, or `bad-file` naming the damaged file. */
  async open(runId: string, active: ActiveRun | undefined): Promise<RunRecord> {
    const folder = await this.#folder(runId);
    const [state, experiment, { metrics, problems }, said, snapshotEpochs, kept, hasModel, checkpoints, there] =
      await Promise.all([
        stateOf(folder, runId),
        folder.readExperiment(),
        folder.readMetrics(),
        saidOf(folder),
        folder.snapshotEpochs(),
        folder.keptPictures(),
        this.#hasModel(folder),
        checkpointsIn(folder.path),
        thereOf(folder),
      ]);
    const status = standing(state, active);
    const problem = [...toldOf(state, active), ...problems, ...said.problems, ...there.problems].join(' ');
    const resumable = !isClusterRun(folder) && canBeResumed(status, metrics.length, checkpoints.length);
    return {
      summary: {
        ...summaryOf(state, experiment, metrics, said.annotations),
        status,
        resumable,
        ...(problem === '' ? {} : { problem }),
        ...(state.batchThatFits === undefined ? {} : { batchThatFits: state.batchThatFits }),
        ...(there.cluster === undefined ? {} : { cluster: there.cluster }),
      },
      experiment,
      metrics,
      snapshotEpochs,
      ...(kept === undefined ? {} : { keptPictures: kept }),
      ...(state.path ? { path: plain(state.path) } : {}),
      ...(state.test ? { test: plain(state.test) } : {}),
      ...(state.inexact === undefined ? {} : { inexact: state.inexact }),
      ...(state.imported === undefined ? {} : { imported: state.imported }),
      hasModel,
    };
  }

  async snapshot(runId: string, epoch: number): Promise<Snapshot> {
    return (await this.#folder(runId)).readSnapshot(runId, epoch);
  }

  /** What the run makes of its first example, as `epochShown` says; nothing before its first snapshot. @throws StudioError `bad-file` where that is damaged */
  async thumbnail(runId: string): Promise<Answer<'run:thumbnail'>> {
    const folder = await this.#folder(runId);
    const [{ test }, snapshotEpochs, kept] = await Promise.all([
      folder.readState(),
      folder.snapshotEpochs(),
      folder.keptPictures(),
    ]);
    const epoch = epochShown({
      snapshotEpochs,
      ...(test === undefined ? {} : { test: plain(test) }),
      ...(kept === undefined ? {} : { keptPictures: kept }),
    });
    if (epoch === undefined) return {};
    const { reconstructions } = await folder.readSnapshot(runId, epoch);
    const { height, width, channels, count, pixels } = reconstructions;
    if (count === 0) return {};
    return { image: { count: 1, height, width, channels, pixels: pixels.slice(0, height * width * channels) } };
  }

  /** As the list says it: one that is damaged, or not there, is told by its problem. */
  async summary(id: string, active: ActiveRun | undefined): Promise<RunSummary> {
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
        imageValues: 0,
        seed: 0,
        tags: [],
        notes: '',
        curve: [],
        resumable: false,
        problem: toErrorData(error).message,
      };
    }
  }

  /** Writes what a person says of a run; what is left out stays as it is. */
  async annotate(runId: string, changes: Partial<Annotations>): Promise<void> {
    await changeAnnotations(await this.#folder(runId), changes);
  }

  /** Whether a process trains the run or keeps it paused: this app's, or another. */
  async isLiving(runId: string, active: ActiveRun | undefined): Promise<boolean> {
    if (runId === active?.id) return true;
    const state = await stateOf(await this.#folder(runId), runId).catch(() => undefined);
    return state !== undefined && isLiving(standing(state, active));
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
}

/** A run is called by its folder: the file in one that somebody has copied or renamed says the id that it had. */
const stateOf = async (folder: RunFolder, id: string): Promise<RunState> => ({ ...(await folder.readState()), id });

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

/** What a person has said of a run; where that file is damaged nothing, and why. */
async function saidOf(
  folder: RunFolder,
): Promise<{ readonly annotations: Annotations; readonly problems: readonly string[] }> {
  try {
    return { annotations: await readAnnotations(folder), problems: [] };
  } catch (error) {
    return { annotations: { tags: [], notes: '' }, problems: [toErrorData(error).message] };
  }
}

/** The cluster that trains a run, if one does; where that file is damaged nothing, and why. */
async function thereOf(
  folder: RunFolder,
): Promise<{ readonly cluster?: RunPlaceElsewhere; readonly problems: readonly string[] }> {
  if (!isClusterRun(folder)) return { problems: [] };
  try {
    return { cluster: placeOf(await readClusterJob(folder)), problems: [] };
  } catch (error) {
    return { problems: [toErrorData(error).message] };
  }
}

const isLiving = (status: RunStatus): boolean => status === 'running' || status === 'paused';

/**
 * One cut off before its first checkpoint, which the end of the first epoch writes at the latest, begins again; so does one
 * stopped before its first step.
 */
function canBeResumed(status: RunStatus, epochs: number, checkpoints: number): boolean {
  if (isLiving(status) || status === 'finished' || status === 'imported') return false;
  return checkpoints > 0 || (status === 'interrupted' && epochs <= 1) || (status === 'stopped' && epochs === 0);
}

/** Drops the keys that are present but undefined, which the schemas' types allow and the contract's do not. */
function plain<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const entries = Object.entries(value).filter(([, entry]) => entry !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]: Exclude<T[K], undefined> };
}
