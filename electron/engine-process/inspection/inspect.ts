import type { InspectSource, Region } from '../../contract/inspection.ts';
import type { ModelRef } from '../../contract/models.ts';
import { rankScores } from '../../domain/inspection/choose-score.ts';
import { truthsOf } from '../../domain/inspection/groups.ts';
import { pixelFigures, type MaskedMap } from '../../domain/inspection/pixel-figures.ts';
import { scoreKinds, scoreWords, type ScoreKind } from '../../domain/inspection/scores.ts';
import { USUAL_RATE } from '../../domain/inspection/threshold.ts';
import { StudioError } from '../../domain/errors.ts';
import { mapPicture, scorePictures } from '../../engine/inspection/inspect-pictures.ts';
import { mappedBy } from '../../engine/inspection/learn-normal.ts';
import type { StoredInspection } from '../../files/inspection-folder.ts';
import type { StoredNormality } from '../../model/normality-file.ts';
import { reasonOf } from '../../dataset/import/read-item.ts';
import type { Manner } from '../models/prepare-picture.ts';
import type { TrainedModel } from '../models/trained-model.ts';
import {
  floatsOfPictures,
  wholePictures,
  type Checked,
  type CheckedPictures,
  type Problem,
} from './checked-pictures.ts';
import { scorePictureTiles } from './tiled.ts';
import { normalityOf, throughOf } from './normality-of.ts';

export interface Inspecting {
  readonly model: ModelRef;
  /** ISO 8601. */
  readonly inspectedAt: string;
  readonly source: InspectSource;
  readonly paths: readonly string[];
  readonly region?: Region;
  readonly score?: ScoreKind;
  /** The side of the tiles that pictures are judged by. */
  readonly tiles?: number;
  readonly manner: Manner;
  readonly told: (kind: 'learning' | 'scoring' | 'measuring', fraction: number) => void;
}

/** Pictures that are scored at once. */
const AT_ONCE = 64;
/** Maps that figures by pixel are measured on, and pixels of them all: as numbers these are sorted, several times. */
const MOST_MEASURED = 400;
const MOST_PIXELS = 2 ** 24;

/** Scores pictures and chooses what to tell them apart by. @throws StudioError `bad-file` where none can be read */
export async function inspect(
  model: TrainedModel,
  pictures: CheckedPictures,
  { model: ref, inspectedAt, source, paths, region, score: wanted, tiles, manner, told }: Inspecting,
): Promise<StoredInspection> {
  const stored = await normalityOf(model, manner, region, (fraction) => told('learning', fraction));
  const each = (fraction: number): void => told('scoring', fraction);
  const tiled = tiles === undefined ? undefined : { side: tiles, manner };
  const { checked, problems, columns, most } = await scoreAll(model, pictures, stored, tiled, each);
  if (checked.length === 0) {
    const [first] = problems;
    const why = first === undefined ? '' : ` (${first.name}: ${first.message.replace(/\.$/, '')})`;
    throw new StudioError('bad-file', `Expected at least one picture to check, found none that can be read${why}.`);
  }
  const groups = checked.map(({ group }) => group);
  const byGroup = truthsOf(groups);
  const truths = groups.map((group) => byGroup.get(group)!);
  const { normality } = stored;
  const scores = scoreKinds.map((kind) => ({
    kind,
    evening: normality.statistics.find((one) => one.kind === mappedBy(kind))!.evening,
    values: columns[kind],
    heldOut: normality.heldOut[kind],
    madeFaults: normality.madeFaults[kind],
  }));
  // What single tiles score says nothing of the worst of many: without normal pictures, made faults choose.
  const sayNothing = tiles !== undefined && !truths.includes('normal');
  const { order, why } = rankScores(scores, sayNothing ? truths.map(() => 'unknown') : truths);
  const score = wanted ?? order[0]!;
  const whole = tiles !== undefined ? [] : checked;
  const { pixels, unmasked } = await measurePixels(model, stored, pictures, whole, truths, score, (fraction) =>
    told('measuring', fraction),
  );
  return {
    model: ref,
    inspectedAt,
    source,
    paths: [...paths],
    names: checked.map(({ name }) => name),
    groups,
    places: checked.map(({ at }) => at),
    masked: Uint8Array.from(checked, ({ masked }) => (masked ? 1 : 0)),
    scores: order.map((kind) => scores.find((one) => one.kind === kind)!),
    ...(pixels === undefined ? {} : { pixels }),
    ...(region === undefined ? {} : { region }),
    ...(tiles === undefined ? {} : { tiles: { side: tiles, most } }),
    pictureSize: checked[0]!.size,
    problems: [...problems, ...unmasked],
    score,
    why: wanted === undefined ? why : `${scoreWords[wanted].name}, as was asked for.`,
    rate: USUAL_RATE,
    truths: Object.fromEntries(byGroup),
    marks: [],
  };
}

