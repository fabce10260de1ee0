/**
 * A permutation of 0 … count - 1 that depends on nothing but the seed and the epoch: a resumed run needs no shuffle state.
 * Fisher-Yates (Knuth, TAOCP 2, 3.4.2 P) over splitmix32.
 */
export function shuffled(count: number, seed: number, epoch: number): Int32Array {
  const order = Int32Array.from({ length: count }, (_, index) => index);
  const random = splitmix32(stateOf(seed, epoch));
  for (let last = count - 1; last > 0; last -= 1) {
    // 53 bits, so that even the largest set's places are equally likely to within 1e-9.
    const unit = (random() * 2 ** 21 + (random() >>> 11)) / 2 ** 53;
    const other = Math.floor(unit * (last + 1));
    const kept = order[last] as number;
    order[last] = order[other] as number;
    order[other] = kept;
  }
  return order;
}

/** Numbers from [0, 1) that depend on nothing but the seed and the epoch. */
export function randomOf(seed: number, epoch: number): () => number {
  const random = splitmix32(stateOf(seed, epoch));
  return () => random() / 2 ** 32;
}

const stateOf = (seed: number, epoch: number): number =>
  (Math.imul(seed, 0x9e3779b1) ^ Math.imul(epoch + 1, 0x85ebca6b)) >>> 0;

/** Steele, Lea & Flood 2014 in 32 bits: 32 random bits a call. */
export function splitmix32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  };
}
