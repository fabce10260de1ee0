import type { Experiment } from '../../../electron/domain/experiment.ts';
import type { ErrorData } from '../../../electron/domain/errors.ts';
import type { RunSummary } from '../../../electron/domain/words.ts';
import type { ExperimentContext } from '../../experiment/experiment-context.ts';
import type { RunContext } from '../../run/run-context.ts';
import type { RunView } from '../../run/run-view.ts';
import type { Place } from '../../window/place.ts';
import type { ModelImport } from './model-import.svelte.ts';
import type { RunsStore } from './runs-store.svelte.ts';

/** What Runs needs of the window. */
export interface RunsContext extends RunContext, Pick<ExperimentContext, 'reading'> {
  place: Place;
  readonly store: RunsStore;
  readonly models: ModelImport;
  readonly runs: readonly RunSummary[];
  readonly chosen: RunView | undefined;
  readonly chosenId: string | undefined;
  /** What kept the chosen run from opening. */
  readonly openProblem: ErrorData | undefined;
  /** Opens a run. */
  choose(runId: string): Promise<void>;
  /** Goes to a place with a run's model. */
  openIn(place: 'latent' | 'reconstruct', runId: string): void;
  /** Goes to Data with an image set. */
  showSet(id: string): void;
  /** Goes to Train with a run's settings in the panel. */
  reuse(experiment: Experiment): void;
}
