import { createHash } from 'node:crypto';
import type { ImageSet } from '../dataset/image-set.ts';
import type { Network } from '../engine/network.ts';

/**
 * Of the weights and the test images: other weights and a replaced set have another. Of those in memory: a run that trains may have
 * put others on the disk since.
 */
export function fingerprintOf({ weights }: Network, { id, test, training }: ImageSet): string {
  const hash = createHash('sha256');
  for (const { name, variable } of weights) hash.update(name).update(variable.dataSync());
  hash.update(`${id} ${training.images.count}`).update(test.images.pixels);
  return hash.digest('hex').slice(0, 32);
}
