import { join } from 'node:path';
import { launchEngine } from '../../../electron/cli/launch-engine.ts';
import type { WindowChannel } from '../../../electron/contract/contract.ts';
import { unwrap } from '../../../electron/domain/errors.ts';
import { Caller } from '../../../electron/contract/rpc.ts';
import type { RunEnded } from '../../../electron/domain/words.ts';
import { AppSettings } from '../../../electron/host/app-settings.ts';
import { EngineProcess } from '../../../electron/host/engine-process.ts';
import { Studio } from '../../../electron/host/studio.ts';
import { portPair } from '../../contract/port-pair.ts';
import { clusterParts } from '../../host/cluster-parts.ts';

const ENGINE = join(import.meta.dirname, '../../../electron/engine-process/engine-entry.ts');

/** The app as a window has it: the host, with its engine in a process of its own. */
export class WindowSide {
  readonly window: Caller<WindowChannel>;
  /** What the host had to say. */
  readonly reports: readonly string[];
  private readonly studio: Studio;

  private constructor(studio: Studio, reports: string[]) {
    this.studio = studio;
    this.reports = reports;
    const [near, far] = portPair();
    studio.serveWindow(far);
    this.window = new Caller<WindowChannel>(near);
  }

  /** As a start of the app on a data folder, whose person then gives the token. */
  static async open(dataFolder: string, address: string, token: string): Promise<WindowSide> {
    const reports: string[] = [];
    const report = (problem: string): void => void reports.push(problem);
    const settings = await AppSettings.open({ dataFolder, report });
    const engine = new EngineProcess(() => launchEngine(ENGINE, dataFolder, 1), report);
    const own = { host: 'desktop', version: '', dataFolder, ...clusterParts(dataFolder) } as const;
    const chooseExportPlace = () => Promise.resolve(undefined);
    const side = new WindowSide(new Studio({ ...own, engine, settings, chooseExportPlace, report }), reports);
    engine.start();
    unwrap(await side.window.call('cluster:keep-token', { address, token }));
    return side;
  }

  /** Resolves when an epoch has come that is at least this one. */
  untilEpoch(least: number): Promise<void> {
    return new Promise((resolve) => {
      const stop = this.window.listen('run:epoch-ended', ({ metrics }) => {
        if (metrics.epoch < least) return;
        stop();
        resolve();
      });
    });
  }

  /** How the next run to end has ended. */
  nextEnd(): Promise<RunEnded> {
    return new Promise((resolve) => {
      const stop = this.window.listen('run:ended', (ended) => {
        stop();
        resolve(ended);
      });
    });
  }

  async close(): Promise<void> {
    await this.studio.close(60_000);
  }
}
