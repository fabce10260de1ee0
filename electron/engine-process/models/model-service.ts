import { join } from 'node:path';
import type { Handlers, Request } from '../../contract/contract.ts';
import { hasPrior } from '../../domain/code-prior.ts';
import { StudioError } from '../../domain/errors.ts';
import type { ModelSpec } from '../../domain/experiment.ts';
import {
  MOST_DECODED,
  MOST_DECODED_PIXELS,
  type ImageSource,
  type ModelAnswers,
  type ModelDetails,
  type ModelProgress,
  type ModelRef,
  type PictureOptions,
  type SplitName,
} from '../../contract/models.ts';
import type { ImageColumns } from '../../domain/words.ts';
import { sliceImages } from '../../dataset/image-set.ts';
import { flatten } from '../../dataset/picture/picture.ts';
import { decodeCodes } from '../../engine/apply.ts';
import { allFinite } from '../../engine/finite.ts';
import type { Breathe } from '../../engine/inference.ts';
import { quantiserOf } from '../../engine/vector-quantiser.ts';
import { RunFolder } from '../../files/run-folder.ts';
import type { Emit } from '../../training/emit.ts';
import { mapMeasures, mapPoints } from './code-map.ts';
import { meritOf } from './merit.ts';
import { codebookOf, drawnCodes } from './model-codebook.ts';
import { OpenModels } from './open-models.ts';
import { StagedPictures } from './picture-sources.ts';
import { mannerOf, type Manner } from './prepare-picture.ts';
import { readPictures, type ReadPicture } from './read-pictures.ts';
import { nearestTo, reconstructPictures, type Prepared, type PreparedOne } from './reconstruct-pictures.ts';
import type { StagedFiles } from '../staged-files.ts';
import { tellingBreath } from '../telling-breath.ts';
import type { ModelPlace, ModelSurroundings, TrainedModel } from './trained-model.ts';

export interface ModelServiceOptions extends ModelSurroundings {
  readonly dataFolder: string;
  readonly staged: StagedFiles;
  readonly emit: Emit;
  /** Where a model lies: in its run in the data folder, unless told otherwise. */
  readonly placeOf?: (ref: ModelRef) => ModelPlace;
  /** What images of a set are called. */
  readonly namesOf: (
    imageSet: string,
    split: SplitName,
    indices: Uint32Array<ArrayBuffer>,
  ) => Promise<readonly string[]>;
}

/** Answers what windows ask of trained models. */
export class ModelService {
  readonly handlers: Handlers<keyof ModelAnswers>;
  private readonly options: ModelServiceOptions;
  private readonly models: OpenModels;
  private readonly pictures: StagedPictures;

  constructor(options: ModelServiceOptions) {
    this.options = options;
    this.models = new OpenModels(options);
    this.pictures = new StagedPictures(options.staged);
    this.handlers = {
      'model:open': ({ model: ref, withErrors = true }) => this.use(ref, (model) => this.open(ref, model, withErrors)),
      'model:reconstruct': ({ model: ref, source, options: chosen, neighbours }) =>
        this.use(ref, (model) =>
          this.prepare(model, source, chosen, (prepared) =>
            reconstructPictures(model, prepared, chosen.noise, neighbours),
          ),
        ),
      'model:decode': ({ model: ref, codes }) =>
        this.use(ref, async (model) => {
          checkCodes(codes, model.codeSize, MOST_DECODED);
          checkDecoded(codes.length / model.codeSize, model.spec.inputShape);
          return decodeCodes(model.network, codes, model.breathe);
        }),
      'model:points': ({ model: ref, split }) =>
        this.use(ref, (model) => mapPoints(model, split, this.telling(ref, 'points'))),
      'model:measures': ({ model: ref, split }) =>
        this.use(ref, (model) => mapMeasures(model, split, this.telling(ref, 'measures'))),
      'model:codes': ({ model: ref, split }) =>
        this.use(ref, async (model) => ({ codes: await model.codes(split), size: model.codeSize })),
      'model:neighbours': (request) => this.use(request.model, (model) => this.neighbours(model, request)),
      'model:merit': ({ model: ref }) =>
        this.use(ref, (model) =>
          meritOf(model, ref.weights, join(options.dataFolder, 'cache'), this.telling(ref, 'merit')),
        ),
      'model:codebook': ({ model: ref }) => this.use(ref, codebookOf),
      'model:draw': ({ model: ref, count, seed }) =>
        this.use(ref, async (model) => ({ codes: await drawnCodes(model, count, seed) })),
    };
  }

  /** Lets go of models and files once the calls that use them have been answered. */
  async close(): Promise<void> {
    await Promise.all([this.models.close(), this.pictures.close()]);
  }

  private use<T>(ref: ModelRef, work: (model: TrainedModel) => Promise<T>): Promise<T> {
    return this.models.use(this.options.placeOf?.(ref) ?? this.inDataFolder(ref), work);
  }

  /** A breath that tells whoever listens how far an answer is. */
  private telling(model: ModelRef, kind: ModelProgress['kind']): Breathe {
    const { emit, breathe } = this.options;
    return tellingBreath((fraction) => emit('model:progressed', { model, kind, fraction }), breathe);
  }

  private inDataFolder({ runId, weights }: ModelRef): ModelPlace {
    const run = RunFolder.under(this.options.dataFolder, runId);
    return { folder: run.modelFolder(weights), run };
  }

