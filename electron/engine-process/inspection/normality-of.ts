import { StudioError } from '../../domain/errors.ts';
import { bestByFaults } from '../../domain/inspection/choose-score.ts';
import { LEAST_HELD_OUT } from '../../domain/inspection/recipe-for-normal.ts';
import { fitThreshold } from '../../domain/inspection/threshold.ts';
import type { Region } from '../../contract/inspection.ts';
import type { ImageColumns } from '../../domain/words.ts';
import { pixelsPerImage, sliceImages } from '../../dataset/image-set.ts';
import { learnNormal, MOST_HELD_OUT, MOST_TRAINING } from '../../engine/inspection/learn-normal.ts';
import type { Window } from '../../engine/inspection/score-picture.ts';
import { passThrough, type Through } from '../../engine/inspection/through.ts';
import { loadNormality, saveNormality, type StoredNormality } from '../../model/normality-file.ts';
import { versionOf } from '../models/open-models.ts';
import type { Manner } from '../models/prepare-picture.ts';
import type { TrainedModel } from '../models/trained-model.ts';

/** Values of training pictures that are looked at: 256 MB as floats. */
const MOST_VALUES = 2 ** 26;

/** A model's own pass over pictures of 0 to 1. */
export const throughOf =
  (model: TrainedModel) =>
  (pictures: Float32Array): Promise<Through> =>
    passThrough(model.network, pictures, model.breathe);

/** Images [first, first + count) as numbers of 0 to 1. */
export function floatsOf(images: ImageColumns, first = 0, count = images.count): Float32Array {
  return Float32Array.from(sliceImages(images, first, count).pixels, (byte) => byte / 255);
}

/**
 * What is normal for a model: as its folder has it, or learnt from its own image set and kept there.
 * @param manner how its set was made: of tiles or of whole pictures
 * @throws StudioError `refused` where too few pictures were held out, or other weights have been written meanwhile; `not-found` where nothing is known and the set is gone
 */
export async function normalityOf(
  model: TrainedModel,
  manner: Pick<Manner, 'tileSide'>,
  region: Region | undefined,
  told: (fraction: number) => void,
): Promise<StoredNormality> {
  const [height, width, channels] = model.spec.inputShape;
  const window = region === undefined ? undefined : windowOf(region, width, height);
  const known = await loadNormality(model.place.folder);
  if (known !== undefined && JSON.stringify(known.window) === JSON.stringify(window)) return known;
  const version = await versionOf(model.place.folder);
  const { training, validation } = await model.parts();
  if (validation.images.count < LEAST_HELD_OUT) {
    throw new StudioError(
      'refused',
      `The run holds ${validation.images.count} normal pictures out of training: expected at least ${LEAST_HELD_OUT}, by which to tell what is normal. Train again with pictures held out.`,
    );
  }
  const most = Math.max(1, Math.min(MOST_TRAINING, Math.floor(MOST_VALUES / pixelsPerImage(training.images))));
  const heldOut = Math.min(MOST_HELD_OUT, most, validation.images.count);
  const normality = await learnNormal({
    shape: [height, width, channels],
    training: floatsOf(training.images, 0, Math.min(most, training.images.count)),
    heldOut: floatsOf(validation.images, 0, heldOut),
    through: throughOf(model),
    breathe: model.breathe,
    told,
    areTiles: manner.tileSide !== undefined,
    ...(window === undefined ? {} : { window }),
  });
  const score = bestByFaults((kind) => normality.madeFaults[kind], heldOut);
  const verdict = { score, threshold: fitThreshold(normality.heldOut[score]).threshold };
  const stored: StoredNormality = { normality, verdict, ...(window === undefined ? {} : { window }) };
  if ((await versionOf(model.place.folder)) !== version) {
    throw new StudioError(
      'refused',
      'The model was trained on while it was learnt what is normal for it: check the pictures again.',
    );
  }
  await saveNormality(model.place.folder, stored);
  return stored;
}

function windowOf({ left, top, width, height }: Region, columns: number, rows: number): Window {
  const [x, y] = [Math.min(columns - 1, Math.floor(left * columns)), Math.min(rows - 1, Math.floor(top * rows))];
  return {
    left: x,
    top: y,
    width: Math.max(1, Math.min(columns - x, Math.round(width * columns))),
    height: Math.max(1, Math.min(rows - y, Math.round(height * rows))),
  };
}
