import type { AppDescription, StudioApi } from '../../../electron/contract/contract.ts';
import type { ErrorData } from '../../../electron/domain/errors.ts';
import type { EngineState, ImageSetSummary } from '../../../electron/domain/words.ts';
import type { Place } from '../../window/place.ts';
import type { Importing } from './importing.svelte.ts';
import type { Library } from './library.svelte.ts';

/** What Data needs of the window. */
export interface DataContext {
  place: Place;
  readonly api: StudioApi;
  readonly app: AppDescription | undefined;
  readonly engine: EngineState;
  readonly imageSets: readonly ImageSetSummary[];
  readonly library: Library;
  readonly importing: Importing;
  readonly loadProblem: ErrorData | undefined;
  /** Goes to Train with this image set in the panel. */
  trainOn(imageSet: string): Promise<void>;
}
