import type { ImageColumns, ImageSetSummary } from '../domain/words.ts';

/** Images of one split with their labels, in file order. */
export interface LabelledImages {
  readonly images: ImageColumns;
  /** One number a class, index into `labelNames`; absent when the set has none. */
  readonly labels?: Uint8Array;
  /** The file whose first bytes these images are, where there is one. */
  readonly imagesPath?: string;
}

/** An image set in memory: uint8 pixels, never floats. */
export interface ImageSet {
  readonly id: string;
  readonly name: string;
  readonly labelNames: readonly string[];
  readonly training: LabelledImages;
  readonly test: LabelledImages;
}

export function summarise(set: ImageSet): ImageSetSummary {
  const { count, height, width, channels } = set.training.images;
  return {
    id: set.id,
    name: set.name,
    trainingCount: count,
    testCount: set.test.images.count,
    shape: [height, width, channels === 3 ? 3 : 1],
    labelNames: set.labelNames,
  };
}

/** Values in one image. */
export function pixelsPerImage(images: ImageColumns): number {
  return images.height * images.width * images.channels;
}

/** Images [first, first + count), clipped to what there is; shares memory with `images`. */
export function sliceImages(images: ImageColumns, first: number, count: number): ImageColumns {
  const size = pixelsPerImage(images);
  const from = Math.min(first, images.count);
  const to = Math.min(first + count, images.count);
  return { ...images, count: to - from, pixels: images.pixels.subarray(from * size, to * size) };
}

/** The images at these indices, copied. */
export function pickImages(images: ImageColumns, indices: Uint32Array): ImageColumns {
  const size = pixelsPerImage(images);
  const pixels = new Uint8Array(indices.length * size);
  indices.forEach((index, row) => pixels.set(images.pixels.subarray(index * size, (index + 1) * size), row * size));
  return { ...images, count: indices.length, pixels };
}

/** The first `validationCount` training images are held out, the rest is trained on (as the article's loader does). */
export function splitTraining(
  training: LabelledImages,
  validationCount: number,
): { readonly training: LabelledImages; readonly validation: LabelledImages } {
  const part = (first: number, count: number): LabelledImages => ({
    images: sliceImages(training.images, first, count),
    ...(training.labels === undefined ? {} : { labels: training.labels.subarray(first, first + count) }),
  });
  return {
    training: part(validationCount, training.images.count - validationCount),
    validation: part(0, validationCount),
  };
}
