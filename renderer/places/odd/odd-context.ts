import type { EngineState, ImageSetSummary } from '../../../electron/domain/words.ts';
import type { Link } from '../../link/connection.ts';
import type { Preferences } from '../../window/preferences.svelte.ts';
import type { Place } from '../../window/place.ts';
import type { Odd } from './odd.svelte.ts';

/** What Odd ones needs of the window. */
export interface OddContext {
  place: Place;
  readonly engine: EngineState;
  readonly link: Link;
  readonly imageSets: readonly ImageSetSummary[];
  readonly preferences: Pick<Preferences, 'errorUnit'>;
  readonly odd: Odd;
}
