import { newestSets } from '../../electron/domain/versions.ts';
import type { Answer, Request, StudioApi } from '../../electron/contract/contract.ts';
import type { ExportAnswer } from '../../electron/contract/export-answer.ts';
import type { CompressionProgress, CompressSource, MeasuredCompression } from '../../electron/contract/compression.ts';
import { toErrorData, type ErrorData, type Result } from '../../electron/domain/errors.ts';
import type { HandedFile } from '../../electron/contract/files.ts';
import type { ModelRef } from '../../electron/contract/models.ts';
import type { ImageSetSummary } from '../../electron/domain/words.ts';
import { formatCount, formatCounted } from '../widgets/format-number.ts';
import { LatestRequest } from '../link/latest-request.svelte.ts';
import { exportWords } from '../files/export-words.ts';

export interface CompressingContext {
  readonly api: StudioApi;
  readonly imageSets: readonly ImageSetSummary[];
}

/** What is compressed: a model of this run, images of this shape. */
export interface CompressedModel {
  readonly model: ModelRef;
  readonly inputShape: readonly number[];
  /** What it was trained on: offered first. */
  readonly imageSet: string;
}

/** Images that can be chosen: "mnist/test", or the pictures that were handed over. */
export interface SourceChoice {
  readonly id: string;
  readonly name: string;
}

const PICTURES = 'pictures';

/** Of all windows and dialogs: the host tells jobs apart by their names. */
const newJob = (): string => `compression-${crypto.randomUUID()}`;

/** Compressing images with a model, from the choice of images to the file, as the window sees it; one thing at a time. */
export class Compressing {
  source = $state('');
  measured = $state.raw<MeasuredCompression>();
  /** How far the work is, while there is any. */
  progress = $state.raw<Pick<CompressionProgress, 'kind' | 'fraction'>>();
  problem = $state.raw<ErrorData>();
  /** What became of the last file. */
  said = $state('');

  /** Pictures that were handed over for it. */
  #pictures = $state.raw<{ readonly staged: string; readonly name: string }>();
  /** A measurement is of the images that are chosen, what is staged of the last choice. */
  readonly #measures = new LatestRequest();
  readonly #stagings = new LatestRequest();
  #job: string | undefined;
  readonly #context: CompressingContext;
  readonly #of: CompressedModel;

  readonly choices = $derived.by<readonly SourceChoice[]>(() => [
    ...this.#sets().flatMap((set) => [
      ...(set.testCount > 0
        ? [{ id: `${set.id}/test`, name: `${set.name}, test images (${formatCount(set.testCount)})` }]
        : []),
      { id: `${set.id}/training`, name: `${set.name}, training images (${formatCount(set.trainingCount)})` },
    ]),
    ...(this.#pictures ? [{ id: PICTURES, name: this.#pictures.name }] : []),
  ]);

  constructor(context: CompressingContext, of: CompressedModel) {
    this.#context = context;
    this.#of = of;
    this.source = this.choices[0]?.id ?? '';
  }

  get busy(): boolean {
    return this.progress !== undefined;
  }

  /** Hears how far the work is. Returns how to end it, which cancels what is at work and lets go of pictures. */
  follow(): () => void {
    const unfollow = this.#context.api.listen('compression:progressed', ({ job, kind, fraction }) => {
      if (job === this.#job) this.progress = { kind, fraction };
    });
    return () => {
      unfollow();
      this.cancel();
      this.#stagings.cancel();
      this.#letGo();
    };
  }

  choose(source: string): void {
    this.source = source;
    this.#measures.cancel();
    this.measured = undefined;
    this.said = '';
  }

  /** Takes pictures and folders to be compressed. */
  async takePictures(files: readonly HandedFile[]): Promise<void> {
    const token = this.#stagings.begin();
    const staged = await this.#stage(files);
    if (staged === undefined) return;
    if (token.isStale) return void this.#context.api.call('files:release', { staged });
    this.#letGo();
    const [first = ''] = files.map(({ path }) => path);
    this.#pictures = {
      staged,
      name: files.length === 1 ? first : `${formatCounted(files.length, 'file')}: ${first}, …`,
    };
    this.choose(PICTURES);
  }

  async measure(): Promise<void> {
    const task = this.#task();
    if (!task) return;
    this.measured = undefined;
    const token = this.#measures.begin();
    const result = await this.#working('encoding', (job) =>
      this.#context.api.call('compression:measure', { job, ...task }),
    );
    if (result?.ok && !token.isStale) this.measured = result.value;
  }

  /** Has the host ask where, and write one file. */
  async write(): Promise<void> {
    const task = this.#task();
    if (task) await this.#saving('encoding', (job) => this.#context.api.call('compression:write', { job, ...task }));
  }

  /** Makes images of a file again, in a folder that the host asks for. */
  async unpack(files: readonly HandedFile[]): Promise<void> {
    const staged = await this.#stage(files);
    if (staged === undefined) return;
    await this.#saving('reading', (job) => this.#context.api.call('compression:unpack', { job, staged }));
    void this.#context.api.call('files:release', { staged });
  }

  cancel(): void {
    if (this.#job !== undefined) void this.#context.api.call('compression:cancel', { job: this.#job });
  }

  #sets(): readonly ImageSetSummary[] {
    const shape = this.#of.inputShape.join();
    const fitting = newestSets(this.#context.imageSets).filter((set) => set.shape.join() === shape);
    return fitting.toSorted((a, b) => Number(b.id === this.#of.imageSet) - Number(a.id === this.#of.imageSet));
  }

  #task(): Omit<Request<'compression:measure'>, 'job'> | undefined {
    const source = this.#chosen();
    return source && { model: this.#of.model, source };
  }

  #chosen(): CompressSource | undefined {
    if (this.source === PICTURES) return this.#pictures && { kind: 'staged', staged: this.#pictures.staged };
    const [imageSet = '', split = ''] = this.source.split('/');
    return imageSet === '' ? undefined : { kind: 'set', imageSet, split: split === 'training' ? 'training' : 'test' };
  }

  async #saving(
    begins: CompressionProgress['kind'],
    work: (job: string) => Promise<Result<ExportAnswer>>,
  ): Promise<void> {
    const result = await this.#working(begins, work);
    if (result?.ok) this.said = exportWords(result).text;
  }

  async #working<T extends Answer<'compression:measure'> | ExportAnswer>(
    begins: CompressionProgress['kind'],
    work: (job: string) => Promise<Result<T>>,
  ): Promise<Result<T> | undefined> {
    if (this.busy) return undefined;
    const job = newJob();
    this.#job = job;
    this.progress = { kind: begins, fraction: 0 };
    this.problem = undefined;
    this.said = '';
    const result = await work(job);
    this.#job = undefined;
    this.progress = undefined;
    if (!result.ok && result.error.code === 'stopped') this.said = result.error.message;
    else if (!result.ok) this.problem = result.error;
    return result;
  }

  async #stage(files: readonly HandedFile[]): Promise<string | undefined> {
    this.problem = undefined;
    this.said = '';
    try {
      const staged = await this.#context.api.stage(files);
      if (staged.ok) return staged.value.staged;
      this.problem = staged.error;
    } catch (error) {
      this.problem = toErrorData(error);
    }
    return undefined;
  }

  #letGo(): void {
    const pictures = this.#pictures;
    this.#pictures = undefined;
    if (pictures) void this.#context.api.call('files:release', { staged: pictures.staged });
  }
}
