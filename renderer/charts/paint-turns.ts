/** A frame of the window that comes in so many milliseconds, or as soon as it can. */
export type NextFrame = (callback: () => void, inMs: number) => void;

/**
 * Of the time between two paintings of what changes fast, the share that one may take: a run trains with every core, and a slow one
 * paints for as long as it would train some batches.
 */
const MOST_SHARE = 1 / 20;

/** So long waits at most what takes very long, as the first painting does: it is still seen to move. */
const MOST_MS_BETWEEN = 400;

/** Gives each painting a frame of its own, in the order they were asked for. */
export class PaintTurns {
  readonly #waiting = new Map<object, { readonly paint: () => void; readonly due: number }>();
  /** When each was painted last, and how long that took. */
  readonly #painted = new WeakMap<object, { readonly at: number; readonly took: number }>();
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
   * @param apart milliseconds at least between two paintings of the owner, more where one takes long: what changes faster is painted as
   *   it is then
   * @returns its cancel
   */
  ask(owner: object, paint: () => void, apart?: number): () => void {
    const { at, took } = this.#painted.get(owner) ?? { at: Number.NEGATIVE_INFINITY, took: 0 };
    const between = apart === undefined ? 0 : Math.max(apart, Math.min(took / MOST_SHARE, MOST_MS_BETWEEN));
    this.#waiting.set(owner, { paint, due: at + between });
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
    if (next) this.#waiting.delete(next[0]);
    // Before painting, so that one that fails does not keep the others waiting for ever.
    this.#askForFrame();
    if (!next) return;
    const [owner, { paint }] = next;
    try {
      paint();
    } finally {
      this.#painted.set(owner, { at: now, took: this.#now() - now });
    }
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
 * @param apart milliseconds at least between two paintings of the owner, more where one takes long
 */
export const paintInTurn = (owner: object, paint: () => void, apart?: number) => turns.ask(owner, paint, apart);
