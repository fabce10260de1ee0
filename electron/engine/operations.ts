import { layOut } from '../contract/model-layout.ts';
import type { Network } from './network.ts';

/** Multiply-adds of one training step: the layout's, once forward and twice backward (for each input and for each kernel). */
export function operationsPerStep({ spec }: Network, batchSize: number): number {
  return 3 * batchSize * layOut(spec).multiplyAdds;
}
