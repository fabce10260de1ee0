import { readdir } from 'node:fs/promises';
import type {
  AppDescription,
  Answer,
  EngineChannel,
  EventName,
  Events,
  ExportAnswer,
  Handlers,
  Request,
  WindowChannel,
} from '../contract/contract.ts';
import { StudioError, toErrorData, unwrap } from '../contract/errors.ts';
import type { Settings, SettingsAnswer } from '../contract/settings.ts';
import { sendEvent, servePort, type Port, type Report } from '../contract/rpc.ts';
import { checkedAnswer } from './answer.ts';
import type { AppSettings } from './app-settings.ts';
import type { EngineProcess } from './engine-process.ts';
import { RunShelf } from './run-shelf.ts';

/** Where an export goes: a folder the person chose, or one that becomes a download. */
export interface ExportPlace {
  /** Not there yet, or empty. */
  readonly folder: string;
  /** The files are written: what the window is told. */
  finish(): Promise<ExportAnswer>;
  /** The export failed: leaves nothing behind. */
  abandon(): Promise<void>;
}

/** Asks where an export should go; nothing when the person thought better of it. */
export type ChooseExportPlace = (suggestedName: string) => Promise<ExportPlace | undefined>;

export interface StudioOptions {
  readonly host: AppDescription['host'];
  readonly version: string;
  readonly dataFolder: string;
  /** Launched with what the settings say at that time. */
  readonly engine: EngineProcess;
  readonly settings: AppSettings;
  readonly chooseExportPlace: ChooseExportPlace;
  readonly report: Report;
}

type EventListener = <E extends EventName>(name: E, payload: Events[E]) => void;

/** What desktop and `serve` share: answers windows, from disk or through the engine, and passes the engine's events on. */
export class Studio {
  readonly #options: StudioOptions;
  readonly #shelf: RunShelf;
  readonly #listeners = new Set<EventListener>();
  readonly #handlers: Handlers<WindowChannel>;
  #activeRun: string | undefined;
  /** Runs asked for that have not been answered yet. */
  #starting = 0;
  /** The latest change of the settings: a run starts after it, in the engine that it started. */
  #change: Promise<unknown> = Promise.resolve();

