import type { StudioApi } from '../../../electron/contract/contract.ts';
import type { ErrorUnit } from '../../../electron/contract/settings.ts';
import type { Result } from '../../../electron/domain/errors.ts';
import { epochShown } from '../../../electron/domain/epoch-shown.ts';
import type { RunRecord, RunSummary, Snapshot } from '../../../electron/domain/words.ts';
import { lineMark, type LineMark } from '../../charts/line-marks.ts';
import type { XyLine } from '../../charts/xy-chart.ts';
import { differences, type Difference } from './differences.ts';
import { smoothed, type Point } from './smoothing.ts';
import { Loads, type Load } from '../../link/loads.svelte.ts';
import type { RunView } from '../../run/run-view.ts';
import { errorWordsFor } from '../../widgets/error-unit.ts';
import type { Preferences } from '../../window/preferences.svelte.ts';

export type Measure = 'validation' | 'training';

/** Runs whose pictures are shown: more would be a wall nobody compares. */
export const MOST_PICTURED = 12;

/** What a comparison needs of the window. */
export interface ComparisonContext {
  readonly api: StudioApi;
  readonly runs: readonly RunSummary[];
  /** The run that trains: its record grows in the window. */
  readonly active: RunView | undefined;
  readonly preferences: Pick<Preferences, 'errorUnit'>;
}

export interface ComparedRun {
  readonly record: RunRecord;
  readonly mark: LineMark;
}

/** Several runs side by side: their curves, figures, settings and pictures. */
export class Comparison {
  runIds = $state.raw<readonly string[]>([]);
  measure = $state<Measure>('validation');
  logarithmic = $state(true);
  /** Epochs a smoothed value is the mean of; odd, 1: none. */
  window = $state(1);

  readonly records = new Loads<RunRecord>();
  readonly snapshots = new Loads<Snapshot>();
  readonly #context: ComparisonContext;
  /** As they were put side by side: leaving one out changes no other's mark. */
  readonly #began: readonly string[];

  /** Those that could be read, in order. */
  readonly compared = $derived.by<readonly ComparedRun[]>(() =>
    this.runIds.flatMap((id) => {
      const record = this.#recordOf(id);
      return record ? [{ record, mark: this.#markOf(id) }] : [];
    }),
  );
  readonly differences = $derived<readonly Difference[]>(
    differences(this.compared.map(({ record }) => record.experiment)),
  );
  readonly lines = $derived<readonly XyLine[]>(
    this.compared.flatMap((run) =>
      linesOf(run, this.measure, this.#context.preferences.errorUnit, this.window, this.logarithmic),
    ),
  );
  /** Why runs could not be read, a sentence each. */
  readonly problems = $derived.by<readonly string[]>(() =>
    this.runIds.flatMap((id) => {
      const load = this.records.get(id);
      return load?.kind === 'failed' ? [`${this.nameOf(id)}: ${load.error.message}`] : [];
    }),
  );
  /** Whether each run has been read, or cannot be. */
  readonly isRead = $derived(this.compared.length + this.problems.length === this.runIds.length);
  /** Whether the training costs are of one loss, and may be held against each other. */
  readonly oneLoss = $derived(
    this.compared.every(
      ({ record }, _, [first]) => record.experiment.training.loss === first?.record.experiment.training.loss,
    ),
  );

  constructor(context: ComparisonContext, runIds: readonly string[]) {
    this.#context = context;
    this.#began = runIds;
    this.runIds = runIds;
  }

  nameOf(id: string): string {
    return this.#context.runs.find((run) => run.id === id)?.name ?? id;
  }

  /** Reads what is not read yet. */
  async load(): Promise<void> {
    this.records.forgetFailed();
    await Promise.all(this.runIds.map((id) => this.records.ensure(id, () => this.#open(id))));
  }

  /** Follows runs that train while they are compared. Returns how to end it. */
  follow(): () => void {
    return this.#context.api.listen('run:ended', ({ runId }) => {
      if (this.runIds.includes(runId)) void this.records.renew(runId, () => this.#open(runId));
    });
  }

  leaveOut(id: string): void {
    this.runIds = this.runIds.filter((one) => one !== id);
  }

  snapshotOf(record: RunRecord): Load<Snapshot> | undefined {
    return this.snapshots.get(snapshotKey(record.summary.id, epochShown(record)));
  }

  async ensureSnapshot(record: RunRecord): Promise<void> {
    const epoch = epochShown(record);
    const key = snapshotKey(record.summary.id, epoch);
    if (key === undefined || epoch === undefined) return;
    const { id: runId } = record.summary;
    await this.snapshots.ensure(key, () => this.#context.api.call('run:snapshot', { runId, epoch }));
  }

  #markOf(id: string): LineMark {
    return lineMark(this.#began.indexOf(id));
  }

  #recordOf(id: string): RunRecord | undefined {
    const { active } = this.#context;
    if (active?.record.summary.id === id) return active.record;
    return this.records.value(id);
  }

  #open(runId: string): Promise<Result<RunRecord>> {
    return this.#context.api.call('run:open', { runId });
  }
}

const snapshotKey = (runId: string, epoch: number | undefined) =>
  epoch === undefined ? undefined : `${runId}/${epoch}`;

/** Validation: in the unit of errors. Training: the mean cost of the epoch, by the run's own loss. */
export function measureCurve(
  { metrics, experiment }: Pick<RunRecord, 'metrics' | 'experiment'>,
  measure: Measure,
  unit: ErrorUnit,
): readonly Point[] {
  const { of } = errorWordsFor(unit, experiment.model.inputShape);
  return metrics.flatMap(({ epoch, trainingCost, validationSquaredError }) => {
    if (measure === 'training') return [{ x: epoch, y: trainingCost }];
    return validationSquaredError === undefined ? [] : [{ x: epoch, y: of(validationSquaredError) }];
  });
}

function linesOf(
  { record, mark }: ComparedRun,
  measure: Measure,
  unit: ErrorUnit,
  window: number,
  logarithmic: boolean,
): readonly XyLine[] {
  const points = measureCurve(record, measure, unit).filter(({ y }) => Number.isFinite(y) && (!logarithmic || y > 0));
  const marker = points.length === 1 ? 'circle' : 'none';
  const line: XyLine = {
    name: `${mark.letter} ${record.summary.name}`,
    label: mark.letter,
    points: smoothed(points, window),
    colour: mark.colour,
    dash: mark.dash,
    marker,
  };
  if (window <= 1) return [line];
  return [{ ...line, points, colour: mark.faintColour, faint: true }, line];
}
