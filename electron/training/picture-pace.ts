/** Of the time that goes into all else, so much at most goes into an epoch's pictures. */
const SHARE = 0.1;

/** Says when there is time for pictures again, from how long the last ones took. */
export class PicturePace {
  private readyAt = Number.NEGATIVE_INFINITY;

  get isDue(): boolean {
    return performance.now() >= this.readyAt;
  }

  /** Does the work, and takes note of its time. */
  async measure<T>(work: () => Promise<T>): Promise<T> {
    const began = performance.now();
    const done = await work();
    const ended = performance.now();
    this.readyAt = ended + (ended - began) / SHARE;
    return done;
  }
}
