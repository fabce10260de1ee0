import type { ModelPart } from '../../domain/export-formats.ts';
import type { ModelSpec } from '../../domain/experiment.ts';
import type { ImageColumns } from '../../domain/words.ts';
import { forwardInference } from '../../engine/forward.ts';
import { imageTensor } from '../../engine/images.ts';
import type { Network } from '../../engine/network.ts';
import { tf, valuesOf } from '../../engine/tensorflow.ts';

/** How many images an export brings along to be checked by. */
export const SAMPLES = 5;

export type SampleName = 'images' | 'codes' | 'reconstructions';

/** What goes in and comes out of each part: the same in every format. */
export const sampleNames: Readonly<Record<ModelPart, { readonly given: SampleName; readonly expected: SampleName }>> = {
  autoencoder: { given: 'images', expected: 'reconstructions' },
  encoder: { given: 'images', expected: 'codes' },
  decoder: { given: 'codes', expected: 'reconstructions' },
};

/** Arrays as they are saved: images uint8 [n, h, w, c]; codes float32 [n, size]; reconstructions float32 [n, h, w, c]. */
export type Samples = Readonly<
  Record<SampleName, { readonly shape: readonly number[]; readonly data: Float32Array | Uint8Array }>
>;

/** What the app itself computes of the images. */
export function computeSamples(network: Network, images: ImageColumns): Samples {
  const shape = [images.count, ...network.spec.inputShape];
  const codeShape: [number, number] = [images.count, network.spec.code.size];
  const codes = valuesOf(() =>
    forwardInference([...network.encoderLayers, ...network.codeLayers], imageTensor(images)),
  );
  const reconstructions = valuesOf(() => forwardInference(network.decoderLayers, tf.tensor2d(codes, codeShape)));
  return {
    images: { shape, data: images.pixels },
    codes: { shape: codeShape, data: codes },
    reconstructions: { shape, data: reconstructions },
  };
}

/** Images of noise, the same every time, for models whose image set is gone. */
export function noiseSamples([height, width, channels]: ModelSpec['inputShape']): ImageColumns {
  let state = 1;
  // The linear congruential generator of Numerical Recipes (Press et al. 1992, §7.1): its high bits are good enough to look at.
  const pixels = Uint8Array.from({ length: SAMPLES * height * width * channels }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 24;
  });
  return { count: SAMPLES, height, width, channels, pixels };
}
