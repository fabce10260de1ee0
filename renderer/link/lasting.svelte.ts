/**
 * Makes an object that outlives the effect or derived value that asks for it: what is derived inside it would otherwise stand
 * still as soon as that one ends, as when a place is left.
 */
export function lasting<T>(make: () => T): T {
  let made: { readonly value: T } | undefined;
  $effect.root(() => {
    made = { value: make() };
  });
  return made!.value;
}
