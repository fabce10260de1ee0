import type { CompressSource, CompressionProgress, MeasuredCompression } from '../../contract/compression.ts';
import type { Handlers } from '../../contract/contract.ts';
import { StudioError } from '../../domain/errors.ts';
import type { ModelRef } from '../../contract/models.ts';
import type { ImageColumns } from '../../domain/words.ts';
import { sliceImages } from '../../dataset/image-set.ts';
import type { Breathe } from '../../engine/inference.ts';
import { writeFolder, writeWhole } from '../../files/atomic.ts';
import { decodeCompressed } from '../../files/compressed-images.ts';
import { RunFolder } from '../../files/run-folder.ts';
import { readBytes } from '../../model/import/read-bytes.ts';
import { throttled, type Emit } from '../../training/emit.ts';
import type { ImageSetService } from '../image-set-service.ts';
import { asDropped, type StagedFiles } from '../staged-files.ts';
import { compress, decompress, type Compression } from './compression.ts';
import { encodePictures } from './encoded-pictures.ts';
import type { ModelService } from './model-service.ts';
import { OpenModels } from './open-models.ts';
import type { ModelSurroundings, TrainedModel } from './trained-model.ts';
import { writePictures } from './write-pictures.ts';

type Channel = 'compression:measure' | 'compression:cancel' | 'engine:compress' | 'engine:decompress';

export interface CompressionServiceOptions extends ModelSurroundings {
  readonly dataFolder: string;
  readonly staged: StagedFiles;
  readonly emit: Emit;
  /** Reads and encodes pictures. */
  readonly models: ModelService;
  /** Names the images of a set. */
  readonly library: ImageSetService;
}

/** Between these it can be cancelled, and says how far it is. */
const ENCODED_AT_ONCE = 1_000;

/** What every piece of work is told: whether it is to end, and where to say how far it is. */
interface Watch {
  readonly breathe: Breathe;
  readonly told: (kind: CompressionProgress['kind'], fraction: number) => void;
}

/** Answers what windows ask of compressing images: any number of jobs at once, each told and cancelled by its name. */
export class CompressionService {
  readonly handlers: Handlers<Channel>;
  private readonly options: CompressionServiceOptions;
  private readonly jobs = new Map<string, AbortController>();

  constructor(options: CompressionServiceOptions) {
    this.options = options;
    this.handlers = {
      'compression:measure': ({ job, model, source }) =>
        this.working(job, async (watch): Promise<MeasuredCompression> => {
          const { figures, examples, problems } = await this.compress(model, source, watch);
          return { figures, examples, problems };
        }),
      'compression:cancel': async ({ job }) => {
        // What has ended meanwhile needs no cancelling.
        this.jobs.get(job)?.abort();
        return {};
      },
      'engine:compress': ({ job, model, source, file: path }) =>
        this.working(job, async (watch) => {
          const { file } = await this.compress(model, source, watch);
          watch.told('writing', 0);
          await writeWhole(path, file);
          return {};
        }),
      'engine:decompress': ({ job, staged, folder }) =>
        this.working(job, async (watch) => {
          await this.decompress(staged, folder, watch);
          return {};
        }),
    };
  }

  /** @throws StudioError `stopped` once the job is cancelled, `bad-request` where one of that name is at work */
  private async working<T>(job: string, work: (watch: Watch) => Promise<T>): Promise<T> {
    if (this.jobs.has(job)) throw new StudioError('bad-request', `job must be a new name, found "${job}" at work.`);
    const stopping = new AbortController();
    this.jobs.set(job, stopping);
    const send = throttled((progress: CompressionProgress) => this.options.emit('compression:progressed', progress));
    const stopIfAsked = (): void => {
      if (stopping.signal.aborted) throw new StudioError('stopped', 'Cancelled: nothing was written.');
    };
    try {
      return await work({
        breathe: async () => {
          await this.options.breathe();
          stopIfAsked();
        },
        told: (kind, fraction) => {
          stopIfAsked();
          send({ job, kind, fraction });
        },
      });
    } finally {
      this.jobs.delete(job);
    }
  }

  private async compress(
    ref: ModelRef,
    source: CompressSource,
    watch: Watch,
  ): Promise<Compression & Pick<MeasuredCompression, 'problems'>> {
    const models = new OpenModels(this.options);
    const run = RunFolder.under(this.options.dataFolder, ref.runId);
    try {
      return await models.use({ folder: run.modelFolder(ref.weights), run }, async (model) => {
        const { images, codes, names, problems } =
          source.kind === 'set'
            ? await this.ofSet(model, source, watch)
            : await this.ofPictures(ref, source.staged, watch);
        watch.told('comparing', 0);
        return { ...(await compress(model.network, images, codes, names, watch.breathe)), problems };
      });
    } finally {
      await models.close();
    }
  }

  private async ofSet(
    model: TrainedModel,
    { imageSet, split }: Extract<CompressSource, { kind: 'set' }>,
    watch: Watch,
  ) {
    const { images } = (await this.options.imageSets.get(imageSet))[split];
    if (images.count === 0) {
      throw new StudioError('not-found', `The image set "${imageSet}" has no ${split} images: choose others.`);
    }
    const names: string[] = [];
    const codes = new Float32Array(images.count * model.codeSize);
    for (let first = 0; first < images.count; first += ENCODED_AT_ONCE) {
      const part = sliceImages(images, first, Math.min(ENCODED_AT_ONCE, images.count - first));
      const indices = Uint32Array.from({ length: part.count }, (_, index) => first + index);
      const picked = await this.options.library.handlers['image-set:pick']({ imageSet, split, indices });
      names.push(...picked.names);
      codes.set(await model.encode(part), first * model.codeSize);
      await watch.breathe();
      watch.told('encoding', (first + part.count) / images.count);
    }
    return { images, codes, names, problems: [] };
  }

  private async ofPictures(ref: ModelRef, staged: string, watch: Watch) {
    return this.naming(staged, () =>
      encodePictures(this.options.models, ref, staged, (fraction) => watch.told('reading', fraction)),
    );
  }

  private async decompress(staged: string, folder: string, watch: Watch): Promise<void> {
    const paths = this.options.staged.paths(staged);
    const [path, ...others] = paths;
    if (path === undefined || others.length > 0) {
      throw new StudioError('bad-request', `Expected one file of compressed images, found ${paths.length}.`);
    }
    watch.told('reading', 0);
    const { images, names } = await this.naming(staged, async () => {
      const compressed = decodeCompressed(await readBytes(path, path), path);
      watch.told('decoding', 0);
      return { names: compressed.names, images: await decompress(compressed, path, watch.breathe) };
    });
    await writeFolder(folder, (inside) => writeAll(inside, images, names, watch));
  }

  /** Messages call files what they were called when they were dropped. */
  private async naming<T>(id: string, work: () => Promise<T>): Promise<T> {
    return work().catch((error: unknown) => {
      if (!(error instanceof StudioError)) throw error;
      const message = asDropped(error.message, id, this.options.staged.paths(id));
      throw new StudioError(error.code, message, { cause: error });
    });
  }
}

async function writeAll(folder: string, images: ImageColumns, names: readonly string[], watch: Watch): Promise<void> {
  let written = 0;
  await writePictures(folder, images, names, async () => {
    written += 1;
    await watch.breathe();
    watch.told('writing', written / names.length);
  });
}
