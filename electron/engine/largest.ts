/** The places of the k largest of all values that it is given. A short sorted list: several times quicker than TensorFlow's TopK here. */
export class Largest {
  readonly places: Int32Array;
  private readonly kept: Float32Array;

  constructor(k: number) {
    this.places = new Int32Array(k).fill(-1);
    this.kept = new Float32Array(k).fill(Number.NEGATIVE_INFINITY);
  }

  /** What a value has to be above to be among them. */
  get least(): number {
    return this.kept.at(-1)!;
  }

  /** @param first the place of the first value */
  take(values: Float32Array, first: number): void {
    const { places, kept } = this;
    const last = kept.length - 1;
    let least = kept[last] as number;
    for (let at = 0; at < values.length; at += 1) {
      const value = values[at] as number;
      if (value <= least) continue;
      let slot = last;
      while (slot > 0 && (kept[slot - 1] as number) < value) {
        kept[slot] = kept[slot - 1] as number;
        places[slot] = places[slot - 1] as number;
        slot -= 1;
      }
      kept[slot] = value;
      places[slot] = first + at;
      least = kept[last] as number;
    }
  }
}
