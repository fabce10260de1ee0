/** Says when there is time again for what must not hold training up, from how long it took the last time. */
export class SharePace {
  private readonly mostShare: number;
  private readyAt = Number.NEGATIVE_INFINITY;

  /** @param mostShare of the time that goes into all else, so much at most goes into it; infinite: there is no bound */
  constructor(mostShare: number) {
    this.mostShare = mostShare;
  }

  get isDue(): boolean {
    return performance.now() >= this.readyAt;
  }

  /** Does the work, and takes note of its time. Throws as the work does. */
  async measure<T>(work: () => Promise<T>): Promise<T> {
    const began = performance.now();
    const done = await work();
    const ended = performance.now();
    this.readyAt = ended + (ended - began) / this.mostShare;
    return done;
  }
}
