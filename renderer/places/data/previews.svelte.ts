import type { StudioApi } from '../../../electron/contract/contract.ts';
import type { ErrorData } from '../../../electron/domain/errors.ts';
import type { ImportOptions, PreviewImage } from '../../../electron/contract/images.ts';
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
  #asking = false;
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
    this.#timer = setTimeout(() => void this.#ask(), first ? 0 : PAUSE_MS);
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.#wanted = undefined;
    this.#shownKey = '';
    this.images = [];
    this.problem = undefined;
    this.stale = false;
  }

  async #ask(): Promise<void> {
    const asked = this.#wanted;
    if (this.#asking || !asked || asked.key === this.#shownKey) return;
    this.#asking = true;
    const { staged, options, key } = asked;
    const result = await this.#api.call('import:preview', { staged, options, count: PREVIEWS });
    this.#asking = false;
    // A late answer is dropped: the options have moved on while it was made.
    if (this.#wanted?.key !== key) return this.#ask();
    this.#shownKey = key;
    this.stale = false;
    this.problem = result.ok ? undefined : result.error;
    if (result.ok) this.images = result.value;
  }
}
