/** A window, as far as quitting knows it. */
export interface Closable {
  /** Asks it to close. @returns whether it does */
  close(): boolean;
  destroy(): void;
}

export interface AppEvents {
  emit(name: string, ...args: unknown[]): void;
  /** @returns whether nobody has prevented it */
  emitPreventable(name: string): boolean;
}

/** From the start of the app over its windows to its end. */
export class AppLife {
  readonly #events: AppEvents;
  readonly #windows = new Set<Closable>();
  #isReady = false;
  #quitting = false;
  readonly ready: Promise<void>;

  constructor(events: AppEvents) {
    this.#events = events;
    // Not before the app's own module has run.
    this.ready = new Promise((resolve) => {
      setImmediate(() => {
        this.#isReady = true;
        events.emit('ready', {});
        resolve();
      });
    });
  }

  get isReady(): boolean {
    return this.#isReady;
  }

  /** @throws Error where the app is not ready yet */
  expectReady(what: string): void {
    if (!this.#isReady) throw new Error(`${what} cannot be used before the app is ready.`);
  }

  /** @throws Error where it is ready already */
  expectNotReady(what: string): void {
    if (this.#isReady) throw new Error(`${what} can only be called before the app is ready.`);
  }

  /** Without asking anybody. */
  exit(status: number): never {
    for (const window of this.#windows) window.destroy();
    this.#events.emit('quit', {}, status);
    process.exit(status);
  }

  /** As documented: `before-quit`, each window's `close`, `will-quit`, `quit`; whoever prevents one ends the quitting. */
  quit(): void {
    if (this.#quitting) return;
    this.#quitting = this.#events.emitPreventable('before-quit');
    if (!this.#quitting) return;
    if (this.#windows.size === 0) return this.#shutDown();
    for (const window of this.#windows) if (!window.close()) this.#quitting = false;
  }

  opened(window: Closable): void {
    this.#windows.add(window);
  }

  closed(window: Closable): void {
    this.#windows.delete(window);
    if (this.#windows.size > 0) return;
    if (this.#quitting) this.#shutDown();
    else this.#events.emit('window-all-closed');
  }

  #shutDown(): void {
    this.#quitting = this.#events.emitPreventable('will-quit');
    if (!this.#quitting) return;
    this.#events.emit('quit', {}, 0);
    process.exit(0);
  }
}
