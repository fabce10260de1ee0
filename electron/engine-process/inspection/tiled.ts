import type { HeatMap } from '../../contract/inspection.ts';
import { StudioError } from '../../domain/errors.ts';
import { boxesOf, type Box } from '../../domain/inspection/boxes.ts';
import { fitThreshold, USUAL_RATE } from '../../domain/inspection/threshold.ts';
import type { ScoreKind } from '../../domain/inspection/scores.ts';
import { inspectTiles, type Tile } from '../../engine/inspection/tiles.ts';
import { resized } from '../../engine/inspection/planes.ts';
import type { StoredNormality } from '../../model/normality-file.ts';
import { preparePicture, type Manner } from '../models/prepare-picture.ts';
import type { TrainedModel } from '../models/trained-model.ts';
import type { Picture } from '../../dataset/picture/picture.ts';
import { asColour } from './checked-pictures.ts';
import { throughOf } from './normality-of.ts';

/** A large picture, judged by tiles. */
export interface TiledVerdict {
  /** Of the worst tile. */
  readonly score: number;
  readonly tiles: number;
  /** Above it a tile is odd. */
  readonly threshold: number;
  /** Over the original, where the score says where; boxes are those that an odd tile shows. */
  readonly heat?: Pick<HeatMap, 'map' | 'threshold' | 'original' | 'width' | 'height' | 'boxes'>;
}

/** A picture is called odd when one of its tiles is, so that each tile may give so many false alarms only. */
export function tileThreshold(heldOut: ArrayLike<number>, tiles: number): number {
  return fitThreshold(heldOut, 1 - (1 - USUAL_RATE) ** (1 / tiles)).threshold;
}

/**
 * Judges a picture by overlapping tiles.
 * @param side of a tile, in pixels of the picture: as wide as the model's images come to be
 * @param wanted the threshold, where a person has named one
 * @throws StudioError `refused` where the picture is smaller than a tile, or the model takes centred pictures
 */
export async function judgeTiles(
  model: TrainedModel,
  { normality }: StoredNormality,
  manner: Manner,
  { picture, kind, side, wanted }: { picture: Picture; kind: ScoreKind; side: number; wanted?: number },
): Promise<TiledVerdict> {
  const { preparation } = manner;
  if (preparation.centre) {
    throw new StudioError(
      'refused',
      'Tiles: the model’s pictures are centred one by one, so that a part of one is no picture.',
    );
  }
  const scale = preparation.width / side;
  const [width, height] = [picture.width, picture.height].map((length) => Math.round(length * scale)) as [
    number,
    number,
  ];
  if (width < preparation.width || height < preparation.height) {
    const least = Math.ceil(preparation.height / scale);
    throw new StudioError(
      'refused',
      `Tiles: expected at least ${side} × ${least} pixels, found ${picture.width} × ${picture.height}.`,
    );
  }
  const whole = { ...manner, preparation: { ...preparation, width, height, fit: 'stretch' as const } };
  const { pixels } = preparePicture(picture, whole, { invert: 'auto', centre: 'off' });
  const large = { width, height, values: Float32Array.from(pixels, (byte) => byte / 255) };
  const { tiles, map } = await inspectTiles(normality, kind, large, throughOf(model), model.breathe);
  const threshold = wanted ?? tileThreshold(normality.heldOut[kind], tiles.length);
  const score = tiles.reduce((worst, tile) => Math.max(worst, tile.score), -Infinity);
  const verdict = { score, tiles: tiles.length, threshold };
  if (map === undefined) return verdict;
  const original = asColour(picture);
  const over = resized(map, original.width, original.height).values;
  const shown = {
    map: over,
    threshold: normality.mapThresholds[kind],
    original,
    width: original.width,
    height: original.height,
  };
  const odd = tiles.filter((tile) => tile.score > threshold).map((tile) => inOriginal(tile, preparation, 1 / scale));
  const boxes = boxesOf(shown, shown.threshold).filter((box) => odd.some((tile) => meet(box, tile)));
  return { ...verdict, heat: { ...shown, boxes } };
}

type Part = Pick<Box, 'left' | 'top' | 'width' | 'height'>;

const inOriginal = ({ left, top }: Tile, { width, height }: Manner['preparation'], factor: number): Part => ({
  left: left * factor,
  top: top * factor,
  width: width * factor,
  height: height * factor,
});

const meet = (a: Part, b: Part): boolean =>
  a.left < b.left + b.width && b.left < a.left + a.width && a.top < b.top + b.height && b.top < a.top + a.height;
