import { randomUUID } from 'node:crypto';
import { StudioError } from '../../domain/errors.ts';
import type { Experiment, ModelSpec } from '../../domain/experiment.ts';
import type { SplitName } from '../../contract/models.ts';
import type { ImageColumns } from '../../domain/words.ts';
import { splitTraining, type ImageSet, type LabelledImages } from '../../dataset/image-set.ts';
import type { Breathe, Inference } from '../../engine/inference.ts';
import { makeInference } from '../../engine/make-inference.ts';
import { searchCodes, type CodeSearch } from '../../engine/neighbours.ts';
import type { Network } from '../../engine/network.ts';
import { fitPlane, type CodePlane } from '../../engine/plane.ts';
import type { RunFolder } from '../../files/run-folder.ts';
import { loadModel } from '../../model/weights-file.ts';
import type { ImageSets } from '../image-sets.ts';

/** Where a model lies, and the run it is of; a model folder that was taken away from its run has none. */
export interface ModelPlace {
  readonly folder: string;
  readonly run?: RunFolder;
}

export interface ModelSurroundings {
  readonly imageSets: ImageSets;
  /** Between two parts of long work. */
  readonly breathe: Breathe;
  /** Told why something is done in a slower way. */
  readonly report: (problem: string) => void;
}

/** A trained model in memory, and what it makes of its own image set: computed when it is first asked for, then kept. */
export class TrainedModel {
  readonly network: Network;
  readonly place: ModelPlace;
  /** Tells it from the same model loaded before or after. */
  readonly loading = randomUUID();
  /** Absent where the model lies outside its run. */
  readonly experiment: Experiment | undefined;
  private readonly surroundings: ModelSurroundings;
  private readonly kept = new Map<string, Promise<unknown>>();
  private readonly ends: (() => void)[] = [];

  private constructor(
    network: Network,
    place: ModelPlace,
    experiment: Experiment | undefined,
    around: ModelSurroundings,
  ) {
    this.network = network;
    this.place = place;
    this.experiment = experiment;
    this.surroundings = around;
  }

  /** @throws StudioError `not-found` or `bad-file` naming the file */
  static async load(place: ModelPlace, surroundings: ModelSurroundings): Promise<TrainedModel> {
    const experiment = await place.run?.readExperiment();
    return new TrainedModel(await loadModel(place.folder), place, experiment, surroundings);
  }

  get spec(): ModelSpec {
    return this.network.spec;
  }

  get codeSize(): number {
    return this.network.spec.code.size;
  }

  get breathe(): Breathe {
    return this.surroundings.breathe;
  }

  /** The image set it was trained on. @throws StudioError `not-found` where it is gone or has images of another shape. */
  async imageSet(): Promise<ImageSet> {
    if (this.experiment === undefined) {
      throw new StudioError(
        'not-found',
        `${this.place.folder}: expected a model inside its run, found no run around it.`,
      );
    }
    const set = await this.surroundings.imageSets.get(this.experiment.imageSet);
    const { height, width, channels, count } = set.training.images;
    const expected = this.spec.inputShape.join(' × ');
    const found = `${height} × ${width} × ${channels}`;
    if (found !== expected) {
      throw new StudioError(
        'not-found',
        `The image set "${set.id}" is not the one that the model was trained on: expected images of ${expected}, found ${found}.`,
      );
    }
    if (this.experiment.training.validationCount >= count) {
      throw new StudioError(
        'not-found',
        `The image set "${set.id}" is not the one that the model was trained on: expected more than ` +
          `${this.experiment.training.validationCount} training images, found ${count}.`,
      );
    }
    return set;
  }

  /** The image set, where it is still there and whole. */
  async imageSetIfThere(): Promise<ImageSet | undefined> {
    return this.imageSet().catch((error: unknown) => {
      const gone = error instanceof StudioError && ['not-found', 'bad-file', 'bad-request'].includes(error.code);
      if (gone) return undefined;
      throw error;
    });
  }

  /** The training images without those held out, and those. */
  async parts(): Promise<{ readonly training: LabelledImages; readonly validation: LabelledImages }> {
    const set = await this.imageSet();
    return splitTraining(set.training, this.experiment?.training.validationCount ?? 0);
  }

  /** All codes of a split: float32 [count × code size]. @param breathe is told how many are there, unless they are kept already */
  codes(split: SplitName, breathe?: Breathe): Promise<Float32Array> {
    return this.keep(`codes ${split}`, async () => this.encode((await this.imageSet())[split].images, breathe));
  }

  /**
   * Codes of other images: float32 [count × code size].
   * @throws StudioError `bad-request` where they are of another shape than the model's
   */
  async encode(images: ImageColumns, breathe = this.breathe): Promise<Float32Array> {
    const expected = this.spec.inputShape.join(' × ');
    const found = `${images.height} × ${images.width} × ${images.channels}`;
    if (found !== expected) {
      throw new StudioError('bad-request', `The model takes images of ${expected}: expected those, found ${found}.`);
    }
    return (await this.inference()).encode(images, breathe);
  }

  /** Squared error of each of other images, which are of the model's shape. */
  async squaredErrorsOf(images: ImageColumns, breathe = this.breathe): Promise<Float32Array> {
    const errors = await (await this.inference()).errors(images, breathe);
    const values = images.height * images.width * images.channels;
    return errors.map((mse) => mse * values);
  }

  /** Squared error of each image of a split. @param breathe as of `codes` */
  squaredErrors(split: SplitName, breathe?: Breathe): Promise<Float32Array> {
    return this.keep(`errors ${split}`, async () =>
      this.squaredErrorsOf((await this.imageSet())[split].images, breathe),
    );
  }

  /** Squared errors of the validation images (of the test images where none are held out), ascending. */
  validationErrors(): Promise<Float32Array> {
    return this.keep('validation errors', async () => {
      const { validation } = await this.parts();
      const errors =
        validation.images.count === 0
          ? await this.squaredErrors('test')
          : await this.squaredErrorsOf(validation.images);
      return errors.toSorted();
    });
  }

  /** What codes are shown on: fitted to the codes of all training images. @throws `engine-failed` where they are no numbers. */
  plane(): Promise<CodePlane> {
    return this.keep('plane', async () => {
      // One or two dimensions are their own plane, whatever the codes are.
      const codes = this.codeSize <= 2 ? new Float32Array(0) : await this.codes('training');
      return fitPlane(codes, this.codeSize);
    });
  }

  /** The codes of a split, ready to be searched. */
  search(split: SplitName): Promise<CodeSearch> {
    return this.keep(`search ${split}`, async () => {
      const search = searchCodes(await this.codes(split), this.codeSize);
      this.ends.push(() => search.dispose());
      return search;
    });
  }

  /** Whether what `keep` makes by this name is there or on its way. */
  keeps(name: string): boolean {
    return this.kept.has(name);
  }

  /** Computes something of the model once; where that fails, the next who asks tries again. */
  keep<T>(name: string, make: () => Promise<T>): Promise<T> {
    const known = this.kept.get(name) as Promise<T> | undefined;
    if (known !== undefined) return known;
    const making = make();
    this.kept.set(name, making);
    making.catch(() => this.kept.delete(name));
    return making;
  }

  /** To be called when nobody uses it any more. */
  dispose(): void {
    for (const end of this.ends.splice(0)) end();
    this.network.dispose();
  }

  private inference(): Promise<Inference> {
    return this.keep('inference', async () => {
      const inference = await makeInference(this.network, this.surroundings.report);
      this.ends.push(() => inference.dispose());
      return inference;
    });
  }
}
