/** Changes that are asked one after another: each is made of what the one before it has left. */
export class InTurn {
  #last: Promise<unknown> = Promise.resolve();
  #count = 0;
  /** Set, never read here: what asks for a change in an effect must not depend on it. */
  #isBusy = $state(false);

  /** Whether a change is under way or waits. */
  get busy(): boolean {
    return this.#isBusy;
  }

  /** Settles as the change does, once it has had its turn. */
  async ask<T>(change: () => Promise<T>): Promise<T> {
    this.#count++;
    this.#isBusy = true;
    const answer = this.#last.then(change, change);
    this.#last = answer;
    try {
      return await answer;
    } finally {
      this.#isBusy = --this.#count > 0;
    }
  }
}
