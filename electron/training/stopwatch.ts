/** Seconds at work: it stands still while the run pauses. */
export class Stopwatch {
  private before: number;
  private since: number | undefined = performance.now();

  /** @param before seconds that a resumed run had worked already */
  constructor(before = 0) {
    this.before = before;
  }

  get seconds(): number {
    return this.before + (this.since === undefined ? 0 : (performance.now() - this.since) / 1000);
  }

  hold(): void {
    this.before = this.seconds;
    this.since = undefined;
  }

  goOn(): void {
    this.since ??= performance.now();
  }
}
