import type { Experiment } from '../domain/experiment.ts';
import type { EpochMetrics, RunRecord, TrainingPath } from '../domain/words.ts';
import { ownMark } from './process-mark.ts';
import { readAnnotations } from './run-annotations.ts';
import type { RunFolder, RunState } from './run-folder.ts';
import { summaryOf } from './run-summary.ts';

/** run.json while its run lives: what it says, and the record that windows are shown of it. */
export class RunNotes {
  private state: RunState;
  private readonly folder: RunFolder;

  /** @param before what run.json said of a run that is taken up again */
  constructor(folder: RunFolder, id: string, before?: RunState) {
    this.folder = folder;
    const mine = { status: 'running', processId: process.pid, processMark: ownMark() } as const;
    this.state = { version: 1, id, startedAt: new Date().toISOString(), ...before, ...mine };
    delete this.state.problem;
    delete this.state.batchThatFits;
  }

  get current(): RunState {
    return this.state;
  }

  /** Writes what has changed; a problem that is not said again no longer stands. */
  async write(changes: Partial<RunState>): Promise<void> {
    const state = { ...this.state };
    delete state.problem;
    this.state = { ...state, ...changes };
    await this.folder.writeState(this.state);
  }

  /** How the path was chosen is kept where a resumed run takes the same one. */
  pathOf(taken: TrainingPath): TrainingPath {
    const before = this.state.path;
    if (taken.reason !== undefined || before?.kind !== taken.kind || before.reason === undefined) return taken;
    return { ...taken, reason: before.reason };
  }

  /** @param difference what the run computes with now, and did not before. @returns what to say of it, and of what was before */
  inexactFrom(step: number, difference: string | undefined): string | undefined {
    const before = this.state.inexact;
    if (difference === undefined) return before;
    const now = `From step ${step} on this run may differ in its last bits from one never interrupted: ${difference}.`;
    return before === undefined ? now : `${before} ${now}`;
  }

  /** @param kept the epochs that a resumed run keeps */
  async record(experiment: Experiment, kept: readonly EpochMetrics[]): Promise<RunRecord> {
    const { inexact, id, startedAt } = this.state;
    // What is damaged there is told by whoever lists the runs.
    const annotations = await readAnnotations(this.folder).catch(() => ({ tags: [], notes: '' }));
    return {
      summary: { ...summaryOf({ id, startedAt }, experiment, kept, annotations), status: 'running', resumable: false },
      experiment,
      metrics: kept,
      snapshotEpochs: await this.folder.snapshotEpochs(),
      ...(inexact === undefined ? {} : { inexact }),
      hasModel: kept.length > 0,
    };
  }
}
