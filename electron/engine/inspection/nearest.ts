/** The mean distance of a row to its nearest known rows (Euclidean). `except` leaves one known row out: the row itself. */
export function meanDistance(
  known: Float32Array,
  size: number,
  row: Float32Array | Float64Array,
  neighbours: number,
  except = -1,
): number {
  const count = known.length / size;
  /** Squares of the nearest so far, ascending. */
  const nearest = new Float64Array(neighbours).fill(Infinity);
  let worst = Infinity;
  for (let place = 0; place < count; place += 1) {
    if (place === except) continue;
    let sum = 0;
    const end = (place + 1) * size;
    for (let at = place * size, unit = 0; at < end && sum < worst; at += 1, unit += 1) {
      const off = known[at]! - row[unit]!;
      sum += off * off;
    }
    if (sum >= worst) continue;
    let to = neighbours - 1;
    for (; to > 0 && nearest[to - 1]! > sum; to -= 1) nearest[to] = nearest[to - 1]!;
    nearest[to] = sum;
    worst = nearest[neighbours - 1]!;
  }
  const found = nearest.filter(Number.isFinite);
  return found.reduce((sum, square) => sum + Math.sqrt(square), 0) / found.length;
}
