import type { ImportPlan, ImportReport, PreviewImage } from '../contract/images.ts';
import {
  importImages,
  planImport,
  previewImport,
  type ImportHooks,
  type ImportRequest,
} from '../dataset/import/import-images.ts';
import type { ImportOptions, ImportProgress } from '../contract/images.ts';
import type { Result } from '../domain/errors.ts';
import { readModel, type ReadModel } from '../model/import/read-model.ts';

/** What imports are made of, wherever it is done; each throws what its namesake in `import-images.ts` throws. */
export interface ImportWork {
  plan(paths: readonly string[], name: string, hooks?: ImportHooks): Promise<ImportPlan>;
  preview(
    paths: readonly string[],
    options: ImportOptions,
    count: number,
    hooks?: ImportHooks,
  ): Promise<readonly PreviewImage[]>;
  import(request: ImportRequest, hooks?: ImportHooks): Promise<ImportReport>;
  readModel(paths: readonly string[], hooks?: ImportHooks): Promise<ReadModel>;
}

/** Done in the thread that asks. */
export const workHere: ImportWork = { plan: planImport, preview: previewImport, import: importImages, readModel };

export type WorkName = keyof ImportWork;

/** To the thread that works; `args` are the work's own but for its hooks. */
export type ToThread =
  | { readonly kind: 'work'; readonly id: number; readonly name: WorkName; readonly args: readonly unknown[] }
  | { readonly kind: 'stop'; readonly id: number };

export type FromThread =
  | { readonly kind: 'ready' }
  | { readonly kind: 'progressed'; readonly id: number; readonly progress: ImportProgress }
  | { readonly kind: 'done'; readonly id: number; readonly result: Result<unknown> };