  constructor(options: StudioOptions) {
    this.#options = options;
    this.#shelf = new RunShelf(options.dataFolder);
    this.#handlers = this.#makeHandlers();
    options.engine.onEvent((name, payload) => this.#receive(name, payload));
  }

  /** Answers one window until the returned function is called. */
  serveWindow(port: Port): () => void {
    const listener: EventListener = (name, payload) => sendEvent(port, name, payload);
    this.#listeners.add(listener);
    const stop = servePort(port, checkedAnswer(this.#handlers), (problem) =>
      this.#options.report(`From a window: ${problem}`),
    );
    return () => {
      this.#listeners.delete(listener);
      stop();
    };
  }

  /** Lets the active run end and save itself, for as long as `patienceMs`, then ends the engine process. */
  async close(patienceMs = 5_000): Promise<void> {
    const runId = this.#activeRun;
    if (runId !== undefined) {
      const ended = new Promise<void>((resolve) =>
        this.#listeners.add((name) => (name === 'run:ended' ? resolve() : undefined)),
      );
      void this.#options.engine.call('run:stop', { runId });
      let timer: NodeJS.Timeout | undefined;
      await Promise.race([ended, new Promise<void>((resolve) => (timer = setTimeout(resolve, patienceMs)))]);
      clearTimeout(timer);
    }
    await this.#options.engine.close();
  }

  #makeHandlers(): Handlers<WindowChannel> {
    const { engine } = this.#options;
    const forward =
      <C extends EngineChannel>(channel: C) =>
      async (request: Request<C>): Promise<Answer<C>> =>
        unwrap(await engine.call(channel, request));
    return {
      'app:describe': () => Promise.resolve(this.#describe()),
      'settings:read': () => Promise.resolve(this.#options.settings.answer()),
      'settings:write': ({ settings }) => (this.#change = this.#applySettings(settings)),
      'image-set:list': forward('image-set:list'),
      'image-set:images': forward('image-set:images'),
      'image-set:baseline': forward('image-set:baseline'),
      'run:start': (request) => this.#start(request),
      'run:stop': forward('run:stop'),
      'run:list': () => this.#shelf.list(this.#activeRun),
      'run:open': ({ runId }) => this.#shelf.open(runId, this.#activeRun),
      'run:snapshot': ({ runId, epoch }) => this.#shelf.snapshot(runId, epoch),
      'model:export': (request) => this.#export(request),
    };
  }

  async #start(request: Request<'run:start'>): Promise<Answer<'run:start'>> {
    await this.#change.catch(() => undefined);
    this.#starting += 1;
    try {
      return unwrap(await this.#options.engine.call('run:start', request));
    } finally {
      this.#starting -= 1;
    }
  }

  /** TensorFlow takes its threads when it is loaded: the engine is started anew, unless a run would be lost by it. */
  async #applySettings(settings: Settings): Promise<SettingsAnswer> {
    const { settings: kept, engine } = this.#options;
    const { threads } = kept.current;
    if (threads === settings.threads && kept.answer().problem === undefined) return kept.answer();
    if (this.#activeRun !== undefined || this.#starting > 0) {
      throw new StudioError(
        'busy',
        'The threads cannot be changed while a run trains. Stop it, or wait until it ends.',
      );
    }
    await kept.write(settings);
    if (threads !== settings.threads) engine.restart();
    return kept.answer();
  }

  #describe(): AppDescription {
    const { host, version, dataFolder, engine } = this.#options;
    const active = this.#activeRun === undefined ? {} : { activeRun: this.#activeRun };
    return { host, version, dataFolder, engine: engine.state, ...active };
  }

  async #export({ runId, weights }: Request<'model:export'>): Promise<ExportAnswer> {
    const { summary, hasModel } = await this.#shelf.open(runId, this.#activeRun);
    if (!hasModel) throw new StudioError('not-found', `The run "${summary.name}" has no saved model yet.`);
    const place = await this.#options.chooseExportPlace(`${fileName(summary.name)}-${weights}`);
    if (!place) return { kind: 'cancelled' };
    try {
      await expectEmpty(place.folder);
      unwrap(await this.#options.engine.call('engine:export', { runId, weights, folder: place.folder }));
      return await place.finish();
    } catch (error) {
      await place.abandon();
      throw error;
    }
  }

  #receive<E extends EventName>(name: E, payload: Events[E]): void {
    if (name === 'run:started') this.#activeRun = (payload as Events['run:started']).summary.id;
    if (name === 'run:ended') this.#activeRun = undefined;
    this.#tell(name, payload);
    if (name !== 'engine:state-changed') return;
    const state = payload as Events['engine:state-changed'];
    if (state.kind === 'lost') void this.#interrupt(state.message);
  }

  /** The engine is gone: so is the run it was training. */
  async #interrupt(message: string): Promise<void> {
    const runId = this.#activeRun;
    if (runId === undefined) return;
    this.#activeRun = undefined;
    const problem = `${message} The run was cut off; what it had saved is kept.`;
    await this.#shelf.markInterrupted(runId, problem).catch((error: unknown) => {
      this.#options.report(`The run ${runId} could not be marked as interrupted: ${toErrorData(error).message}`);
    });
    this.#tell('run:ended', { runId, status: 'interrupted', problem });
  }

  #tell: EventListener = (name, payload) => {
    for (const listener of [...this.#listeners]) listener(name, payload);
  };
}

/** An export replaces its folder whole, so it must not be one that holds something. */
async function expectEmpty(folder: string): Promise<void> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    if (error.code === 'ENOTDIR') throw new StudioError('refused', `${folder}: expected a new folder, found a file.`);
    throw error;
  });
  if (names.length === 0) return;
  const found = names.length === 1 ? `"${names[0]}" in it` : `${names.length} files in it`;
  throw new StudioError('refused', `${folder}: expected a new or an empty folder, found ${found}.`);
}

/** A name any file system takes. */
function fileName(name: string): string {
  const safe = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return safe === '' ? 'model' : safe.slice(0, 60);
}
