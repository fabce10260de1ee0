import type { Answer, EventName, Events, ExportAnswer, Handlers } from '../contract/contract.ts';
import { StudioError } from '../contract/errors.ts';
import type { ShelfAnswers } from '../contract/shelf.ts';
import { writeJson, writeWhole } from '../files/atomic.ts';
import { ARCHIVE_ENDING, writeArchive } from '../files/run-archive.ts';
import { RunFolder } from '../files/run-folder.ts';
import { emptyRunTrash, moveRuns, trashOf } from '../files/run-trash.ts';
import { exportInto, fileName, type ChooseExportPlace } from './export.ts';
import { reportOf } from './report/report.ts';
import { importRuns, openExperiments } from './run-files.ts';
import { RunShelf, type ActiveRun } from './run-shelf.ts';
import { stagedFiles, type StagedFile } from './staged-list.ts';
import type { Staging } from './staging.ts';
import type { AskEngine } from './window-handlers.ts';

export interface ShelfSurroundings {
  readonly dataFolder: string;
  readonly shelf: RunShelf;
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
export function shelfHandlers(around: ShelfSurroundings): Handlers<keyof ShelfAnswers> {
  const { dataFolder, shelf, staging, choose, active, tell, onFilesUsed } = around;
  const saved = (answer: ExportAnswer): ExportAnswer => {
    if (answer.kind === 'saved') onFilesUsed([answer.folder]);
    return answer;
  };
  const trash = new RunShelf(trashOf(dataFolder));
  const changed = (): void => tell('runs:changed', {});
  return {
    'run:annotate': async ({ runId, ...changes }) => {
      await shelf.annotate(runId, changes);
      changed();
      return shelf.summary(runId, active());
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
    'run:thumbnail': ({ runId }) => shelf.thumbnail(runId),
    'run:export': async ({ runId }) => {
      const { summary } = await shelf.open(runId, active());
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
  { shelf, active, isResuming }: ShelfSurroundings,
  runIds: readonly string[],
  what: 'deleted' | 'exported',
): Promise<void> {
  for (const runId of runIds) {
    if (!isResuming(runId) && !(await shelf.isLiving(runId, active()))) continue;
    const { name } = await shelf.summary(runId, active());
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

async function report(around: ShelfSurroundings, runId: string): Promise<Answer<'run:report'>> {
  const { shelf, choose, active, ask } = around;
  const record = await shelf.open(runId, active());
  const name = `${fileName(record.summary.name, 'run')}-report.html`;
  return exportInto(choose, { kind: 'file', name, title: 'Save report' }, async (path) =>
    writeWhole(path, await reportOf(record, (epoch) => shelf.snapshot(runId, epoch), ask)),
  );
}
