import { auroc, chanceError } from '../../domain/inspection/ranking.ts';
import { evenings, scoreKinds, type Evening, type ScoreKind } from '../../domain/inspection/scores.ts';
import { fitThreshold } from '../../domain/inspection/threshold.ts';
import type { Breathe } from '../inference.ts';
import { crossedScores, FEW_HELD_OUT, type Crossed } from './crossed.ts';
import { evened, meanLevel, type Level } from './evening.ts';
import { fitGaussian } from './gaussian.ts';
import { faultKinds, withFaults, type FaultKind, type FaultyPictures } from './made-faults.ts';
import { fitLines } from './lines.ts';
import { fitPieces, type Shape } from './pieces.ts';
import {
  cutBy,
  mapOf,
  scoreOf,
  sizeOf,
  spreadOf,
  type Seen,
  type SingleKind,
  type Statistics,
  type Window,
} from './score-picture.ts';
import type { Through } from './through.ts';
import { fitVariations } from './variations.ts';

/** One part of the combined score: its logarithm's mean and deviation over held-out normal pictures. */
export interface Part {
  readonly kind: SingleKind;
  readonly mean: number;
  readonly deviation: number;
}

/** All that is known of normal pictures: what travels with a model. */
export interface Normality {
  readonly shape: Shape;
  readonly level: Level;
  /** One of each kind, with the evening that separates best. */
  readonly statistics: readonly Statistics[];
  readonly parts: readonly Part[];
  /**
   * Of each score of held-out normal pictures: those that took no part in its statistics. Where few were held out, of a score that looks
   * at pictures alone those of the training pictures too, by what is learnt without them (`crossedScores`), unless they are tiles.
   */
  readonly heldOut: Readonly<Record<ScoreKind, Float32Array>>;
  /** AUROC of held-out pictures against the same with faults drawn in, in the mean over the kinds of faults. */
  readonly madeFaults: Readonly<Record<ScoreKind, number>>;
  /** Above it a map's value is odd; NaN for scores without maps. */
  readonly mapThresholds: Readonly<Record<ScoreKind, number>>;
}

/** What normality is learnt from: pictures of 0 to 1, one after another. */
export interface NormalPictures {
  readonly shape: Shape;
  readonly training: Float32Array;
  /** Normal pictures that the model was not trained on. */
  readonly heldOut: Float32Array;
  readonly through: (pictures: Float32Array) => Promise<Through>;
  readonly breathe: Breathe;
  readonly told: (fraction: number) => void;
  readonly window?: Window;
  /** They are overlapping tiles of larger ones: what is learnt without a tile knows much of it by its neighbours. */
  readonly areTiles?: boolean;
}

/** Pictures of each kind that are looked at: more say hardly anything new. */
export const MOST_TRAINING = 2_000;
export const MOST_HELD_OUT = 400;
const FOLDS = 5;
/** Held-out pictures that faults are drawn into. */
const MOST_FAULTY = 200;
/** Taken where no other separates better than chance may have it: pictures of one set are seldom lit all alike. */
const USUAL_EVENING: Evening = 'picture';
/** Scores that say different things, of which the combined one is made. */
const COMBINED: readonly SingleKind[] = ['variations', 'pieces', 'worst-spot', 'structure', 'code-neighbours'];

/** One score of the held-out pictures and of those with faults. */
interface Tried {
  readonly statistics: Statistics;
  readonly heldOut: Float32Array;
  readonly faulty: Readonly<Record<FaultKind, Float32Array>>;
}

