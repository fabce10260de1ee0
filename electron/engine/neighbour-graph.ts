import type { ImageColumns } from '../domain/words.ts';
import { pcaCodes } from './leading-components.ts';
import { nearestCodes, searchCodes } from './neighbours.ts';
import { splitmix32 } from './shuffle.ts';

/** Principal components in which images are compared: nearly all that tells digits apart, and a product quick enough for all pairs. */
const COMPONENTS = 50;

/** Queries between two reports of progress. */
const QUERIES_AT_ONCE = 1_024;

/** Keeps the draw of partners apart from the shuffle's, which has the same seed and epoch. */
const PARTNERS_STREAM = 0x3c6ef372;

/** For each image the others that it is paired with. */
export interface NeighbourGraph {
  /** Image i's neighbours are those from `starts[i]` to before `starts[i + 1]`: uint32 [count + 1]. */
  readonly starts: Uint32Array;
  /** Indices of images, image by image, the nearest first. */
  readonly neighbours: Uint32Array;
}

/**
 * The images that are mutually among each other's `count` nearest (Euclidean, in the first 50 principal components); where an
 * image has none of those, its nearest. Exact: every pair is compared. That some are not mutual is how unlike images are told from
 * like ones where both are far from all others (Hubert graph of Brito et al. 1997).
 * @param breathe is told how far it has come, 0-1; what it throws ends the work
 */
export async function neighbourGraph(
  images: ImageColumns,
  count: number,
  breathe: (fraction: number) => Promise<void>,
): Promise<NeighbourGraph> {
  const { size, codes } = await pcaCodes(images, [images], COMPONENTS, () => breathe(0));
  const near = await nearestOthers(codes[0]!, size, Math.min(count, images.count - 1), breathe);
  return mutual(near, images.count);
}

/** The places of the k nearest others of each code, the nearest first: uint32 [count × k]. */
async function nearestOthers(
  codes: Float32Array,
  size: number,
  k: number,
  breathe: (fraction: number) => Promise<void>,
): Promise<Uint32Array> {
  const count = codes.length / size;
  const near = new Uint32Array(count * k);
  const search = searchCodes(codes, size);
  try {
    for (let first = 0; first < count; first += QUERIES_AT_ONCE) {
      const queries = codes.subarray(first * size, (first + QUERIES_AT_ONCE) * size);
      const found = await nearestCodes(search, queries, k + 1, () => breathe(first / count));
      for (let row = 0; row < queries.length / size; row += 1) {
        const places = found.indices.subarray(row * found.k, (row + 1) * found.k);
        // Itself is one of them, unless more than k others are the very same.
        const others = places.filter((place) => place !== first + row);
        near.set(others.subarray(0, k), (first + row) * k);
      }
    }
    return near;
  } finally {
    search.dispose();
  }
}

function mutual(near: Uint32Array, count: number): NeighbourGraph {
  const k = near.length / count;
  const of = (image: number): Uint32Array => near.subarray(image * k, (image + 1) * k);
  const starts = new Uint32Array(count + 1);
  const neighbours: number[] = [];
  for (let image = 0; image < count; image += 1) {
    const own = of(image);
    const both = own.filter((other) => of(other).includes(image));
    neighbours.push(...(both.length > 0 ? both : own.subarray(0, 1)));
    starts[image + 1] = neighbours.length;
  }
  return { starts, neighbours: Uint32Array.from(neighbours) };
}

/**
 * One neighbour of each of these images, drawn by the seed and the epoch alone: a resumed run needs no state for it. An image without any
 * is its own partner.
 * @param images indices, in the order in which an epoch sees them
 */
export function partnersOf(graph: NeighbourGraph, images: Int32Array, seed: number, epoch: number): Int32Array {
  const random = splitmix32((Math.imul(seed ^ PARTNERS_STREAM, 0x9e3779b1) ^ Math.imul(epoch + 1, 0x85ebca6b)) >>> 0);
  return images.map((image) => {
    const first = graph.starts[image]!;
    const own = graph.starts[image + 1]! - first;
    return own === 0 ? image : graph.neighbours[first + Math.floor((random() / 2 ** 32) * own)]!;
  });
}
