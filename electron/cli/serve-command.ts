import { access } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { StudioError } from '../domain/errors.ts';
import { makeFolder } from '../files/atomic.ts';
import { defaultDataFolder } from '../files/data-folder.ts';
import { TOKEN_VARIABLE } from '../contract/cluster.ts';
import { AppSettings } from '../host/app-settings.ts';
import { ClusterTokens } from '../host/cluster-tokens.ts';
import type { LaunchEngineAt } from '../host/command-line.ts';
import { EngineProcess } from '../host/engine-process.ts';
import type { ExportWish } from '../host/export.ts';
import { LogFile } from '../host/log-file.ts';
import { Studio } from '../host/studio.ts';
import type { Places } from './places.ts';
import { Downloads } from './serve/downloads.ts';
import { openBrowser } from './serve/open-browser.ts';
import { StudioServer } from './serve/server.ts';
import { Uploads } from './serve/uploads.ts';
import { threadsOption } from './threads-option.ts';

interface ServeOptions {
  readonly port: number;
  readonly data: string;
  readonly threads?: number;
  readonly open?: boolean;
}

/** What the program that serves has and its arguments do not say. */
interface Surroundings {
  readonly places: Places;
  readonly version: string;
  readonly launchEngine: LaunchEngineAt;
}

export function addServe(program: Command, surroundings: Surroundings): void {
  program
    .command('serve')
    .description('serve the app to a browser on this machine')
    .addOption(new Option('--port <number>', 'port to listen on').argParser(portNumber).default(0, 'a free one'))
    .addOption(
      new Option('--data <folder>', 'folder of the runs').default(defaultDataFolder(), 'the app’s data folder'),
    )
    .addOption(threadsOption('as the app’s settings say'))
    .option('--open', 'open the address in the browser')
    .action((options: ServeOptions) => serve(options, surroundings));
}

/** Serves until it is interrupted; the address, alone on its line, is all that goes to stdout. */
async function serve(options: ServeOptions, { places, version, launchEngine }: Surroundings): Promise<void> {
  await access(join(places.pageFolder, 'index.html')).catch((cause: unknown) => {
    const message = `${places.pageFolder}: expected the built page, found none. Run npm run build first.`;
    throw new StudioError('not-found', message, { cause });
  });
  const dataFolder = resolve(options.data);
  await makeFolder(dataFolder);
  const log = new LogFile(dataFolder);
  const report = (problem: string): void => {
    process.stderr.write(`${problem}\n`);
    log.add(problem);
  };
  const downloads = new Downloads();
  const given = options.threads === undefined ? {} : { threads: options.threads };
  const settings = await AppSettings.open({ dataFolder, report, ...given });
  const launch = () => launchEngine(places.engineEntry, dataFolder, settings.current.threads);
  const engine = new EngineProcess(launch, report);
  const chooseExportPlace = (wish: ExportWish) => downloads.place(wish);
  const studio = new Studio({
    host: 'browser',
    version,
    dataFolder,
    engine,
    settings,
    chooseExportPlace,
    clusterSources: places.clusterSources,
    sampleRuns: places.sampleRuns,
    clusterTokens: new ClusterTokens({ dataFolder, report, fromEnvironment: process.env[TOKEN_VARIABLE] }),
    report,
    log,
  });
  const server = await StudioServer.listen({
    port: options.port,
    pageFolder: places.pageFolder,
    downloads,
    uploads: new Uploads(studio.staging, report),
    serveWindow: (port) => studio.serveWindow(port),
    report,
  });
  engine.start();
  process.stderr.write('Open this address in a browser on this machine; Ctrl-C ends the app.\n');
  process.stdout.write(`${server.address}\n`);
  if (options.open) openBrowser(server.address);
  await interrupted();
  await studio.close();
  await Promise.all([server.close(), downloads.close()]);
}

function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
}

function portNumber(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new InvalidArgumentError('Expected a whole number from 0 to 65535.');
}
