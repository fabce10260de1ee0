import { expect, it } from 'vitest';
import { Presence } from '../../electron/main/presence.ts';
import type { RunEnded } from '../../electron/domain/words.ts';
import { record } from '../renderer/samples.ts';

function presence(inFront = false) {
  const done: unknown[] = [];
  const follows = new Presence({
    showProgress: (progress, paused) => done.push(paused ? `${progress}, ${paused}` : progress),
    keepAwake: (awake) => done.push(awake ? 'awake' : 'may sleep'),
    isInFront: () => inFront,
    notify: (title, body) => done.push(`${title} | ${body}`),
  });
  return { follows, done };
}

const training = {
  runId: 'a',
  kind: 'training',
  fraction: 0.25,
  epoch: 1,
  epochs: 4,
  step: 10,
  stepsPerEpoch: 10,
  cost: 1,
  stepsPerSecond: 1,
  secondsLeft: 1,
} as const;
const finished: RunEnded = { runId: 'a', status: 'finished', test: { mse: 0.002, squaredError: 2.1049, epoch: 4 } };

it('shows progress, keeps the machine awake and tells the end', () => {
  const { follows, done } = presence();
  follows.hear('run:started', record('a'));
  follows.hear('run:progressed', training);
  follows.hear('run:ended', finished);
  const { name } = record('a').summary;
  const told = `${name}: training has finished | 2.10 squared error per image on the test images.`;
  expect(done).toEqual(['awake', 'indeterminate', 0.25, 'may sleep', 'none', told]);
});

it('lets the machine sleep while the run is paused, and takes the progress up again', () => {
  const { follows, done } = presence();
  follows.hear('run:started', record('a'));
  follows.hear('run:progressed', training);
  done.length = 0;
  follows.hear('run:paused', { runId: 'a', epoch: 1, step: 10 });
  follows.hear('run:resumed', { runId: 'a', epoch: 1, step: 10, problems: [] });
  expect(done).toEqual(['may sleep', '0.25, paused', 'awake', 0.25]);
});

it('does nothing for a run that a cluster trains but tell its end', () => {
  const { follows, done } = presence();
  const { summary, ...rest } = record('a');
  const cluster = { address: 'http://there', workers: 1, open: true };
  const began = (): void => follows.hear('run:started', { ...rest, summary: { ...summary, cluster } });
  // Followed again after the app was started anew: it does not begin.
  follows.hear('run:progressed', { ...training, cluster: 'http://there' });
  began();
  follows.hear('run:progressed', { ...training, cluster: 'http://there' });
  follows.hear('run:ended', {
    runId: 'a',
    status: 'interrupted',
    problem: 'The job goes on.',
    cluster: 'http://there',
  });
  expect(done).toEqual([]);
  began();
  follows.hear('run:ended', { ...finished, cluster: 'http://there' });
  expect(done).toEqual([expect.stringMatching(/training has finished/)]);
});

it('tells of a disk that is full where the window is not looked at', () => {
  const full = { runId: 'a', epoch: 1, step: 10, problem: 'The disk is full.' };
  const [unseen, seen] = [presence(), presence(true)];
  for (const { follows } of [unseen, seen]) {
    follows.hear('run:started', record('a'));
    follows.hear('run:paused', full);
  }
  expect(unseen.done.at(-1)).toBe(`${record('a').summary.name}: training waits | The disk is full.`);
  expect(seen.done).toEqual(['awake', 'indeterminate', 'may sleep', 'indeterminate, paused']);
});

it.each([
  ['the window is in front', true, finished],
  ['the person stopped it', false, { runId: 'a', status: 'stopped' } as const],
])('says nothing at the end when %s', (_, inFront, ended) => {
  const { follows, done } = presence(inFront);
  follows.hear('run:started', record('a'));
  done.length = 0;
  follows.hear('run:ended', ended);
  expect(done).toEqual(['may sleep', 'none']);
});

it('tells why a run ended badly', () => {
  const { follows, done } = presence();
  follows.hear('run:started', record('a'));
  follows.hear('run:ended', { runId: 'a', status: 'failed', problem: 'The cost became NaN in epoch 3.' });
  expect(done.at(-1)).toMatch(/: training was given up \| The cost became NaN in epoch 3\.$/);
});
