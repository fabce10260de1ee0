import type { MapColumns } from '../../electron/domain/words.ts';
import { centroidsOf } from '../maths/scatter-geometry.ts';

/** Where a class lies on a map, in the map's units. */
export interface ClassPlace {
  readonly name: string;
  readonly count: number;
  readonly x: number;
  readonly y: number;
  /** Root of the mean squared distance of its points from their mean. */
  readonly spread: number;
  /** The class whose mean is nearest; nothing where there is no other. */
  readonly nearest: { readonly name: string; readonly distance: number } | undefined;
}

/**
 * What a map shows, in numbers: a place for each class that has points, in the order of the labels. Points that are not finite
 * are left out; without labels all points are one class.
 */
export function classPlaces(
  points: MapColumns,
  labels: Uint8Array,
  labelNames: readonly string[],
): readonly ClassPlace[] {
  const labelled = labels.length === points.x.length;
  const classes = labelled ? labels : new Uint8Array(points.x.length);
  const centroids = centroidsOf(points, classes);
  const spreads = spreadsOf(points, classes, centroids);
  const nameOf = (label: number) => (labelled ? (labelNames[label] ?? String(label)) : 'all images');
  return centroids.map(({ label, x, y }) => {
    const others = centroids
      .filter((other) => other.label !== label)
      .map((other) => ({ name: nameOf(other.label), distance: Math.hypot(other.x - x, other.y - y) }));
    const nearest = others.reduce<ClassPlace['nearest']>(
      (least, other) => (least && least.distance <= other.distance ? least : other),
      undefined,
    );
    return { name: nameOf(label), x, y, ...spreads.get(label)!, nearest };
  });
}

function spreadsOf({ x, y }: MapColumns, labels: Uint8Array, centroids: ReturnType<typeof centroidsOf>) {
  const sums = new Map(centroids.map(({ label }) => [label, { count: 0, squares: 0 }]));
  const means = new Map(centroids.map((centroid) => [centroid.label, centroid]));
  labels.forEach((label, index) => {
    const sum = sums.get(label);
    const mean = means.get(label);
    const squared = mean && (x[index]! - mean.x) ** 2 + (y[index]! - mean.y) ** 2;
    if (!sum || squared === undefined || !Number.isFinite(squared)) return;
    sum.count++;
    sum.squares += squared;
  });
  return new Map(
    [...sums].map(([label, { count, squares }]) => [label, { count, spread: Math.sqrt(squares / count) }]),
  );
}

export const placeColumns = ['Class', 'Images', 'Centre x', 'Centre y', 'Spread', 'Nearest class'] as const;

/** The cells of a place, in the order of `placeColumns`. */
export function placeRow({ name, count, x, y, spread, nearest }: ClassPlace): readonly string[] {
  const number = (value: number) => value.toFixed(2).replace('-', '−');
  const neighbour = nearest ? `${nearest.name}, ${number(nearest.distance)} away` : '–';
  return [name, count.toLocaleString('en'), number(x), number(y), number(spread), neighbour];
}
