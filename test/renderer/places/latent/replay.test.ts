import { describe, expect, it } from 'vitest';
import type { RunRecord } from '../../../../electron/domain/words.ts';
import { EpochFrames } from '../../../../renderer/places/latent/replay/epoch-frames.ts';
import { Replay, type ReplayGoal } from '../../../../renderer/places/latent/replay/replay.svelte.ts';
import { allArrived } from '../../held-answers.ts';
import { codeMap, epochOf, finished, latentOn, subset } from './latent-host.ts';

const goal: ReplayGoal = { points: codeMap.points, count: 6 };

/** The run `run-a` with snapshots of these epochs. */
const withEpochs = (...snapshotEpochs: number[]): RunRecord => ({ ...finished, snapshotEpochs });
const another: RunRecord = { ...finished, summary: { ...finished.summary, id: 'run-b' } };

function emptyReplay() {
  const { host } = latentOn();
  return { host, replay: new Replay(host.api) };
}

function replayOf(record = finished) {
  const parts = emptyReplay();
  parts.replay.setRun(record);
  return parts;
}

/** A replay whose epochs have been read. */
async function shown(...epochs: number[]) {
  const parts = replayOf(withEpochs(...epochs));
  await parts.replay.show(goal);
  return parts;
}

const xOf = (map: { readonly x: Float32Array } | undefined) => [...(map?.x ?? [])];

describe('the epochs of a replay', () => {
  it('are read when it is first shown, the newest first, and shown as they come', async () => {
    const { host, replay } = replayOf();
    expect([replay.total, replay.epochs, replay.active, replay.playing, host.asked]).toEqual([3, [], false, false, []]);
    const asked = host.hold('run:snapshot');
    const showing = replay.show(goal);
    await allArrived();
    expect([replay.active, host.asked]).toEqual([true, ['image-set:baseline', 'run:snapshot']]);
    for (const epoch of [3, 2, 1]) {
      const call = asked.at(-1)!;
      expect(call.request).toEqual({ runId: 'run-a', epoch });
      call.give(epochOf(epoch));
      await allArrived();
      expect([replay.epochs[0], replay.snapshot?.epoch]).toEqual([epoch, 3]);
    }
    await showing;
    expect(replay.epochs).toEqual([1, 2, 3]);
    expect(replay.problem).toBeUndefined();
  });

  it('lie at their places among the test images, and within limits that take in every epoch', async () => {
    const { replay } = await shown(1, 2, 3);
    expect([...replay.points!.x]).toEqual([Number.NaN, 6, Number.NaN, 12, Number.NaN, 3]);
    expect(replay.limits).toEqual({ left: 1, right: 12, bottom: 0, top: 1 });
    const frames = [1, 2].map((epoch) => {
      const snapshot = epochOf(epoch);
      const y = Float32Array.of(-epoch, 0, 10 / epoch);
      return { snapshot, map: { ...snapshot.map, y } };
    });
    expect(new EpochFrames(frames, subset).limits()).toEqual({ left: 1, right: 8, bottom: -2, top: 10 });
  });

  it('are none of no run', async () => {
    const { host, replay } = emptyReplay();
    await replay.show(goal);
    expect([
      replay.active,
      replay.isPlane,
      replay.total,
      replay.map,
      replay.points,
      replay.snapshot,
      replay.limits,
      host.asked,
    ]).toEqual([false, false, 0, undefined, undefined, undefined, undefined, []]);
  });

  it('lie among as many images as the map has that they are shown beside', async () => {
    const { replay } = await shown(1);
    expect(replay.points?.x).toHaveLength(6);
    await replay.show({ ...goal, count: 9 });
    expect(replay.points?.x).toHaveLength(9);
  });

  it('stay when it is left, and are not read again', async () => {
    const { host, replay } = await shown(1, 2, 3);
    replay.seek(1);
    replay.play();
    replay.leave();
    expect([replay.active, replay.playing, replay.position]).toEqual([false, false, 1]);
    const before = host.asked.length;
    await replay.show(goal);
    expect([replay.active, replay.epochs, host.asked.length]).toEqual([true, [1, 2, 3], before]);
  });

  it('of a run that trains are read as they are taken while it is on view, else when it is again', async () => {
    const { host, replay } = await shown(1, 3);
    replay.setRun(withEpochs(1, 2, 3, 4));
    await allArrived();
    expect([replay.epochs, replay.total, replay.snapshot?.epoch]).toEqual([[1, 2, 3, 4], 4, 4]);
    replay.leave();
    const before = host.asked.length;
    replay.setRun(withEpochs(1, 2, 3, 4, 5));
    await allArrived();
    expect([replay.epochs, host.asked.length]).toEqual([[1, 2, 3, 4], before]);
    await replay.show(goal);
    expect(replay.epochs).toEqual([1, 2, 3, 4, 5]);
  });

  it('that come while one is looked at leave it on view, between two as well', async () => {
    const { replay } = await shown(2, 4);
    replay.seek(0);
    replay.setRun(withEpochs(2, 3, 4, 5));
    await allArrived();
    expect(replay.position).toBe(0);
    replay.setRun(withEpochs(1, 2, 3, 4, 5));
    await allArrived();
    expect([replay.position, replay.snapshot?.epoch]).toEqual([1, 2]);
    replay.seek(1.75);
    replay.setRun(withEpochs(0, 1, 2, 3, 4, 5));
    await allArrived();
    expect(replay.position).toBe(2.75);
  });

  it('of another run begin anew, and nothing that was asked for the one before is taken', async () => {
    const { host, replay } = await shown(1, 2);
    replay.seek(0);
    replay.play();
    const asked = host.hold('run:snapshot');
    replay.setRun(withEpochs(1, 2, 3));
    await allArrived();
    replay.setRun(another);
    expect([replay.active, replay.playing, replay.position, replay.epochs, replay.subset]).toEqual([
      false,
      false,
      0,
      [],
      undefined,
    ]);
    asked[0]!.give(epochOf(3));
    await allArrived();
    expect(replay.epochs).toEqual([]);
  });

  it('are not asked for once another run is chosen before the subset is there', async () => {
    const { host, replay } = replayOf();
    const asked = host.hold('image-set:baseline');
    void replay.show(goal);
    await allArrived();
    expect(asked[0]!.request).toEqual({
      imageSet: 'mnist',
      validationCount: finished.experiment.training.validationCount,
    });
    replay.setRun(another);
    const none = new Float32Array(0);
    const baseline = { imageSet: 'mnist', map: codeMap.points, testSquaredError: none, validationSquaredError: none };
    asked[0]!.give({ ...baseline, subset });
    await allArrived();
    expect([replay.subset, replay.epochs, host.asked]).toEqual([undefined, [], ['image-set:baseline']]);
  });
});

