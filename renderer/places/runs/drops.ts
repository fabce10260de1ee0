import type { HandedFile } from '../../../electron/contract/files.ts';
import { heldWords, type DropHandler } from '../../window/drops.ts';
import { isModelFile, type ModelImport } from './model-import.svelte.ts';
import type { RunsStore } from './runs-store.svelte.ts';

export const isRunFile = ({ path }: HandedFile): boolean => /\.aestudio$/i.test(path);

/** Run files and models dropped on Runs become runs; anything else becomes an image set, as it does elsewhere. */
export const runsDrops = (
  store: Pick<RunsStore, 'importFiles'>,
  models: Pick<ModelImport, 'begin'>,
  otherwise: DropHandler,
): DropHandler => ({
  offer: (held) =>
    held.pictures > 0 && held.pictures === held.count
      ? otherwise.offer(held)
      : {
          title: `Take up ${heldWords(held)}`,
          hint: 'Runs from .aestudio files and models (model.json, .keras, .h5, .onnx) are added to the list; of anything else an image set can be made.',
        },
  take: (files) => {
    void files.then(
      (handed) => {
        const runs = handed.filter(isRunFile);
        if (runs.length > 0) void store.importFiles(runs);
        else if (handed.some(isModelFile)) void models.begin(files);
        else otherwise.take(files);
      },
      () => otherwise.take(files),
    );
  },
});
