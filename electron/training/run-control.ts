/** Thrown through a run when somebody asked to stop. */
export class Stopped extends Error {
  /** What could not be kept of it. */
  readonly problem: string | undefined;

  constructor(problem?: string) {
    super('stopped');
    this.problem = problem;
  }
}

/** What a person has asked of a run, which looks here between two calls of its runner. */
export class RunControl {
  stopsNow = false;
  stopsAfterEpoch = false;
  pauses = false;
  /** How often something has been asked. */
  requests = 0;
  private readonly waiting = new Set<() => void>();

  stop(when: 'now' | 'after-epoch'): void {
    if (when === 'now') this.stopsNow = true;
    else this.stopsAfterEpoch = true;
    this.wake();
  }

  pause(): void {
    this.pauses = true;
    this.wake();
  }

  resume(): void {
    this.pauses = false;
    this.wake();
  }

  /** Resolves when more has been asked than `since`, or after so many milliseconds. */
  async askedAfter(since: number, mostMs?: number): Promise<void> {
    if (this.requests !== since) return;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.waiting.add(resolve);
      if (mostMs !== undefined) timer = setTimeout(resolve, mostMs);
    });
    clearTimeout(timer);
    this.waiting.clear();
  }

  private wake(): void {
    this.requests += 1;
    for (const resolve of this.waiting) resolve();
  }
}