/** Learns what is normal for every score, and for each the evening under which made faults stand out: each picture's, else a clearly better one. */
export async function learnNormal(given: NormalPictures): Promise<Normality> {
  const { shape, told } = given;
  const level = meanLevel(given.training, sizeOf(shape));
  const faults = withFaults(given.heldOut.subarray(0, MOST_FAULTY * sizeOf(shape)), shape);
  const margin = chanceError(given.heldOut.length / sizeOf(shape));
  const best = new Map<SingleKind, Tried>();
  for (const [at, evening] of evenings.entries()) {
    for (const tried of await tryEvening(given, faults, level, evening)) {
      const known = best.get(tried.statistics.kind);
      if (known === undefined || preference(tried, margin) > preference(known, margin)) {
        best.set(tried.statistics.kind, tried);
      }
    }
    told((at + 1) / evenings.length);
  }
  const parts = COMBINED.map((kind) => partOf(kind, best.get(kind)!.heldOut));
  const combined = (of: (tried: Tried) => Float32Array): Float32Array =>
    of(best.get('pieces')!).map((_, row) => combine(parts, (kind) => of(best.get(kind)!)[row]!));
  const scores = (of: (tried: Tried) => Float32Array, kind: ScoreKind): Float32Array =>
    kind === 'combined' ? combined(of) : of(best.get(kind)!);
  const each = <T>(make: (kind: ScoreKind) => T): Record<ScoreKind, T> =>
    Object.fromEntries(scoreKinds.map((kind) => [kind, make(kind)])) as Record<ScoreKind, T>;
  const statistics = [...best.values()].map((tried) => tried.statistics);
  const crossed = await crossedWhereFew(given, level, (kind) => best.get(kind)!.statistics.evening);
  return {
    shape,
    level,
    statistics,
    parts,
    heldOut: each((kind) => {
      const more = kind === 'combined' ? undefined : crossed.get(kind);
      return Float32Array.from([...scores((tried) => tried.heldOut, kind), ...(more ?? [])]);
    }),
    madeFaults: each((kind) =>
      meanOverKinds((fault) =>
        auroc(
          scores((tried) => tried.heldOut, kind),
          scores((tried) => tried.faulty[fault], kind),
        ),
      ),
    ),
    mapThresholds: await mapThresholds(given, level, statistics, each),
  };
}

async function crossedWhereFew(
  { shape, training, heldOut, breathe, window, areTiles }: NormalPictures,
  level: Level,
  eveningOf: (kind: SingleKind) => Evening,
): Promise<Crossed> {
  if (areTiles === true || heldOut.length / sizeOf(shape) >= FEW_HELD_OUT) return new Map();
  const even = (pictures: Float32Array, evening: Evening) => evened(pictures, sizeOf(shape), evening, level);
  return crossedScores({
    shape,
    breathe,
    ...(window && { window }),
    evened: (evening) => ({ training: even(training, evening), heldOut: even(heldOut, evening) }),
    eveningOf,
  });
}

const meanOverKinds = (of: (fault: FaultKind) => number): number =>
  faultKinds.reduce((sum, fault) => sum + of(fault), 0) / faultKinds.length;

const preference = ({ statistics, heldOut, faulty }: Tried, margin: number): number =>
  (meanOverKinds((fault) => auroc(heldOut, faulty[fault])) || 0) + (statistics.evening === USUAL_EVENING ? margin : 0);

