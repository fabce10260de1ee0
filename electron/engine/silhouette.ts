/**
 * The mean silhouette by label (Rousseeuw 1987): near 1 where each class lies together and apart from the others, below 0 where
 * points lie nearer to another class. A point alone in its class counts 0.
 * @param distances between all pairs of points: [count × count]
 * @returns undefined where there are fewer than two labels, or no label has two points
 */
export function meanSilhouette(distances: Float64Array, labels: Uint8Array): number | undefined {
  const sizes = new Uint32Array(256);
  for (const label of labels) sizes[label]! += 1;
  if (sizes.filter((size) => size > 0).length < 2 || Math.max(...sizes) < 2) return undefined;
  let sum = 0;
  const towards = new Float64Array(256);
  labels.forEach((label, point) => {
    towards.fill(0);
    labels.forEach((other, place) => (towards[other]! += distances[point * labels.length + place]!));
    sum += silhouette(towards, sizes, label);
  });
  return sum / labels.length;
}

/** @param towards the sum of one point's distances to each class */
function silhouette(towards: Float64Array, sizes: Uint32Array, label: number): number {
  if (sizes[label] === 1) return 0;
  const within = towards[label]! / (sizes[label]! - 1);
  let nearest = Number.POSITIVE_INFINITY;
  sizes.forEach((size, other) => {
    if (size > 0 && other !== label) nearest = Math.min(nearest, towards[other]! / size);
  });
  const larger = Math.max(within, nearest);
  return larger === 0 ? 0 : (nearest - within) / larger;
}
