/** How large a thumbnail may be shown: CSS pixels an image pixel, ascending. */
export const gridScales = [0.25, 0.5, 1, 2, 3, 4, 6, 8] as const;

/** The place in `gridScales` of the one that brings an image's longer side nearest to what reads well. */
export function usualScale(width: number, height: number): number {
  const wanted = 56;
  const distance = (scale: number) => Math.abs(Math.log((scale * Math.max(width, height)) / wanted));
  const best = gridScales.reduce((least, scale) => (distance(scale) < distance(least) ? scale : least));
  return gridScales.indexOf(best);
}