async function tryEvening(
  { shape, training, heldOut, through, breathe, window }: NormalPictures,
  faults: FaultyPictures,
  level: Level,
  evening: Evening,
): Promise<Tried[]> {
  const see = async (pictures: Float32Array): Promise<Seen> => {
    const own = evened(pictures, sizeOf(shape), evening, level);
    return { shape, pictures: own, ...(await through(own)) };
  };
  const normal = await see(heldOut);
  const seenFaults = { dim: await see(faults.dim), foreign: await see(faults.foreign), moved: await see(faults.moved) };
  const count = heldOut.length / sizeOf(shape);
  const even = evened(training, sizeOf(shape), evening, level);
  const tried: Tried[] = [];
  const add = async (statistics: Statistics, by: (picture: number) => Statistics = () => statistics): Promise<void> => {
    const of = (seen: Seen): Float32Array =>
      Float32Array.from({ length: seen.pictures.length / sizeOf(shape) }, (_, picture) =>
        scoreOf(by(picture), seen, picture, window),
      );
    const faulty = { dim: of(seenFaults.dim), foreign: of(seenFaults.foreign), moved: of(seenFaults.moved) };
    tried.push({ statistics, heldOut: of(normal), faulty });
    await breathe();
  };
  await add({ kind: 'pieces', evening, pieces: fitPieces(even, shape, evening === 'local') });
  // Structure is evened around each pixel by its own rule, and the model has seen no pictures that are.
  if (evening === 'local') return tried;
  if (evening === 'picture') {
    const lines = fitLines(even, normal.pictures, shape);
    await add({ kind: 'lines', evening, lines: lines.all }, (picture) => {
      return { kind: 'lines', evening, lines: lines.without[picture % lines.without.length]! };
    });
    const fitted = fitVariations(even, normal.pictures, shape, cutBy(window), lines);
    await add({ kind: 'variations', evening, variations: fitted.all }, (picture) => {
      return { kind: 'variations', evening, variations: fitted.without[picture % fitted.without.length]! };
    });
  }
  await add({ kind: 'squared-error', evening });
  await add({ kind: 'structure', evening });
  const all = Array.from({ length: count }, (_, picture) => picture);
  const folds = Math.min(FOLDS, count);
  const without = Array.from({ length: folds }, (_, fold) =>
    spreadOf(normal, folds < 2 ? all : all.filter((picture) => picture % folds !== fold)),
  );
  const spread = spreadOf(normal, all);
  for (const kind of ['spread-error', 'worst-spot'] as const) {
    await add({ kind, evening, spread }, (picture) => ({ kind, evening, spread: without[picture % folds]! }));
  }
  const { codes } = await through(even);
  const size = codes.length / (training.length / sizeOf(shape));
  await add({ kind: 'code-distance', evening, code: fitGaussian(codes, size) });
  await add({ kind: 'code-neighbours', evening, known: codes });
  return tried;
}

function partOf(kind: SingleKind, heldOut: Float32Array): Part {
  const logs = Array.from(heldOut, logOf);
  const mean = logs.reduce((sum, value) => sum + value, 0) / logs.length;
  const variance = logs.reduce((sum, value) => sum + (value - mean) ** 2, 0) / logs.length;
  return { kind, mean, deviation: Math.max(Math.sqrt(variance), 1e-3) };
}

/** Scores are ratios: twice as odd is as far from once as four times from twice. */
const logOf = (score: number): number => Math.log(Math.max(score, 1e-12));

/** The mean over the parts of each score's place among held-out normal pictures, in deviations. */
export function combine(parts: readonly Part[], scoreOfKind: (kind: SingleKind) => number): number {
  const sum = parts.reduce(
    (total, { kind, mean, deviation }) => total + (logOf(scoreOfKind(kind)) - mean) / deviation,
    0,
  );
  return sum / parts.length;
}

/** Which map shows where a picture is odd by the combined score: that of the pieces. */
export const mappedBy = (kind: ScoreKind): SingleKind => (kind === 'combined' ? 'pieces' : kind);

/** Of each map, the value that the worst spots of held-out normal pictures hardly ever reach. */
async function mapThresholds(
  { shape, heldOut, through }: NormalPictures,
  level: Level,
  statistics: readonly Statistics[],
  each: <T>(make: (kind: ScoreKind) => T) => Record<ScoreKind, T>,
): Promise<Record<ScoreKind, number>> {
  const found = new Map<SingleKind, number>();
  for (const evening of evenings) {
    const own = statistics.filter((one) => one.evening === evening);
    if (own.length === 0) continue;
    const pictures = evened(heldOut, sizeOf(shape), evening, level);
    const seen: Seen = { shape, pictures, ...(await through(pictures)) };
    for (const one of own) {
      const most = Array.from({ length: heldOut.length / sizeOf(shape) }, (_, picture) => {
        const values = mapOf(one, seen, picture)?.values;
        return values === undefined ? Number.NaN : values.reduce((worst, value) => Math.max(worst, value), -Infinity);
      });
      found.set(one.kind, fitThreshold(most).threshold);
    }
  }
  return each((kind) => found.get(mappedBy(kind)) ?? Number.NaN);
}
