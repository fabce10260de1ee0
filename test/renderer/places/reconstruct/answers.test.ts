import { describe, expect, it, vi } from 'vitest';
import type { Request } from '../../../../electron/contract/contract.ts';
import { answerTo, entered, file, hostOf } from './reconstruct-host.ts';
import { answerOf } from './reconstruct-samples.ts';

describe('answers', () => {
  /** A host that answers only when told, with the request it was asked. */
  function slowHost() {
    const host = hostOf();
    const waiting: { readonly request: Request<'model:reconstruct'>; readonly answer: () => void }[] = [];
    host.answers['model:reconstruct'] = (request) =>
      new Promise((resolve) =>
        waiting.push({
          request,
          answer: () => resolve(answerOf([{ name: request.options.invert, squaredError: 1 }])),
        }),
      );
    return { host, waiting };
  }

  it('of options that were changed meanwhile are dropped', async () => {
    const { host, waiting } = slowHost();
    const place = await entered(host);
    void place.add([file('1.png')]);
    await vi.waitFor(() => expect(waiting).toHaveLength(1));
    void place.setOptions({ invert: 'off' });
    await vi.waitFor(() => expect(waiting).toHaveLength(2));
    waiting[1]!.answer();
    await vi.waitFor(() => expect(place.wall.busy).toBe(false));
    waiting[0]!.answer();
    await new Promise((resolve) => setTimeout(resolve));
    expect(place.entries.map(({ name }) => name)).toEqual(['off']);
  });

  it('of pictures that were removed are dropped', async () => {
    const { host, waiting } = slowHost();
    const place = await entered(host);
    void place.add([file('1.png')]);
    await vi.waitFor(() => expect(waiting).toHaveLength(1));
    place.clear();
    waiting[0]!.answer();
    await new Promise((resolve) => setTimeout(resolve));
    expect(place.wall.entries).toEqual([]);
    expect(place.wall.isEmpty).toBe(true);
  });

  it('of another model are asked for anew, and the old ones go at once', async () => {
    const host = hostOf(2);
    const place = await entered(host);
    await place.add([file('folder')]);
    const models: string[] = [];
    host.answers['model:reconstruct'] = ({ model, source }) => {
      models.push(model.runId);
      return answerTo(source, 2);
    };
    const chosen = place.choose('a');
    expect(place.wall.entries).toEqual([]);
    await chosen;
    expect(models).toEqual(['a']);
    expect(place.wall.entries).toHaveLength(2);
  });

  it('that failed are asked for again, those that came are not', async () => {
    const host = hostOf(200);
    let broken = true;
    const firsts: number[] = [];
    const answer = host.answers['model:reconstruct']!;
    host.answers['model:reconstruct'] = (request) => {
      if (request.source.kind === 'staged') firsts.push(request.source.first);
      if (broken && request.source.kind === 'staged' && request.source.first > 0) throw new Error('lost');
      return answer(request);
    };
    const call = host.api.call.bind(host.api);
    Object.assign(host.api, {
      call: (...args: Parameters<typeof call>) =>
        call(...args).catch(() => ({ ok: false, error: { code: 'engine-lost', message: 'The engine stopped.' } })),
    });
    const place = await entered(host);
    await place.add([file('folder')]);
    expect(place.wall.problem?.message).toBe('The engine stopped.');
    expect(place.wall.entries).toHaveLength(16);
    broken = false;
    firsts.length = 0;
    await place.retry();
    expect(firsts).toEqual([16, 80, 144]);
    expect(place.wall.entries).toHaveLength(200);
    expect(place.wall.problem).toBeUndefined();
  });

  it('are not asked for while the noise typed cannot be read', async () => {
    const host = hostOf(1);
    const place = await entered(host);
    await place.add([file('folder')]);
    await place.setOptions({ noise: 'gaussian' });
    host.asked.length = 0;
    await place.setOptions({ amount: 'much' });
    expect(host.asked).toEqual([]);
    expect(place.reading.problems.amount).toBe('must be a number, 0–2');
  });
});
