import { randomBytes } from 'node:crypto';
import { basename, extname } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { Handlers, Request } from '../contract/contract.ts';
import { StudioError, toErrorData } from '../domain/errors.ts';
import type { ImportProgress } from '../contract/import-plan.ts';
import type { ImportRequest } from '../dataset/import/import-images.ts';
import type { ImageSetStore } from '../files/image-set-store.ts';
import type { Emit } from '../training/emit.ts';
import { workHere, type ImportWork } from './import-thread.ts';
import { asDropped, type StagedFiles } from './staged-files.ts';

export type ImportChannel = 'engine:stage' | 'import:plan' | 'import:preview' | 'import:start' | 'import:cancel';

export interface ImportServiceOptions {
  readonly store: ImageSetStore;
  readonly staged: StagedFiles;
  readonly emit: Emit;
  /** Where the work is done; in this thread unless told otherwise. */
  readonly work?: ImportWork;
}

const MOST_SOURCES = 100;

interface ActiveImport {
  readonly id: string;
  readonly stopping: AbortController;
}

/** Plans, previews and runs imports of what windows have handed over: one import at a time, told in events. */
export class ImportService {
  readonly handlers: Handlers<ImportChannel>;
  private readonly store: ImageSetStore;
  private readonly staged: StagedFiles;
  private readonly emit: Emit;
  private readonly work: ImportWork;
  private active: ActiveImport | undefined;

  constructor({ store, staged, emit, work = workHere }: ImportServiceOptions) {
    this.store = store;
    this.staged = staged;
    this.emit = emit;
    this.work = work;
    this.handlers = {
      'engine:stage': async ({ staged: id, paths }) => {
        this.staged.set(id, paths);
        return {};
      },
      'import:plan': ({ staged: id, name, reading }) =>
        this.reading(id, (paths) => this.work.plan(paths, name ?? nameFor(paths), reading)),
      'import:preview': ({ staged: id, options, count }) =>
        this.reading(id, (paths) => this.work.preview(paths, options, count)),
      'import:start': (request) => this.start(request),
      'import:cancel': async ({ importId }) => {
        if (this.active?.id !== importId) {
          throw new StudioError('not-found', `The import "${importId}" is not running.`);
        }
        this.active.stopping.abort();
        return {};
      },
    };
  }

  private async start({
    staged,
    options,
    autoInverts,
    into,
    label,
  }: Request<'import:start'>): Promise<{ importId: string }> {
    const paths = this.staged.paths(staged);
    if (into !== undefined) await this.store.refuseOlder(into);
    if (this.active !== undefined) {
      throw new StudioError('busy', 'Another import is running. Stop it, or wait until it has finished.');
    }
    const active = { id: `import-${randomBytes(4).toString('hex')}`, stopping: new AbortController() };
    this.active = active;
    const sources = sourcesOf(paths).map((path) => asDropped(path, staged, paths));
    const request = {
      paths,
      sources,
      options,
      ...(autoInverts === undefined ? {} : { autoInverts }),
      ...(into === undefined ? {} : { onto: { folder: this.store.at(into).path, id: into } }),
      ...(label === undefined ? {} : { label }),
    };
    void this.run(active, staged, request);
    return { importId: active.id };
  }

  private async run(
    { id: importId, stopping: { signal } }: ActiveImport,
    staged: string,
    request: Omit<ImportRequest, 'folder' | 'id'>,
  ): Promise<void> {
    // The answer first: it names the import that the events are of.
    await setImmediate();
    try {
      const id = this.store.newId(request.options.name);
      const onProgress = (progress: ImportProgress): void => this.emit('import:progressed', { importId, progress });
      const report = await this.reading(staged, () =>
        this.work.import({ ...request, id, folder: this.store.at(id).path }, { signal, onProgress }),
      );
      this.active = undefined;
      this.emit('image-sets:changed', {});
      this.emit('import:ended', { importId, kind: 'imported', report });
    } catch (error) {
      this.active = undefined;
      if (signal.aborted) this.emit('import:ended', { importId, kind: 'cancelled' });
      else this.emit('import:ended', { importId, kind: 'failed', error: toErrorData(error) });
    }
  }

  /** Reads what was handed over under an id; what is said of its files names them as they were dropped. */
  private async reading<T>(id: string, read: (paths: readonly string[]) => Promise<T>): Promise<T> {
    const paths = this.staged.paths(id);
    return read(paths).catch((error: unknown) => {
      if (!(error instanceof StudioError)) throw error;
      throw new StudioError(error.code, asDropped(error.message, id, paths), { cause: error });
    });
  }
}

/** The name of the one file or folder that was handed over. */
function nameFor(paths: readonly string[]): string {
  const [first = '', ...others] = paths;
  const name = others.length > 0 ? '' : basename(first, extname(first)).trim().slice(0, 120);
  return name === '' ? 'Images' : name;
}

/** What the set keeps of where it came from: the first of very many paths. */
function sourcesOf(paths: readonly string[]): string[] {
  const more = paths.length - MOST_SOURCES;
  return [...paths.slice(0, MOST_SOURCES), ...(more > 0 ? [`and ${more.toLocaleString('en')} more`] : [])];
}