describe('what cannot be read', () => {
  it('is said: the subset, without which no epoch is asked for; once it is there, no more', async () => {
    const { host, replay } = replayOf();
    const baseline = host.answers['image-set:baseline']!;
    delete host.answers['image-set:baseline'];
    await replay.show(goal);
    expect(replay.problem?.message).toBe('No answer for image-set:baseline.');
    expect(host.asked).toEqual(['image-set:baseline']);
    host.answers['image-set:baseline'] = baseline;
    await replay.show(goal);
    expect([replay.epochs, replay.problem]).toEqual([[1, 2, 3], undefined]);
  });

  it('is said: an epoch, beside which the others stay; once it is there, no more', async () => {
    const { host, replay } = replayOf();
    const answer = host.answers['run:snapshot']!;
    host.answers['run:snapshot'] = (request) => {
      if (request.epoch === 2) delete host.answers['run:snapshot'];
      return answer(request);
    };
    await replay.show(goal);
    expect(replay.problem?.message).toBe('No answer for run:snapshot.');
    expect(replay.epochs).toEqual([2, 3]);
    host.answers['run:snapshot'] = answer;
    replay.setRun(withEpochs(1, 2, 3, 4));
    await allArrived();
    expect([replay.epochs, replay.problem]).toEqual([[1, 2, 3, 4], undefined]);
  });

  it('is not said of a run that is no longer looked at', async () => {
    const { host, replay } = replayOf();
    delete host.answers['run:snapshot'];
    await replay.show(goal);
    replay.setRun(another);
    expect(replay.problem).toBeUndefined();
  });
});

