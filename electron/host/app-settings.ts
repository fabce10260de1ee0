import { availableParallelism } from 'node:os';
import { StudioError, toErrorData } from '../domain/errors.ts';
import type { Report } from '../contract/rpc.ts';
import type { Settings, SettingsAnswer, SettingsChanges } from '../contract/settings.ts';
import type { JsonFile } from '../files/json-file.ts';
import { settingsFile } from '../files/settings-file.ts';

export interface AppSettingsOptions {
  readonly dataFolder: string;
  readonly report: Report;
  /** Counts instead of the file's until it is changed, and is not kept. */
  readonly threads?: number;
  /** This machine's, unless a test says otherwise. */
  readonly cores?: number;
}

/** The settings in force, and their file. */
export class AppSettings {
  readonly #file: JsonFile<Settings>;
  readonly #cores: number;
  /** As the file has them. */
  #kept: Settings;
  /** Threads that count instead of the file's, until others are chosen. */
  #given: number | undefined;
  #problem: string | undefined;

  private constructor(options: AppSettingsOptions, settings: Settings, problem: string | undefined) {
    this.#file = settingsFile(options.dataFolder);
    this.#cores = coresOf(options);
    this.#kept = settings;
    this.#given = options.threads;
    this.#problem = problem;
  }

  /** Reads the settings; a damaged file, or one of another machine, is reported, and the defaults are used. */
  static async open(options: AppSettingsOptions): Promise<AppSettings> {
    const cores = coresOf(options);
    const file = settingsFile(options.dataFolder);
    try {
      const settings = (await file.readIfThere()) ?? {};
      const misfit = complaint(settings, cores);
      if (misfit === undefined) return new AppSettings(options, settings, undefined);
      throw new StudioError('bad-file', `${file.path}: ${misfit}.`);
    } catch (error) {
      const problem = `${toErrorData(error).message} The defaults are used until a setting is changed.`;
      options.report(problem);
      return new AppSettings(options, {}, problem);
    }
  }

  get current(): Settings {
    return this.#given === undefined ? this.#kept : { ...this.#kept, threads: this.#given };
  }

  answer(): SettingsAnswer {
    const problem = this.#problem === undefined ? {} : { problem: this.#problem };
    return { settings: this.current, cores: this.#cores, ...problem };
  }

  /** @throws StudioError `bad-request` where they do not fit this machine; what writing throws, and then nothing changes. */
  async change(changes: SettingsChanges): Promise<void> {
    const misfit = complaint(changes, this.#cores);
    if (misfit !== undefined) throw new StudioError('bad-request', `settings:change: ${misfit}.`);
    // One after another: each is made of what the one before has left.
    this.#kept = await this.#file.update(() => changed(this.#kept, changes), {});
    if (changes.threads !== undefined) this.#given = undefined;
    this.#problem = undefined;
  }
}

function changed(settings: Settings, changes: SettingsChanges): Settings {
  const entries = Object.entries({ ...settings, ...changes });
  return Object.fromEntries(entries.filter(([, value]) => value !== null)) as Settings;
}

function coresOf({ cores }: AppSettingsOptions): number {
  return cores ?? availableParallelism();
}

/** What of the settings this machine cannot do. */
function complaint({ threads }: SettingsChanges, cores: number): string | undefined {
  if (threads === undefined || threads === null || threads <= cores) return undefined;
  return `threads must be at most ${cores}, this machine's cores, found ${threads}`;
}
