import { LatestRequest } from './latest-request.svelte.ts';

/** A guard for each key. */
export class LatestByKey {
  readonly #guards = new Map<string, LatestRequest>();

  of(key: string): LatestRequest {
    const guard = this.#guards.get(key) ?? new LatestRequest();
    this.#guards.set(key, guard);
    return guard;
  }

  /** Nothing that was asked under any key counts any more. */
  cancelAll(): void {
    for (const guard of this.#guards.values()) guard.cancel();
  }
}
