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
import type { RunPaused } from '../contract/runs.ts';
import type { SettingsAnswer, SettingsChanges } from '../contract/settings.ts';
import { sweepDataFolder } from '../files/left-behind.ts';
import { sweepScratch } from '../files/scratch-folder.ts';
import { sendEvent, servePort, type Port } from '../contract/rpc.ts';
import { checkedAnswer } from './answer.ts';
import { appHandlers } from './app-handlers.ts';
import { Arrivals } from './arrivals.ts';
import { ClusterService } from './cluster-service.ts';
import { compressionHandlers } from './compression-handlers.ts';
import { exportModel } from './export.ts';
import { ImportWatch } from './import-watch.ts';
import { inspectionHandlers } from './inspection-handlers.ts';
import { RunQueue } from './run-queue.ts';
import { RunStore, type ActiveRun } from './run-store.ts';
import { runStoreHandlers } from './run-store-handlers.ts';
import { Samples } from './samples.ts';
import { SettingsService } from './settings-service.ts';
import { Staging } from './staging.ts';
import type { StudioOptions } from './studio-options.ts';
import { TorchService } from './torch/torch-service.ts';
import { serveFiles } from './window-files.ts';
import { engineAsker, windowHandlers, type AskEngine } from './window-handlers.ts';

type EventListener = <E extends EventName>(name: E, payload: Events[E]) => void;

/** What desktop and `serve` share: answers windows, from disk or through the engine, and passes the engine's events on. */
export class Studio {
  readonly #options: StudioOptions;
  readonly #store: RunStore;
  readonly #listeners = new Set<EventListener>();
  readonly #ask: AskEngine;
  readonly #imports: ImportWatch;
  readonly #queue: RunQueue;
  readonly #clusters: ClusterService;
  readonly #torch: TorchService;
  readonly #settings: SettingsService;
  readonly #samples: Samples;
  readonly staging: Staging;
  readonly arrivals: Arrivals;
  #activeRun: string | undefined;
  /** Its pause, while it lasts. */
  #pause: RunPaused | undefined;
  /** Runs asked for that have not been answered yet. */
  #starting = 0;
  /** Those among them that are taken up again. */
  readonly #resuming = new Set<string>();

