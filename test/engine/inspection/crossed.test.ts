import { expect, test } from 'vitest';
import { evened, meanLevel } from '../../../electron/engine/inspection/evening.ts';
import { learnNormal, type Normality } from '../../../electron/engine/inspection/learn-normal.ts';
import { fitLines } from '../../../electron/engine/inspection/lines.ts';
import { fitPieces } from '../../../electron/engine/inspection/pieces.ts';
import { scoreOf, type Statistics } from '../../../electron/engine/inspection/score-picture.ts';
import { fitVariations } from '../../../electron/engine/inspection/variations.ts';
import { asked, picture, pictures, SIDE, SIZE } from './noise-pictures.ts';

const SHAPE = [SIDE, SIDE, 1] as const;
const TRAINED = 25;

/** The model draws everything grey. */
const learn = (training: Float32Array, heldOut: Float32Array, areTiles = false): Promise<Normality> =>
  learnNormal({
    shape: SHAPE,
    training,
    heldOut,
    through: (given) =>
      Promise.resolve({
        outputs: new Float32Array(given.length).fill(0.5),
        codes: new Float32Array(given.length / SIZE),
      }),
    breathe: () => Promise.resolve(),
    told: () => undefined,
    areTiles,
  });

const rows = (all: Float32Array, wanted: (row: number) => boolean): Float32Array => {
  const kept = Array.from({ length: all.length / SIZE }, (_, row) => row).filter(wanted);
  return Float32Array.from(kept.flatMap((row) => [...picture(all, row)]));
};

test('where few pictures are held out, each training picture is scored by what is learnt without its fifth', async () => {
  const training = pictures(TRAINED, 1);
  // One of them, the third of its fold, has a spot: by itself it would know itself.
  training.set(picture(asked(), 1), 12 * SIZE);
  const heldOut = pictures(10, 101);
  const normality = await learn(training, heldOut);
  expect(normality.heldOut['squared-error']).toHaveLength(10);
  expect(normality.heldOut.combined).toHaveLength(10);
  const level = meanLevel(training, SIZE);
  for (const kind of ['variations', 'pieces', 'lines'] as const) {
    const found = normality.heldOut[kind];
    expect(found).toHaveLength(10 + TRAINED);
    const { evening } = normality.statistics.find((one) => one.kind === kind)!;
    const even = (given: Float32Array): Float32Array => evened(given, SIZE, evening, level);
    const [others, held] = [even(rows(training, (row) => row % 5 !== 2)), even(heldOut)];
    const lines = fitLines(others, held, SHAPE);
    const learnt: Statistics = {
      kind,
      evening,
      pieces: fitPieces(others, SHAPE, evening === 'local'),
      lines: lines.all,
      variations: fitVariations(others, held, SHAPE, ({ values }) => values, lines).all,
    };
    const own = even(picture(training, 12));
    const score = scoreOf(learnt, { shape: SHAPE, pictures: own, outputs: own, codes: own }, 0);
    // Fold by fold: 2, 7, 12 are the third fold's first.
    expect(found[10 + 12]).toBeCloseTo(score, 5);
    expect(Math.max(...found)).toBe(found[10 + 12]);
  }
});

test('of many held-out pictures there is no need for it, and tiles know each other', async () => {
  for (const [count, areTiles] of [
    [40, false],
    [10, true],
  ] as const) {
    const { heldOut } = await learn(pictures(TRAINED, 1), pictures(count, 101), areTiles);
    for (const scores of Object.values(heldOut)) expect(scores).toHaveLength(count);
  }
});
