import { toErrorData } from '../domain/errors.ts';
import type { ImageColumns } from '../domain/words.ts';
import { encodeImages, reconstructionErrors } from './evaluate.ts';
import { CompiledInference } from './graph/compiled-inference.ts';
import { isConvolutional, type Network } from './network.ts';

/** Lets the process answer other messages between two batches. */
export type Breathe = () => Promise<void>;

/** A network applied to whole image sets. */
export interface Inference {
  /** Codes of all images: float32 [count × code size]. */
  encode(images: ImageColumns, breathe: Breathe): Promise<Float32Array>;
  /** MSE per pixel of each image's reconstruction: float32 [count]. */
  errors(images: ImageColumns, breathe: Breathe): Promise<Float32Array>;
  /** To be called when the network's weights have changed. */
  refresh(): void;
  dispose(): void;
}

/**
 * Compiled where that works, else op by op; `report` is told why.
 * @param useXla whether XLA is tried for dense models: a tenth quicker for each set, but a second to compile
 */
export async function makeInference(
  network: Network,
  report: (problem: string) => void,
  useXla = true,
): Promise<Inference> {
  for (const xla of isConvolutional(network) || !useXla ? [false] : [true, false]) {
    try {
      return await CompiledInference.compile(network, xla);
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
