import { randomBytes } from 'node:crypto';
import { access, open } from 'node:fs/promises';
import { join } from 'node:path';
import { StudioError, toErrorData } from '../domain/errors.ts';
import type { Experiment } from '../domain/experiment.ts';
import { readExperiment } from '../domain/migrate-experiment.ts';
import type { StoredRunAnswers } from '../contract/stored-runs.ts';
import { fillNewFolder } from '../files/atomic.ts';
import { archivedExperiment, openArchive } from '../files/open-archive.ts';
import { readFully } from '../files/read-fully.ts';
import { RunFolder, type RunState } from '../files/run-folder.ts';
import { trashOf } from '../files/run-trash.ts';
import type { StagedFile } from './staged-list.ts';

/** An experiment takes a few thousand bytes. */
const MOST_EXPERIMENT_BYTES = 4 * 2 ** 20;
/** How a zip file begins: an exported run. */
const ZIP_MARK = Buffer.from('PK\u0003\u0004', 'latin1');

/**
 * Takes in exported runs, each whole or not at all; one that cannot be read does not keep the others out.
 * @param signal ends it: what was taken in before stays, nothing of the rest does
 */
export async function importRuns(
  files: readonly StagedFile[],
  dataFolder: string,
  signal?: AbortSignal,
): Promise<StoredRunAnswers['run:import']> {
  const runIds: string[] = [];
  const problems: string[] = [];
  for (const file of files) {
    try {
      signal?.throwIfAborted();
      runIds.push(await importRun(file, dataFolder, signal));
    } catch (error) {
      if (signal?.aborted === true) return { runIds, problems, stopped: true };
      problems.push(toErrorData(error).message);
    }
  }
  return { runIds, problems };
}

/**
 * Takes in one exported run, whole or not at all. One whose id is taken gets another.
 * @returns the id it has here
 * @throws StudioError `bad-file` naming the file and what is wrong with it
 */
export async function importRun({ path, name }: StagedFile, dataFolder: string, signal?: AbortSignal): Promise<string> {
  return fillNewFolder(join(dataFolder, 'runs'), async (temporary) => {
    const state = await openArchive(path, name, temporary, signal);
    const id = await freeId(state.id, dataFolder);
    await new RunFolder(temporary).writeState(settled(state, id));
    return id;
  });
}

/** As this machine has the run: no process of it trains it. */
function settled(state: RunState, id: string): RunState {
  const cutOff = state.status === 'running' || state.status === 'paused';
  const here: RunState = { ...state, id, processId: 0, status: cutOff ? 'interrupted' : state.status };
  delete here.processMark;
  return here;
}

/** The id itself, unless a run here or in the trash has it. */
async function freeId(id: string, dataFolder: string): Promise<string> {
  const folders = [dataFolder, trashOf(dataFolder)].map((folder) => RunFolder.under(folder, id).path);
  const looks = await Promise.allSettled(folders.map((folder) => access(folder)));
  if (looks.every(({ status }) => status === 'rejected')) return id;
  return `${id.slice(0, 70)}-${randomBytes(4).toString('hex')}`;
}

/** Experiments from JSON files and from exported runs, older versions migrated. */
export async function openExperiments(files: readonly StagedFile[]): Promise<StoredRunAnswers['experiment:open']> {
  const experiments: Experiment[] = [];
  const problems: string[] = [];
  for (const file of files) {
    try {
      experiments.push(await openExperiment(file));
    } catch (error) {
      problems.push(toErrorData(error).message);
    }
  }
  return { experiments, problems };
}

async function openExperiment({ path, name }: StagedFile): Promise<Experiment> {
  const file = await open(path).catch((cause: unknown) => {
    throw new StudioError('not-found', `${name}: the file cannot be read.`, { cause });
  });
  try {
    const start = Buffer.alloc(4);
    await readFully(file, start, 0);
    if (start.equals(ZIP_MARK)) return await archivedExperiment(path, name);
    const { size } = await file.stat();
    if (size > MOST_EXPERIMENT_BYTES) {
      const most = `at most ${MOST_EXPERIMENT_BYTES.toLocaleString('en')} bytes`;
      throw new StudioError('bad-file', `${name}: expected ${most}, found ${size.toLocaleString('en')}.`);
    }
    return experimentFrom(await file.readFile('utf8'), name);
  } finally {
    await file.close();
  }
}

function experimentFrom(text: string, name: string): Experiment {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new StudioError('bad-file', `${name}: expected JSON, found text that is not JSON.`, { cause });
  }
  return readExperiment(value, name);
}
