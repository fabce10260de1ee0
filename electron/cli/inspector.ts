import { basename, extname, join, resolve } from 'node:path';
import type { Box } from '../domain/inspection/boxes.ts';
import { scoreWords, type ScoreKind } from '../domain/inspection/scores.ts';
import { fitThreshold } from '../domain/inspection/threshold.ts';
import { isOdd } from '../domain/inspection/verdict.ts';
import { pngOf } from '../dataset/picture/write-png.ts';
import { scorePictures } from '../engine/inspection/inspect-pictures.ts';
import { openChecked } from '../engine-process/inspection/checked-pictures.ts';
import { heatMapOf } from '../engine-process/inspection/heat-map.ts';
import { floatsOfPictures } from '../engine-process/inspection/inspect.ts';
import { normalityOf, throughOf } from '../engine-process/inspection/normality-of.ts';
import { maskOf, overlayOf } from '../engine-process/inspection/write-inspection.ts';
import { StagedPictures } from '../engine-process/models/picture-sources.ts';
import { mannerOf } from '../engine-process/models/prepare-picture.ts';
import { TrainedModel, type ModelPlace } from '../engine-process/models/trained-model.ts';
import { ImageSetStore } from '../files/image-set-store.ts';
import { writeWhole } from '../files/atomic.ts';
import { openSession, THE_FILES } from './model-session.ts';

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
    }
);

export interface Inspector {
  readonly kind: ScoreKind;
  readonly threshold: number;
  /** Scores of held-out normal pictures. */
  readonly heldOut: Float32Array;
  /** The pictures in these files and folders, in their order. */
  judge(paths: readonly string[]): AsyncGenerator<Judged>;
}

const AT_ONCE = 32;

/** Makes a model ready to judge pictures; what it does not know of normal ones yet it learns. Throws as `normalityOf`. */
export async function openInspector(
  place: ModelPlace,
  data: string,
  { out, score, threshold: wanted }: { readonly out: string; readonly score?: ScoreKind; readonly threshold?: number },
): Promise<Inspector> {
  const session = openSession(place, data);
  const dataFolder = resolve(data);
  const model = await TrainedModel.load(place, session.surroundings);
  const stored = await normalityOf(model, undefined, () => undefined);
  const { normality, verdict, window } = stored;
  const kind = score ?? verdict.score;
  const fitted = kind === verdict.score ? verdict.threshold : fitThreshold(normality.heldOut[kind]).threshold;
  const threshold = wanted ?? fitted;
  const manner = await mannerOf(model, dataFolder);
  const sources = {
    imageSets: session.imageSets,
    store: new ImageSetStore(dataFolder),
    staged: new StagedPictures(session.staged),
  };
  let written = 0;
  return {
    kind,
    threshold,
    heldOut: normality.heldOut[kind],
    async *judge(paths) {
      session.staged.set(THE_FILES, paths);
      const pictures = await openChecked({ kind: 'staged', staged: THE_FILES }, manner, sources);
      for (let first = 0; first < pictures.count; first += AT_ONCE) {
        const read = await pictures.read(first, AT_ONCE);
        for (const { name, message } of read.problems) yield { name, problem: message };
        if (read.pictures.length === 0) continue;
        const scores = await scorePictures(normality, floatsOfPictures(read.pictures), throughOf(model), window);
        for (const [row, { name, group, at }] of read.pictures.entries()) {
          const own = scores[kind][row]!;
          const odd = isOdd(own, threshold, undefined);
          let boxes: readonly Box[] = [];
          if (odd && scoreWords[kind].hasMap) {
            const map = await heatMapOf(model, stored, pictures, at, manner.preparation, kind);
            boxes = map.boxes;
            written += 1;
            const stem = `${basename(name, extname(name)).replaceAll(/[^\p{L}\p{N}._-]+/gu, '-')}-${Date.now()}-${written}`;
            await writeWhole(join(out, `${stem}-mask.png`), pngOf(maskOf(map), 0));
            await writeWhole(join(out, `${stem}-overlay.png`), pngOf(overlayOf(map), 0));
          }
          yield { name, group, verdict: odd ? 'odd' : 'normal', score: own, threshold, kind, boxes };
        }
      }
    },
  };
}
