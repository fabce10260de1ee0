import { sizeOf } from '../read-chain.ts';

/** Sizes of two values that are laid over each other, compared from the last on; undefined where they do not fit. */
export function broadcast(a: readonly number[], b: readonly number[]): readonly number[] | undefined {
  const rank = Math.max(a.length, b.length);
  const [one, other] = [withRank(a, rank), withRank(b, rank)];
  const fits = one.every((size, axis) => size === other[axis] || size === 1 || other[axis] === 1);
  return fits ? one.map((size, axis) => (size === 1 ? (other[axis] as number) : size)) : undefined;
}

/** Tells where the number lies, in a value of these sizes, that it has for a place of a larger one. */
export function placesIn(dims: readonly number[], whole: readonly number[]): (index: number) => number {
  if (sizeOf(dims) === sizeOf(whole)) return (index) => index;
  if (sizeOf(dims) === 1) return () => 0;
  const sizes = withRank(dims, whole.length);
  return (index) => {
    let [rest, place, every] = [index, 0, 1];
    for (let axis = whole.length - 1; axis >= 0; axis -= 1) {
      const size = whole[axis] as number;
      const own = sizes[axis] as number;
      if (own > 1) place += (rest % size) * every;
      every *= own;
      rest = Math.floor(rest / size);
    }
    return place;
  };
}

/** With sizes of 1 in front. */
const withRank = (dims: readonly number[], rank: number): readonly number[] => [
  ...Array.from({ length: rank - dims.length }, () => 1),
  ...dims,
];
