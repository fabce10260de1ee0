/** What is dear to make and is kept for the next who needs it. */
interface Kept<T> {
  readonly version: string;
  readonly making: Promise<T>;
  /** Tells that it is retired and nobody uses it. */
  readonly end: () => void;
  users: number;
  retired: boolean;
}

/** Makes things once, lends them to several at a time, and disposes of the longest unused when nobody has it any more. */
export class SharedCache<T> {
  private readonly kept = new Map<string, Kept<T>>();
  /** What is made and not yet disposed of. */
  private readonly ending = new Set<Promise<void>>();
  private readonly most: number;
  private readonly dispose: (thing: T) => void | Promise<void>;

  /** @param most kept at a time */
  constructor(most: number, dispose: (thing: T) => void | Promise<void>) {
    this.most = most;
    this.dispose = dispose;
  }

  /**
   * Lends the thing of this key for the length of `work`; it is made anew where the version is another than when it was made.
   * Throws what `make` throws (the next call then tries again) and what `work` throws.
   */
  async use<R>(key: string, version: string, make: () => Promise<T>, work: (thing: T) => Promise<R>): Promise<R> {
    const kept = this.take(key, version, make);
    kept.users += 1;
    try {
      return await work(await kept.making);
    } finally {
      kept.users -= 1;
      this.letGo(kept);
    }
  }

  /** Lets go of everything as soon as nobody uses it, and waits for that. */
  async close(): Promise<void> {
    for (const key of [...this.kept.keys()]) this.retire(key);
    await Promise.all(this.ending);
  }

  private take(key: string, version: string, make: () => Promise<T>): Kept<T> {
    const known = this.kept.get(key);
    if (known?.version === version) {
      // The last in the map is the last used.
      this.kept.delete(key);
      this.kept.set(key, known);
      return known;
    }
    this.retire(key);
    const making = make();
    let end = (): void => undefined;
    const unused = new Promise<void>((resolve) => (end = resolve));
    const made: Kept<T> = { version, making, end, users: 0, retired: false };
    this.kept.set(key, made);
    // What could not be made needs no end.
    const ending = unused.then(() => making.then(this.dispose, () => undefined));
    this.ending.add(ending);
    void ending.then(() => this.ending.delete(ending));
    making.catch(() => {
      if (this.kept.get(key) === made) this.retire(key);
    });
    for (const oldest of this.kept.keys()) {
      if (this.kept.size <= this.most) break;
      this.retire(oldest);
    }
    return made;
  }

  private retire(key: string): void {
    const kept = this.kept.get(key);
    if (kept === undefined) return;
    this.kept.delete(key);
    kept.retired = true;
    this.letGo(kept);
  }

  private letGo(kept: Kept<T>): void {
    if (kept.retired && kept.users === 0) kept.end();
  }
}
