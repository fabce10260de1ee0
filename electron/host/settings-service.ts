import type { Handlers } from '../contract/contract.ts';
import { StudioError } from '../domain/errors.ts';
import type { SettingsAnswer, SettingsChanges } from '../contract/settings.ts';
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
  readonly handlers: Handlers<'settings:read' | 'settings:change'>;
  readonly #options: SettingsServiceOptions;
  #settled: Promise<unknown> = Promise.resolve();

  constructor(options: SettingsServiceOptions) {
    this.#options = options;
    this.handlers = {
      'settings:read': () => Promise.resolve(options.kept.answer()),
      'settings:change': ({ changes }) => this.change(changes),
    };
  }

  /** Resolves after the changes that were asked for: a run starts after them, in the engine that they started. */
  get settled(): Promise<unknown> {
    return this.#settled;
  }

  /** Changes some settings. @throws StudioError `busy` for other threads while a run trains; `bad-request` */
  change(changes: SettingsChanges): Promise<SettingsAnswer> {
    const change = this.#apply(changes);
    this.#settled = Promise.allSettled([this.#settled, change]);
    return change;
  }

  async #apply(changes: SettingsChanges): Promise<SettingsAnswer> {
    const { kept, engine, tell } = this.#options;
    const { threads } = changes;
    const otherThreads = threads !== undefined && (threads ?? undefined) !== kept.current.threads;
    if (otherThreads) this.#expectIdleEngine();
    await kept.change(changes);
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
