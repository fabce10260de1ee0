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
  ...(
    [
      ['losses', 'loss'],
      ['regularisers', 'activation'],
      ['optimizers', 'spec'],
      ['schedule', 'schedule'],
    ] as const
  ).map(([name, value]) => ({
    file: `electron/engine/${name}.ts`,
    original: `default:\n      return assertNever(${value});`,
    replacement: 'default:',
    why: 'No other value compiles.',
  })),
  {
    file: 'electron/engine/optimizers.ts',
    original: "case 'adam':\n      return adam(spec, 0);",
    replacement: "case 'adam':",
    why: 'It goes on as one whose decay is not given, which is none.',
  },
  ...['true', 'weightDecay >= 0'].map((replacement) => ({
    file: 'electron/engine/optimizers.ts',
    original: 'weightDecay > 0',
    replacement,
    why: 'A decay of 0 takes nothing away.',
  })),
  ...['best === undefined', 'patience === undefined'].map((original) => ({
    file: 'electron/training/checkpoints.ts',
    original,
    replacement: 'false',
    why: 'What is undefined is not written into the note.',
  })),
  {
    file: 'electron/training/checkpoints.ts',
    original: 'is.torch?.precision',
    replacement: 'is.torch.precision',
    why: 'Where one of the two is of PyTorch and both places are the same, both are.',
  },
  {
    file: 'electron/training/epoch-plan.ts',
    original: 'first < order.length',
    replacement: 'first <= order.length',
    why: 'After the last batch come no images and no partners.',
  },
  {
    file: 'electron/contract/rpc.ts',
    original: 'true',
    replacement: 'false',
    why: 'Of the table of events only the names are read.',
  },
  {
    file: 'electron/contract/rpc.ts',
    original: 'this.#nextId++',
    replacement: 'this.#nextId--',
    why: 'Numbers that go down differ as well.',
  },
  ...['this.#pending.delete(id);', 'this.#pending.delete(message.id);', 'this.#pending.clear();'].map((original) => ({
    file: 'electron/contract/rpc.ts',
    original,
    replacement: ';',
    why: 'A promise is settled once; only memory is given back.',
  })),
  {
    file: 'electron/host/answer.ts',
    original: '/^(?:engine|preload):/',
    replacement: '/(?:engine|preload):/',
    why: 'No channel has either word after its beginning.',
  },
  {
    file: 'electron/files/json-file.ts',
    original: '{\n      if (writing.get(key) === turn) writing.delete(key);\n    }',
    replacement: '{}',
    why: 'Only memory is given back.',
  },
  {
    file: 'electron/files/json-file.ts',
    original: 'writing.get(key) === turn',
    replacement: 'false',
    why: 'Only memory is given back.',
  },
  {
    file: 'electron/files/json-file.ts',
    original: 'writing.delete(key);',
    replacement: ';',
    why: 'Only memory is given back.',
  },
  {
    file: 'renderer/places/latent/map/colouring.svelte.ts',
    original: '[]',
    replacement: '["Stryker was here"]',
    why: 'A table that goes by places looks no name up.',
  },
  {
    file: 'renderer/places/latent/map/colouring.svelte.ts',
    original: '{\n    return undefined;\n  }',
    replacement: '{}',
    why: 'It answers nothing either way.',
  },
  {
    file: 'renderer/places/latent/replay/replay.svelte.ts',
    original: 'frame.snapshot.epoch < snapshot.epoch',
    replacement: 'frame.snapshot.epoch <= snapshot.epoch',
    why: 'No epoch is there twice.',
  },
  {
    file: 'renderer/places/latent/decoder/generate.svelte.ts',
    original: '!nearest.ok',
    replacement: 'true',
    why: 'An answer that is there has no error: none is said.',
  },
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
  {
    file: 'electron/dataset/import/guess.ts',
    original: 'ratio >= 1',
    replacement: 'ratio > 1',
    why: 'As good as square they have gone before.',
  },
  {
    file: 'electron/dataset/import/labels.ts',
    original: '/[-_. ]+/',
    replacement: '/[-_. ]/',
    why: 'Between two of them stands an empty word, which tells nothing.',
  },
  {
    file: 'electron/dataset/import/npy-header.ts',
    original: "/^'([<>|=])([a-zA-Z])(\\d*)'$/",
    replacement: "/'([<>|=])([a-zA-Z])(\\d*)'$/",
    why: 'It is read from quote to quote.',
  },
  {
    file: 'electron/dataset/import/npy-header.ts',
    original: "/^'([<>|=])([a-zA-Z])(\\d*)'$/",
    replacement: "/^'([<>|=])([a-zA-Z])(\\d*)'/",
    why: 'It is read from quote to quote.',
  },
  {
    file: 'electron/dataset/import/npy-elements.ts',
    original: 'rest.length === 0',
    replacement: 'false',
    why: 'Joined to nothing it is the same bytes.',
  },
  {
    file: 'electron/dataset/import/npy-elements.ts',
    original: "size === 1 && kind === 'u'",
    replacement: 'false',
    why: 'Bytes are the same numbers; it is quicker.',
  },
  {
    file: 'electron/dataset/import/npy-elements.ts',
    original: 'at < piece.length',
    replacement: 'at <= piece.length',
    why: 'Beyond the last there is no number, and none is larger.',
  },
  {
    file: 'electron/dataset/import/npy-elements.ts',
    original: 'brightest.length > 0',
    replacement: 'true',
    why: 'Where nothing is kept, nothing is larger than it.',
  },
  {
    file: 'electron/dataset/import/npy-elements.ts',
    original: 'brightest.length > 0',
    replacement: 'brightest.length >= 0',
    why: 'Where nothing is kept, nothing is larger than it.',
  },
  {
    file: 'electron/dataset/import/npy-elements.ts',
    original: 'piece[at]! > brightest[picture]!',
    replacement: 'piece[at]! >= brightest[picture]!',
    why: 'A number as large is the same.',
  },
];
