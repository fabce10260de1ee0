import { Worker } from 'node:worker_threads';
import { fromErrorData, StudioError, toErrorData, type Result } from '../domain/errors.ts';
import type { ImportOptions, Reading } from '../contract/import-options.ts';
import type { ImportPlan, ImportProgress, ImportReport, PreviewImage } from '../contract/import-plan.ts';
import type { ImportHooks } from '../dataset/import/import-hooks.ts';
import { importImages, type ImportRequest } from '../dataset/import/import-images.ts';
import { planImport, previewImport } from '../dataset/import/plan-import.ts';
import { loadSharp } from '../dataset/picture/load-sharp.ts';
import type { LayerShape } from '../domain/layer-settings.ts';
import { readModel, type ReadModel } from '../model/import/read-model.ts';

/** What imports are made of, wherever it is done; each throws what its namesake throws. */
export interface ImportWork {
  plan(paths: readonly string[], name: string, reading?: Reading, hooks?: ImportHooks): Promise<ImportPlan>;
  preview(
    paths: readonly string[],
    options: ImportOptions,
    count: number,
    hooks?: ImportHooks,
  ): Promise<readonly PreviewImage[]>;
  import(request: ImportRequest, hooks?: ImportHooks): Promise<ImportReport>;
  readModel(paths: readonly string[], said?: LayerShape, hooks?: ImportHooks): Promise<ReadModel>;
}

/** Done in the thread that asks. */
export const workHere: ImportWork = {
  plan: (paths, name, reading, hooks) => planImport(paths, name, hooks, reading),
  preview: previewImport,
  import: importImages,
  readModel,
};

type WorkName = keyof ImportWork;

/** To the thread that works; `args` are the work's own but for its hooks. */
export type ToThread =
  | { readonly kind: 'work'; readonly id: number; readonly name: WorkName; readonly args: readonly unknown[] }
  | { readonly kind: 'stop'; readonly id: number };

export type FromThread =
  | { readonly kind: 'ready' }
  | { readonly kind: 'progressed'; readonly id: number; readonly progress: ImportProgress }
  | { readonly kind: 'done'; readonly id: number; readonly result: Result<unknown> };

/** A thread that nobody has asked anything for so long is ended. */
const IDLE_MS = 60_000;

interface Pending {
  readonly hooks: ImportHooks;
  readonly resolve: (result: Result<unknown>) => void;
}

interface Running {
  readonly worker: Worker;
  readonly pending: Map<number, Pending>;
  /** Rejects when the thread could not be started. */
  readonly ready: Promise<void>;
}

/** Does the work of imports in a thread of its own, so that neither a training run nor an import waits for the other. */
export class ImportThread implements ImportWork {
  private readonly entry: string;
  private running: Running | undefined;
  private idle: NodeJS.Timeout | undefined;
  private nextId = 0;

  /** @param entry the file that the thread runs: `import-worker`, as built or as written. */
  constructor(entry: string) {
    this.entry = entry;
  }

  plan(...[paths, name, reading, hooks]: Parameters<ImportWork['plan']>): ReturnType<ImportWork['plan']> {
    return this.ask('plan', [paths, name, reading], hooks);
  }

  preview(...[paths, options, count, hooks]: Parameters<ImportWork['preview']>): ReturnType<ImportWork['preview']> {
    return this.ask('preview', [paths, options, count], hooks);
  }

  import(...[request, hooks]: Parameters<ImportWork['import']>): ReturnType<ImportWork['import']> {
    return this.ask('import', [request], hooks);
  }

  readModel(...[paths, said, hooks]: Parameters<ImportWork['readModel']>): ReturnType<ImportWork['readModel']> {
    return this.ask('readModel', [paths, said], hooks);
  }

  /** Ends the thread; what it was asked is answered with an error. */
  async close(): Promise<void> {
    clearTimeout(this.idle);
    const running = this.running;
    this.running = undefined;
    await running?.worker.terminate();
  }

  private async ask<T>(name: WorkName, args: readonly unknown[], hooks: ImportHooks = {}): Promise<T> {
    clearTimeout(this.idle);
    const running = (this.running ??= await this.start());
    try {
      await running.ready;
    } catch {
      // Where no thread can be had, the work is done here: slower beside a training run, but done.
      return (workHere[name] as (...given: readonly unknown[]) => Promise<unknown>)(...args, hooks) as Promise<T>;
    }
    const id = this.nextId++;
    const post = (message: ToThread): void => running.worker.postMessage(message);
    const stop = (): void => post({ kind: 'stop', id });
    const done = new Promise<Result<unknown>>((resolve) => running.pending.set(id, { hooks, resolve }));
    post({ kind: 'work', id, name, args });
    hooks.signal?.addEventListener('abort', stop);
    if (hooks.signal?.aborted) stop();
    const result = await done;
    hooks.signal?.removeEventListener('abort', stop);
    if (running.pending.size === 0) this.idle = setTimeout(() => void this.close(), IDLE_MS).unref();
    if (!result.ok) throw fromErrorData(result.error);
    return result.value as T;
  }

  private async start(): Promise<Running> {
    // Its libraries must stay loaded until the last thread that uses them has ended: this thread has them first.
    await loadSharp();
    if (this.running) return this.running;
    // The reader of TIFF files imports `web-worker`, which in a thread takes for granted that it was given data.
    const worker = new Worker(this.entry, { workerData: {} });
    worker.unref();
    const pending = new Map<number, Pending>();
    const ready = new Promise<void>((resolve, reject) => {
      worker.on('message', (message: FromThread) => {
        if (message.kind === 'ready') resolve();
        else if (message.kind === 'progressed') pending.get(message.id)?.hooks.onProgress?.(message.progress);
        else {
          pending.get(message.id)?.resolve(message.result);
          pending.delete(message.id);
        }
      });
      let cause: unknown;
      worker.on('error', (error) => (cause = error));
      worker.on('exit', () => {
        if (this.running?.worker === worker) this.running = undefined;
        const error = new StudioError('engine-failed', 'The thread that reads pictures has ended.', { cause });
        reject(error);
        for (const { resolve: settle } of pending.values()) settle({ ok: false, error: toErrorData(error) });
        pending.clear();
      });
    });
    ready.catch(() => undefined);
    this.running = { worker, pending, ready };
    return this.running;
  }
}