async function scoreAll(
  model: TrainedModel,
  pictures: CheckedPictures,
  stored: StoredNormality,
  tiled: { readonly side: number; readonly manner: Manner } | undefined,
  told: (fraction: number) => void,
) {
  const { normality, window } = stored;
  let most = 1;
  const checked: Checked[] = [];
  const problems: Problem[] = [];
  const parts: Record<ScoreKind, ArrayLike<number> & Iterable<number>>[] = [];
  let done = 0;
  const tell = async (count: number): Promise<void> => {
    done += count;
    told(Math.min(1, done / pictures.count));
    await model.breathe();
  };
  if (tiled === undefined) {
    for (let first = 0; first < pictures.count; first += AT_ONCE) {
      const read = await pictures.read(first, AT_ONCE);
      problems.push(...read.problems);
      if (read.pictures.length > 0) {
        parts.push(await scorePictures(normality, floatsOfPictures(read.pictures), throughOf(model), window));
        checked.push(...read.pictures.map(withoutPixels));
      }
      await tell(AT_ONCE);
    }
  } else {
    for await (const read of wholePictures(pictures)) {
      problems.push(...read.problems);
      for (const { picture, ...known } of read.pictures) {
        try {
          const task = { picture, side: tiled.side };
          const { tiles, scores } = await scorePictureTiles(model, stored, tiled.manner, task);
          most = Math.max(most, tiles);
          parts.push(
            Object.fromEntries(scoreKinds.map((kind) => [kind, [scores[kind]]])) as Record<ScoreKind, number[]>,
          );
          checked.push(known);
        } catch (error) {
          problems.push({ name: known.name, message: reasonOf(error, known.name) });
        }
      }
      await tell(1);
    }
  }
  const columns = Object.fromEntries(
    scoreKinds.map((kind) => [kind, Float32Array.from(parts.flatMap((part) => [...part[kind]]))]),
  ) as Record<ScoreKind, Float32Array>;
  return { checked, problems, columns, most };
}

const withoutPixels = ({ at, name, group, masked, size }: Checked): Checked => ({ at, name, group, masked, size });

/** What the chosen score's maps say of the masks, and the masks that cannot be read; neither where the score has no map. */
async function measurePixels(
  model: TrainedModel,
  { normality }: StoredNormality,
  pictures: CheckedPictures,
  checked: readonly Checked[],
  truths: readonly string[],
  score: ScoreKind,
  told: (fraction: number) => void,
): Promise<{ readonly pixels?: NonNullable<StoredInspection['pixels']>; readonly unmasked: readonly Problem[] }> {
  if (!scoreWords[score].hasMap || !checked.some(({ masked }) => masked)) return { unmasked: [] };
  const usable = checked.filter(({ masked }, row) => masked || truths[row] === 'normal');
  const [height, width] = normality.shape;
  const looked = spread(usable, Math.max(1, Math.min(MOST_MEASURED, Math.floor(MOST_PIXELS / (height * width)))));
  const maps: MaskedMap[] = [];
  const unmasked: Problem[] = [];
  for (const [row, { at, name, masked }] of looked.entries()) {
    const [read] = (await pictures.read(at, 1)).pictures;
    const mask = masked ? await maskOf(pictures, at, name) : new Uint8Array(height * width);
    // One that has gone since it was scored has no map any more.
    if (read !== undefined && mask instanceof Uint8Array) {
      const map = (await mapPicture(normality, score, floatsOfPictures([read]), throughOf(model)))!;
      maps.push({ width, height, map: map.values, mask });
    } else if (!(mask instanceof Uint8Array)) unmasked.push(mask);
    told((row + 1) / looked.length);
    await model.breathe();
  }
  const { auroc, pro, pictures: count } = pixelFigures(maps);
  return { pixels: { score, auroc: finite(auroc), pro: finite(pro), pictures: count }, unmasked };
}

/** A picture's mask, or why it cannot be read: the picture itself was scored. */
async function maskOf(pictures: CheckedPictures, at: number, name: string): Promise<Uint8Array | Problem> {
  try {
    return (await pictures.mask(at)) ?? { name, message: 'expected its mask to be there still, found none.' };
  } catch (error) {
    return { name, message: `its mask counts in no figure: ${reasonOf(error, name)}` };
  }
}

/** At most so many, evenly among all. */
function spread<T>(all: readonly T[], most: number): T[] {
  const count = Math.min(most, all.length);
  return Array.from({ length: count }, (_, at) => all[Math.floor((at * all.length) / count)]!);
}

const finite = (figure: number): number | null => (Number.isFinite(figure) ? figure : null);
