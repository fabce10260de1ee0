import { describe, expect, it, vi } from 'vitest';
import { StudioError } from '../../../../electron/domain/errors.ts';
import { allArrived } from '../../held-answers.ts';
import { inspection, plan } from './inspection-samples.ts';
import { drop, own, place, whole } from './odd-host.ts';

describe('what is dropped', () => {
  it('fills both boxes where it holds both, and one where it is normal alone', async () => {
    const { host, odd } = place();
    await odd.given.take('check', drop('bottle'));
    expect([odd.given.normal?.pictures, odd.given.check?.pictures, odd.given.check?.masks]).toEqual([40, 12, 4]);
    expect(odd.given.isOne).toBe(true);
    odd.given.remove('check');
    expect([odd.given.normal, odd.given.check]).toEqual([undefined, undefined]);
    host.answers['import:plan'] = () => plan([], { count: 30 });
    await odd.given.take('normal', drop('a.png'));
    expect([odd.given.normal?.pictures, odd.given.check]).toEqual([30, undefined]);
  });

  it('tells in each box of its own pictures that cannot be read', async () => {
    const { host, odd } = place();
    const unreadable = ['a/test/crack/1.png', 'a/test/crack/2.png', 'a/train/good/1.png'].map((name) => ({
      name,
      reason: 'found text.',
    }));
    host.answers['import:plan'] = () => ({ ...whole, unreadable });
    await odd.given.take('normal', drop('bottle'));
    expect([odd.given.normal?.unreadable, odd.given.check?.unreadable]).toEqual([1, 2]);
  });

  it('into the second box is checked whole, good ones too, beside what was dropped as normal', async () => {
    const { host, odd } = place();
    host.answers['import:plan'] = () => plan([], { count: 30 });
    await odd.given.take('normal', drop('a.png'));
    host.answers['import:plan'] = () =>
      plan([
        { folder: 'good', count: 5 },
        { folder: 'crack', count: 7 },
      ]);
    await odd.given.take('check', drop('mixed'));
    expect([odd.given.normal?.pictures, odd.given.check?.pictures, odd.given.isOne]).toEqual([30, 12, false]);
  });

  it('is let go of when another drop takes its place before it was looked at', async () => {
    const { host, odd, released } = place();
    const plans = host.hold('import:plan');
    const first = odd.given.take('normal', drop('a'));
    await allArrived();
    const second = odd.given.take('normal', drop('b'));
    await allArrived();
    plans[1]!.give(plan([], { count: 2 }));
    await second;
    plans[0]!.give(plan([], { count: 1 }));
    await first;
    await allArrived();
    expect(odd.given.normal?.pictures).toBe(2);
    expect(released).toHaveBeenCalledExactlyOnceWith({ staged: 'staged-1' });
  });

  it('and holds both stays where it was put while normal pictures are on their way to the other box', async () => {
    const { host, odd, released } = place();
    const plans = host.hold('import:plan');
    const normal = odd.given.take('normal', drop('a'));
    await allArrived();
    const both = odd.given.take('check', drop('bottle'));
    await allArrived();
    plans[1]!.give(whole);
    await both;
    plans[0]!.give(plan([], { count: 30 }));
    await normal;
    expect([odd.given.normal?.pictures, odd.given.check?.pictures, odd.given.isOne]).toEqual([30, 52, false]);
    expect(released).not.toHaveBeenCalled();
  });

  it('that cannot be read says why, in its box', async () => {
    const { host, odd } = place();
    host.answers['import:plan'] = () => {
      throw new StudioError('bad-file', 'a.txt: expected pictures, found none.');
    };
    await odd.given.take('check', drop('a.txt'));
    expect(odd.given.problem).toMatchObject({
      box: 'check',
      error: { message: 'a.txt: expected pictures, found none.' },
    });
    expect(odd.given.busy).toBe(false);
  });
});

describe('large pictures', () => {
  const large = { ...whole, pictureSize: { width: 4_000, height: 3_000 } };

  it('are cut where a person says so: the model learns from tiles, the others are checked whole and stay with the host', async () => {
    const { host, odd, released } = place();
    const started = host.hold('inspection:start');
    const trained = vi.fn(() => ({ imageSet: own, runId: 'own', normal: ['train/good'], checked: [] }));
    host.answers['inspection:train'] = trained;
    host.answers['import:plan'] = () => large;
    await odd.given.take('normal', drop('plates'));
    expect(odd.given.proposal).toMatchObject({ side: 256, most: 75 });
    expect(odd.given.tiling).toBeUndefined();
    odd.given.byTiles = true;
    odd.given.side = 128;
    const working = odd.trainAndCheck();
    await allArrived();
    expect(trained).toHaveBeenCalledExactlyOnceWith({
      staged: 'staged-1',
      name: 'Bottles',
      tiles: { side: 128, most: 75 },
    });
    host.tell('run:ended', { runId: 'own', status: 'finished' });
    await allArrived();
    const groups = ['test/good', 'test/crack'];
    expect(started[0]!.request.source).toEqual({ kind: 'staged', staged: 'staged-1', groups });
    started[0]!.give({
      ...inspection(),
      tiles: { side: 128, most: 1_271 },
      pictureSize: { width: 4_000, height: 3_000 },
    });
    await working;
    expect(released).not.toHaveBeenCalled();
    expect(odd.inspected!.again.count).toBe(42 * 31);
  });

  it('of a size that the model sees well are not offered to be', async () => {
    const { host, odd } = place();
    host.answers['import:plan'] = () => ({ ...whole, pictureSize: { width: 400, height: 300 } });
    await odd.given.take('normal', drop('plates'));
    expect(odd.given.proposal).toBeUndefined();
  });

  it('are looked at once more, by tiles, or a part of each alone', async () => {
    const { host, odd } = place();
    host.answers['inspection:open'] = () => ({
      inspection: { ...inspection(), pictureSize: { width: 4_000, height: 3_000 } },
    });
    await odd.choose('own');
    const { again } = odd.inspected!;
    expect([again.isOther, again.proposed, again.sides.at(-1)]).toEqual([false, 256, 768]);
    again.part = '10, 20, 95, 60';
    expect([again.isOther, again.problem]).toEqual([false, expect.stringMatching(/^Expected left, top/)]);
    again.draw({ left: 0.1, top: 0.2, width: 0.5, height: 0.6 });
    expect([again.part, again.isOther]).toEqual(['10, 20, 50, 60', true]);
    const started = host.hold('inspection:start');
    const checking = odd.checkAgain(again.look);
    await allArrived();
    const region = { left: 0.1, top: 0.2, width: 0.5, height: 0.6 };
    // What was checked last is known to the host.
    expect(started[0]!.request).toEqual({
      job: expect.any(String) as string,
      model: { runId: 'own', weights: 'best' },
      tiles: null,
      region,
    });
    started[0]!.give({ ...inspection(), region });
    await checking;
    expect([odd.inspected!.again.part, odd.inspected!.again.isOther]).toEqual(['10, 20, 50, 60', false]);
    // Tiles lie all over a picture.
    odd.inspected!.again.tiles = 256;
    expect(odd.inspected!.again.look).toEqual({ tiles: 256 });
  });
});
