/** Which cell of a sheet each image has; where there is none left, the longest unused image makes room. */
export class Cells {
  readonly #count: number;
  /** The longest unused first. */
  readonly #cellOf = new Map<number, number>();

  constructor(count: number) {
    this.#count = count;
  }

  has(image: number): boolean {
    return this.#cellOf.has(image);
  }

  /** The cell of an image that has one; it counts as used now. */
  use(image: number): number | undefined {
    const cell = this.#cellOf.get(image);
    if (cell === undefined) return undefined;
    this.#cellOf.delete(image);
    this.#cellOf.set(image, cell);
    return cell;
  }

  /** The image's own cell, or one that it has from now on. */
  take(image: number): number {
    return this.use(image) ?? this.#takeAnother(image);
  }

  #takeAnother(image: number): number {
    const [oldest] = this.#cellOf;
    const isFull = this.#cellOf.size >= this.#count && oldest !== undefined;
    const cell = isFull ? oldest[1] : this.#cellOf.size;
    if (isFull) this.#cellOf.delete(oldest[0]);
    this.#cellOf.set(image, cell);
    return cell;
  }
}
