import { basename, extname, join, resolve } from 'node:path';
import type { Region } from '../contract/inspection.ts';
import { toErrorData } from '../domain/errors.ts';
import type { Box } from '../domain/inspection/boxes.ts';
import { scoreWords, type ScoreKind } from '../domain/inspection/scores.ts';
import { fitThreshold } from '../domain/inspection/threshold.ts';
import { isOdd } from '../domain/inspection/verdict.ts';
import { scorePictures } from '../engine/inspection/inspect-pictures.ts';
import {
  floatsOfPictures,
  openChecked,
  wholePictures,
  type Checked,
  type CheckedPictures,
  type Problem,
  type Sources,
  type WholePicture,
} from '../engine-process/inspection/checked-pictures.ts';
import { heatMapOf } from '../engine-process/inspection/heat-map.ts';
import { normalityOf, throughOf } from '../engine-process/inspection/normality-of.ts';
import { judgeTiles } from '../engine-process/inspection/tiled.ts';
import { writePictures } from '../engine-process/inspection/write-inspection.ts';
import { StagedPictures } from '../engine-process/models/picture-sources.ts';
import { mannerOf } from '../engine-process/models/prepare-picture.ts';
import { TrainedModel, type ModelPlace } from '../engine-process/models/trained-model.ts';
import { loadNormality } from '../model/normality-file.ts';
import { ImageSetStore } from '../files/image-set-store.ts';
import { openSession, THE_FILES, type ModelSession } from './model-session.ts';

/** What became of one picture. */
export type Judged = { readonly name: string } & (
  | { readonly problem: string }
  | {
      readonly group: string;
      readonly verdict: 'odd' | 'normal';
      readonly score: number;
      readonly threshold: number;
      readonly kind: ScoreKind;
      /** Of odd ones, where the score says where; in pixels of the original. */
      readonly boxes: readonly Box[];
      /** That it was judged by; score and threshold are the worst one's. */
      readonly tiles?: number;
    }
);

export interface Inspector {
  readonly kind: ScoreKind;
  /** Absent where it follows from how many tiles each picture has. */
  readonly threshold?: number;
  /** The side of the tiles that pictures are judged by. */
  readonly tiles?: number;
  /** Scores of held-out normal pictures. */
  readonly heldOut: Float32Array;
  /**
   * The pictures in these files and folders, in their order.
   * @param groups only those of these folders, or of folders below what was given that are called so
   */
  judge(paths: readonly string[], groups?: readonly string[]): AsyncGenerator<Judged>;
}

export interface InspectorOptions {
  readonly out: string;
  readonly score?: ScoreKind;
  readonly threshold?: number;
  /** The part of every picture that counts. */
  readonly region?: Region;
  /** The side of the tiles that pictures are judged by, in their pixels; left out, as the model's image set was made. */
  readonly tiles?: number;
}

const AT_ONCE = 32;

const NO_SCORE = 'expected a score, but the model gives no number for it.';

