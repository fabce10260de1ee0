import type { ModelSpec } from '../domain/experiment.ts';
import { layOut } from '../domain/model-layout.ts';
import { isConvolutional, type Network } from './network.ts';

/**
 * Multiply-adds a call may hold, so that it ends within 100 ms on two cores without AVX-512: those reach 30 to 40 billion a
 * second in matrix products and a third of that in convolutions. A constant, because a K chosen by timing would make runs
 * irreproducible.
 */
export const OPERATIONS_A_CALL = { dense: 3e9, convolutional: 1e9 };

/** Multiply-adds of one training step: the layout's, once forward and twice backward (for each input and for each kernel). */
export function operationsPerStep({ spec }: Network, batchSize: number): number {
  return 3 * batchSize * layOut(spec).multiplyAdds;
}

/** How many images one call may reconstruct. */
export function imagesACall(network: Network): number {
  const most = OPERATIONS_A_CALL[isConvolutional(network) ? 'convolutional' : 'dense'];
  const within = Math.max(1, Math.floor(most / layOut(network.spec).multiplyAdds));
  return Math.min(within, imagesInMemory(network.spec));
}

/** Values that all layers' outputs may hold in a call, 64 MiB of them; a single image's may be more. */
export const VALUES_A_CALL = 2 ** 24;

/** How many images may go through a model at once so that what its layers make of them stays in memory. */
export function imagesInMemory(spec: ModelSpec): number {
  const bytes = layOut(spec).layers.reduce((sum, { activationBytes }) => sum + activationBytes, 0);
  return Math.max(1, Math.floor((4 * VALUES_A_CALL) / bytes));
}

/** What a call takes besides its images, in images: the hand-over, and what is done once for all of them. */
const CALL_IN_IMAGES = 32;

/**
 * How many images a call takes that is made for so many and always given as many: the number by which sets of these sizes waste least,
 * their last calls being filled up.
 * @param most at most
 * @param counts images in each of the sets that are gone through again and again; without any, as many as may be
 */
export function batchWithin(most: number, counts: readonly number[]): number {
  const work = (batch: number): number =>
    counts.reduce((sum, count) => sum + Math.ceil(count / batch) * (batch + CALL_IN_IMAGES), 0);
  const even = counts.flatMap((count) => {
    const calls = Math.ceil(count / most);
    return count === 0 ? [] : [Math.ceil(count / calls), Math.ceil(count / (calls + 1))];
  });
  return even.reduce((best, batch) => (work(batch) < work(best) ? batch : best), most);
}
