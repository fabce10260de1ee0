import { heldWords, type DropHandler } from '../../window/drops.ts';
import type { Importing } from './importing.svelte.ts';
import type { Library } from './library.svelte.ts';

/** Files dropped on Data are added to the set on view, or become one of their own: the sheet asks. */
export const dataDrops = (library: Library, importing: Importing): DropHandler => ({
  offer(held) {
    const { target } = library;
    if (importing.busy || target === undefined) return importing.offer(held);
    return {
      title: `Add ${heldWords(held)} to “${target.set.name}”`,
      hint: 'Or make a set of its own: you choose next; nothing is written before that.',
    };
  },
  take: (files) => void importing.begin(files, library.target),
});
