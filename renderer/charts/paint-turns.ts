/** A frame of the window that comes in so many milliseconds, or as soon as it can. */
export type NextFrame = (callback: () => void, inMs: number) => void;

/** Gives each painting a frame of its own, in the order they were asked for. */
export class PaintTurns {
  readonly #waiting = new Map<object, { readonly paint: () => void; readonly due: number }>();
  /** When each was painted last. */
  readonly #painted = new WeakMap<object, number>();
  readonly #nextFrame: NextFrame;
  readonly #now: () => number;
  /** When the next frame comes that was asked for. */
  #asked = Number.POSITIVE_INFINITY;

  /** @param now in milliseconds */
  constructor(nextFrame: NextFrame, now: () => number = () => performance.now()) {
    this.#nextFrame = nextFrame;
    this.#now = now;
  }

  /**
   * A newer painting of the same owner takes the older one's turn.
   * @param apart milliseconds at least between two paintings of the owner: what changes faster is painted as it is then
   * @returns its cancel
   */
  ask(owner: object, paint: () => void, apart = 0): () => void {
    this.#waiting.set(owner, { paint, due: (this.#painted.get(owner) ?? Number.NEGATIVE_INFINITY) + apart });
    this.#askForFrame();
    return () => {
      if (this.#waiting.get(owner)?.paint === paint) this.#waiting.delete(owner);
    };
  }

  #askForFrame(): void {
    const now = this.#now();
    const next = Math.max(now, Math.min(...Array.from(this.#waiting.values(), ({ due }) => due)));
    if (next >= this.#asked) return;
    this.#asked = next;
    this.#nextFrame(() => this.#take(), next - now);
  }

  #take(): void {
    this.#asked = Number.POSITIVE_INFINITY;
    const now = this.#now();
    const next = [...this.#waiting].find(([, { due }]) => due <= now);
    if (next) {
      this.#waiting.delete(next[0]);
      this.#painted.set(next[0], now);
    }
    // Before painting, so that one that fails does not keep the others waiting for ever.
    this.#askForFrame();
    next?.[1].paint();
  }
}

const turns = new PaintTurns((callback, inMs) => {
  const ask = (): void => void requestAnimationFrame(callback);
  if (inMs > 0) setTimeout(ask, inMs);
  else ask();
});

/**
 * Paints in a coming frame, one picture a frame: an epoch's end changes them all at once, and together they would hold
 * the window up for longer than a frame.
 * @param apart milliseconds at least between two paintings of the owner
 */
export const paintInTurn = (owner: object, paint: () => void, apart?: number) => turns.ask(owner, paint, apart);
