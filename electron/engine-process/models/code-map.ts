import type { CodeMeasures, CodePoints, SplitName } from '../../contract/models.ts';
import { sliceImages } from '../../dataset/image-set.ts';
import { breathsOf } from '../../engine/breaths.ts';
import { checkFinite } from '../../engine/finite.ts';
import { codeNats, healthImages } from '../../engine/health.ts';
import type { Breathe } from '../../engine/inference.ts';
import { placesOn } from '../../engine/plane.ts';
import type { TrainedModel } from './trained-model.ts';

/**
 * Every image of a split on the plane of the training codes, so that both splits and dropped pictures share one map. Of codes of one or
 * two dimensions, which are their own plane, no training image is encoded.
 * @param breathe is told how much is done
 * @throws StudioError `not-found` where the image set is gone, `engine-failed` where codes are not finite.
 */
export async function mapPoints(model: TrainedModel, split: SplitName, breathe: Breathe): Promise<CodePoints> {
  const set = await model.imageSet();
  const isOwnPlane = model.codeSize <= 2;
  const costs = { own: set[split].images.count, others: isOwnPlane ? 0 : set.training.images.count };
  const { own, others } = breathsOf(costs, breathe);
  const codes = await model.codes(split, own);
  checkFinite(codes);
  if (!isOwnPlane) await model.codes('training', others);
  const plane = await model.plane();
  return {
    points: placesOn(plane, codes, model.codeSize),
    mapIs: isOwnPlane ? 'code' : 'principal-plane',
    origin: plane.origin,
    axes: plane.axes,
    // A copy of its own size: a view would carry all labels across.
    labels: set[split].labels?.slice() ?? new Uint8Array(0),
    loading: model.loading,
  };
}

/** What their images' errors and the training codes are. @param breathe is told how much is done. @throws as `mapPoints` */
export async function mapMeasures(model: TrainedModel, split: SplitName, breathe: Breathe): Promise<CodeMeasures> {
  const set = await model.imageSet();
  // An image that is also decoded takes about twice as long.
  const toEncode = model.keeps('codes training') ? 0 : set.training.images.count;
  const costs = { encoding: toEncode, decoding: 2 * set[split].images.count };
  const { encoding, decoding } = breathsOf(costs, breathe);
  const training = await model.codes('training', encoding);
  checkFinite(training);
  return {
    squaredErrors: await model.squaredErrors(split, decoding),
    units: await model.keep('units', async () => {
      const { images } = set.training;
      const nats = codeNats(model.network, sliceImages(images, 0, healthImages(images)));
      return { ...unitsOf(training, model.codeSize), ...(nats === undefined ? {} : { nats }) };
    }),
    loading: model.loading,
  };
}

/** Least, most, mean and (population) standard deviation of each unit, in double precision. */
export function unitsOf(codes: Float32Array, size: number): CodeMeasures['units'] {
  const count = codes.length / size;
  const least = new Float32Array(size).fill(Number.POSITIVE_INFINITY);
  const most = new Float32Array(size).fill(Number.NEGATIVE_INFINITY);
  const mean = new Float64Array(size);
  const spread = new Float64Array(size);
  // One pass (Welford 1962): no difference of two large sums.
  for (let row = 0; row < count; row += 1) {
    for (let unit = 0; unit < size; unit += 1) {
      const value = codes[row * size + unit]!;
      if (value < least[unit]!) least[unit] = value;
      if (value > most[unit]!) most[unit] = value;
      const before = value - mean[unit]!;
      mean[unit]! += before / (row + 1);
      spread[unit]! += before * (value - mean[unit]!);
    }
  }
  return {
    least,
    most,
    mean: Float32Array.from(mean),
    deviation: Float32Array.from(spread, (sum) => Math.sqrt(sum / count)),
  };
}
