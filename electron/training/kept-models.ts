import type { Network } from '../engine/network.ts';
import { tf } from '../engine/tensorflow.ts';
import type { RunFolder } from '../files/run-folder.ts';
import { saveTensors, tensorsOf, type NamedWeights } from '../model/weights-file.ts';
import { SharePace } from './share-pace.ts';

type Kept = 'best' | 'last';

/** Weights as they were, in TensorFlow: those of most epochs are never written. */
interface Waiting extends NamedWeights {
  readonly spec: Network['spec'];
  readonly epochs: number;
}

/**
 * The weights of the best epoch and of the last on their way to the disk: each epoch's where it takes long enough, else those that are
 * newest when there is time, and whenever `write` is called. Until then they lie in memory, which `dispose` frees.
 */
export class KeptModels {
  private readonly folder: RunFolder;
  private readonly pace: SharePace;
  private readonly persist: (write: () => Promise<void>) => Promise<void>;
  private readonly waiting = new Map<Kept, Waiting>();

  /**
   * @param mostShare of the time that goes into all else, so much at most goes into writing weights; infinite: there is no bound
   * @param persist tries a write until the disk has room for it
   */
  constructor(folder: RunFolder, mostShare: number, persist: (write: () => Promise<void>) => Promise<void>) {
    this.folder = folder;
    this.pace = new SharePace(mostShare);
    this.persist = persist;
  }

  /** Takes the weights as they are now, after so many epochs. Throws as `persist`. */
  async keep(network: Network, as: readonly Kept[], epochs: number): Promise<void> {
    for (const kept of as) {
      this.drop(kept);
      const weights = network.weights.map(({ name, variable }) => ({ name, variable: variable.clone() }));
      this.waiting.set(kept, { spec: network.spec, weights, epochs });
    }
    if (this.pace.isDue) await this.write();
  }

  /** Writes what is not on the disk yet. Throws as `persist`. */
  async write(): Promise<void> {
    if (this.waiting.size === 0) return;
    await this.pace.measure(async () => {
      for (const [kept, waiting] of this.waiting) {
        const { spec, epochs } = waiting;
        const tensors = tensorsOf(waiting);
        await this.persist(() => saveTensors(spec, tensors, this.folder.modelFolder(kept), epochs));
        this.drop(kept);
      }
    });
  }

  /** Frees what still waits: it is not written any more. */
  dispose(): void {
    for (const kept of this.waiting.keys()) this.drop(kept);
  }

  private drop(kept: Kept): void {
    tf.dispose(this.waiting.get(kept)?.weights.map(({ variable }) => variable) ?? []);
    this.waiting.delete(kept);
  }
}