  constructor(options: StudioOptions) {
    this.#options = options;
    this.#store = new RunStore(options.dataFolder);
    this.staging = new Staging(options.dataFolder);
    this.arrivals = new Arrivals(this.staging, () => this.#tell('files:arrived', {}));
    this.#ask = engineAsker(options.engine, this.staging);
    this.#imports = new ImportWatch(this.#ask, this.staging);
    const { dataFolder, report } = options;
    this.#settings = new SettingsService({
      kept: options.settings,
      engine: options.engine,
      busy: () => this.#engineWork(),
      tell: (answer) => this.#tell('settings:changed', answer),
    });
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
    });
    this.#queue = new RunQueue({
      dataFolder,
      isFree: (cluster) => options.engine.state.kind === 'ready' && this.#isFree(cluster),
      start: ({ experiment, cluster, device }) =>
        cluster === undefined
          ? this.#begin('run:start', { experiment, ...(device === undefined ? {} : { device }) })
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
    return this.#activeRun !== undefined || this.#starting > 0 || this.#queue.goesOn || this.#clusters.isSending;
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
    const runId = this.#activeRun;
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

  get #active(): ActiveRun | undefined {
    if (this.#activeRun === undefined) return undefined;
    return { id: this.#activeRun, ...(this.#pause === undefined ? {} : { pause: this.#pause }) };
  }

  #isFree(cluster: ClusterOrder | undefined): boolean {
    if (cluster !== undefined) return this.#clusters.isFree(cluster);
    return this.#activeRun === undefined && this.#starting === 0;
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

  #handlersFor(window: object): Handlers<WindowChannel> {
    const { settings, log, desktop } = this.#options;
    return windowHandlers(this.#ask, {
      ...appHandlers(
        {
          describe: () => this.#describe(),
          settings: () => settings.answer(),
          countRuns: async () => (await this.#store.list(this.#active)).length,
          countImageSets: async () => (await this.#ask('image-set:list', {})).length,
          arrivals: this.arrivals,
          log,
          desktop,
        },
        window,
      ),
      'settings:read': () => Promise.resolve(settings.answer()),
      'settings:change': (request) => this.#settings.change(request.changes),
      'files:open': async ({ bytes }) => ({ staged: await this.staging.openFor(window, bytes) }),
      'files:release': async ({ staged }) => {
        await this.staging.release(staged);
        return {};
      },
      'import:start': (request) => this.#startImport(request),
      'run:start': (request) => this.#begin('run:start', request),
      'run:resume': (request) => this.#resume(request),
      'run:list': async () => {
        await this.#samples.given;
        return this.#store.list(this.#active);
      },
      'samples:restore': () => this.#samples.restore(),
      'run:open': ({ runId }) => this.#store.open(runId, this.#active),
      'run:snapshot': ({ runId, epoch }) => this.#store.snapshot(runId, epoch),
      ...runStoreHandlers({
        dataFolder: this.#options.dataFolder,
        store: this.#store,
        staging: this.staging,
        ask: this.#ask,
        choose: this.#options.chooseExportPlace,
        active: () => this.#active,
        isResuming: (runId) => this.#resuming.has(runId),
        letGo: (runId) => this.#clusters.letGo(runId),
        tell: this.#tell,
        onFilesUsed: (paths) => desktop?.filesUsed(paths),
      }),
      ...this.#queue.handlers,
      ...this.#clusters.handlers,
      ...this.#torch.handlers,
      'model:export': async (request) =>
        exportModel(request, {
          choose: this.#options.chooseExportPlace,
          ask: this.#ask,
          record: await this.#store.open(request.runId, this.#active),
          appVersion: this.#options.version,
        }),
      ...compressionHandlers(this.#ask, this.#options.chooseExportPlace),
      ...inspectionHandlers({
        ask: this.#ask,
        choose: this.#options.chooseExportPlace,
        startImport: (request) => this.#startImport(request),
        startRun: (request) => this.#begin('run:start', request),
        listen: (listener) => this.listen(listener),
      }),
      'model:import': async (request) => {
        const answer = await this.#ask('model:import', request);
        this.#tell('runs:changed', {});
        return answer;
      },
    });
  }

  async #startImport(request: Request<'import:start'>): Promise<Answer<'import:start'>> {
    await this.#settings.settled;
    return this.#imports.start(request);
  }

  async #begin<C extends 'run:start' | 'run:resume'>(channel: C, request: Request<C>): Promise<Answer<C>> {
    await this.#settings.settled;
    this.#starting += 1;
    try {
      await this.#torch.prepareFor(request);
      return await this.#ask(channel, request);
    } finally {
      this.#starting -= 1;
      this.#queue.advance();
    }
  }

  async #resume(request: Request<'run:resume'>): Promise<Answer<'run:resume'>> {
    this.#resuming.add(request.runId);
    try {
      return await this.#begin('run:resume', request);
    } finally {
      this.#resuming.delete(request.runId);
    }
  }

  /** What would be lost with the engine. */
  #engineWork(): 'run' | 'import' | undefined {
    if (this.#activeRun !== undefined || this.#starting > 0) return 'run';
    return this.#imports.isBusy ? 'import' : undefined;
  }

  #describe(): AppDescription {
    const { host, version, dataFolder, engine } = this.#options;
    const activeRun = this.#activeRun === undefined ? {} : { activeRun: this.#activeRun };
    const { importId } = this.#imports;
    const activeImport = importId === undefined ? {} : { activeImport: importId };
    return { host, version, dataFolder, engine: engine.state, ...activeRun, ...activeImport };
  }

  #receive<E extends EventName>(name: E, payload: Events[E]): void {
    if (name === 'run:started') this.#activeRun = (payload as Events['run:started']).summary.id;
    if (name === 'run:paused') this.#pause = payload as Events['run:paused'];
    if (name === 'run:started' || name === 'run:resumed' || name === 'run:ended') this.#pause = undefined;
    if (name === 'run:ended') this.#activeRun = undefined;
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
    const runId = this.#activeRun;
    if (runId === undefined) return;
    this.#activeRun = undefined;
    this.#pause = undefined;
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
