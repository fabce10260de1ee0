import type { Handlers, Request } from '../contract/contract.ts';
import type { ImageChangeAnswers, SetFolder } from '../contract/image-changes.ts';
import type { ImportOptions } from '../contract/import-options.ts';
import { StudioError } from '../domain/errors.ts';
import type { ImageSetSummary } from '../domain/words.ts';
import { planChange, planTaking, writeSet } from '../dataset/change/change-set.ts';
import { contentsOf, openContents, type SetContents } from '../dataset/change/set-contents.ts';
import { folderOf } from '../dataset/change/split-anew.ts';
import { summaryOf, type ImageSetIndex } from '../files/image-set-folder.ts';
import type { ImageSetStore } from '../files/image-set-store.ts';
import type { Emit } from '../training/emit.ts';
import type { ImageSetServiceOptions } from './image-set-service.ts';
import type { ImageSets } from './image-sets.ts';

/** Changes of a set's images: each makes a version under an id of its own, so that a run's set is what it was trained on. */
export class ImageChangeService {
  readonly handlers: Handlers<keyof ImageChangeAnswers>;
  private readonly store: ImageSetStore;
  private readonly sets: ImageSets;
  private readonly emit: Emit;
  private readonly isInUse: (id: string) => boolean;
  /** One after another: two changes of one version would leave two newest ones. */
  private last: Promise<unknown> = Promise.resolve();

  constructor({ store, sets, emit, isInUse }: ImageSetServiceOptions) {
    this.store = store;
    this.sets = sets;
    this.emit = emit;
    this.isInUse = isInUse;
    this.handlers = {
      'image-set:change': (request) => this.inTurn(() => this.change(request)),
      'image-set:take': (request) => this.inTurn(() => this.take(request)),
      'image-set:undo': ({ imageSet }) => this.inTurn(() => this.undo(imageSet)),
      'image-set:folders': ({ imageSet }) => this.folders(imageSet),
    };
  }

  private async change({ imageSet, change }: Request<'image-set:change'>): Promise<ImageSetSummary> {
    await this.refuseOwn(imageSet);
    const before = await this.store.at(imageSet).readIndex();
    await this.store.refuseOlder(imageSet);
    const { name, options, inverted, sources, importedAt, notes, changes = [] } = before;
    return this.reading(imageSet, async (contents) => {
      const { images, words } = planChange(contents, change);
      return this.write(name, contents, images, {
        ...{ name, options, inverted, sources, importedAt },
        ...(notes === undefined ? {} : { notes }),
        follows: imageSet,
        changes: [...changes, { at: new Date().toISOString(), words }],
      });
    });
  }

  private async take({ imageSet, name, picks }: Request<'image-set:take'>): Promise<ImageSetSummary> {
    const stored = this.sets.isAlwaysThere(imageSet) ? undefined : await this.store.at(imageSet).readIndex();
    return this.reading(imageSet, async (contents) => {
      const of = stored?.name ?? (await this.sets.get(imageSet)).name;
      return this.write(name, contents, planTaking(contents, picks), {
        name,
        options: { ...(stored?.options ?? plainOptions(contents)), name },
        inverted: stored?.inverted ?? false,
        sources: [`A selection from “${of}”`],
        importedAt: new Date().toISOString(),
      });
    });
  }

  private async undo(id: string): Promise<ImageSetSummary> {
    await this.refuseOwn(id);
    const { name } = await this.store.at(id).readIndex();
    if (this.isInUse(id)) {
      throw new StudioError('busy', `A run trains on "${name}". Stop it, or wait until it has finished.`);
    }
    const before = await this.store.undo(id);
    this.sets.forget(id);
    this.emit('image-sets:changed', {});
    return summaryOf(before, await this.store.at(before).readIndex());
  }

  private async folders(id: string): Promise<readonly SetFolder[]> {
    const found = new Map<string, { training: number; validation: number; test: number }>();
    await this.reading(id, (contents) => {
      for (const { name, split } of contents.images) {
        const folder = folderOf(name);
        const counts = found.get(folder) ?? { training: 0, validation: 0, test: 0 };
        counts[split] += 1;
        found.set(folder, counts);
      }
      return Promise.resolve();
    });
    return [...found].map(([folder, counts]) => ({ folder, counts }));
  }

  private async write(
    name: string,
    contents: SetContents,
    images: Parameters<typeof writeSet>[0]['images'],
    about: Parameters<typeof writeSet>[0]['about'],
  ): Promise<ImageSetSummary> {
    const id = this.store.newId(name);
    const index: ImageSetIndex = await writeSet({ folder: this.store.at(id).path, contents, images, about });
    this.emit('image-sets:changed', {});
    return summaryOf(id, index);
  }

  private async reading<T>(id: string, read: (contents: SetContents) => Promise<T>): Promise<T> {
    const contents = this.sets.isAlwaysThere(id)
      ? contentsOf(await this.sets.get(id))
      : await openContents(this.store.at(id).path);
    try {
      return await read(contents);
    } finally {
      contents.close();
    }
  }

  /** @throws StudioError `refused` for a set that comes with the app. */
  private async refuseOwn(id: string): Promise<void> {
    if (!this.sets.isAlwaysThere(id)) return;
    const { name } = await this.sets.get(id);
    throw new StudioError(
      'refused',
      `${name} comes with the app and stays as it is: make a set of a selection instead.`,
    );
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.last.then(work);
    this.last = done.catch(() => undefined);
    return done;
  }
}

/** How images that were never pictures of another size are taken to have been made. */
function plainOptions({ shape: [height, width, channels] }: SetContents): ImportOptions {
  return {
    name: 'Images',
    height,
    width,
    channels,
    fit: 'contain',
    background: '#000000',
    invert: 'off',
    centre: false,
    labels: 'folders',
    test: { kind: 'every', n: 6 },
    duplicates: 'keep',
  };
}
