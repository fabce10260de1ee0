import { toErrorData } from '../../../electron/domain/errors.ts';
import type { NoiseSpec } from '../../../electron/domain/experiment.ts';
import type { ImageColumns } from '../../../electron/domain/words.ts';
import { pixelsPerImage, sliceImages } from '../../../electron/dataset/image-set.ts';
import { applyTo } from '../../../electron/engine/apply.ts';
import type { Network } from '../../../electron/engine/network.ts';
import { withNoise } from './denoising.ts';
import { inpainted } from './scikit-image.ts';

const AT_ONCE = 500;

/** Squared errors within what is missing of an image, pixels in [0, 1], summed over it; the mean of all images. */
export interface GapFigures {
  /** Of what the model paints there. */
  readonly gapError: number;
  /** Of black, as it is shown to the model. */
  readonly blackGapError: number;
  /** Of biharmonic inpainting; missing, and why is said, where Python cannot be had. */
  readonly inpaintedGapError?: number;
}

/** What a model paints into images of which squares are missing, and what inpainting does that is told where they are. */
export async function gapFigures(
  network: Network,
  noise: Extract<NoiseSpec, { kind: 'patches' }>,
  images: ImageColumns,
  say: (line: string) => void,
): Promise<GapFigures> {
  const gappy = withNoise(images, noise);
  // The same draws on white images leave white what they do not cover.
  const kept = withNoise({ ...images, pixels: new Uint8Array(images.pixels.length).fill(255) }, noise);
  const errorOf = (painted: ImageColumns): number => errorWithin(kept, painted, images);
  const figures = { gapError: errorOf(reconstructed(network, gappy)), blackGapError: errorOf(gappy) };
  try {
    return { ...figures, inpaintedGapError: errorOf(await inpainted(kept, gappy, say)) };
  } catch (error) {
    say(`  inpainting is left out. ${toErrorData(error).message}`);
    return figures;
  }
}

function reconstructed(network: Network, images: ImageColumns): ImageColumns {
  const pixels = new Uint8Array(images.pixels.length);
  for (let first = 0; first < images.count; first += AT_ONCE) {
    const part = sliceImages(images, first, Math.min(AT_ONCE, images.count - first));
    pixels.set(applyTo(network, part, part).reconstructions.pixels, first * pixelsPerImage(images));
  }
  return { ...images, pixels };
}

/** Squared error, pixels in [0, 1], summed over the pixels of an image that are 0 in `kept`; the mean of all images. */
export function errorWithin(kept: ImageColumns, images: ImageColumns, targets: ImageColumns): number {
  let squares = 0;
  kept.pixels.forEach((value, at) => {
    if (value === 0) squares += ((images.pixels[at]! - targets.pixels[at]!) / 255) ** 2;
  });
  return squares / images.count;
}