describe('the position', () => {
  it('goes back to the first epoch’s codes, and smoothly between two', async () => {
    const { replay } = await shown(1, 2, 3);
    replay.seek(0);
    expect(xOf(replay.map)).toEqual([1, 2, 4]);
    replay.seek(0.25);
    // Slow at both ends: after a quarter of the time 5/32 of the way.
    expect(xOf(replay.map)).toEqual([1 + 5 / 32, 2 + 10 / 32, 4 + 20 / 32]);
    replay.seek(0.5);
    expect(xOf(replay.map)).toEqual([1.5, 3, 6]);
    expect([xOf(replay.mapAt(1.5)), xOf(replay.mapAt(2))]).toEqual([
      [2.5, 5, 10],
      [3, 6, 12],
    ]);
  });

  it('stays within the epochs there are, and stops what plays', async () => {
    const { replay } = await shown(1, 2, 3);
    replay.play();
    replay.seek(-1);
    expect([replay.position, replay.playing]).toEqual([0, false]);
    replay.seek(7);
    expect([replay.position, replay.snapshot?.epoch]).toEqual([2, 3]);
  });

  it('plays from the start to the end, an epoch in 0.7 s, and stops there', async () => {
    const { replay } = await shown(1, 2, 3);
    replay.play();
    expect([replay.position, replay.playing]).toEqual([0, true]);
    replay.advance(350);
    expect([replay.position, replay.playing]).toEqual([0.5, true]);
    replay.advance(350);
    expect(replay.snapshot?.epoch).toBe(2);
    replay.advance(700);
    expect([replay.position, replay.playing]).toEqual([2, false]);
    replay.play();
    replay.advance(10_000);
    expect([replay.position, replay.playing]).toEqual([2, false]);
  });

  it('plays on from where it was paused, which is at an epoch', async () => {
    const { replay } = await shown(1, 2, 3);
    replay.play();
    replay.advance(420);
    replay.pause();
    expect([replay.position, replay.playing]).toEqual([1, false]);
    replay.advance(700);
    expect(replay.position).toBe(1);
    replay.play();
    expect([replay.position, replay.playing]).toEqual([1, true]);
  });

  it('does not move where there is one epoch only', async () => {
    const { replay } = await shown(5);
    replay.play();
    expect([replay.last, replay.position, replay.playing]).toEqual([0, 0, false]);
    expect(xOf(replay.map)).toEqual([5, 10, 20]);
  });
});

describe('principal planes, whose axes are any', () => {
  const planes = async (mapIs: 'code' | 'principal-plane' = 'principal-plane') => {
    const { host, replay } = replayOf(withEpochs(1, 2, 3));
    host.answers['run:snapshot'] = ({ epoch }) => epochOf(epoch, mapIs);
    await replay.show(goal);
    return replay;
  };
  const directionOf = (replay: Replay, position: number): number => {
    const { x, y } = replay.mapAt(position)!;
    return Math.atan2(y[2]! - y[0]!, x[2]! - x[0]!);
  };

  it('are turned towards each other, so that the picture does not spin', async () => {
    const replay = await planes();
    expect(replay.isPlane).toBe(true);
    expect(Math.abs(directionOf(replay, 0) - directionOf(replay, 2))).toBeLessThan(0.5);
    expect(Math.abs(directionOf(replay, 1) - directionOf(replay, 2))).toBeLessThan(0.2);
  });

  it('are turned towards the map that they lead to, the last first', async () => {
    const replay = await planes();
    // The subset is images 5, 1 and 3, which lie at (5, 5), (1, 1) and (3, 3).
    const { x, y } = replay.mapAt(2)!;
    const middle = (column: Float32Array) => column.reduce((sum, value) => sum + value, 0) / 3;
    expect([middle(x), middle(y)]).toEqual([expect.closeTo(3, 5), expect.closeTo(3, 5)]);
  });

  it('that come later are turned towards the one before, whatever they lead to by then', async () => {
    const replay = await planes();
    const { x } = codeMap.points;
    await replay.show({ points: { x, y: x.map((value) => -value) }, count: 6 });
    replay.setRun(withEpochs(1, 2, 3, 4));
    await allArrived();
    expect(replay.epochs).toEqual([1, 2, 3, 4]);
    expect(Math.abs(directionOf(replay, 3) - directionOf(replay, 2))).toBeLessThan(0.2);
  });

  it('are not a code’s own axes, which stay as they are', async () => {
    const replay = await planes('code');
    expect(replay.isPlane).toBe(false);
    expect([0, 1, 2].map((position) => replay.mapAt(position))).toEqual([1, 2, 3].map((epoch) => epochOf(epoch).map));
  });
});
