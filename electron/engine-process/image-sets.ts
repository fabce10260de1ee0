import { StudioError } from '../domain/errors.ts';
import type { ImageSetSummary } from '../domain/words.ts';
import { summarise, type ImageSet } from '../dataset/image-set.ts';
import { readMnist } from '../dataset/mnist.ts';
import { MNIST_ID } from '../domain/ids.ts';
import { readStoredSet } from '../dataset/stored-set.ts';
import { ImageSetStore } from '../files/image-set-store.ts';

/** The image sets this process can train on: MNIST and what was imported, each read once when it is first asked for. */
export class ImageSets {
  private readonly readers = new Map<string, () => Promise<ImageSet>>([[MNIST_ID, readMnist]]);
  private readonly loaded = new Map<string, Promise<ImageSet>>();
  private readonly store: ImageSetStore;

  constructor(dataFolder: string) {
    this.store = new ImageSetStore(dataFolder);
  }

  /** Offers one more set under its own id. */
  add(set: ImageSet): void {
    this.readers.set(set.id, () => Promise.resolve(set));
  }

  /** Whether a set comes with the app: it can be neither edited nor deleted. */
  isAlwaysThere(id: string): boolean {
    return this.readers.has(id);
  }

  /** The imported ones by name, after those that are always there; their images are not read. */
  async list(): Promise<ImageSetSummary[]> {
    const always = await Promise.all([...this.readers.keys()].map(async (id) => summarise(await this.get(id))));
    const { sets } = await this.store.list();
    return [...always, ...sets];
  }

  /** @throws StudioError `not-found`, or what reading its files throws. */
  async get(id: string): Promise<ImageSet> {
    const known = this.loaded.get(id);
    if (known !== undefined) return known;
    const read = this.readers.get(id) ?? (await this.storedReader(id));
    const loading = this.loaded.get(id) ?? read();
    this.loaded.set(id, loading);
    // A file that was mended meanwhile may be read by the next try.
    loading.catch(() => this.loaded.delete(id));
    return loading;
  }

  /** Lets go of a set that was renamed or deleted. */
  forget(id: string): void {
    this.loaded.delete(id);
  }

  private async storedReader(id: string): Promise<() => Promise<ImageSet>> {
    const { sets } = await this.store.list();
    if (sets.some((set) => set.id === id)) {
      // One at a time: each may fill a good part of memory.
      for (const other of this.loaded.keys()) if (!this.readers.has(other)) this.loaded.delete(other);
      return () => readStoredSet(this.store.at(id).path, id);
    }
    const names = [...this.readers.keys(), ...sets.map((set) => set.id)].join(', ');
    throw new StudioError('not-found', `There is no image set "${id}"; there are: ${names}.`);
  }
}
