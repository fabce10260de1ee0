import { availableParallelism } from 'node:os';

/** How many threads TensorFlow computes with: it reads this variable once, when it is loaded; by default one for each core. */
export function threadsInUse(): number {
  const chosen = Number(process.env['TF_NUM_INTRAOP_THREADS']);
  return Number.isInteger(chosen) && chosen > 0 ? chosen : availableParallelism();
}
