import { toErrorData } from '../domain/errors.ts';
import { CompiledInference } from './graph/compiled-inference.ts';
import { encodeImages, reconstructionErrors, type Inference } from './inference.ts';
import type { Network } from './network.ts';

/**
 * Compiled where that works, else op by op; `report` is told why. Not by XLA: no quicker for each set, and it stands in twice to three
 * times as long.
 * @param counts images in the sets that it is mostly used on
 */
export async function makeInference(
  network: Network,
  report: (problem: string) => void,
  counts: readonly number[] = [],
): Promise<Inference> {
  try {
    return await CompiledInference.compile(network, counts);
  } catch (error) {
    report(toErrorData(error).message);
  }
  return {
    encode: (images, breathe) => encodeImages(network, images, breathe),
    errors: (images, breathe) => reconstructionErrors(network, images, breathe),
    refresh: () => undefined,
    dispose: () => undefined,
  };
}
