import type { ExperimentFiles } from './experiment-files.svelte.ts';
import type { Preparing } from './preparing.svelte.ts';

/** What shows or edits the experiment in preparation needs of the window. */
export interface ExperimentContext {
  readonly preparing: Preparing;
  readonly draft: Preparing['draft'];
  readonly reading: Preparing['reading'];
  readonly files: ExperimentFiles;
}
