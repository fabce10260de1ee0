import type { Breathe } from './inference.ts';
import { randomOf } from './shuffle.ts';

/** Images told by indices: uint16 [n × height × width]. */
export interface IndexImages {
  readonly indices: Uint16Array;
  readonly height: number;
  readonly width: number;
}

/** Rows down and columns right, from the place that is drawn to one that is drawn before it. */
type Step = readonly [down: number, right: number];

const [left, above, aboveLeft, aboveRight]: readonly Step[] = [
  [0, -1],
  [-1, 0],
  [-1, -1],
  [-1, 1],
] as const;

/** What must be the same in an image that an index is taken from: the first of these that enough images have. */
const CONTEXTS: readonly (readonly Step[])[] = [
  [left!, above!, aboveLeft!, aboveRight!, [0, -2], [-2, 0]],
  [left!, above!, aboveLeft!, aboveRight!],
  [left!, above!, aboveRight!],
  [left!, above!],
  [left!],
  [],
];

/** Enough: of fewer, what is drawn would be pieces of one image. */
const ENOUGH = 4;

/** Images looked through for each place that is drawn: more make it no likelier that a context is found. */
const MOST_IMAGES = 60_000;

/**
 * New images of indices. Row by row, each place takes the index that an image given has at the same place, drawn among those that have
 * around it, to the left and above, what has been drawn there: the conditional distribution is the empirical one, as in Efros & Leung 1999,
 * §2.1, and depends on the place. Where fewer than four images agree, fewer neighbours are asked for.
 * @param images at least one
 * @returns uint16 [count × height × width], the same for a seed
 */
export async function drawIndices(
  { indices, height, width }: IndexImages,
  count: number,
  seed: number,
  breathe: Breathe,
): Promise<Uint16Array> {
  const places = height * width;
  const images = Math.min(MOST_IMAGES, indices.length / places);
  // Place by place, so that looking through all images reads memory in order.
  const byPlace = Array.from({ length: places }, (_, place) =>
    Uint16Array.from({ length: images }, (__, image) => indices[image * places + place]!),
  );
  const random = randomOf(seed, 0);
  const drawn = new Uint16Array(count * places);
  const found = new Uint32Array(images);
  for (let first = 0; first < drawn.length; first += places) {
    const image = drawn.subarray(first, first + places);
    for (let place = 0; place < places; place += 1) {
      const [row, column] = [Math.floor(place / width), place % width];
      const many = CONTEXTS.reduce((enough, context) => {
        if (enough > 0) return enough;
        const within = context.flatMap(([down, right]) => {
          const [y, x] = [row + down, column + right];
          return y >= 0 && x >= 0 && x < width ? [y * width + x] : [];
        });
        const alike = imagesAlike(byPlace, image, within, found);
        return alike >= ENOUGH || context.length === 0 ? alike : 0;
      }, 0);
      image[place] = byPlace[place]![found[Math.floor(random() * many)]!]!;
    }
    await breathe();
  }
  return drawn;
}

/** Fills `found` with the numbers of the images that have at these places what `image` has, and says how many they are. */
function imagesAlike(
  byPlace: readonly Uint16Array[],
  image: Uint16Array,
  places: readonly number[],
  found: Uint32Array,
): number {
  const [first, ...others] = places;
  if (first === undefined) {
    for (let number = 0; number < found.length; number += 1) found[number] = number;
    return found.length;
  }
  let many = 0;
  const [wanted, there] = [image[first]!, byPlace[first]!];
  for (let number = 0; number < found.length; number += 1) if (there[number] === wanted) found[many++] = number;
  for (const place of others) {
    const [next, at] = [image[place]!, byPlace[place]!];
    let kept = 0;
    for (let each = 0; each < many; each += 1) if (at[found[each]!] === next) found[kept++] = found[each]!;
    many = kept;
  }
  return many;
}
