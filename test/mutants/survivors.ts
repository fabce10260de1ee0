/** A change that computes the same, so that no test can notice it. */
export interface Survivor {
  readonly file: string;
  /** The changed text as it stands in the file, and what it was changed to. */
  readonly original: string;
  readonly replacement: string;
  readonly why: string;
}

export const survivors: readonly Survivor[] = [
  {
    file: 'renderer/link/loads.svelte.ts',
    original: 'key === undefined',
    replacement: 'false',
    why: 'Nothing is kept under no key.',
  },
  ...['losses', 'regularisers'].map((name) => ({
    file: `electron/engine/${name}.ts`,
    original: `default:\n      return assertNever(${name === 'losses' ? 'loss' : 'activation'});`,
    replacement: 'default:',
    why: 'No other value compiles.',
  })),
  {
    file: 'electron/engine/losses.ts',
    original: 'freeBits === 0',
    replacement: 'false',
    why: 'No divergence is below 0.',
  },
  {
    file: 'renderer/places/latent/map/selected.svelte.ts',
    original: 'at < values',
    replacement: 'at <= values',
    why: 'What is written beyond the end of a typed array is dropped.',
  },
  {
    file: 'renderer/places/latent/map/selections.ts',
    original: 'labels.length === 0',
    replacement: 'false',
    why: 'Of no labels nothing is counted, and what has no count is left out.',
  },
  {
    file: 'renderer/places/latent/map/selections.ts',
    original: 'a.label - b.label',
    replacement: 'a.label + b.label',
    why: 'The labels ascend already, and sorting keeps the order of what it never finds smaller.',
  },
];
