import { evenings, scoreKinds, type ScoreKind } from '../../domain/inspection/scores.ts';
import { evened } from './evening.ts';
import { combine, mappedBy, type Normality } from './learn-normal.ts';
import type { Plane } from './planes.ts';
import { mapOf, scoreOf, sizeOf, type Seen, type SingleKind, type Window } from './score-picture.ts';
import type { Through } from './through.ts';

type PassThrough = (pictures: Float32Array) => Promise<Through>;

/** Every score of pictures of 0 to 1, one after another: a column a kind, one entry a picture. */
export async function scorePictures(
  normality: Normality,
  pictures: Float32Array,
  through: PassThrough,
  window?: Window,
): Promise<Record<ScoreKind, Float32Array>> {
  const { shape, level, statistics, parts } = normality;
  const count = pictures.length / sizeOf(shape);
  const columns = new Map<SingleKind, Float32Array>();
  for (const evening of evenings) {
    const own = statistics.filter((one) => one.evening === evening);
    if (own.length === 0) continue;
    const even = evened(pictures, sizeOf(shape), evening, level);
    const seen: Seen = { shape, pictures: even, ...(await through(even)) };
    for (const one of own) {
      columns.set(
        one.kind,
        Float32Array.from({ length: count }, (_, at) => scoreOf(one, seen, at, window)),
      );
    }
  }
  const column = (kind: ScoreKind): Float32Array =>
    kind === 'combined'
      ? Float32Array.from({ length: count }, (_, at) => combine(parts, (part) => columns.get(part)![at]!))
      : columns.get(kind)!;
  return Object.fromEntries(scoreKinds.map((kind) => [kind, column(kind)])) as Record<ScoreKind, Float32Array>;
}

/** Where one picture of 0 to 1 is odd by a score; nothing for scores that do not say. */
export async function mapPicture(
  normality: Normality,
  kind: ScoreKind,
  picture: Float32Array,
  through: PassThrough,
): Promise<Plane | undefined> {
  const { shape, level } = normality;
  const statistics = normality.statistics.find((one) => one.kind === mappedBy(kind))!;
  const pictures = evened(picture, sizeOf(shape), statistics.evening, level);
  return mapOf(statistics, { shape, pictures, ...(await through(pictures)) }, 0);
}
