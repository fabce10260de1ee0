import { StudioError } from '../domain/errors.ts';
import type { Settings, SettingsAnswer } from '../contract/settings.ts';
import type { AppSettings } from './app-settings.ts';
import type { EngineProcess } from './engine-process.ts';

export interface SettingsServiceOptions {
  readonly kept: AppSettings;
  readonly engine: EngineProcess;
  /** What would be lost with the engine. */
  readonly busy: () => 'run' | 'import' | undefined;
  readonly tell: (answer: SettingsAnswer) => void;
}

/** Changes settings, and starts the engine anew where it takes them only then. */
export class SettingsService {
  readonly #options: SettingsServiceOptions;
  #change: Promise<unknown> = Promise.resolve();

  constructor(options: SettingsServiceOptions) {
    this.#options = options;
  }

  /** Resolves after the latest change: a run starts after it, in the engine that it started. */
  get settled(): Promise<unknown> {
    return this.#change.catch(() => undefined);
  }

  /** Replaces all settings. @throws StudioError `busy` for other threads while a run trains; `bad-request` */
  change(settings: Settings): Promise<SettingsAnswer> {
    const change = this.#apply(settings);
    this.#change = change;
    return change;
  }

  async #apply(settings: Settings): Promise<SettingsAnswer> {
    const { kept, engine, tell } = this.#options;
    const otherThreads = kept.current.threads !== settings.threads;
    if (otherThreads) this.#expectIdleEngine();
    await kept.write(settings);
    // TensorFlow takes its threads when it is loaded.
    if (otherThreads) engine.restart();
    tell(kept.answer());
    return kept.answer();
  }

  /** @throws StudioError `busy` while a run or an import would be lost with the engine */
  #expectIdleEngine(): void {
    const threads = 'The threads cannot be changed while';
    const work = this.#options.busy();
    if (work === 'run') throw new StudioError('busy', `${threads} a run trains. Stop it, or wait until it ends.`);
    if (work === 'import') {
      throw new StudioError('busy', `${threads} images are imported. Cancel that, or wait until it ends.`);
    }
  }
}
