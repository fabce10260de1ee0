import { describe, expect, it } from 'vitest';
import { flushSync } from 'svelte';
import { LatestRequest, type RequestToken } from '../../../renderer/link/latest-request.svelte.ts';
import { effects } from '../effects.svelte.ts';
import { allArrived, held, orders, type Held } from '../held-answers.ts';

/** Asks for what is held back and shows it, as a state of the window does. */
class Shown {
  readonly latest = new LatestRequest();
  readonly shown: string[] = [];

  ask(verb: 'run' | 'follow', answer: Held<string>): Promise<void> {
    return this.latest[verb]((token) => this.#take(token, answer));
  }

  async #take(token: RequestToken, answer: Held<string>): Promise<void> {
    const value = await answer.promise;
    if (!token.isStale) this.shown.push(value);
  }
}

const names = ['first', 'second', 'third', 'fourth'];

describe('of requests that supersede one another', () => {
  it.each(orders(names.length))('only the newest is shown, in whatever order answers arrive: %j', async (...order) => {
    const state = new Shown();
    const answers = names.map(() => held<string>());
    for (const answer of answers) void state.ask('run', answer);
    for (const at of order) {
      answers[at]!.give(names[at]!);
      await allArrived();
      const isThere = order.indexOf(3) <= order.indexOf(at);
      expect(state.shown).toEqual(isThere ? ['fourth'] : []);
      expect(state.latest.busy).toBe(!isThere);
    }
  });

  it.each(orders(names.length))('an answer shows that came before the next was asked for: %j', async (...order) => {
    const state = new Shown();
    const answers = names.map(() => held<string>());
    const asked: number[] = [];
    // The answer of each is there when it is asked for, if its turn in the order has come.
    for (const [at, answer] of answers.entries()) {
      if (order[at] === at) answer.give(names[at]!);
      void state.ask('run', answer);
      asked.push(at);
      await allArrived();
    }
    const early = asked.filter((at) => order[at] === at);
    for (const at of order) answers[at]!.give(names[at]!);
    await allArrived();
    expect(state.shown).toEqual([...new Set([...early, 3])].map((at) => names[at]));
  });

  it.each([0, 1, 2, 3])('none is shown once they were cancelled, before answer %i or after it', async (at) => {
    const state = new Shown();
    const answers = names.map(() => held<string>());
    for (const answer of answers) void state.ask('run', answer);
    for (const [number, answer] of answers.entries()) {
      if (number === at) state.latest.cancel();
      answer.give('late');
      await allArrived();
    }
    expect(state.shown).toEqual([]);
    expect(state.latest.busy).toBe(false);
  });

  it('those who wait for a superseded one are let go at once', async () => {
    const state = new Shown();
    const never = held<string>();
    const first = state.ask('run', never);
    const second = state.ask('run', held());
    await first;
    state.latest.cancel();
    await second;
    expect(state.shown).toEqual([]);
  });

  it('a failure counts while its request does, and ends the waiting', async () => {
    const state = new Shown();
    const [stale, newest] = [held<string>(), held<string>()];
    const superseded = state.ask('run', stale);
    const counting = state.ask('run', newest);
    stale.refuse(new Error('late'));
    await superseded;
    newest.refuse(new Error('broken'));
    await expect(counting).rejects.toThrow('broken');
    expect(state.latest.busy).toBe(false);
  });

  it('a stale request’s work is told to stop, and its end ends nothing', () => {
    const latest = new LatestRequest();
    const first = latest.begin();
    const second = latest.begin();
    expect([first.signal.aborted, second.signal.aborted]).toEqual([true, false]);
    latest.end(first);
    expect(latest.busy).toBe(true);
    latest.end(second);
    expect(latest.busy).toBe(false);
    expect(second.isStale).toBe(false);
  });
});

