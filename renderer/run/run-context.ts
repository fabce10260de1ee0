import type { Experiment } from '../../electron/domain/experiment.ts';
import type { Clusters } from '../cluster/clusters.svelte.ts';
import type { GraphicsCard } from '../cluster/graphics-card.svelte.ts';
import type { CompressingContext } from '../compress/compressing.svelte.ts';
import type { Link } from '../link/connection.ts';
import type { Preferences } from '../window/preferences.svelte.ts';
import type { Remembered } from '../window/remembered.ts';
import type { References } from './references.svelte.ts';
import type { RunControl } from './run-control.svelte.ts';
import type { RunView } from './run-view.ts';

/** What a run's results need of the window, wherever they are shown. */
export interface RunContext extends CompressingContext {
  /** The run that this computer trains. */
  readonly active: RunView | undefined;
  readonly link: Link;
  readonly starting: boolean;
  readonly control: RunControl;
  readonly clusters: Clusters;
  readonly card: GraphicsCard;
  readonly references: References;
  readonly remembered: Remembered;
  readonly preferences: Preferences;
  /** Puts an experiment into the panel of Train, and trains it. */
  tryOut(experiment: Experiment): Promise<void>;
}
