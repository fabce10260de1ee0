/** Runs effects until the returned function is called. */
export const effects = (...each: readonly (() => void)[]): (() => void) =>
  $effect.root(() => {
    for (const effect of each) $effect(effect);
  });
