/** Gives each painting a frame of its own, in the order they were asked for. */
export class PaintTurns {
  readonly #waiting = new Map<object, () => void>();
  readonly #nextFrame: (callback: () => void) => void;
  #asked = false;

  constructor(nextFrame: (callback: () => void) => void) {
    this.#nextFrame = nextFrame;
  }

  /** A newer painting of the same owner takes the older one's turn. Returns its cancel. */
  ask(owner: object, paint: () => void): () => void {
    this.#waiting.set(owner, paint);
    this.#askForFrame();
    return () => {
      if (this.#waiting.get(owner) === paint) this.#waiting.delete(owner);
    };
  }

  #askForFrame(): void {
    if (this.#asked || this.#waiting.size === 0) return;
    this.#asked = true;
    this.#nextFrame(() => this.#take());
  }

  #take(): void {
    this.#asked = false;
    const [next] = this.#waiting;
    if (!next) return;
    const [owner, paint] = next;
    this.#waiting.delete(owner);
    // Before painting, so that one that fails does not keep the others waiting for ever.
    this.#askForFrame();
    paint();
  }
}

const turns = new PaintTurns((callback) => requestAnimationFrame(callback));

/**
 * Paints in a coming frame, one picture a frame: an epoch's end changes them all at once, and together they would hold
 * the window up for longer than a frame.
 */
export const paintInTurn = (owner: object, paint: () => void) => turns.ask(owner, paint);
