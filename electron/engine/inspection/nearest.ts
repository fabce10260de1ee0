/** The mean distance of a row to its nearest known rows (Euclidean). `except` leaves one known row out: the row itself. */
export function meanDistance(
  known: Float32Array,
  size: number,
  row: Float32Array,
  neighbours: number,
  except = -1,
): number {
  const count = known.length / size;
  const nearest: number[] = [];
  for (let place = 0; place < count; place += 1) {
    if (place === except) continue;
    const worst = nearest.length < neighbours ? Infinity : nearest.at(-1)!;
    let sum = 0;
    for (let unit = 0; unit < size && sum < worst; unit += 1) sum += (known[place * size + unit]! - row[unit]!) ** 2;
    if (sum >= worst) continue;
    nearest.push(sum);
    nearest.sort((a, b) => a - b);
    if (nearest.length > neighbours) nearest.pop();
  }
  return nearest.reduce((sum, square) => sum + Math.sqrt(square), 0) / nearest.length;
}
