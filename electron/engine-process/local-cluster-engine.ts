import { existsSync } from 'node:fs';
import { checkForCluster } from '../domain/cluster-limits.ts';
import type { ClusterEngine, ClusterResult, PreparedJob, LoadedWeights } from '../contract/cluster.ts';
import { StudioError } from '../domain/errors.ts';
import type { Experiment } from '../domain/experiment.ts';
import { meanImage } from '../dataset/mean-image.ts';
import { splitTraining, type ImageSet, type LabelledImages } from '../dataset/image-set.ts';
import type { Breathe, Inference } from '../engine/inference.ts';
import { makeInference } from '../engine/make-inference.ts';
import { buildNetwork, type Network } from '../engine/network.ts';
import type { RunFolder } from '../files/run-folder.ts';
import { readSafetensors } from '../files/safetensors.ts';
import { tensorsOfModule, trainingModule } from '../model/training-module.ts';
import { loadWeights, saveModel, setWeights } from '../model/weights-file.ts';
import { checkFits } from '../training/check-fits.ts';
import { setFirstWeights } from '../training/first-weights.ts';
import { contentHash, packImages } from './image-packages.ts';
import { errorOfImage, measureHealth, measureTest, measureValidation, takeSnapshot } from '../training/measure.ts';

/** Pixels beyond which the images are no longer sent: packages lie in the memory of the cluster's head. */
export const MOST_SENT_BYTES = 512 * 2 ** 20;

export interface ClusterEngineOptions {
  readonly id: string;
  readonly experiment: Experiment;
  readonly set: ImageSet;
  readonly folder: RunFolder;
  /** Where packed images are kept. */
  readonly cacheFolder: string;
  /** Where every worker finds the images by itself, as a path or an address: then none are sent. */
  readonly imageSource?: string;
  /** Folder of the model whose weights training begins with; without one they are drawn from the seed. */
  readonly startFrom?: string;
  readonly breathe: Breathe;
  readonly report: (problem: string) => void;
}

/** What of a cluster run needs TensorFlow: its initial weights, and all that is shown and measured of those that come back. */
export class LocalClusterEngine implements ClusterEngine {
  private readonly options: ClusterEngineOptions;
  private readonly training: LabelledImages;
  private readonly validation: LabelledImages;
  private readonly network: Network;
  private measuring: Inference | undefined;
  private knowingNothing: number | undefined;

  /** @throws StudioError `bad-spec` where the experiment does not fit the set, or is none that a cluster trains */
  constructor(options: ClusterEngineOptions) {
    const { experiment, set } = options;
    checkFits(experiment, set);
    checkForCluster(experiment);
    this.options = options;
    const { training, validation } = splitTraining(set.training, experiment.training.validationCount);
    this.training = training;
    this.validation = validation;
    // The seed's weights, as a run on this computer begins with.
    this.network = buildNetwork(experiment.model, experiment.training.seed);
  }

  async prepare(): Promise<PreparedJob> {
    const { experiment, set, imageSource, cacheFolder, breathe, startFrom } = this.options;
    const { images } = set.training;
    const { count, height, width, channels, pixels } = images;
    if (imageSource === undefined && pixels.byteLength > MOST_SENT_BYTES) {
      const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6).toLocaleString('en')} MB`;
      throw new StudioError(
        'refused',
        `${set.name}: expected at most ${megabytes(MOST_SENT_BYTES)} of pixels to send, found ${megabytes(pixels.byteLength)}. ` +
          'Put its file images.u8 where every worker can read it, and name that path or address.',
      );
    }
    const packages = imageSource === undefined ? await packImages(images, cacheFolder, breathe) : [];
    const where =
      imageSource === undefined
        ? { pieces: packages.map(({ module }) => module) }
        : { source: imageSource, sha256: contentHash(images) };
    const data = { training: this.training.images, validation: this.validation.images };
    await setFirstWeights({ network: this.network, experiment, ...data, startFrom, cacheFolder, between: breathe });
    const { source, state } = trainingModule(this.network);
    const { variational, activation } = experiment.model.code;
    return {
      files: { 'model.py': Buffer.from(source), 'initial.safetensors': state },
      spec: {
        training: experiment.training,
        variational,
        codeActivation: activation,
        images: { count, height, width, channels, ...where },
      },
      images: packages,
    };
  }

  async loadWeights(path: string, epoch: number, as: readonly ('best' | 'last')[]): Promise<LoadedWeights> {
    const { id, folder, set, breathe } = this.options;
    setWeights(this.network, tensorsOfModule(this.network, await readSafetensors(path), path), path);
    const inference = await this.inference();
    const snapshot = await takeSnapshot(this.network, inference, set, id, epoch, breathe);
    const none = !existsSync(folder.modelFolder('best'));
    for (const weights of none ? new Set([...as, 'best' as const]) : as) {
      await saveModel(this.network, folder.modelFolder(weights), epoch);
    }
    if (as.includes('last')) await folder.writeSnapshot(snapshot);
    const { health } = measureHealth(this.network, this.validation, await this.meanImageMse());
    return { snapshot, ...(health === undefined ? {} : { health }) };
  }

  async measure(epoch: number): Promise<ClusterResult> {
    const { experiment, set, folder, breathe } = this.options;
    await loadWeights(this.network, folder.modelFolder('best'));
    const inference = await this.inference();
    if (!(await folder.snapshotEpochs()).includes(epoch)) {
      await folder.writeKeptPictures(await takeSnapshot(this.network, inference, set, this.options.id, epoch, breathe));
    }
    const { validationMse } = await measureValidation(inference, this.validation, breathe);
    const test = await measureTest(inference, set, this.training, experiment.model.code.size, epoch, breathe);
    return { test, ...(validationMse === undefined ? {} : { validationMse }) };
  }

  dispose(): void {
    this.measuring?.dispose();
    this.network.dispose();
  }

  private async inference(): Promise<Inference> {
    if (this.measuring === undefined) this.measuring = await makeInference(this.network, this.options.report);
    else this.measuring.refresh();
    return this.measuring;
  }

  private async meanImageMse(): Promise<number> {
    this.knowingNothing ??= errorOfImage(await meanImage(this.training.images), this.validation.images);
    return this.knowingNothing;
  }
}
