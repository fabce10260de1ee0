import { toErrorData } from '../domain/errors.ts';
import { CompiledInference } from './graph/compiled-inference.ts';
import { encodeImages, reconstructionErrors, type Inference } from './inference.ts';
import { isConvolutional, type Network } from './network.ts';

/**
 * Compiled where that works, else op by op; `report` is told why.
 * @param useXla whether XLA is tried for dense models: a tenth quicker for each set, but a second to compile
 * @param counts images in the sets that it is mostly used on
 */
export async function makeInference(
  network: Network,
  report: (problem: string) => void,
  useXla = true,
  counts: readonly number[] = [],
): Promise<Inference> {
  for (const xla of isConvolutional(network) || !useXla ? [false] : [true, false]) {
    try {
      return await CompiledInference.compile(network, xla, counts);
    } catch (error) {
      report(toErrorData(error).message);
    }
  }
  return {
    encode: (images, breathe) => encodeImages(network, images, breathe),
    errors: (images, breathe) => reconstructionErrors(network, images, breathe),
    refresh: () => undefined,
    dispose: () => undefined,
  };
}
