import { SvelteMap } from 'svelte/reactivity';
import type { ErrorData, Result } from '../../electron/domain/errors.ts';
import { LatestByKey } from './latest-by-key.ts';

export type Load<T> =
  | { readonly kind: 'loading' }
  | { readonly kind: 'ready'; readonly value: T }
  | { readonly kind: 'failed'; readonly error: ErrorData };

type Fetch<T> = () => Promise<Result<T>>;

/** Things fetched and kept by key; of a key's requests only the newest counts. */
export class Loads<T> {
  readonly #entries = new SvelteMap<string, Load<T>>();
  readonly #requests = new LatestByKey();
  /** What settles with a key's newest answer. */
  readonly #settled: Record<string, Promise<void>> = {};

  get(key: string | undefined): Load<T> | undefined {
    return key === undefined ? undefined : this.#entries.get(key);
  }

  value(key: string | undefined): T | undefined {
    const entry = this.get(key);
    return entry?.kind === 'ready' ? entry.value : undefined;
  }

  /** Fetches unless it is there; waits for it where it is on its way. */
  ensure(key: string, fetch: Fetch<T>): Promise<void> {
    const entry = this.#entries.get(key);
    if (!entry) return this.renew(key, fetch);
    return (entry.kind === 'loading' ? this.#settled[key] : undefined) ?? Promise.resolve();
  }

  /** Fetches whether it is there or not; what is there stays until the answer comes. */
  renew(key: string, fetch: Fetch<T>): Promise<void> {
    if (!this.#entries.has(key)) this.#entries.set(key, { kind: 'loading' });
    const settled = this.#requests.of(key).run(async (token) => {
      const result = await fetch();
      if (token.isStale) return;
      this.#entries.set(
        key,
        result.ok ? { kind: 'ready', value: result.value } : { kind: 'failed', error: result.error },
      );
    });
    this.#settled[key] = settled;
    return settled;
  }

  /** It is out of date, and so is what is on its way. */
  forget(key: string): void {
    this.#requests.of(key).cancel();
    this.#entries.delete(key);
  }

  /** The same of all. */
  forgetAll(): void {
    this.#requests.cancelAll();
    this.#entries.clear();
  }

  /** Makes room for a retry of what failed. */
  forgetFailed(): void {
    for (const [key, entry] of this.#entries) if (entry.kind === 'failed') this.#entries.delete(key);
  }
}
