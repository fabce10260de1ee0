import { SvelteMap } from 'svelte/reactivity';
import type { ErrorData, Result } from '../../electron/domain/errors.ts';

export type Load<T> =
  | { readonly kind: 'loading' }
  | { readonly kind: 'ready'; readonly value: T }
  | { readonly kind: 'failed'; readonly error: ErrorData };

/** Things fetched once each and kept by key. */
export class Loads<T> {
  readonly #entries = new SvelteMap<string, Load<T>>();

  get(key: string | undefined): Load<T> | undefined {
    return key === undefined ? undefined : this.#entries.get(key);
  }

  value(key: string | undefined): T | undefined {
    const entry = this.get(key);
    return entry?.kind === 'ready' ? entry.value : undefined;
  }

  /** Fetches unless it is there or on its way. */
  async ensure(key: string, fetch: () => Promise<Result<T>>): Promise<void> {
    if (this.#entries.has(key)) return;
    this.#entries.set(key, { kind: 'loading' });
    const result = await fetch();
    this.#entries.set(
      key,
      result.ok ? { kind: 'ready', value: result.value } : { kind: 'failed', error: result.error },
    );
  }

  /** All of it is out of date. */
  forgetAll(): void {
    this.#entries.clear();
  }

  /** Makes room for a retry of what failed. */
  forgetFailed(): void {
    for (const [key, entry] of this.#entries) if (entry.kind === 'failed') this.#entries.delete(key);
  }
}
