import { expect, it } from 'vitest';
import { secondsOf } from '../../../electron/domain/recipe.ts';
import { paceHere, paceOf, rememberPace } from '../../../renderer/run/pace.ts';
import { newView } from '../../../renderer/run/run-view.ts';
import { Remembered } from '../../../renderer/window/remembered.ts';
import { articleExperiment, epoch, record } from '../samples.ts';

const ESTIMATED = secondsOf({ ...articleExperiment, training: { ...articleExperiment.training, epochs: 4 } }, 55_000);

/** Four epochs of the article's 214 steps. */
function trained(seconds: number, more: object = {}) {
  const last = { ...epoch(4), step: 856, secondsSinceStart: seconds };
  return newView({ ...record('a'), experiment: articleExperiment, metrics: [last], ...more });
}

function memory(): Remembered {
  const kept = new Map<string, string>();
  return new Remembered({
    getItem: (name) => kept.get(name) ?? null,
    setItem: (name, text) => void kept.set(name, text),
  });
}

it('is how long a run takes over what is estimated of it, once it has gone on for some seconds', () => {
  expect(paceOf(trained(6 * ESTIMATED))).toBeCloseTo(6, 1);
  expect(paceOf(trained(1_000 * ESTIMATED))).toBe(32);
  expect(paceOf(trained(4.9))).toBeUndefined();
  expect(paceOf(newView(record('a')))).toBeUndefined();
});

it('tells nothing of a run that another computer or a card trains', () => {
  const { summary } = record('a');
  const cluster = { address: 'http://ray:8265', job: 'a', open: true };
  expect(paceOf(trained(60, { summary: { ...summary, cluster } }))).toBeUndefined();
  expect(paceOf(trained(60, { path: { kind: 'torch', stepsPerCall: 1 } }))).toBeUndefined();
});

it('is remembered for what is estimated next', () => {
  const remembered = memory();
  expect(paceHere(remembered)).toBe(1);
  rememberPace(remembered, trained(6 * ESTIMATED));
  expect(paceHere(remembered)).toBeCloseTo(6, 1);
  rememberPace(remembered, trained(1));
  expect(paceHere(remembered)).toBeCloseTo(6, 1);
  remembered.set('paces', 'a soon\nb');
  expect(paceHere(remembered)).toBe(1);
});

it('is that of recent runs, however slow a busy hour made one or two of them', () => {
  const remembered = memory();
  const ran = (id: string, pace: number): void => {
    const { summary } = record('a');
    rememberPace(remembered, trained(pace * ESTIMATED, { summary: { ...summary, id } }));
  };
  ran('a', 2);
  ran('busy', 20);
  expect(paceHere(remembered)).toBeCloseTo(2, 1);
  // The same run, further on: it is one run still.
  for (let epoch = 0; epoch < 9; epoch += 1) ran('busy', 24);
  expect(paceHere(remembered)).toBeCloseTo(2, 1);
  ran('b', 2.2);
  ran('busier', 24);
  ran('c', 2.4);
  expect(paceHere(remembered)).toBeCloseTo(2.4, 1);
  // Another computer's pace, or this one's of long ago, is forgotten.
  for (const id of ['d', 'e', 'f']) ran(id, 5);
  expect(paceHere(remembered)).toBeCloseTo(5, 1);
});
