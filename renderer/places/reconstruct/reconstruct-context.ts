import type { HandedFile } from '../../../electron/contract/files.ts';
import type { EngineState } from '../../../electron/domain/words.ts';
import type { CompressingContext } from '../../compress/compressing.svelte.ts';
import type { Link } from '../../link/connection.ts';
import type { Place } from '../../window/place.ts';
import type { Reconstruct } from './reconstruct.svelte.ts';

/** What Reconstruct needs of the window. */
export interface ReconstructContext extends CompressingContext {
  place: Place;
  readonly engine: EngineState;
  readonly link: Link;
  readonly reconstruct: Reconstruct;
  /** Goes to Odd ones with a run's model. */
  openIn(place: 'odd', runId: string): void;
  /** Goes to Data, where these files become an image set. */
  makeSet(files: Promise<readonly HandedFile[]>): void;
}
