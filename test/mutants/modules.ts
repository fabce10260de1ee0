import { survivors, type Survivor } from './survivors.ts';

/** Code whose small changes tests are to notice. */
export interface MutatedModule {
  readonly name: string;
  /** Files that are changed, from the project's folder. */
  readonly files: readonly string[];
  /** Test files that are to notice. */
  readonly tests: readonly string[];
  /** The window's code is tested as a browser compiles it. */
  readonly place: 'window' | 'node';
}

/** The name of the code as it is: its tests must pass. */
export const NO_CHANGE = 'no change';

// The tests that are nearest to the code: for each change whatever they import is loaded anew.
const latent = (...names: readonly string[]) => names.map((name) => `test/renderer/places/latent/${name}.test.ts`);

export const modules: readonly MutatedModule[] = [
  {
    name: 'guard on late answers',
    files: ['latest-request.svelte', 'latest-by-key', 'in-turn.svelte', 'loads.svelte'].map(
      (file) => `renderer/link/${file}.ts`,
    ),
    tests: ['latest-request', 'in-turn', 'loads'].map((name) => `test/renderer/link/${name}.test.ts`),
    place: 'window',
  },
  {
    name: 'map gestures',
    files: ['renderer/charts/map/gestures.ts', 'renderer/charts/map/view.ts'],
    tests: ['test/renderer/charts/map/*.test.ts'],
    place: 'window',
  },
  {
    name: 'selection',
    files: ['renderer/places/latent/map/selected.svelte.ts', 'renderer/places/latent/map/selections.ts'],
    tests: latent('selection', 'files', 'latent', 'late-answers'),
    place: 'window',
  },
  {
    name: 'replay',
    files: ['renderer/places/latent/replay/replay.svelte.ts', 'renderer/places/latent/replay/epoch-frames.ts'],
    tests: latent('replay', 'late-answers'),
    place: 'window',
  },
  {
    name: 'colouring',
    files: ['renderer/places/latent/map/colouring.svelte.ts', 'renderer/places/latent/map/colour-columns.ts'],
    tests: latent('colouring', 'colouring-kept', 'colours', 'latent', 'late-answers'),
    place: 'window',
  },
  {
    name: 'decoder tools',
    files: ['between', 'direction', 'generate', 'grid', 'live', 'search', 'units', 'walk'].map(
      (file) => `renderer/places/latent/decoder/${file}.svelte.ts`,
    ),
    tests: latent('decoder/*', 'late-answers'),
    place: 'window',
  },
  {
    name: 'contract gate',
    files: ['electron/contract/rpc.ts', 'electron/host/answer.ts'],
    tests: ['test/contract/rpc.test.ts', 'test/host/answer.test.ts'],
    place: 'node',
  },
  {
    name: 'atomic files',
    files: ['electron/files/atomic.ts', 'electron/files/json-file.ts'],
    // The other tests of files go through them too, but take a minute each time.
    tests: ['test/files/atomic*.test.ts', 'test/files/whole-folders.test.ts', 'test/files/json-file.test.ts'],
    place: 'node',
  },
  { name: 'queue', files: ['electron/host/run-queue.ts'], tests: ['test/host/run-queue.test.ts'], place: 'node' },
  {
    name: 'checkpoints',
    files: ['electron/training/checkpoints.ts', 'electron/training/epoch-plan.ts'],
    tests: ['test/training/checkpoint*.test.ts', 'test/training/epoch-plan.test.ts'],
    place: 'node',
  },
  {
    name: 'losses',
    files: ['electron/engine/losses.ts', 'electron/engine/regularisers.ts'],
    tests: ['test/engine/losses.test.ts', 'test/engine/objectives.test.ts', 'test/engine/gradients.test.ts'],
    place: 'node',
  },
  {
    name: 'optimizers',
    files: ['electron/engine/optimizers.ts', 'electron/engine/schedule.ts'],
    tests: ['test/engine/article-tiny.test.ts', 'test/engine/schedule.test.ts'],
    place: 'node',
  },
  {
    name: "importers' checks",
    files: ['guess', 'labels', 'npy-header', 'npy-elements', 'space'].map(
      (file) => `electron/dataset/import/${file}.ts`,
    ),
    // Whole imports take seconds each.
    tests: [
      ...['guess', 'guess-looks', 'labels', 'npy', 'bad-input', 'arrays'].map(
        (name) => `test/dataset/import/${name}.test.ts`,
      ),
      'test/dataset/import/kinds/folders.test.ts',
    ],
    place: 'node',
  },
];

/** @returns why a change that no test notices changes nothing that anyone could see; `undefined` where none is given */
export const reasonFor = (file: string, original: string, replacement: string): string | undefined =>
  survivors.find(
    (survivor: Survivor) =>
      survivor.file === file && survivor.original === original && survivor.replacement === replacement,
  )?.why;
