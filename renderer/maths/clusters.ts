import { kmeans } from 'ml-kmeans';
import { silhouetteOf, squared } from './silhouette.ts';

/** Groups of codes that were found without labels. */
export interface Clusters {
  /** Of each code, its cluster, the largest first; `count` where it is not finite. */
  readonly of: Uint16Array;
  readonly count: number;
}

const MOST_CLUSTERS = 15;
/** Codes that the clusters are found among, and those by which their number is chosen: all pairs of these are compared. */
const MOST_CODES = 1_000;
const MOST_JUDGED = 400;
const MOST_ROUNDS = 20;
/** Starts of each k-means: the best is kept, since one may end badly. */
const STARTS = 2;

/**
 * k-means (Lloyd 1982) of codes [n × size], with as many clusters, 2 to 15, as give the largest mean silhouette (Rousseeuw 1987).
 * Takes up to seconds: not for a window's own thread.
 * @throws RangeError where fewer than ten codes are finite
 */
export function clustersOf(codes: Float32Array, size: number, seed: number): Clusters {
  const count = Math.floor(codes.length / size);
  const rowOf = (index: number): number[] => [...codes.subarray(index * size, (index + 1) * size)];
  const finite = Array.from({ length: count }, (_, index) => index).filter((index) =>
    rowOf(index).every(Number.isFinite),
  );
  if (finite.length < 10) throw new RangeError(`Clusters: expected at least ten finite codes, found ${finite.length}.`);
  const sample = evenly(finite, MOST_CODES).map(rowOf);
  const judged = evenly(sample, MOST_JUDGED);
  const most = Math.min(MOST_CLUSTERS, Math.floor(sample.length / 3));
  let best: { readonly centres: readonly number[][]; readonly silhouette: number } | undefined;
  for (let clusters = 2; clusters <= most; clusters++) {
    const centres = bestCentres(sample, clusters, seed);
    const silhouette = silhouetteOf(
      judged,
      judged.map((row) => nearest(row, centres)),
      clusters,
    );
    if (best === undefined || silhouette > best.silhouette) best = { centres, silhouette };
  }
  const { centres } = best!;
  const of = new Uint16Array(count).fill(centres.length);
  for (const index of finite) of[index] = nearest(rowOf(index), centres);
  return bySize(of, centres.length);
}

function bestCentres(rows: number[][], clusters: number, seed: number): readonly number[][] {
  const tries = Array.from({ length: STARTS }, (_, start) => {
    const initialization = 'kmeans++' as const;
    const { centroids } = kmeans(rows, clusters, { seed: seed + start, initialization, maxIterations: MOST_ROUNDS });
    return { centroids, error: rows.reduce((sum, row) => sum + squared(row, centroids[nearest(row, centroids)]!), 0) };
  });
  return tries.reduce((least, other) => (other.error < least.error ? other : least)).centroids;
}

/** At most so many, taken evenly. */
const evenly = <T>(all: readonly T[], most: number): T[] =>
  Array.from(
    { length: Math.min(all.length, most) },
    (_, at) => all[Math.floor((at * all.length) / Math.min(all.length, most))]!,
  );

function nearest(row: readonly number[], centres: readonly (readonly number[])[]): number {
  let [best, least] = [0, Infinity];
  centres.forEach((centre, at) => {
    const distance = squared(row, centre);
    if (distance < least) [best, least] = [at, distance];
  });
  return best;
}

/** The same clusters, the largest first; those without a code are left out. */
function bySize(of: Uint16Array, count: number): Clusters {
  const sizes = new Array<number>(count).fill(0);
  for (const cluster of of) if (cluster < count) sizes[cluster]!++;
  const order = sizes.map((_, cluster) => cluster).filter((cluster) => sizes[cluster]! > 0);
  order.sort((a, b) => sizes[b]! - sizes[a]! || a - b);
  const place = new Map(order.map((cluster, at) => [cluster, at]));
  return { of: of.map((cluster) => place.get(cluster) ?? order.length), count: order.length };
}

/**
 * What clusters are called: by the label that most of their images have and its share, with a letter where several have the same;
 * by their number where there are no labels.
 */
export function clusterNames({ of, count }: Clusters, labels: Uint8Array, labelNames: readonly string[]): string[] {
  if (labels.length !== of.length) return Array.from({ length: count }, (_, cluster) => `group ${cluster + 1}`);
  const votes = Array.from({ length: count }, () => new Map<number, number>());
  of.forEach((cluster, index) => {
    const own = votes[cluster];
    own?.set(labels[index]!, (own.get(labels[index]!) ?? 0) + 1);
  });
  const found = votes.map((own) => {
    const all = [...own.values()].reduce((sum, number) => sum + number, 0);
    const [label, most] = [...own].reduce((a, b) => (b[1] > a[1] ? b : a));
    return { name: labelNames[label] ?? String(label), share: Math.floor((100 * most) / all) };
  });
  return found.map(({ name, share }, cluster) => {
    const alike = found.filter((other) => other.name === name);
    const before = found.slice(0, cluster).filter((other) => other.name === name).length;
    const letter = alike.length > 1 ? ` ${String.fromCharCode(97 + before)}` : '';
    return `${name}${letter} · ${share} %`;
  });
}
