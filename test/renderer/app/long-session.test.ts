import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it, vi } from 'vitest';
import { lossSeries } from '../../../renderer/run/loss-series.ts';
import { Studio } from '../../../renderer/app/studio.svelte.ts';
import { FakeHost } from '../fake-host.ts';
import { articleExperiment, epoch, record } from '../samples.ts';

const EPOCHS = 2_000;
const PROGRESS_EVENTS = 100_000;
const PER_EPOCH = PROGRESS_EVENTS / EPOCHS;
const BYTES_OF_AN_EPOCH = 2_000;

const frames: (() => void)[] = [];
vi.stubGlobal('requestAnimationFrame', (callback: () => void) => frames.push(callback));
const nextFrame = () => frames.splice(0).forEach((frame) => frame());

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

function usedBytes(): number {
  collect();
  return process.memoryUsage().heapUsed;
}

it('eight hours of training leave the window’s memory flat, and its history whole', async () => {
  const host = new FakeHost();
  const store = { getItem: () => null, setItem: () => undefined };
  const studio = new Studio(host, store);
  await studio.load();
  const running = record('a');
  host.tell('run:started', {
    ...running,
    experiment: { ...articleExperiment, training: { ...articleExperiment.training, epochs: EPOCHS } },
  });

  const train = (from: number, to: number): void => {
    for (let number = from; number <= to; number += 1) {
      for (let step = 1; step <= PER_EPOCH; step += 1) {
        host.tell('run:progressed', {
          runId: 'a',
          kind: 'training',
          fraction: number / EPOCHS,
          epoch: number,
          epochs: EPOCHS,
          step: number * 214 + step,
          stepsPerEpoch: 214,
          cost: 1 / number,
          stepsPerSecond: 300,
          secondsLeft: 60,
        });
        nextFrame();
      }
      host.tell('run:epoch-ended', { runId: 'a', metrics: epoch(number, 1 / number) });
      nextFrame();
    }
  };
  train(1, EPOCHS / 2);
  const half = usedBytes();
  train(EPOCHS / 2 + 1, EPOCHS);
  const whole = usedBytes();
  // An epoch's figures are kept, a progress event is not.
  expect(whole).toBeLessThan(half * 1.1);
  expect(whole - half).toBeLessThan((EPOCHS / 2) * BYTES_OF_AN_EPOCH);

  const view = studio.active!;
  expect(view.record.metrics).toHaveLength(EPOCHS);
  expect(view.record.metrics.at(-1)?.validationMse).toBe(1 / EPOCHS);
  const drawn = lossSeries(view.record.experiment, view).map(({ points }) => points.length);
  expect(Math.max(...drawn)).toBeGreaterThanOrEqual(EPOCHS);
  // What a chart can be drawn from in one frame.
  expect(Math.max(...drawn)).toBeLessThan(20_000);
});
