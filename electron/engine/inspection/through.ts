import { forwardInference } from '../forward.ts';
import type { Breathe } from '../inference.ts';
import type { Network } from '../network.ts';
import { tf, valuesOfAll } from '../tensorflow.ts';

/** What a model makes of pictures, not rounded: float32, one after another, as the model gives them. */
export interface Through {
  /** [count × height × width × channels], about 0-1. */
  readonly outputs: Float32Array;
  /** [count × code size] */
  readonly codes: Float32Array;
}

/** Values in a batch: larger activations leave the cache, and no other message is read meanwhile. */
const VALUES_AT_ONCE = 2 ** 19;

/** Encodes and decodes pictures of 0 to 1, one after another in `pictures`. */
export async function passThrough(network: Network, pictures: Float32Array, breathe: Breathe): Promise<Through> {
  const [height, width, channels] = network.spec.inputShape;
  const size = height * width * channels;
  const count = pictures.length / size;
  const { size: codeSize } = network.spec.code;
  const outputs = new Float32Array(pictures.length);
  const codes = new Float32Array(count * codeSize);
  const atOnce = Math.max(1, Math.floor(VALUES_AT_ONCE / size));
  for (let first = 0; first < count; first += atOnce) {
    const rows = Math.min(atOnce, count - first);
    const [code, output] = valuesOfAll(() => {
      const images = tf.tensor4d(pictures.subarray(first * size, (first + rows) * size), [
        rows,
        height,
        width,
        channels,
      ]);
      const encoded = forwardInference([...network.encoderLayers, ...network.codeLayers], images);
      return [encoded, forwardInference(network.decoderLayers, encoded)];
    }) as [Float32Array, Float32Array];
    codes.set(code, first * codeSize);
    outputs.set(output, first * size);
    await breathe();
  }
  return { outputs, codes };
}