describe('of requests that follow one another', () => {
  it('one is under way at a time, and of those that wait only the newest follows', async () => {
    const state = new Shown();
    const answers = names.map(() => held<string>());
    const done = answers.map((answer) => state.ask('follow', answer));
    expect(state.latest.hasNext).toBe(true);
    // The second and third were dropped while they waited: nobody waits for them.
    await Promise.all([done[1], done[2]]);
    answers[0]!.give('first');
    await done[0];
    expect([state.shown, state.latest.busy]).toEqual([['first'], true]);
    answers[3]!.give('fourth');
    await done[3];
    expect([state.shown, state.latest.busy]).toEqual([['first', 'fourth'], false]);
  });

  it('a cancelled one keeps the next waiting until the host is done with it, and shows nothing', async () => {
    const state = new Shown();
    const [first, waiting, next] = [held<string>(), held<string>(), held<string>()];
    const cancelled = [state.ask('follow', first), state.ask('follow', waiting)];
    state.latest.cancel();
    await Promise.all(cancelled);
    const last = state.ask('follow', next);
    next.give('next');
    await allArrived();
    expect([state.shown, state.latest.busy]).toEqual([[], true]);
    first.give('late');
    await last;
    expect([state.shown, state.latest.busy]).toEqual([['next'], false]);
  });

  it('one that fails lets the next begin', async () => {
    const state = new Shown();
    const [first, second] = [held<string>(), held<string>()];
    const failing = state.ask('follow', first);
    const next = state.ask('follow', second);
    first.refuse(new Error('broken'));
    await expect(failing).rejects.toThrow('broken');
    second.give('second');
    await next;
    expect(state.shown).toEqual(['second']);
  });

  it('one that begins at once supersedes them, and is superseded by them', async () => {
    const state = new Shown();
    const [followed, run, last] = [held<string>(), held<string>(), held<string>()];
    void state.ask('follow', followed);
    void state.ask('run', run);
    void state.ask('follow', last);
    followed.give('late');
    await allArrived();
    run.give('late too');
    last.give('last');
    await allArrived();
    expect(state.shown).toEqual(['last']);
  });

  it('the next begins by itself, also after a pause', async () => {
    const state = new Shown();
    for (const name of ['first', 'second']) {
      const answer = held<string>();
      const done = state.ask('follow', answer);
      answer.give(name);
      await done;
      await allArrived();
    }
    expect(state.shown).toEqual(['first', 'second']);
  });

  it('one that waits goes when another begins at once', async () => {
    const state = new Shown();
    const [followed, waiting] = [held<string>(), held<string>()];
    void state.ask('follow', followed);
    const dropped = state.ask('follow', waiting);
    const token = state.latest.begin();
    await dropped;
    followed.give('late');
    waiting.give('late');
    await allArrived();
    expect([state.shown, token.isStale, state.latest.busy]).toEqual([[], false, true]);
  });

  it('one that waits can be dropped without the one under way', async () => {
    const state = new Shown();
    const [first, second] = [held<string>(), held<string>()];
    state.latest.dropNext();
    expect(state.latest.busy).toBe(false);
    const counting = state.ask('follow', first);
    const dropped = state.ask('follow', second);
    state.latest.dropNext();
    await dropped;
    expect([state.latest.hasNext, state.latest.busy]).toEqual([false, true]);
    first.give('first');
    second.give('second');
    await counting;
    await allArrived();
    expect([state.shown, state.latest.busy]).toEqual([['first'], false]);
  });

  it('none is awaited before one was asked for', () => {
    expect(new LatestRequest().busy).toBe(false);
  });
});

it('an effect that begins a request does not begin it again when it is busy or done', async () => {
  const latest = new LatestRequest();
  const answer = held<string>();
  let began = 0;
  const seen: boolean[] = [];
  const stop = effects(
    () => {
      began++;
      void latest.run(async () => void (await answer.promise));
    },
    () => void seen.push(latest.busy),
  );
  flushSync();
  answer.give('there');
  await allArrived();
  flushSync();
  expect(began).toBe(1);
  expect(seen.at(-1)).toBe(false);
  stop();
});
