import type { HeatMap } from '../../contract/inspection.ts';
import { StudioError } from '../../domain/errors.ts';
import { boxesOf, boxesOn, type Box } from '../../domain/inspection/boxes.ts';
import { USUAL_RATE } from '../../domain/inspection/threshold.ts';
import type { Size } from '../../domain/inspection/tile-places.ts';
import { fitTileThreshold } from '../../domain/inspection/tile-threshold.ts';
import type { ScoreKind } from '../../domain/inspection/scores.ts';
import { inspectTiles, scoreTiles, type LargePicture, type Tile, type Tiled } from '../../engine/inspection/tiles.ts';
import { resized, type Plane } from '../../engine/inspection/planes.ts';
import type { StoredNormality } from '../../model/normality-file.ts';
import type { Manner } from '../models/prepare-picture.ts';
import type { TrainedModel } from '../models/trained-model.ts';
import type { ImageColumns } from '../../domain/words.ts';
import type { Picture } from '../../dataset/picture/picture.ts';
import { tiledSize } from '../../dataset/picture/tiles.ts';
import { asColour, floatsOfPictures, preparedAsLearned } from './checked-pictures.ts';
import { throughOf } from './normality-of.ts';

type Heat = Omit<HeatMap, 'reconstruction'>;

/** A large picture, judged by tiles. */
export interface TiledVerdict {
  /** Of the worst tile. */
  readonly score: number;
  readonly tiles: number;
  /** Above it a tile is odd. */
  readonly threshold: number;
  /** Over the original, where the score says where and a tile is odd; boxes are those that an odd tile shows. */
  readonly heat?: Heat;
}

/**
 * A picture at the scale at which a tile of it is an image of the model.
 * @throws StudioError `bad-file` where it is smaller than a tile, `refused` where the model takes centred pictures
 */
export function atTileScale(picture: Picture, manner: Manner, side: number): LargePicture {
  const { preparation } = manner;
  if (preparation.centre) {
    throw new StudioError(
      'refused',
      'Tiles: the model’s pictures are centred one by one, so that a part of one is no picture.',
    );
  }
  const [width, height] = tiledSize(picture, preparation, side);
  const pixels = preparedAsLearned(picture, {
    ...manner,
    preparation: { ...preparation, width, height, fit: 'stretch' },
  });
  return { width, height, values: floatsOfPictures([{ pixels }]) };
}

/** By every score, that of a picture's worst tile. Throws as `atTileScale` */
export const scorePictureTiles = (
  model: TrainedModel,
  { normality }: StoredNormality,
  manner: Manner,
  { picture, side }: { readonly picture: Picture; readonly side: number },
): ReturnType<typeof scoreTiles> =>
  scoreTiles(normality, atTileScale(picture, manner, side), throughOf(model), model.breathe);

interface TiledTask {
  readonly picture: Picture;
  /** As it came, in pixels. */
  readonly size: Size;
  readonly kind: ScoreKind;
  /** Of a tile, in pixels of the picture: as wide as the model's images come to be. */
  readonly side: number;
  /** The threshold, where one is chosen; left out, it is fitted for the picture's number of tiles. */
  readonly wanted?: number;
}

/** Judges a picture by overlapping tiles; of one that is not odd it is not said where. Throws as `atTileScale` */
export async function judgeTiles(
  model: TrainedModel,
  { normality }: StoredNormality,
  manner: Manner,
  task: TiledTask,
): Promise<TiledVerdict> {
  const { kind, wanted } = task;
  const large = atTileScale(task.picture, manner, task.side);
  const tiled = await inspectTiles(normality, kind, large, throughOf(model), model.breathe);
  const { tiles, map } = tiled;
  const threshold = wanted ?? fitTileThreshold(normality.heldOut[kind], USUAL_RATE, tiles.length).threshold;
  const score = tiles.reduce((worst, tile) => Math.max(worst, tile.score), -Infinity);
  const verdict = { score, tiles: tiles.length, threshold };
  if (map === undefined || score <= threshold) return verdict;
  return { ...verdict, heat: heatOver(tiled, map, normality, manner, { ...task, wanted: threshold }) };
}

/** Where a picture is odd by tiles, and what the model makes of it. Throws as `atTileScale` */
export async function tiledHeatMap(
  model: TrainedModel,
  { normality }: StoredNormality,
  manner: Manner,
  task: Required<TiledTask>,
): Promise<HeatMap> {
  const large = atTileScale(task.picture, manner, task.side);
  const tiled = await inspectTiles(normality, task.kind, large, throughOf(model), model.breathe, true);
  const heat = heatOver(tiled, tiled.map!, normality, manner, task);
  return { ...heat, reconstruction: colourOf(tiled.rebuilt!, heat.width, heat.height) };
}

function heatOver(
  { tiles }: Tiled,
  map: Plane,
  normality: StoredNormality['normality'],
  { preparation }: Manner,
  { picture, size, kind, side, wanted }: Required<TiledTask>,
): Heat {
  const original = asColour(picture);
  const { width, height } = original;
  const over = resized(map, width, height).values;
  const threshold = normality.mapThresholds[kind];
  const odd = tiles
    .filter((tile) => tile.score > wanted)
    .map((tile) => inOriginal(tile, preparation, side / preparation.width));
  const all = boxesOf({ map: over, width, height }, threshold);
  const boxes = all.filter((box) => odd.some((tile) => meet(box, tile)));
  const range = [0, all[0]?.score ?? threshold] as const;
  const seen = { left: 0, top: 0, width, height };
  const told = boxesOn(boxes, original, size);
  return { score: kind, size, map: over, threshold, original, seen, width, height, range, boxes: told };
}

/** Planes of 0 to 1, one or three, as an RGB image of another size. */
function colourOf(planes: readonly Plane[], width: number, height: number): ImageColumns {
  const pixels = new Uint8Array(width * height * 3);
  for (let channel = 0; channel < 3; channel += 1) {
    const { values } = resized(planes[channel] ?? planes[0]!, width, height);
    values.forEach((value, at) => (pixels[at * 3 + channel] = Math.min(255, Math.max(0, Math.round(255 * value)))));
  }
  return { count: 1, width, height, channels: 3, pixels };
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
