import type { Answer, EventName, Events, Handlers } from '../contract/contract.ts';
import type { ExportAnswer } from '../contract/export-answer.ts';
import { StudioError } from '../domain/errors.ts';
import type { StoredRunAnswers } from '../contract/stored-runs.ts';
import { writeJson, writeWhole } from '../files/atomic.ts';
import { ARCHIVE_ENDING, writeArchive } from '../files/run-archive.ts';
import { RunFolder } from '../files/run-folder.ts';
import { emptyRunTrash, moveRuns, trashOf } from '../files/run-trash.ts';
import { exportInto, fileName, type ChooseExportPlace } from './export.ts';
import { reportOf } from './report/report.ts';
import { importRuns, openExperiments } from './run-files.ts';
import { RunStore, type ActiveRun } from './run-store.ts';
import { stagedFiles, type StagedFile } from './staged-list.ts';
import type { Staging } from './staging.ts';
import type { AskEngine } from './window-handlers.ts';

export interface RunStoreSurroundings {
  readonly dataFolder: string;
  readonly store: RunStore;
  readonly staging: Staging;
  readonly ask: AskEngine;
  readonly choose: ChooseExportPlace;
  readonly active: () => ActiveRun | undefined;
  /** Whether the run is being taken up again at this moment. */
  readonly isResuming: (runId: string) => boolean;
  /** Stops what a cluster may still do for a run that nobody follows. */
  readonly letGo: (runId: string) => Promise<void>;
  readonly tell: <E extends EventName>(name: E, payload: Events[E]) => void;
  readonly onFilesUsed: (paths: readonly string[]) => void;
}

/** Answers what is asked of runs that lie on disk, and of experiments as files. */
export function runStoreHandlers(
  around: RunStoreSurroundings,
): Handlers<Exclude<keyof StoredRunAnswers, 'samples:restore'>> {
  const { dataFolder, store, staging, choose, active, tell, onFilesUsed } = around;
  const saved = (answer: ExportAnswer): ExportAnswer => {
    if (answer.kind === 'saved') onFilesUsed([answer.folder]);
    return answer;
  };
  const trash = new RunStore(trashOf(dataFolder));
  const changed = (): void => tell('runs:changed', {});
  return {
    'run:annotate': async ({ runId, ...changes }) => {
      await store.annotate(runId, changes);
      changed();
      return store.summary(runId, active());
    },
    'run:delete': async ({ runIds }) => {
      await expectIdle(around, runIds, 'deleted');
      for (const runId of runIds) await around.letGo(runId);
      await moveRuns(runIds, dataFolder, trashOf(dataFolder));
      changed();
      return {};
    },
    'run:restore': async ({ runIds }) => {
      await moveRuns(runIds, trashOf(dataFolder), dataFolder);
      changed();
      return {};
    },
    'run:trash': () => trash.list(undefined),
    'run:empty-trash': async () => {
      await emptyRunTrash(dataFolder);
      changed();
      return {};
    },
    'run:thumbnail': ({ runId }) => store.thumbnail(runId),
    'run:export': async ({ runId }) => {
      const { summary } = await store.open(runId, active());
      await expectIdle(around, [runId], 'exported');
      const name = `${fileName(summary.name, 'run')}${ARCHIVE_ENDING}`;
      const wish = { kind: 'file', name, title: 'Export run' } as const;
      return saved(await exportInto(choose, wish, (path) => writeArchive(RunFolder.under(dataFolder, runId), path)));
    },
    'run:import': async ({ staged }) => {
      const given = staging.given(staged);
      const answer = await withStaged(staging, staged, (files) => importRuns(files, dataFolder));
      if (answer.problems.length === 0) onFilesUsed(given);
      if (answer.runIds.length > 0) changed();
      return answer;
    },
    'run:report': (request) => report(around, request.runId),
    'experiment:save': async ({ experiment }) => {
      const name = `${fileName(experiment.name, 'experiment')}.json`;
      const wish = { kind: 'file', name, title: 'Save experiment' } as const;
      return saved(await exportInto(choose, wish, (path) => writeJson(path, experiment)));
    },
    'experiment:open': async ({ staged }) => {
      const given = staging.given(staged);
      const answer = await withStaged(staging, staged, openExperiments);
      if (answer.problems.length === 0) onFilesUsed(given);
      return answer;
    },
  };
}

/** Files that are no longer changed while they are moved or read. */
async function expectIdle(
  { store, active, isResuming }: RunStoreSurroundings,
  runIds: readonly string[],
  what: 'deleted' | 'exported',
): Promise<void> {
  for (const runId of runIds) {
    if (!isResuming(runId) && !(await store.isLiving(runId, active()))) continue;
    const { name } = await store.summary(runId, active());
    throw new StudioError(
      'busy',
      `The run "${name}" is training and cannot be ${what}. Stop it, or wait until it has finished.`,
    );
  }
}

async function withStaged<T>(
  staging: Staging,
  staged: string,
  work: (files: readonly StagedFile[]) => Promise<T>,
): Promise<T> {
  const letGo = staging.hold(staged);
  try {
    return await work(await stagedFiles(staging.paths(staged)));
  } finally {
    await letGo();
  }
}

async function report(around: RunStoreSurroundings, runId: string): Promise<Answer<'run:report'>> {
  const { store, choose, active, ask } = around;
  const record = await store.open(runId, active());
  const name = `${fileName(record.summary.name, 'run')}-report.html`;
  return exportInto(choose, { kind: 'file', name, title: 'Save report' }, async (path) =>
    writeWhole(path, await reportOf(record, (epoch) => store.snapshot(runId, epoch), ask)),
  );
}
