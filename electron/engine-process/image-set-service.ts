import type { Channel, Handlers, Request } from '../contract/contract.ts';
import type { ImageChangeAnswers } from '../contract/image-changes.ts';
import { StudioError } from '../domain/errors.ts';
import type { ImageSetDetails, PickedImages } from '../contract/images.ts';
import type { ImageColumns, ImageSetSummary } from '../domain/words.ts';
import { exampleImages } from '../dataset/examples.ts';
import { pickImages, sliceImages, summarise, type ImageSet } from '../dataset/image-set.ts';
import { meanImage, meanOfFile } from '../dataset/mean-image.ts';
import { ImageNames } from '../files/image-names.ts';
import { summaryOf } from '../files/image-set-folder.ts';
import type { ImageSetStore } from '../files/image-set-store.ts';
import type { Emit } from '../training/emit.ts';
import type { ImageSets } from './image-sets.ts';

/** All about image sets but what is computed from PCA, and what changes their images. */
export type ImageSetChannel = Exclude<
  Extract<Channel, `image-set:${string}`>,
  'image-set:baseline' | 'image-set:pca-neighbours' | 'image-set:plane' | keyof ImageChangeAnswers
>;

export interface ImageSetServiceOptions {
  readonly store: ImageSetStore;
  readonly sets: ImageSets;
  readonly emit: Emit;
  /** The set that a run trains on now. */
  readonly isInUse: (id: string) => boolean;
}

/** The library: what image sets there are, what is in them, and the few things a person does to one. */
export class ImageSetService {
  readonly handlers: Handlers<ImageSetChannel>;
  private readonly store: ImageSetStore;
  private readonly sets: ImageSets;
  private readonly emit: Emit;
  private readonly isInUse: (id: string) => boolean;
  private readonly names = new Map<string, Promise<ImageNames | undefined>>();
  private readonly means = new Map<string, ImageColumns>();

  constructor({ store, sets, emit, isInUse }: ImageSetServiceOptions) {
    this.store = store;
    this.sets = sets;
    this.emit = emit;
    this.isInUse = isInUse;
    this.handlers = {
      'image-set:list': () => this.sets.list(),
      'image-set:problems': async () => (await this.store.list()).problems,
      'image-set:images': (request) => this.images(request),
      'image-set:examples': async ({ imageSet }) => ({ indices: exampleImages((await this.sets.get(imageSet)).test) }),
      'image-set:describe': ({ imageSet }) => this.describe(imageSet),
      // A copy of its own size: a view would carry all labels across.
      'image-set:labels': async ({ imageSet, split }) => ({
        labels: (await this.sets.get(imageSet))[split].labels?.slice() ?? new Uint8Array(0),
      }),
      'image-set:pick': (request) => this.pick(request),
      'image-set:edit': (request) => this.edit(request),
      'image-set:delete': ({ imageSet }) => this.delete(imageSet),
      'image-set:restore': async ({ imageSet }) => {
        await this.store.restore(imageSet);
        return this.changed();
      },
      'image-set:trash': async () => (await this.store.listTrash()).sets,
      'image-set:empty-trash': async () => {
        await this.store.emptyTrash();
        return this.changed();
      },
    };
  }

  private async images({ imageSet, split, first, count }: Request<'image-set:images'>): Promise<ImageColumns> {
    const { images } = (await this.sets.get(imageSet))[split];
    const slice = sliceImages(images, first, count);
    // A copy of its own size: a view would carry the whole set across.
    return { ...slice, pixels: slice.pixels.slice() };
  }

  private async describe(id: string): Promise<ImageSetDetails> {
    if (this.sets.isAlwaysThere(id)) return this.describeOwn(await this.sets.get(id));
    const described = await this.store.describe(id);
    const { options, inverted, sources, importedAt, labelCounts, bytesOnDisk, notes, changes, follows } = described;
    const summary = summaryOf(id, await this.store.at(id).readIndex());
    const [height, width, channels] = summary.shape;
    const shape = { height, width, channels };
    const mean = this.means.get(id) ?? (await meanOfFile(this.store.at(id).imagesPath, summary.trainingCount, shape));
    this.means.set(id, mean);
    const history = { changes, ...(follows === undefined ? {} : { follows }) };
    const imported = { importedAt, sources, options, inverted, ...history };
    return { summary, labelCounts, meanImage: mean, bytesOnDisk, notes, imported };
  }

  private async describeOwn(set: ImageSet): Promise<ImageSetDetails> {
    const mean = this.means.get(set.id) ?? (await meanImage(set.training.images));
    this.means.set(set.id, mean);
    const labelCounts = set.labelNames.map(() => 0);
    let bytesOnDisk = 0;
    for (const { images, labels = new Uint8Array(0) } of [set.training, set.test]) {
      bytesOnDisk += images.pixels.length + labels.length;
      for (const label of labels) labelCounts[label]! += 1;
    }
    return { summary: summarise(set), labelCounts, meanImage: mean, bytesOnDisk, notes: '' };
  }

  private async pick({ imageSet, split, indices }: Request<'image-set:pick'>): Promise<PickedImages> {
    const set = await this.sets.get(imageSet);
    const { images } = set[split];
    const beyond = indices.find((index) => index >= images.count);
    if (beyond !== undefined) {
      throw new StudioError(
        'bad-request',
        `image-set:pick: indices must be below ${images.count}, the number of ${split} images, found ${beyond}.`,
      );
    }
    const before = split === 'training' ? 0 : set.training.images.count;
    const names = await this.namesOf(set);
    const places = [...indices];
    const known = names?.at(places.map((index) => before + index));
    return {
      images: pickImages(images, indices),
      names: places.map((index, row) => known?.[row] ?? `${split} ${index}`),
    };
  }

  private namesOf(set: ImageSet): Promise<ImageNames | undefined> {
    if (this.sets.isAlwaysThere(set.id)) return Promise.resolve(undefined);
    const count = set.training.images.count + set.test.images.count;
    const names = this.names.get(set.id) ?? ImageNames.open(this.store.at(set.id).namesPath, count);
    this.names.set(set.id, names);
    return names;
  }

  private async edit({ imageSet, name, notes }: Request<'image-set:edit'>): Promise<ImageSetSummary> {
    await this.refuseOwn(imageSet, 'edited');
    const summary = await this.store.edit(imageSet, {
      ...(name === undefined ? {} : { name }),
      ...(notes === undefined ? {} : { notes }),
    });
    this.sets.forget(imageSet);
    this.changed();
    return summary;
  }

  private async delete(id: string): Promise<Record<string, never>> {
    await this.refuseOwn(id, 'deleted');
    const versions = await this.store.versions(id);
    if (versions.some((version) => this.isInUse(version))) {
      const { name } = await this.store.describe(id);
      throw new StudioError('busy', `A run trains on "${name}". Stop it, or wait until it has finished.`);
    }
    await this.store.delete(id);
    for (const version of versions) {
      this.sets.forget(version);
      this.names.delete(version);
      this.means.delete(version);
    }
    return this.changed();
  }

  /** @throws StudioError `refused` for a set that comes with the app. */
  private async refuseOwn(id: string, what: 'edited' | 'deleted'): Promise<void> {
    if (!this.sets.isAlwaysThere(id)) return;
    const { name } = await this.sets.get(id);
    throw new StudioError('refused', `${name} comes with the app: it cannot be ${what}.`);
  }

  private changed(): Record<string, never> {
    this.emit('image-sets:changed', {});
    return {};
  }
}
