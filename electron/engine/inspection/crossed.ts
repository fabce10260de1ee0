import type { Breathe } from '../inference.ts';
import type { Evening } from '../../domain/inspection/scores.ts';
import { fitLines, type FittedLines } from './lines.ts';
import { fitPieces, type Shape } from './pieces.ts';
import { cutBy, ofPicturesAlone, scoreOf, sizeOf, type Seen, type SingleKind, type Window } from './score-picture.ts';
import { fitVariations } from './variations.ts';

/** Where fewer pictures are held out than this, a threshold by them alone lets anything from 1 to 8 in a hundred through. */
export const FEW_HELD_OUT = 40;
const FOLDS = 5;
/** Training pictures that are looked at: so many settle a threshold. */
const MOST_CROSSED = 400;

/** Scores of pictures that were learnt from, each by what is learnt without them. */
export type Crossed = ReadonlyMap<SingleKind, Float32Array>;

interface Given {
  readonly shape: Shape;
  readonly breathe: Breathe;
  readonly window?: Window;
  /** Training and held-out pictures as an evening leaves them, one after another. */
  readonly evened: (evening: Evening) => { readonly training: Float32Array; readonly heldOut: Float32Array };
  readonly eveningOf: (kind: SingleKind) => Evening;
}

/**
 * Five-fold cross-validation (Stone 1974) of the scores that look at pictures alone: a fifth of the training pictures is scored by what
 * is learnt from the other four. Scores of what the model makes of a picture have no such thing: it was trained on all of them.
 * @returns as many scores of each kind as there are training pictures, at most 400, fold by fold; slightly higher than of new ones, as less is learnt from
 */
export async function crossedScores({ shape, breathe, window, evened, eveningOf }: Given): Promise<Crossed> {
  const found = new Map<SingleKind, number[]>(ofPicturesAlone.map((kind) => [kind, []]));
  for (const [evening, kinds] of byEvening(eveningOf)) {
    const { training, heldOut } = evened(evening);
    const few = training.subarray(0, MOST_CROSSED * sizeOf(shape));
    for (let fold = 0; fold < FOLDS; fold += 1) {
      const { within: own, without: others } = parted(few, sizeOf(shape), fold);
      if (own.length === 0 || others.length === 0) continue;
      const learn = learner(others, heldOut, evening);
      const seen: Seen = { shape, pictures: own, outputs: NOTHING, codes: NOTHING };
      for (const kind of kinds) {
        const statistics = { kind, evening, ...learn(kind) };
        for (let picture = 0; picture < own.length / sizeOf(shape); picture += 1) {
          found.get(kind)!.push(scoreOf(statistics, seen, picture, window));
        }
        await breathe();
      }
    }
  }
  return new Map([...found].map(([kind, scores]) => [kind, Float32Array.from(scores)]));

  function learner(training: Float32Array, heldOut: Float32Array, evening: Evening) {
    // Two kinds ask for them.
    let lines: FittedLines | undefined;
    return (kind: SingleKind) => {
      if (kind === 'pieces') return { pieces: fitPieces(training, shape, evening === 'local') };
      lines ??= fitLines(training, heldOut, shape);
      if (kind === 'lines') return { lines: lines.all };
      return { variations: fitVariations(training, heldOut, shape, cutBy(window), lines).all };
    };
  }
}

function byEvening(eveningOf: Given['eveningOf']): ReadonlyMap<Evening, readonly SingleKind[]> {
  const found = new Map<Evening, SingleKind[]>();
  for (const kind of ofPicturesAlone) found.set(eveningOf(kind), [...(found.get(eveningOf(kind)) ?? []), kind]);
  return found;
}

/** The model has no say. */
const NOTHING = new Float32Array(0);

/** Every fifth picture, and the others. */
function parted(pictures: Float32Array, size: number, fold: number) {
  const picked = (isOwn: boolean): Float32Array => {
    const places = Array.from({ length: pictures.length / size }, (_, at) => at).filter(
      (at) => (at % FOLDS === fold) === isOwn,
    );
    const out = new Float32Array(places.length * size);
    places.forEach((place, at) => out.set(pictures.subarray(place * size, (place + 1) * size), at * size));
    return out;
  };
  return { within: picked(true), without: picked(false) };
}
