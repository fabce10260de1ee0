import type { AppDescription } from '../contract/contract.ts';
import type { Report } from '../contract/rpc.ts';
import type { DesktopServices } from './app-handlers.ts';
import type { AppSettings } from './app-settings.ts';
import type { ClusterTokens } from './cluster-tokens.ts';
import type { EngineProcess } from './engine-process.ts';
import type { ChooseExportPlace } from './export.ts';
import type { LogFile } from './log-file.ts';

/** What the host of a studio has, and how the desktop's differs from `serve`. */
export interface StudioOptions {
  readonly host: AppDescription['host'];
  readonly version: string;
  readonly dataFolder: string;
  /** Launched with what the settings say at that time. */
  readonly engine: EngineProcess;
  readonly settings: AppSettings;
  readonly chooseExportPlace: ChooseExportPlace;
  /** The folder `resources/cluster`. */
  readonly clusterSources: string;
  /** The folder `resources/samples`: exported runs that are among the runs from the first start on; without it there are none. */
  readonly sampleRuns?: string;
  readonly clusterTokens: ClusterTokens;
  readonly report: Report;
  readonly log?: LogFile;
  /** Absent where the window may be on another machine. */
  readonly desktop?: DesktopServices;
}
