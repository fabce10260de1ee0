/**
 * Whether rows of R, G and B are planes (all of R, then G, then B: CIFAR's) or pixels (R G B R G B …): read rightly, values
 * beside and below each other differ least.
 * @param rows each of 3 × side² values
 */
export function looksPlanar(rows: readonly ArrayLike<number>[], side: number): boolean {
  let [planar, interleaved] = [0, 0];
  for (const row of rows) {
    planar += roughness(row, side, (pixel, band) => band * side * side + pixel);
    interleaved += roughness(row, side, (pixel, band) => 3 * pixel + band);
  }
  return planar < interleaved;
}

/** The sum of differences between neighbours of one band. */
function roughness(row: ArrayLike<number>, side: number, at: (pixel: number, band: number) => number): number {
  let sum = 0;
  for (let band = 0; band < 3; band += 1) {
    for (let y = 0; y < side; y += 1) {
      for (let x = 0; x < side; x += 1) {
        const here = row[at(y * side + x, band)]!;
        if (x > 0) sum += Math.abs(here - row[at(y * side + x - 1, band)]!);
        if (y > 0) sum += Math.abs(here - row[at((y - 1) * side + x, band)]!);
      }
    }
  }
  return sum;
}
