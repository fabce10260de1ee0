/** A window that is hidden gets no frames; its queue is emptied when it reaches this length. */
const LONGEST = 300;

/** Gathers what arrives between two frames, so that the window is redrawn at most once a frame. */
export class FrameQueue<T> {
  #waiting: T[] = [];
  readonly #flush: (items: readonly T[]) => void;
  readonly #nextFrame: (callback: () => void) => void;

  constructor(flush: (items: readonly T[]) => void, nextFrame: (callback: () => void) => void = requestAnimationFrame) {
    this.#flush = flush;
    this.#nextFrame = (callback) => nextFrame(callback);
  }

  push(item: T): void {
    this.#waiting.push(item);
    if (this.#waiting.length === 1) this.#nextFrame(() => this.#empty());
    if (this.#waiting.length >= LONGEST) this.#empty();
  }

  #empty(): void {
    const items = this.#waiting;
    this.#waiting = [];
    if (items.length > 0) this.#flush(items);
  }
}
