/** The same order for the same number of images (Fisher-Yates over splitmix32, seed 1). */
export function shuffled(indices: readonly number[]): number[] {
  const order = [...indices];
  let state = 1;
  for (let last = order.length - 1; last > 0; last -= 1) {
    state = (state + 0x9e3779b9) | 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    const other = Math.floor((((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32) * (last + 1));
    [order[last], order[other]] = [order[other]!, order[last]!];
  }
  return order;
}

/** `kept` in their order, the others strewn among them: the same for the same numbers of both. */
export function strewn(kept: readonly number[], others: readonly number[]): number[] {
  const fromKept = shuffled([...kept.map(() => 1), ...others.map(() => 0)]);
  const order = shuffled(others);
  let [next, other] = [0, 0];
  return fromKept.map((isKept) => (isKept === 1 ? kept[next++]! : order[other++]!));
}
