/** What one request knows of itself: whether another has superseded it, or all were cancelled. */
export interface RequestToken {
  /** To be asked after every await: an answer to a stale request is dropped, be it a failure. */
  readonly isStale: boolean;
  /** Aborted as soon as the request is stale: for work that can be stopped. */
  readonly signal: AbortSignal;
}

export type Job = (token: RequestToken) => Promise<void>;

interface Waiting {
  readonly job: Job;
  readonly settle: () => void;
  readonly fail: (error: unknown) => void;
}

class Token implements RequestToken {
  readonly #cut = new AbortController();

  get isStale(): boolean {
    return this.#cut.signal.aborted;
  }

  get signal(): AbortSignal {
    return this.#cut.signal;
  }

  cut(): void {
    this.#cut.abort();
  }
}

/**
 * The guard for late answers: of the requests that share one only the newest counts. A request asks its token after every
 * await whether it still does; whoever waits for one that does not any more is let go at once.
 */
export class LatestRequest {
  /** Set, never read here: what begins a request in an effect must not depend on it. */
  #isBusy = $state(false);
  #current: Token | undefined;
  #waiting: Waiting | undefined;
  #isFollowing = false;

  /** Whether an answer that counts is awaited. */
  get busy(): boolean {
    return this.#isBusy;
  }

  /** Whether another request follows the one under way. */
  get hasNext(): boolean {
    return this.#waiting !== undefined;
  }

  /** Supersedes whatever is under way. The caller says with `end` when nothing more is awaited. */
  begin(): RequestToken {
    return this.#supersede();
  }

  /** This request awaits nothing more; of a stale one nothing changes. */
  end(token: RequestToken): void {
    if (this.#current !== token) return;
    this.#current = undefined;
    this.#isBusy = this.hasNext;
  }

  /** Lets go of the one that waits; the one under way still counts. */
  dropNext(): void {
    this.#take()?.settle();
    this.#isBusy = this.#current !== undefined;
  }

  /** Nothing that was asked counts any more, neither what is under way nor what waits behind it. */
  cancel(): void {
    this.#take()?.settle();
    this.#current?.cut();
    this.#current = undefined;
    this.#isBusy = false;
  }

  /**
   * Begins a job at once, superseding what is under way. Settles with the job, or as soon as it is stale.
   * @throws what the job throws while it counts.
   */
  run(job: Job): Promise<void> {
    const token = this.#supersede();
    return new Promise((settle, fail) => void this.#do(token, { job, settle, fail }));
  }

  /**
   * Begins a job once the one before it has ended, so that at most one is under way; of those that wait meanwhile only the
   * newest follows. Settles with the job, or as soon as it is stale or dropped.
   * @throws what the job throws while it counts.
   */
  follow(job: Job): Promise<void> {
    return new Promise((settle, fail) => {
      this.#take()?.settle();
      this.#waiting = { job, settle, fail };
      this.#isBusy = true;
      if (!this.#isFollowing) void this.#followOn();
    });
  }

  async #followOn(): Promise<void> {
    this.#isFollowing = true;
    for (let next = this.#take(); next; next = this.#take()) await this.#do(this.#become(new Token()), next);
    this.#isFollowing = false;
  }

  async #do(token: Token, { job, settle, fail }: Waiting): Promise<void> {
    token.signal.addEventListener('abort', () => settle());
    try {
      await job(token);
      this.end(token);
      settle();
    } catch (error) {
      this.end(token);
      // Of a stale one it is settled already.
      fail(error);
    }
  }

  #supersede(): Token {
    this.cancel();
    return this.#become(new Token());
  }

  #become(token: Token): Token {
    this.#current?.cut();
    this.#current = token;
    this.#isBusy = true;
    return token;
  }

  #take(): Waiting | undefined {
    const next = this.#waiting;
    this.#waiting = undefined;
    return next;
  }
}
