export type RememberedName =
  | 'run'
  | 'image-set'
  | 'odd-run'
  | 'log-axis'
  | 'loss-as-table'
  | 'loss-along'
  | 'maps-as-tables'
  | 'curves-as-table'
  | 'palette'
  | 'gradient'
  | 'maps'
  | 'theme'
  | 'hints'
  | 'batch-curves'
  | 'paces';

/** Small choices of the person, kept by the window between visits; a store that refuses loses them silently. */
export class Remembered {
  readonly #store: Pick<Storage, 'getItem' | 'setItem'>;

  constructor(store: Pick<Storage, 'getItem' | 'setItem'>) {
    this.#store = store;
  }

  get(name: RememberedName): string | undefined {
    try {
      return this.#store.getItem(`studio.${name}`) ?? undefined;
    } catch {
      return undefined;
    }
  }

  set(name: RememberedName, value: string): void {
    try {
      this.#store.setItem(`studio.${name}`, value);
    } catch {
      // A private window keeps nothing, and says so to nobody.
    }
  }
}
