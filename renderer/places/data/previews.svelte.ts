import type { StudioApi } from '../../../electron/contract/contract.ts';
import type { ErrorData } from '../../../electron/domain/errors.ts';
import type { ImportOptions } from '../../../electron/contract/import-options.ts';
import type { PreviewImage } from '../../../electron/contract/import-plan.ts';
import { LatestRequest, type RequestToken } from '../../link/latest-request.svelte.ts';
import { previewKey } from './import-form.ts';

/** How many of the person's own files are shown. */
export const PREVIEWS = 24;
/** A preview follows typing after this pause. */
const PAUSE_MS = 150;

/** The person's own files as the options at hand would make them: one question at a time, the newest wins. */
export class Previews {
  images = $state.raw<readonly PreviewImage[]>([]);
  problem = $state.raw<ErrorData>();
  /** What is shown is not yet what the options say. */
  stale = $state(false);

  readonly #api: StudioApi;
  #wanted: { readonly staged: string; readonly options: ImportOptions; readonly key: string } | undefined;
  #shownKey = '';
  readonly #requests = new LatestRequest();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(api: StudioApi) {
    this.#api = api;
  }

  want(staged: string, options: ImportOptions): void {
    const key = `${staged} ${previewKey(options)}`;
    if (key === this.#wanted?.key) return;
    const first = this.#wanted?.staged !== staged;
    this.#wanted = { staged, options, key };
    this.stale = key !== this.#shownKey;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#requests.follow((token) => this.#ask(token)), first ? 0 : PAUSE_MS);
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.#requests.cancel();
    this.#wanted = undefined;
    this.#shownKey = '';
    this.images = [];
    this.problem = undefined;
    this.stale = false;
  }

  async #ask(token: RequestToken): Promise<void> {
    const asked = this.#wanted;
    if (!asked || asked.key === this.#shownKey) return;
    const { staged, options, key } = asked;
    const result = await this.#api.call('import:preview', { staged, options, count: PREVIEWS });
    // The options may have moved on while it was made: the next ones are asked for already.
    if (token.isStale || this.#wanted?.key !== key) return;
    this.#shownKey = key;
    this.stale = false;
    this.problem = result.ok ? undefined : result.error;
    if (result.ok) this.images = result.value;
  }
}
