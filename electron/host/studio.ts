import type {
  Answer,
  AppDescription,
  EventName,
  Events,
  Handlers,
  Request,
  WindowChannel,
} from '../contract/contract.ts';
import { ClusterError } from '../cluster/cluster-error.ts';
import type { ClusterOrder } from '../contract/cluster.ts';
import type { CommandId } from '../contract/commands.ts';
import { toErrorData } from '../domain/errors.ts';
import type { SettingsAnswer, SettingsChanges } from '../contract/settings.ts';
import { sweepDataFolder } from '../files/left-behind.ts';
import { sweepScratch } from '../files/scratch-folder.ts';
import { sendEvent, servePort, type Port } from '../contract/rpc.ts';
import { handlersOf } from '../contract/handlers.ts';
import { checkedAnswer } from './answer.ts';
import { appHandlers } from './app-handlers.ts';
import { Arrivals } from './arrivals.ts';
import { ClusterService } from './cluster-service.ts';
import { compressionHandlers } from './compression-handlers.ts';
import { experimentHandlers } from './experiment-handlers.ts';
import { filesHandlers } from './files-handlers.ts';
import { ImportWatch } from './import-watch.ts';
import { inspectionHandlers } from './inspection-handlers.ts';
import { modelHandlers } from './model-handlers.ts';
import { runHandlers } from './run-handlers.ts';
import { RunQueue } from './run-queue.ts';
import { RunStore, type ActiveRun } from './run-store.ts';
import { RunWatch } from './run-watch.ts';
import { Samples } from './samples.ts';
import { SettingsService } from './settings-service.ts';
import { Staging } from './staging.ts';
import type { StudioOptions } from './studio-options.ts';
import { TorchService } from './torch/torch-service.ts';
import { serveFiles } from './window-files.ts';
import { engineAsker, windowHandlers, type AskEngine, type HostChannel } from './window-handlers.ts';

type EventListener = <E extends EventName>(name: E, payload: Events[E]) => void;

