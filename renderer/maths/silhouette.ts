/** Squared Euclidean distance. */
export function squared(a: readonly number[], b: readonly number[]): number {
  let sum = 0;
  for (let unit = 0; unit < a.length; unit++) sum += (a[unit]! - b[unit]!) ** 2;
  return sum;
}

/** The mean over the rows of (b − a) / max(a, b): a to the own cluster's others, b to the next cluster (Rousseeuw 1987), −1 to 1. */
export function silhouetteOf(
  rows: readonly (readonly number[])[],
  clusterOf: readonly number[],
  clusters: number,
): number {
  const sizes = new Array<number>(clusters).fill(0);
  for (const cluster of clusterOf) sizes[cluster]!++;
  let sum = 0;
  rows.forEach((row, at) => {
    const own = clusterOf[at]!;
    // One that is alone counts nothing, by definition.
    if (sizes[own]! < 2) return;
    const sums = new Array<number>(clusters).fill(0);
    rows.forEach((other, to) => (sums[clusterOf[to]!]! += Math.sqrt(squared(row, other))));
    const inside = sums[own]! / (sizes[own]! - 1);
    const others = sums.map((total, cluster) =>
      cluster === own || sizes[cluster] === 0 ? Infinity : total / sizes[cluster]!,
    );
    const outside = Math.min(...others);
    if (Number.isFinite(outside)) sum += (outside - inside) / Math.max(outside, inside, Number.MIN_VALUE);
  });
  return sum / rows.length;
}
