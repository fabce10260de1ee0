import type { ErrorData } from '../../../electron/domain/errors.ts';
import type { EngineState, RunSummary } from '../../../electron/domain/words.ts';
import type { ExperimentContext } from '../../experiment/experiment-context.ts';
import type { RunContext } from '../../run/run-context.ts';
import type { RunView } from '../../run/run-view.ts';
import type { Place } from '../../window/place.ts';
import type { QueueState } from './queue.svelte.ts';

/** What Train needs of the window. */
export interface TrainContext extends ExperimentContext, RunContext {
  place: Place;
  readonly engine: EngineState;
  readonly runs: readonly RunSummary[];
  /** The run that Train shows. */
  readonly current: RunView | undefined;
  readonly queue: QueueState;
  readonly loadProblem: ErrorData | undefined;
  /** What kept the last start from starting. */
  readonly startProblem: ErrorData | undefined;
  /** Shows a run in Train. */
  show(runId: string): Promise<void>;
  /** Goes to Latent with a run's model. */
  openIn(place: 'latent', runId: string): void;
  /** Trains what the panel says. */
  start(): Promise<void>;
}
