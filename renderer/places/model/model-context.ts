import type { ErrorData } from '../../../electron/domain/errors.ts';
import type { ExperimentContext } from '../../experiment/experiment-context.ts';
import type { Place } from '../../window/place.ts';

/** What Model needs of the window. */
export interface ModelContext extends ExperimentContext {
  place: Place;
  readonly loadProblem: ErrorData | undefined;
}
