import type { HandedFile } from '../../../../electron/contract/files.ts';
import type { ImportOptions } from '../../../../electron/contract/import-options.ts';
import type { ImportPlan, ImportReport, PreviewImage } from '../../../../electron/contract/import-plan.ts';
import type { ImageSetSummary } from '../../../../electron/domain/words.ts';

export const importOptions: ImportOptions = {
  name: 'Pets',
  width: 32,
  height: 32,
  channels: 3,
  fit: 'contain',
  background: '#000000',
  invert: 'auto',
  centre: false,
  labels: 'folders',
  test: { kind: 'every', n: 10 },
  duplicates: 'skip',
};

export const plan: ImportPlan = {
  count: 5,
  labels: [
    { name: 'cats', count: 3 },
    { name: 'dogs', count: 2 },
  ],
  options: importOptions,
  autoInverts: true,
  skipped: [],
  others: { count: 0, endings: [] },
  unreadable: [],
  masks: 0,
  folders: [],
};

export const pets: ImageSetSummary = {
  id: 'pets-1',
  name: 'Pets',
  trainingCount: 4,
  testCount: 1,
  shape: [32, 32, 3],
  labelNames: ['cats', 'dogs'],
};

export const report: ImportReport = {
  set: pets,
  folder: '/data/image-sets/pets-1',
  imported: 5,
  skipped: [],
  others: { count: 0, endings: [] },
  masks: 0,
  duplicates: [],
  notes: [],
  inverted: true,
  seconds: 1,
};

/** A preview that tells which width it was made for. */
export const previewOf = (options: ImportOptions): readonly PreviewImage[] => [
  { name: `at ${options.width}`, kind: 'problem', message: 'not decoded in this test' },
];

export function handed(...paths: readonly string[]): Promise<readonly HandedFile[]> {
  const file = { name: 'x', size: 1, arrayBuffer: () => Promise.resolve(new ArrayBuffer(1)) };
  return Promise.resolve(paths.map((path) => ({ file, path })));
}

/** A promise and what settles it. */
export function deferred<T>(): { readonly promise: Promise<T>; readonly resolve: (value: T) => void } {
  return Promise.withResolvers<T>();
}
