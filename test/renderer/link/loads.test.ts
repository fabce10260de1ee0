import { describe, expect, it } from 'vitest';
import { Loads } from '../../../renderer/link/loads.svelte.ts';
import { allArrived, held, orders } from '../held-answers.ts';

describe('what is kept by key', () => {
  const ok = (value: string) => ({ ok: true, value }) as const;

  it.each(orders(3))('is the newest answer, whatever order they arrive in: %j', async (...order) => {
    const loads = new Loads<string>();
    const answers = [0, 1, 2].map(() => held<ReturnType<typeof ok>>());
    for (const { promise } of answers) void loads.renew('key', () => promise);
    for (const at of order) {
      answers[at]!.give(ok(`answer ${at}`));
      await allArrived();
      if (at !== 2 && loads.get('key')?.kind === 'ready') expect(order.indexOf(2)).toBeLessThan(order.indexOf(at));
    }
    expect(loads.value('key')).toBe('answer 2');
  });

  it('is not what was asked for before all was forgotten', async () => {
    const loads = new Loads<string>();
    const [old, fresh] = [held<ReturnType<typeof ok>>(), held<ReturnType<typeof ok>>()];
    const first = loads.ensure('key', () => old.promise);
    loads.forgetAll();
    await first;
    const second = loads.ensure('key', () => fresh.promise);
    fresh.give(ok('new'));
    await second;
    old.give(ok('old'));
    await allArrived();
    expect(loads.value('key')).toBe('new');
  });

  it('is gone once it is forgotten, what is on its way too, and nothing else is', async () => {
    const loads = new Loads<string>();
    const late = held<ReturnType<typeof ok>>();
    await loads.ensure('key', async () => ok('there'));
    await loads.ensure('other', async () => ok('stays'));
    void loads.renew('key', () => late.promise);
    loads.forget('key');
    expect([loads.get('key'), loads.value('other')]).toEqual([undefined, 'stays']);
    late.give(ok('late'));
    await allArrived();
    expect(loads.get('key')).toBeUndefined();
    await loads.ensure('key', async () => ok('anew'));
    expect(loads.value('key')).toBe('anew');
  });

  it('is not what was asked for anew after a failure that has been forgotten since', async () => {
    const loads = new Loads<string>();
    const old = held<ReturnType<typeof ok>>();
    await loads.ensure('key', async () => ({ ok: false, error: { code: 'internal', message: 'broken' } }));
    void loads.renew('key', () => old.promise);
    loads.forgetFailed();
    loads.forgetAll();
    old.give(ok('old'));
    await allArrived();
    expect(loads.get('key')).toBeUndefined();
  });

  it('is fetched once, and whoever comes meanwhile waits for it', async () => {
    const loads = new Loads<string>();
    const answer = held<ReturnType<typeof ok>>();
    let asked = 0;
    const fetch = () => (asked++, answer.promise);
    void loads.ensure('key', fetch);
    const second = loads.ensure('key', fetch).then(() => loads.value('key'));
    answer.give(ok('there'));
    expect(await second).toBe('there');
    expect(asked).toBe(1);
  });

  it('stays what it was until a newer answer comes, which nobody waits for who wants what is there', async () => {
    const loads = new Loads<string>();
    await loads.renew('key', async () => ok('old'));
    const answer = held<ReturnType<typeof ok>>();
    const renewed = loads.renew('key', () => answer.promise);
    await loads.ensure('key', async () => ok('never asked for'));
    expect(loads.get('key')).toEqual({ kind: 'ready', value: 'old' });
    answer.give(ok('new'));
    await renewed;
    expect(loads.value('key')).toBe('new');
  });

  it('is a failure until that is forgotten, which forgets nothing else', async () => {
    const loads = new Loads<string>();
    const error = { code: 'internal', message: 'broken' } as const;
    await loads.ensure('failing', async () => ({ ok: false, error }));
    await loads.ensure('key', async () => ok('there'));
    expect(loads.get('failing')).toEqual({ kind: 'failed', error });
    expect([loads.value('failing'), loads.value('of nobody')]).toEqual([undefined, undefined]);
    loads.forgetFailed();
    expect([loads.get('failing'), loads.value('key')]).toEqual([undefined, 'there']);
  });
});
