import { StudioError } from '../../domain/errors.ts';
import type { NoiseSpec } from '../../domain/experiment.ts';
import type { AddedNoise, Neighbours, PictureOptions, Reconstructions } from '../../contract/models.ts';
import type { ImageColumns, MapColumns } from '../../domain/words.ts';
import { applyTo, withNoise, type Applied } from '../../engine/apply.ts';
import { allFinite } from '../../engine/finite.ts';
import { nearestCodes } from '../../engine/neighbours.ts';
import { placesOn } from '../../engine/plane.ts';
import type { TrainedModel } from './trained-model.ts';

/** Pictures in the shape that the model takes, and what is told about them. */
export interface Prepared {
  readonly total: number;
  readonly problems: Reconstructions['problems'];
  readonly pictures: readonly PreparedOne[];
}

export interface PreparedOne {
  readonly name: string;
  /** Its place in the whole source: what its noise hangs on. */
  readonly number: number;
  readonly pixels: Uint8Array;
  readonly inverted: boolean;
  readonly centred: boolean;
  readonly original: ImageColumns;
}

/**
 * What the model makes of prepared pictures, and where that lies among its own images.
 * @param neighbours nearest training images wanted of each, by code
 * @throws StudioError `engine-failed` where the model gives no numbers
 */
export async function reconstructPictures(
  model: TrainedModel,
  prepared: Prepared,
  noise: PictureOptions['noise'],
  neighbours: number,
): Promise<Reconstructions> {
  const { pictures, problems, total } = prepared;
  const images = columnsOf(model, pictures);
  const seen = noise === undefined || images.count === 0 ? images : addedNoise(images, pictures, noise);
  const { codes, reconstructions, mse } = apply(model, seen, images);
  if (!allFinite(codes) || !allFinite(mse)) {
    throw new StudioError(
      'engine-failed',
      `${model.place.folder}: the model’s answers are no finite numbers. Train again with a smaller learning rate.`,
    );
  }
  const values = images.height * images.width * images.channels;
  const squaredErrors = mse.map((error) => error * values);
  const set = await model.imageSetIfThere();
  const found = set === undefined || neighbours === 0 ? undefined : await nearestTo(model, codes, neighbours);
  return {
    total,
    names: pictures.map(({ name }) => name),
    problems,
    originals: pictures.map(({ original }) => original),
    prepared: images,
    seen,
    reconstructions,
    mse,
    squaredErrors,
    percentiles: set === undefined ? nothing(images.count) : await percentilesOf(model, squaredErrors),
    psnrBefore: noise === undefined ? new Float32Array(0) : psnrOf(seen, images),
    psnrAfter: noise === undefined ? new Float32Array(0) : mse.map(decibels),
    codes,
    places: set === undefined ? nowhere(images.count) : await placesOf(model, codes),
    inverted: pictures.map(({ inverted }) => inverted),
    centred: pictures.map(({ centred }) => centred),
    ...(found === undefined ? {} : { neighbours: found }),
  };
}

function apply(model: TrainedModel, seen: ImageColumns, target: ImageColumns): Applied {
  if (seen.count > 0) return applyTo(model.network, seen, target);
  return { codes: new Float32Array(0), reconstructions: seen, mse: new Float32Array(0) };
}

/** The nearest images of a split to codes (float32 [n × code size]). Throws as `nearestCodes`, and where the set is gone. */
export async function nearestTo(
  model: TrainedModel,
  codes: Float32Array,
  count: number,
  split: Neighbours['split'] = 'training',
): Promise<Neighbours> {
  const found = await nearestCodes(await model.search(split), codes, count, model.breathe);
  const { labels } = (await model.imageSet())[split];
  return {
    split,
    ...found,
    labels: labels === undefined ? new Uint8Array(0) : Uint8Array.from(found.indices, (index) => labels[index]!),
  };
}

/** The share of `sorted` (ascending) that lies below a value, 0-100. */
export function percentileIn(sorted: Float32Array, value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return (100 * low) / sorted.length;
}

async function percentilesOf(model: TrainedModel, squaredErrors: Float32Array): Promise<Float32Array> {
  const errors = await model.validationErrors();
  return squaredErrors.map((error) => percentileIn(errors, error));
}

async function placesOf(model: TrainedModel, codes: Float32Array): Promise<MapColumns> {
  const plane = await model.plane();
  return codes.length === 0 ? nowhere(0) : placesOn(plane, codes, model.codeSize);
}

const nothing = (count: number): Float32Array => new Float32Array(count).fill(Number.NaN);
const nowhere = (count: number): MapColumns => ({ x: nothing(count), y: nothing(count) });

function columnsOf(model: TrainedModel, pictures: readonly PreparedOne[]): ImageColumns {
  const [height, width, channels] = model.spec.inputShape;
  const size = height * width * channels;
  const pixels = new Uint8Array(pictures.length * size);
  pictures.forEach((picture, index) => pixels.set(picture.pixels, index * size));
  return { count: pictures.length, height, width, channels, pixels };
}

/** @throws StudioError `bad-request` where squares are larger than the images */
function addedNoise(images: ImageColumns, pictures: readonly PreparedOne[], noise: AddedNoise): ImageColumns {
  const { height, width } = images;
  if (noise.kind === 'patches' && noise.size > Math.min(height, width)) {
    const message = `expected squares no larger than the images of ${height} × ${width}, found ${noise.size} pixels a side.`;
    throw new StudioError('bad-request', `noise: ${message}`);
  }
  const numbers = pictures.map(({ number }) => number);
  return withNoise(images, noiseSpec(noise), noise.seed, numbers);
}

function noiseSpec(noise: AddedNoise): NoiseSpec {
  if (noise.kind === 'patches') return { kind: noise.kind, count: noise.count, size: noise.size };
  const { kind, amount } = noise;
  if (kind === 'gaussian') return { kind, deviation: amount };
  // A share of the pixels: more than all of them are all of them.
  return { kind, fraction: Math.min(1, amount) };
}

function psnrOf(images: ImageColumns, clean: ImageColumns): Float32Array {
  const size = clean.height * clean.width * clean.channels;
  return Float32Array.from({ length: clean.count }, (_, index) => {
    let sum = 0;
    for (let at = index * size; at < (index + 1) * size; at += 1) {
      sum += ((images.pixels[at]! - clean.pixels[at]!) / 255) ** 2;
    }
    return decibels(sum / size);
  });
}

/** Of a mean squared error, the peak being 1; infinite where there is no error. */
function decibels(mse: number): number {
  return -10 * Math.log10(mse);
}