  private async open(ref: ModelRef, model: TrainedModel, withErrors: boolean): Promise<ModelDetails> {
    const set = await model.imageSetIfThere();
    const { preparation } = await this.mannerOf(model);
    const known = set !== undefined && withErrors;
    const errors = known ? await model.validationErrors() : new Float32Array(0);
    // Nearest images and places ask for all training codes: computed now, they need not be waited for at the first picture.
    if (known) void this.warm(ref);
    const imageSet = model.experiment?.imageSet ?? '';
    const drawn = hasPrior(model.spec, model.experiment?.training);
    const quantiser = quantiserOf(model.network.codeLayers);
    return {
      spec: model.spec,
      imageSet,
      hasImageSet: set !== undefined,
      hasPrior: drawn,
      ...(quantiser && { codebook: quantiser.values.slice() }),
      preparation,
      errors,
    };
  }

  private async warm(ref: ModelRef): Promise<void> {
    // Whoever asks for them is told what is wrong.
    await this.use(ref, (model) => model.search('training')).catch(() => undefined);
  }

  private async neighbours(
    model: TrainedModel,
    { codes, count, split }: Request<'model:neighbours'>,
  ): Promise<ModelAnswers['model:neighbours']> {
    checkCodes(codes, model.codeSize, MOST_DECODED);
    await model.imageSet();
    return nearestTo(model, codes, count, split);
  }

  private mannerOf(model: TrainedModel): Promise<Manner> {
    return model.keep('manner', () => mannerOf(model, this.options.dataFolder));
  }

  private async prepare<T>(
    model: TrainedModel,
    source: ImageSource,
    options: PictureOptions,
    work: (prepared: Prepared) => Promise<T>,
  ): Promise<T> {
    if (source.kind === 'set') return work(await this.fromSet(model, source.split, source.indices));
    const manner = await this.mannerOf(model);
    if (source.kind === 'pictures') {
      const items = source.pictures.map(({ name, bytes }) => ({
        name,
        content: { kind: 'file', read: async () => bytes } as const,
      }));
      return work({ total: items.length, ...sorted(await readPictures(items, manner, options), (row) => row) });
    }
    const { staged, first, count } = source;
    return this.pictures.use(staged, first, count, async ({ items, total, problems }) => {
      const read = await readPictures(
        items.map(({ item }) => item),
        manner,
        options,
      );
      const { pictures, problems: found } = sorted(read, (row) => items[row]!.place);
      return work({ total, pictures, problems: [...problems, ...found] });
    });
  }

  private async fromSet(model: TrainedModel, split: SplitName, indices: Uint32Array<ArrayBuffer>): Promise<Prepared> {
    const set = await model.imageSet();
    const { images } = set[split];
    const beyond = indices.find((index) => index >= images.count);
    if (beyond !== undefined) {
      throw new StudioError(
        'bad-request',
        `source.indices must lie below ${images.count}, the ${split} images of "${set.id}", found ${beyond}.`,
      );
    }
    const names = await this.options.namesOf(set.id, split, indices);
    const pictures = Array.from(indices, (index, row): PreparedOne => {
      const { pixels } = sliceImages(images, index, 1);
      const original = coloured(sliceImages(images, index, 1));
      return { name: names[row]!, number: index, pixels, inverted: false, centred: false, original };
    });
    return { total: pictures.length, problems: [], pictures };
  }
}

function sorted(
  read: readonly ReadPicture[],
  placeOf: (row: number) => number,
): Pick<Prepared, 'pictures' | 'problems'> {
  const pictures = read.flatMap((one, index) =>
    one.kind === 'picture' ? [{ name: one.name, number: placeOf(index), ...one.prepared }] : [],
  );
  const problems = read.flatMap((one) => (one.kind === 'problem' ? [{ name: one.name, message: one.message }] : []));
  return { pictures, problems };
}

function coloured(image: ImageColumns): ImageColumns {
  const { width, height, channels, pixels } = image;
  const picture = { width, height, channels: channels === 3 ? 3 : 1, pixels } as const;
  return { ...image, channels: 3, pixels: flatten(picture, 3, [0, 0, 0]).pixels.slice() };
}

/** @throws StudioError `refused` where so many images [height, width, channels] are too many pixels for one answer */
export function checkDecoded(count: number, [height, width]: ModelSpec['inputShape']): void {
  const most = Math.floor(MOST_DECODED_PIXELS / (height * width));
  if (count <= most) return;
  throw new StudioError(
    'refused',
    `codes: expected at most ${most.toLocaleString('en')} for images of ${height} × ${width}, found ${count.toLocaleString('en')}.`,
  );
}

/** @throws StudioError `bad-request` where these are not whole codes of finite numbers, or too many */
export function checkCodes(codes: Float32Array, size: number, most: number): void {
  const bad = (expected: string, found: string): StudioError =>
    new StudioError('bad-request', `codes: expected ${expected}, found ${found}.`);
  if (codes.length % size !== 0) throw bad(`a multiple of ${size} numbers, the code’s size`, `${codes.length}`);
  if (codes.length / size > most) {
    throw bad(`at most ${most.toLocaleString('en')} codes`, (codes.length / size).toLocaleString('en'));
  }
  if (allFinite(codes)) return;
  const place = codes.findIndex((value) => !Number.isFinite(value));
  throw bad('finite numbers', `${codes[place]} in code ${Math.floor(place / size)}, unit ${place % size}`);
}
