import type { Remembered, RememberedName } from './remembered.ts';

/** Something that is on or off, as it was when it was last set. */
export class RememberedSwitch {
  readonly #remembered: Remembered;
  readonly #name: RememberedName;
  #on = $state(false);

  /** @param first what it is until somebody sets it */
  constructor(remembered: Remembered, name: RememberedName, first = false) {
    this.#remembered = remembered;
    this.#name = name;
    this.#on = (remembered.get(name) ?? String(first)) === 'true';
  }

  get on(): boolean {
    return this.#on;
  }

  set on(on: boolean) {
    this.#on = on;
    this.#remembered.set(this.#name, String(on));
  }
}
