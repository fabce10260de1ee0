/** Runs one job at a time; of the jobs that came meanwhile only the newest follows. */
export class LatestOnly {
  #running = false;
  #waiting: (() => Promise<void>) | undefined;

  /** Whether another job follows the one that runs. */
  get hasNext(): boolean {
    return this.#waiting !== undefined;
  }

  /** A job must not throw: it says what went wrong itself. */
  ask(job: () => Promise<void>): void {
    this.#waiting = job;
    if (!this.#running) void this.#run();
  }

  /** Lets go of the job that waits. */
  forget(): void {
    this.#waiting = undefined;
  }

  async #run(): Promise<void> {
    this.#running = true;
    try {
      for (let job = this.#take(); job; job = this.#take()) await job();
    } finally {
      this.#running = false;
    }
  }

  #take(): (() => Promise<void>) | undefined {
    const job = this.#waiting;
    this.#waiting = undefined;
    return job;
  }
}