/** What desktop and `serve` share: answers windows, from disk or through the engine, and passes the engine's events on. */
export class Studio {
  readonly #options: StudioOptions;
  readonly #store: RunStore;
  readonly #listeners = new Set<EventListener>();
  readonly #ask: AskEngine;
  readonly #imports: ImportWatch;
  readonly #runs: RunWatch;
  readonly #queue: RunQueue;
  readonly #clusters: ClusterService;
  readonly #torch: TorchService;
  readonly #settings: SettingsService;
  readonly #samples: Samples;
  readonly staging: Staging;
  readonly arrivals: Arrivals;
  constructor(options: StudioOptions) {
    this.#options = options;
    this.#store = new RunStore(options.dataFolder);
    this.staging = new Staging(options.dataFolder);
    this.arrivals = new Arrivals(this.staging, () => this.#tell('files:arrived', {}));
    this.#ask = engineAsker(options.engine, this.staging);
    const { dataFolder, report } = options;
    this.#settings = new SettingsService({
      kept: options.settings,
      engine: options.engine,
      busy: () => this.#engineWork(),
      tell: (answer) => this.#tell('settings:changed', answer),
    });
    this.#imports = new ImportWatch(async (channel, request) => {
      await this.#settings.settled;
      return this.#ask(channel, request);
    }, this.staging);
    this.#samples = new Samples({
      dataFolder,
      archives: options.sampleRuns,
      report,
      onChange: () => this.#tell('runs:changed', {}),
    });
    this.#clusters = new ClusterService({
      dataFolder,
      report,
      sources: options.clusterSources,
      tokens: options.clusterTokens,
      ask: this.#ask,
      emit: this.#tell,
      onFree: () => this.#queue.advance(),
    });
    this.#torch = new TorchService({
      dataFolder,
      sources: options.clusterSources,
      ask: this.#ask,
      emit: this.#tell,
      choosePython: options.desktop && (() => options.desktop!.choosePython()),
    });
    this.#runs = new RunWatch({
      ask: async (channel, request) => {
        await this.#settings.settled;
        await this.#torch.prepareFor(request);
        return this.#ask(channel, request);
      },
      onSettled: () => this.#queue.advance(),
    });
    this.#queue = new RunQueue({
      dataFolder,
      isFree: (cluster) => options.engine.state.kind === 'ready' && this.#isFree(cluster),
      start: ({ experiment, cluster, device }) =>
        cluster === undefined
          ? this.#runs.start({ experiment, ...(device === undefined ? {} : { device }) })
          : this.#clusters.start(experiment, cluster),
      mayPass: (error) => error instanceof ClusterError,
      tell: (queue) => this.#tell('queue:changed', queue),
    });
    options.engine.onEvent((name, payload) => this.#receive(name, payload));
    const left = [this.staging.sweep(), sweepDataFolder(dataFolder), sweepScratch(), this.#clusters.reopen()];
    Promise.all(left).catch((error: unknown) => {
      report(`What was left by an earlier start could not be removed: ${toErrorData(error).message}`);
    });
  }

  /**
   * Answers one window until the returned function is called.
   * @param files where a desktop window's preload hands over files: the page itself cannot reach it.
   */
  serveWindow(port: Port, files?: Port): () => void {
    const { report } = this.#options;
    const window = {};
    const listener: EventListener = (name, payload) => sendEvent(port, name, payload);
    this.#listeners.add(listener);
    const stops = [
      servePort(port, checkedAnswer(this.#handlersFor(window)), (problem) => report(`From a window: ${problem}`)),
      ...(files ? [serveFiles(files, this.staging, window, report)] : []),
    ];
    return () => {
      this.#listeners.delete(listener);
      for (const stop of stops) stop();
      void this.staging.leave(window);
    };
  }

  /** Whether a run trains here or is about to, from the queue too; a paused one counts, and one on its way to a cluster. */
  get isTraining(): boolean {
    return this.#runs.isBusy || this.#queue.goesOn || this.#clusters.isSending;
  }

  /** Hears every event of the engine, as windows do, after the studio has taken note of it. */
  listen(listener: EventListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Asks the windows to do what somebody chose in the app's menu. */
  choose(command: CommandId): void {
    this.#tell('command:chosen', { command });
  }

  /** Changes some settings. @throws StudioError `busy` for other threads while a run trains; `bad-request` */
  changeSettings(changes: SettingsChanges): Promise<SettingsAnswer> {
    return this.#settings.change(changes);
  }

  /** Lets the active run end and save itself and an import clean up, for as long as `patienceMs`, then ends the engine process. */
  async close(patienceMs = 5_000): Promise<void> {
    const { engine } = this.#options;
    await this.#queue.close();
    const { id: runId } = this.#runs;
    const { importId } = this.#imports;
    const ends: Promise<void>[] = [this.#clusters.close(), this.#torch.close()];
    if (runId !== undefined) {
      // A run that a cluster trains may end meanwhile.
      ends.push(this.#next('run:ended', (ended) => ended.runId === runId));
      void engine.call('run:stop', { runId });
    }
    if (importId !== undefined) {
      ends.push(this.#next('import:ended', (ended) => ended.importId === importId));
      void engine.call('import:cancel', { importId });
    }
    let timer: NodeJS.Timeout | undefined;
    await Promise.race([Promise.all(ends), new Promise<void>((resolve) => (timer = setTimeout(resolve, patienceMs)))]);
    clearTimeout(timer);
    await engine.close();
    await this.staging.close();
  }

  #isFree(cluster: ClusterOrder | undefined): boolean {
    if (cluster !== undefined) return this.#clusters.isFree(cluster);
    return !this.#runs.isBusy;
  }

  #next<E extends EventName>(event: E, fits: (payload: Events[E]) => boolean): Promise<void> {
    return new Promise((resolve) => {
      const stop = this.listen((name, payload) => {
        if (name !== (event as EventName) || !fits(payload as unknown as Events[E])) return;
        stop();
        resolve();
      });
    });
  }

  /** A service a family of channels: `run:pause` is in the handlers of runs, here or, where they have none, in the engine's. */
  #handlersFor(window: object): Handlers<WindowChannel> {
    const { settings, log, desktop, dataFolder, chooseExportPlace: choose, version: appVersion } = this.#options;
    const [ask, store, staging, tell] = [this.#ask, this.#store, this.staging, this.#tell] as const;
    const onFilesUsed = (paths: readonly string[]): void => desktop?.filesUsed(paths);
    const active = (): ActiveRun | undefined => this.#runs.active;
    const app = appHandlers({
      describe: () => this.#describe(),
      settings: () => settings.answer(),
      countRuns: async () => (await store.list(active())).length,
      countImageSets: async () => (await ask('image-set:list', {})).length,
      log,
      desktop,
    });
    const letGo = (runId: string): Promise<void> => this.#clusters.letGo(runId);
    const startImport = (request: Request<'import:start'>): Promise<Answer<'import:start'>> =>
      this.#imports.start(request);
    const startRun = (request: Request<'run:start'>): Promise<Answer<'run:start'>> => this.#runs.start(request);
    const listen = (listener: EventListener): (() => void) => this.listen(listener);
    const [watch, samples] = [this.#runs, this.#samples] as const;
    const own: Handlers<HostChannel> = handlersOf(
      app,
      filesHandlers(staging, this.arrivals, window),
      this.#settings.handlers,
      { 'import:start': startImport },
      runHandlers({ dataFolder, store, staging, ask, choose, watch, samples, letGo, tell, onFilesUsed }),
      experimentHandlers({ staging, choose, onFilesUsed }),
      samples.handlers,
      this.#queue.handlers,
      this.#clusters.handlers,
      this.#torch.handlers,
      modelHandlers({ store, ask, choose, active, appVersion, tell }),
      compressionHandlers(ask, choose),
      inspectionHandlers({ ask, choose, startImport, startRun, listen }),
    );
    return windowHandlers(ask, own);
  }

  /** What would be lost with the engine. */
  #engineWork(): 'run' | 'import' | undefined {
    if (this.#runs.isBusy) return 'run';
    return this.#imports.isBusy ? 'import' : undefined;
  }

  #describe(): AppDescription {
    const { host, version, dataFolder, engine } = this.#options;
    const activeRun = this.#runs.id === undefined ? {} : { activeRun: this.#runs.id };
    const { importId } = this.#imports;
    const activeImport = importId === undefined ? {} : { activeImport: importId };
    return { host, version, dataFolder, engine: engine.state, ...activeRun, ...activeImport };
  }

  #receive<E extends EventName>(name: E, payload: Events[E]): void {
    this.#runs.hear(name, payload);
    if (name === 'import:ended') this.#imports.ended((payload as Events['import:ended']).importId);
    this.#tell(name, payload);
    if (name === 'run:ended') this.#queue.advance();
    if (name !== 'engine:state-changed') return;
    const state = payload as Events['engine:state-changed'];
    if (state.kind === 'ready') this.#queue.advance();
    if (state.kind !== 'lost') return;
    void this.#interrupt(state.message);
    const cutOff = this.#imports.lost(state.message);
    if (cutOff) this.#tell('import:ended', cutOff);
  }

  /** The engine is gone: so is the run it was training. */
  async #interrupt(message: string): Promise<void> {
    const runId = this.#runs.lost();
    if (runId === undefined) return;
    const problem = `${message} The run was cut off; what it had saved is kept.`;
    await this.#store.markInterrupted(runId, problem).catch((error: unknown) => {
      this.#options.report(`The run ${runId} could not be marked as interrupted: ${toErrorData(error).message}`);
    });
    this.#tell('run:ended', { runId, status: 'interrupted', problem });
  }

  #tell: EventListener = (name, payload) => {
    for (const listener of [...this.#listeners]) listener(name, payload);
  };
}
