/**
 * How far neighbours among codes are neighbours among the images too (Venna & Kaski 2001): 1 where all of them are, less the
 * farther away the others lie. Points that are equally near count in their own order.
 * @param images distances between all pairs of images: [count × count]
 * @param codes the same between their codes
 * @param neighbours fewer are looked at where there are not more than twice as many points
 * @returns NaN for fewer than three points, which have no neighbours to compare
 */
export function trustworthiness(images: Float64Array, codes: Float64Array, neighbours: number): number {
  const count = Math.round(Math.sqrt(images.length));
  const k = Math.min(neighbours, Math.ceil(count / 2) - 1);
  if (k < 1) return Number.NaN;
  let penalty = 0;
  for (let point = 0; point < count; point += 1) {
    const far = images.subarray(point * count, (point + 1) * count);
    const near = codes.subarray(point * count, (point + 1) * count);
    for (const other of nearest(near, point, k)) penalty += Math.max(0, rankOf(far, point, other) - k);
  }
  return 1 - (penalty * 2) / (count * k * (2 * count - 3 * k - 1));
}

/** The k nearest to a point, whose distances these are. One pass with a short sorted list. */
function nearest(distances: Float64Array, point: number, k: number): number[] {
  const places: number[] = [];
  for (let other = 0; other < distances.length; other += 1) {
    if (other === point || (places.length === k && distances[other]! >= distances[places[k - 1]!]!)) continue;
    let slot = places.length;
    while (slot > 0 && distances[places[slot - 1]!]! > distances[other]!) slot -= 1;
    places.splice(slot, 0, other);
    if (places.length > k) places.pop();
  }
  return places;
}

/** 1 for the nearest of all others. */
function rankOf(distances: Float64Array, point: number, place: number): number {
  const own = distances[place]!;
  let rank = 1;
  for (let other = 0; other < distances.length; other += 1) {
    const distance = distances[other]!;
    if (other !== point && (distance < own || (distance === own && other < place))) rank += 1;
  }
  return rank;
}