/** Makes a model ready to judge pictures; what it does not know of normal ones yet it learns. Throws as `normalityOf`. */
export async function openInspector(
  place: ModelPlace,
  data: string,
  { out, score, threshold: wanted, region, tiles: asked }: InspectorOptions,
): Promise<Inspector> {
  const session = openSession(place, data);
  const dataFolder = resolve(data);
  const model = await TrainedModel.load(place, session.surroundings);
  const manner = await mannerOf(model, dataFolder);
  // A model of tiles sees large pictures by tiles.
  const tiles = asked ?? (region === undefined ? manner.tileSide : undefined);
  // A region that was chosen in the window counts here too; tiles lie all over a picture.
  const kept = region === undefined && tiles === undefined ? await loadNormality(place.folder) : undefined;
  const stored = kept ?? (await normalityOf(model, manner, region, () => undefined));
  const { normality, verdict, window } = stored;
  const kind = score ?? verdict.score;
  // One for the worst of many tiles is none for whole pictures, nor the other way round.
  const settled = kind === verdict.score && verdict.tiles === tiles ? verdict.threshold : undefined;
  const threshold = wanted ?? settled ?? fitThreshold(normality.heldOut[kind]).threshold;
  const ofAll = wanted ?? settled ?? (tiles === undefined ? threshold : undefined);
  const sources = sourcesOf(session, dataFolder);
  let written = 0;
  const write = (name: string, map: Shown): Promise<void> => writeFound(out, name, (written += 1), map);
  const judgeWhole = async (pictures: CheckedPictures, { name, group, at }: Checked, own: number): Promise<Judged> => {
    // Nothing may pass for normal of which nothing is known.
    if (Number.isNaN(own)) return { name, problem: NO_SCORE };
    const odd = isOdd(own, threshold, undefined);
    let boxes: readonly Box[] = [];
    if (odd && scoreWords[kind].hasMap) {
      const map = await heatMapOf(model, stored, pictures, at, manner.preparation, kind);
      boxes = map.boxes;
      await write(name, map);
    }
    return { name, group, verdict: odd ? 'odd' : 'normal', score: own, threshold, kind, boxes };
  };
  const judgeByTiles = async ({ name, group, picture, size }: WholePicture, side: number): Promise<Judged> => {
    try {
      const named = ofAll === undefined ? {} : { wanted: ofAll };
      const found = await judgeTiles(model, stored, manner, { picture, size, kind, side, ...named });
      if (Number.isNaN(found.score)) return { name, problem: NO_SCORE };
      const odd = isOdd(found.score, found.threshold, undefined);
      if (odd && found.heat !== undefined) await write(name, found.heat);
      return {
        name,
        group,
        verdict: odd ? 'odd' : 'normal',
        score: found.score,
        threshold: found.threshold,
        kind,
        boxes: odd ? (found.heat?.boxes ?? []) : [],
        tiles: found.tiles,
      };
    } catch (error) {
      return { name, problem: toErrorData(error).message };
    }
  };
  return {
    kind,
    ...(ofAll === undefined ? {} : { threshold: ofAll }),
    ...(tiles === undefined ? {} : { tiles }),
    heldOut: normality.heldOut[kind],
    async *judge(paths, groups) {
      session.staged.set(THE_FILES, paths);
      const source = { kind: 'staged' as const, staged: THE_FILES, ...(groups && { groups: [...groups] }) };
      const pictures = await openChecked(source, manner, sources);
      if (tiles !== undefined) {
        for await (const read of wholePictures(pictures)) {
          yield* read.problems.map(unread);
          for (const picture of read.pictures) yield await judgeByTiles(picture, tiles);
        }
        return;
      }
      for (let first = 0; first < pictures.count; first += AT_ONCE) {
        const read = await pictures.read(first, AT_ONCE);
        yield* read.problems.map(unread);
        if (read.pictures.length === 0) continue;
        const scores = await scorePictures(normality, floatsOfPictures(read.pictures), throughOf(model), window);
        for (const [row, picture] of read.pictures.entries()) {
          yield await judgeWhole(pictures, picture, scores[kind][row]!);
        }
      }
    },
  };
}

const sourcesOf = ({ imageSets, staged }: ModelSession, dataFolder: string): Sources => ({
  imageSets,
  store: new ImageSetStore(dataFolder),
  staged: new StagedPictures(staged),
});

const unread = ({ name, message }: Problem): Judged => ({ name, problem: message });

type Shown = Parameters<typeof writePictures>[0];

/** An odd picture's mask and overlay. @param count tells pictures of one name apart */
async function writeFound(out: string, name: string, count: number, map: Shown): Promise<void> {
  const stem = `${basename(name, extname(name)).replaceAll(/[^\p{L}\p{N}._-]+/gu, '-')}-${Date.now()}-${count}`;
  await writePictures(map, join(out, `${stem}-mask.png`), join(out, `${stem}-overlay.png`));
}
