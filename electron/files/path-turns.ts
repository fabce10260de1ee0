import { resolve } from 'node:path';

/** Lets one piece of work after another at a path: the next waits for the one before, whoever in this process asks, and whether it failed or not. */
export class PathTurns {
  readonly #last = new Map<string, Promise<void>>();

  /** @returns what the work resolves to; rejects as it does */
  take<T>(path: string, work: () => Promise<T>): Promise<T> {
    const key = resolve(path);
    const done = this.settled(path).then(work);
    const turn = done.then(
      () => undefined,
      () => undefined,
    );
    this.#last.set(key, turn);
    void turn.then(() => {
      if (this.#last.get(key) === turn) this.#last.delete(key);
    });
    return done;
  }

  /** Resolves when all that was asked for at a path has ended. */
  async settled(path: string): Promise<void> {
    await this.#last.get(resolve(path));
  }
}
