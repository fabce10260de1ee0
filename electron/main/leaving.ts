export type LeaveChoice = 'keep-training' | 'save-and-quit' | 'cancel';

export interface LeaveOptions {
  /** Whether a run trains, or is about to. */
  isTraining(): boolean;
  ask(): Promise<LeaveChoice>;
  /** The windows go out of sight, and training goes on. */
  hide(): void;
  /** Ends the app by way of `before-quit`. */
  quit(): void;
}

interface Preventable {
  preventDefault(): void;
}

/** Asks before closing the window, or quitting, cuts training off. */
export class Leaving {
  readonly #options: LeaveOptions;
  #asking = false;
  #decided = false;
  #isHidden = false;

  constructor(options: LeaveOptions) {
    this.#options = options;
  }

  /** A window is about to close, or the app to quit: prevented while the question is open, and where the answer is to stay. */
  onLeave(event: Preventable): void {
    if (this.#decided || !this.#options.isTraining()) return;
    event.preventDefault();
    if (!this.#asking) void this.#ask();
  }

  /** The window is shown again. */
  onShown(): void {
    this.#isHidden = false;
  }

  /** Nothing trains any more: an app without a window in sight has nothing left to do. */
  onIdle(): void {
    if (!this.#isHidden || this.#options.isTraining()) return;
    this.#decided = true;
    this.#options.quit();
  }

  async #ask(): Promise<void> {
    this.#asking = true;
    const choice = await this.#options.ask().finally(() => (this.#asking = false));
    if (choice === 'cancel') return;
    // It may have ended while the question was open.
    if (choice === 'keep-training' && this.#options.isTraining()) {
      this.#isHidden = true;
      return this.#options.hide();
    }
    this.#decided = true;
    this.#options.quit();
  }
}
