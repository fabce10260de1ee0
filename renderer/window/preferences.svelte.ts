import type { StudioApi } from '../../electron/contract/contract.ts';
import type { ErrorData } from '../../electron/domain/errors.ts';
import {
  themes,
  type ErrorUnit,
  type Settings,
  type SettingsAnswer,
  type Theme,
} from '../../electron/contract/settings.ts';
import { InTurn } from '../link/in-turn.svelte.ts';
import { LatestRequest } from '../link/latest-request.svelte.ts';
import type { Remembered } from './remembered.ts';

type SettingChanges = { readonly [K in keyof Settings]: Settings[K] | undefined };

/** The app's settings as this window knows them. */
export class Preferences {
  answer = $state.raw<SettingsAnswer>();
  /** Why the last change was refused. */
  problem = $state.raw<ErrorData>();
  readonly #reads = new LatestRequest();
  readonly #changes = new InTurn();
  readonly #api: StudioApi;
  readonly #remembered: Remembered;
  /** Before the host has answered the window looks as it did last time. */
  readonly #lastTheme: Theme;

  readonly settings = $derived<Settings>(this.answer?.settings ?? {});
  readonly theme = $derived.by<Theme>(() => (this.answer ? (this.answer.settings.theme ?? 'system') : this.#lastTheme));
  readonly errorUnit = $derived<ErrorUnit>(this.settings.errorUnit ?? 'squared-error');

  constructor(api: StudioApi, remembered: Remembered) {
    this.#api = api;
    this.#remembered = remembered;
    this.#lastTheme = themes.find((theme) => theme === remembered.get('theme')) ?? 'system';
    api.listen('settings:changed', (answer) => this.#take(answer));
  }

  async read(): Promise<void> {
    await this.#reads.run(async (token) => {
      const result = await this.#api.call('settings:read', {});
      if (result.ok && !token.isStale) this.#take(result.value);
    });
  }

  /** Changes some settings; `undefined` takes one back to its default. With other threads the engine is started anew. */
  change(changes: SettingChanges): Promise<void> {
    return this.#changes.ask(() => this.#write(changes));
  }

  async #write(changes: SettingChanges): Promise<void> {
    // What crosses has no `undefined`.
    const given = Object.entries(changes).map(([name, value]) => [name, value ?? null] as const);
    const result = await this.#api.call('settings:change', { changes: Object.fromEntries(given) });
    this.problem = result.ok ? undefined : result.error;
    if (result.ok) this.#take(result.value);
  }

  #take(answer: SettingsAnswer): void {
    // What is still being read is older.
    this.#reads.cancel();
    this.answer = answer;
    this.#remembered.set('theme', answer.settings.theme ?? 'system');
  }
}
