import { StudioError } from '../contract/errors.ts';
import type { ImageSetSummary } from '../contract/words.ts';
import { summarise, type ImageSet } from '../dataset/image-set.ts';
import { MNIST_ID, readMnist } from '../dataset/mnist.ts';

/** The image sets this process can train on, each read once when it is first asked for. */
export class ImageSets {
  private readonly readers = new Map<string, () => Promise<ImageSet>>([[MNIST_ID, readMnist]]);
  private readonly loaded = new Map<string, Promise<ImageSet>>();

  /** Offers one more set under its own id. */
  add(set: ImageSet): void {
    this.readers.set(set.id, () => Promise.resolve(set));
  }

  async list(): Promise<ImageSetSummary[]> {
    return Promise.all([...this.readers.keys()].map(async (id) => summarise(await this.get(id))));
  }

  /** @throws StudioError `not-found`, or what reading its files throws. */
  get(id: string): Promise<ImageSet> {
    const known = this.loaded.get(id);
    if (known !== undefined) return known;
    const read = this.readers.get(id);
    if (read === undefined) {
      const names = [...this.readers.keys()].join(', ');
      return Promise.reject(new StudioError('not-found', `There is no image set "${id}"; there are: ${names}.`));
    }
    const loading = read();
    this.loaded.set(id, loading);
    // A file that was mended meanwhile may be read by the next try.
    loading.catch(() => this.loaded.delete(id));
    return loading;
  }
}
