import type { HeatMap } from '../../contract/inspection.ts';
import type { Size } from '../../domain/inspection/tile-places.ts';
import type { Preparation } from '../../contract/import-options.ts';
import type { ImageColumns } from '../../domain/words.ts';
import { StudioError } from '../../domain/errors.ts';
import { boxesOf, boxesOn } from '../../domain/inspection/boxes.ts';
import { scoreWords, type ScoreKind } from '../../domain/inspection/scores.ts';
import { resample } from '../../dataset/picture/resample.ts';
import { mapPicture } from '../../engine/inspection/inspect-pictures.ts';
import type { Plane } from '../../engine/inspection/planes.ts';
import type { Window } from '../../engine/inspection/score-picture.ts';
import type { StoredNormality } from '../../model/normality-file.ts';
import type { TrainedModel } from '../models/trained-model.ts';
import { asColour, floatsOfPictures, type CheckedPictures } from './checked-pictures.ts';
import { throughOf } from './normality-of.ts';

/** Of originals that are shown whole. */
const MOST_PIXELS = 16_000_000;

/** Where one picture is odd, over its original. @throws StudioError `refused` for a score that does not say where */
export async function heatMapOf(
  model: TrainedModel,
  { normality, window }: StoredNormality,
  pictures: CheckedPictures,
  at: number,
  preparation: Preparation,
  score: ScoreKind,
): Promise<HeatMap> {
  if (!scoreWords[score].hasMap) {
    throw new StudioError(
      'refused',
      `${scoreWords[score].name} says how odd a picture is, not where: choose another score.`,
    );
  }
  const { picture, size, pixels: seen, mask } = await pictures.original(at);
  const pixels = seen();
  const floats = floatsOfPictures([{ pixels }]);
  const through = throughOf(model);
  const whole = (await mapPicture(normality, score, floats, through))!;
  const plane = window === undefined ? whole : within(whole, window);
  const { outputs } = await through(floats);
  const { width: columns, height: rows, channels } = preparation;
  // Where a centred picture's pixels came from is not known: it is shown as the model sees it.
  const shown = asColour(preparation.centre ? { width: columns, height: rows, channels, pixels } : picture);
  const halvings = Math.max(0, Math.ceil(Math.log2((shown.width * shown.height) / MOST_PIXELS) / 2));
  const [width, height] = [shown.width, shown.height].map((side) => Math.max(1, Math.round(side / 2 ** halvings)));
  const { pixels: colours } = resample({ ...shown, channels: 3 }, width!, height!);
  const original = { ...shown, width: width!, height: height!, pixels: colours };
  const map = overOriginal(plane, original, preparation);
  const threshold = normality.mapThresholds[score];
  const boxes = boxesOf({ map, width: original.width, height: original.height }, threshold);
  const ownSize = preparation.centre ? { width: columns, height: rows } : size;
  const given =
    mask === undefined ? undefined : overOriginal({ ...plane, values: new Float32Array(mask) }, original, preparation);
  return {
    score,
    size: ownSize,
    width: original.width,
    height: original.height,
    original,
    seen: seenOf(original, preparation),
    reconstruction: rebuiltOver(outputs, original, preparation),
    map,
    threshold,
    range: [0, boxes[0]?.score ?? threshold],
    boxes: boxesOn(boxes, original, ownSize),
    ...(given === undefined ? {} : { mask: new Uint8Array(given.map((value) => (value >= 128 ? 255 : 0))) }),
  };
}

/** A reconstruction (numbers of 0 to 1, [height, width, channels]) where its original lies, as RGB. */
function rebuiltOver(outputs: Float32Array, original: ImageColumns, preparation: Preparation): ImageColumns {
  const { width, height, channels } = preparation;
  const pixels = new Uint8Array(original.width * original.height * 3);
  for (let colour = 0; colour < 3; colour += 1) {
    const values = Float32Array.from(
      { length: width * height },
      (_, at) => 255 * outputs[at * channels + (channels === 3 ? colour : 0)]!,
    );
    const over = overOriginal({ width, height, values }, original, preparation);
    for (let at = 0; at < over.length; at += 1) {
      pixels[3 * at + colour] = Math.min(255, Math.max(0, Math.round(over[at]!)));
    }
  }
  return { count: 1, width: original.width, height: original.height, channels: 3, pixels };
}

/** The part of a plane that counts; 0 outside. */
function within({ width, height, values }: Plane, part: Window): Plane {
  const isInside = (x: number, y: number): boolean =>
    x >= part.left && x < part.left + part.width && y >= part.top && y < part.top + part.height;
  return {
    width,
    height,
    values: values.map((value, at) => (isInside(at % width, Math.floor(at / width)) ? value : 0)),
  };
}

type Fitted = Pick<Preparation, 'fit' | 'width' | 'height'>;

/** How an original lies on the model's image: its pixels' size there, and where it begins. */
function placed(original: Size, { fit, width, height }: Fitted) {
  const [across, down] = [width / original.width, height / original.height];
  const scale = fit === 'cover' ? Math.max(across, down) : Math.min(across, down);
  const [scaleX, scaleY] = fit === 'stretch' ? [across, down] : [scale, scale];
  const left = (width - original.width * scaleX) / 2;
  return { scaleX, scaleY, left, top: (height - original.height * scaleY) / 2 };
}

function seenOf(original: Size, preparation: Fitted): HeatMap['seen'] {
  const { scaleX, scaleY, left, top } = placed(original, preparation);
  return {
    left: -left / scaleX,
    top: -top / scaleY,
    width: preparation.width / scaleX,
    height: preparation.height / scaleY,
  };
}

/** The model's plane at each pixel of the original that it was prepared from; 0 where the model saw none of it. */
function overOriginal(plane: Plane, original: Size, { fit, width, height }: Fitted): Float32Array {
  const { scaleX, scaleY, left, top } = placed(original, { fit, width, height });
  const values = new Float32Array(original.width * original.height);
  for (let y = 0; y < original.height; y += 1) {
    const row = (y + 0.5) * scaleY + top - 0.5;
    if (row < -0.5 || row > height - 0.5) continue;
    const [upper, lower] = neighbours(row, height);
    const low = Math.min(1, Math.max(0, row - upper));
    for (let x = 0; x < original.width; x += 1) {
      const column = (x + 0.5) * scaleX + left - 0.5;
      if (column < -0.5 || column > width - 0.5) continue;
      const [near, far] = neighbours(column, width);
      const share = Math.min(1, Math.max(0, column - near));
      const first = plane.values[upper * width + near]! * (1 - share) + plane.values[upper * width + far]! * share;
      const second = plane.values[lower * width + near]! * (1 - share) + plane.values[lower * width + far]! * share;
      values[y * original.width + x] = first * (1 - low) + second * low;
    }
  }
  return values;
}

function neighbours(place: number, length: number): [number, number] {
  const first = Math.min(length - 1, Math.max(0, Math.floor(place)));
  return [first, Math.min(length - 1, first + 1)];
}
