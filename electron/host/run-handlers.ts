import type { Answer, EventName, Events, Handlers, WindowChannel } from '../contract/contract.ts';
import type { ExportAnswer } from '../contract/export-answer.ts';
import { StudioError } from '../domain/errors.ts';
import { writeWhole } from '../files/atomic.ts';
import { ARCHIVE_ENDING, writeArchive } from '../files/run-archive.ts';
import { RunFolder } from '../files/run-folder.ts';
import { emptyRunTrash, moveRuns, trashOf } from '../files/run-trash.ts';
import { exportInto, fileName, type ChooseExportPlace } from './export.ts';
import { reportOf } from './report/report.ts';
import { importRuns } from './run-files.ts';
import { RunStore } from './run-store.ts';
import { withStaged } from './staged-list.ts';
import type { Staging } from './staging.ts';
import type { RunWatch } from './run-watch.ts';
import type { Samples } from './samples.ts';
import type { AskEngine } from './window-handlers.ts';

export interface RunSurroundings {
  readonly dataFolder: string;
  readonly store: RunStore;
  readonly staging: Staging;
  readonly ask: AskEngine;
  readonly choose: ChooseExportPlace;
  readonly watch: RunWatch;
  /** Those that come with the app are among the runs before they are listed. */
  readonly samples: Samples;
  /** Stops what a cluster may still do for a run that nobody follows. */
  readonly letGo: (runId: string) => Promise<void>;
  readonly tell: <E extends EventName>(name: E, payload: Events[E]) => void;
  readonly onFilesUsed: (paths: readonly string[]) => void;
}

/** What of `run:` needs more than the engine, or no engine. */
type Channel = Exclude<Extract<WindowChannel, `run:${string}`>, 'run:pause' | 'run:stop'>;

/** Answers what is asked of runs: of those on disk here, and starts and resumptions on their way to the engine. */
export function runHandlers(around: RunSurroundings): Handlers<Channel> {
  const { dataFolder, store, staging, choose, watch, tell, onFilesUsed } = around;
  const saved = (answer: ExportAnswer): ExportAnswer => {
    if (answer.kind === 'saved') onFilesUsed([answer.folder]);
    return answer;
  };
  const trash = new RunStore(trashOf(dataFolder));
  const changed = (): void => tell('runs:changed', {});
  /** By what was staged. */
  const imports = new Map<string, AbortController>();
  return {
    'run:start': (request) => watch.start(request),
    'run:resume': (request) => watch.resume(request),
    'run:list': async () => {
      await around.samples.given;
      return store.list(watch.active);
    },
    'run:open': ({ runId }) => store.open(runId, watch.active),
    'run:snapshot': ({ runId, epoch }) => store.snapshot(runId, epoch),
    'run:annotate': async ({ runId, ...changes }) => {
      await store.annotate(runId, changes);
      changed();
      return store.summary(runId, watch.active);
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
      const { summary } = await store.open(runId, watch.active);
      await expectIdle(around, [runId], 'exported');
      const name = `${fileName(summary.name, 'run')}${ARCHIVE_ENDING}`;
      const wish = { kind: 'file', name, title: 'Export run' } as const;
      return saved(await exportInto(choose, wish, (path) => writeArchive(RunFolder.under(dataFolder, runId), path)));
    },
    'run:import': async ({ staged }) => {
      const given = staging.given(staged);
      const stopping = new AbortController();
      imports.set(staged, stopping);
      const answer = await withStaged(staging, staged, (files) =>
        importRuns(files, dataFolder, stopping.signal),
      ).finally(() => imports.delete(staged));
      if (answer.problems.length === 0 && answer.stopped === undefined) onFilesUsed(given);
      if (answer.runIds.length > 0) changed();
      return answer;
    },
    'run:cancel-import': ({ staged }) => {
      const importing = imports.get(staged);
      if (importing === undefined) throw new StudioError('not-found', 'Import: it has ended already.');
      importing.abort();
      return Promise.resolve({});
    },
    'run:report': (request) => report(around, request.runId),
  };
}

/** Files that are no longer changed while they are moved or read. */
async function expectIdle(
  { store, watch }: RunSurroundings,
  runIds: readonly string[],
  what: 'deleted' | 'exported',
): Promise<void> {
  for (const runId of runIds) {
    if (!watch.isResuming(runId) && !(await store.isLiving(runId, watch.active))) continue;
    const { name } = await store.summary(runId, watch.active);
    throw new StudioError(
      'busy',
      `The run "${name}" is training and cannot be ${what}. Stop it, or wait until it has finished.`,
    );
  }
}

async function report(around: RunSurroundings, runId: string): Promise<Answer<'run:report'>> {
  const { store, choose, watch, ask } = around;
  const record = await store.open(runId, watch.active);
  const name = `${fileName(record.summary.name, 'run')}-report.html`;
  return exportInto(choose, { kind: 'file', name, title: 'Save report' }, async (path) =>
    writeWhole(path, await reportOf(record, (epoch) => store.snapshot(runId, epoch), ask)),
  );
}
