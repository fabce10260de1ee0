import type { ExperimentFiles } from './experiment-files.svelte.ts';
import type { ImageSetSummary } from '../../electron/domain/words.ts';
import type { Preparing } from './preparing.svelte.ts';
import type { ScriptView } from './script/script-view.svelte.ts';

/** What shows or edits the experiment in preparation needs of the window. */
export interface ExperimentContext {
  readonly preparing: Preparing;
  readonly draft: Preparing['draft'];
  readonly reading: Preparing['reading'];
  readonly files: ExperimentFiles;
  /** The image set in the panel. */
  readonly imageSet: ImageSetSummary | undefined;
  /** The experiment as code. */
  readonly script: ScriptView;
}
