import { describe, expect, it, vi } from 'vitest';
import type { EngineChannel, Handlers } from '../../electron/contract/contract.ts';
import { StudioError, unwrap } from '../../electron/domain/errors.ts';
import { Caller, readMessage, sendEvent, serveCalls, type Message, type Port } from '../../electron/contract/rpc.ts';
import { engineHandlers } from './engine-handlers.ts';
import { portPair } from './port-pair.ts';

const images = { count: 2, height: 1, width: 2, channels: 1, pixels: Uint8Array.of(0, 128, 255, 7) };
const range = { imageSet: 'mnist', split: 'test', first: 0, count: 2 } as const;

const handlers = (overrides: Partial<Handlers<EngineChannel>>) =>
  engineHandlers({ 'image-set:images': async () => images, 'run:stop': async () => ({}), ...overrides });

/** A caller and a server joined in memory, and what each reported. */
function joined(overrides: Partial<Handlers<EngineChannel>> = {}) {
  const [near, far] = portPair();
  const callerReports: string[] = [];
  const serverReports: string[] = [];
  serveCalls(far, handlers(overrides), (problem) => serverReports.push(problem));
  const caller = new Caller<EngineChannel>(near, (problem) => callerReports.push(problem));
  return { caller, near, far, callerReports, serverReports };
}

const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

describe('a call', () => {
  it('brings back the answer, its columns included', async () => {
    const { caller } = joined();
    expect(await caller.call('image-set:images', range)).toEqual({ ok: true, value: images });
  });

  it('passes each answer to its own call, in whatever order they come', async () => {
    const release: (() => void)[] = [];
    const { caller } = joined({
      'image-set:images': async (request) => {
        await new Promise<void>((resolve) => (release[request.first] = resolve));
        return { ...images, count: request.first };
      },
    });
    const first = caller.call('image-set:images', { ...range, first: 0 });
    const second = caller.call('image-set:images', { ...range, first: 1 });
    await nextTurn();
    release[1]!();
    expect(unwrap(await second).count).toBe(1);
    release[0]!();
    expect(unwrap(await first).count).toBe(0);
  });

  it('brings a StudioError back as data: code, message, detail', async () => {
    const { caller } = joined({
      'run:stop': () => Promise.reject(new StudioError('not-found', 'No run "x" is training.', { detail: 'none' })),
    });
    expect(await caller.call('run:stop', { runId: 'x' })).toEqual({
      ok: false,
      error: { code: 'not-found', message: 'No run "x" is training.', detail: 'none' },
    });
  });

  it('turns an exception, thrown at once or later, into an internal error', async () => {
    const { caller } = joined({
      'run:stop': () => {
        throw new TypeError('no such tensor');
      },
    });
    const result = await caller.call('run:stop', { runId: 'x' });
    expect(result).toMatchObject({ ok: false, error: { code: 'internal', message: 'no such tensor' } });
  });

  it('says disk-full when the disk is', async () => {
    const full = Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
    const { caller } = joined({ 'run:stop': () => Promise.reject(full) });
    expect(await caller.call('run:stop', { runId: 'x' })).toMatchObject({ ok: false, error: { code: 'disk-full' } });
  });

  it('of a channel without a handler is refused, names of Object.prototype included', async () => {
    const { caller } = joined();
    for (const channel of ['no:such', 'constructor', '__proto__']) {
      const result = await caller.call(channel as 'run:stop', { runId: 'x' });
      expect(result).toEqual({ ok: false, error: { code: 'refused', message: `No such call here: "${channel}".` } });
    }
  });

  it('whose answer cannot be sent gets an error, and the server says so', async () => {
    const unsendable = { run: () => 'x' } as unknown as Record<string, never>;
    const { caller, serverReports } = joined({ 'run:stop': () => Promise.resolve(unsendable) });
    const message = expect.stringContaining('could not be cloned') as string;
    expect(await caller.call('run:stop', { runId: 'x' })).toMatchObject({ ok: false, error: { message } });
    expect(serverReports).toEqual([expect.stringMatching(/^The answer to run:stop could not be sent: /)]);
    expect(await caller.call('image-set:images', range)).toEqual({ ok: true, value: images });
  });

  it('whose request cannot be sent gets an error, not an exception', async () => {
    const { caller } = joined();
    const unsendable = { runId: () => 'x' } as unknown as { runId: string };
    expect(await caller.call('run:stop', unsendable)).toMatchObject({ ok: false, error: { code: 'internal' } });
  });
});

describe('closing a caller', () => {
  it('answers everything pending, and every later call, with its error', async () => {
    const { caller } = joined({ 'run:stop': () => new Promise(() => undefined) });
    const pending = [caller.call('run:stop', { runId: 'a' }), caller.call('run:stop', { runId: 'b' })];
    caller.close(new StudioError('engine-lost', 'The engine ended with signal SIGKILL.'));
    const lost = { ok: false, error: { code: 'engine-lost', message: 'The engine ended with signal SIGKILL.' } };
    expect(await Promise.all(pending)).toEqual([lost, lost]);
    expect(await caller.call('run:stop', { runId: 'c' })).toEqual(lost);
  });

  it('keeps the first error and ignores answers that come after', async () => {
    let finish: (() => void) | undefined;
    const { caller, far, callerReports } = joined({
      'run:stop': async () => {
        await new Promise<void>((resolve) => (finish = resolve));
        return {};
      },
    });
    const pending = caller.call('run:stop', { runId: 'a' });
    await nextTurn();
    caller.close(new StudioError('stopped', 'first'));
    caller.close(new StudioError('stopped', 'second'));
    finish!();
    far.post('hello');
    await nextTurn();
    expect(await pending).toMatchObject({ error: { message: 'first' } });
    expect(await caller.call('run:stop', { runId: 'b' })).toMatchObject({ error: { message: 'first' } });
    expect(callerReports).toEqual([]);
  });
});

describe('late answers', () => {
  it('are dropped by id: one given twice changes nothing', async () => {
    const [near, far] = portPair();
    const reports: string[] = [];
    const caller = new Caller<EngineChannel>(near, (problem) => reports.push(problem));
    far.onMessage((message) => {
      const { id } = message as { id: number };
      far.post({ kind: 'answer', id, result: { ok: true, value: { nth: 1 } } });
      far.post({ kind: 'answer', id, result: { ok: true, value: { nth: 2 } } });
      far.post({ kind: 'answer', id: id + 1_000, result: { ok: true, value: { nth: 3 } } });
    });
    expect(await caller.call('run:stop', { runId: 'a' })).toEqual({ ok: true, value: { nth: 1 } });
    await nextTurn();
    expect(reports).toEqual([]);
  });

  it('to an earlier page do not answer a later one’s calls', async () => {
    const ids: number[] = [];
    for (let page = 0; page < 20; page++) {
      const [near, far] = portPair();
      far.onMessage((message) => ids.push((message as { id: number }).id));
      void new Caller<EngineChannel>(near).call('run:stop', { runId: 'a' });
    }
    await nextTurn();
    expect(new Set(ids).size).toBe(20);
    expect(ids.every(Number.isSafeInteger)).toBe(true);
  });
});

describe('events', () => {
  it('reach every listener until it unsubscribes', async () => {
    const { caller, far } = joined();
    const first = vi.fn();
    const second = vi.fn();
    const stop = caller.listen('engine:state-changed', first);
    caller.listen('engine:state-changed', second);
    sendEvent(far, 'engine:state-changed', { kind: 'starting' });
    await nextTurn();
    stop();
    sendEvent(far, 'engine:state-changed', { kind: 'lost', message: 'gone' });
    await nextTurn();
    expect(first.mock.calls).toEqual([[{ kind: 'starting' }]]);
    expect(second).toHaveBeenCalledTimes(2);
  });
});

it('what nobody waits for or listens to is dropped', () => {
  let receive: (message: unknown) => void = () => undefined;
  const reports: string[] = [];
  const port: Port = {
    post: () => undefined,
    onMessage: (listener) => {
      receive = listener;
      return () => undefined;
    },
  };
  new Caller<EngineChannel>(port, (problem) => reports.push(problem)).listen('run:told', () => undefined);
  const messages: readonly Message[] = [
    { kind: 'event', name: 'runs:changed', payload: {} },
    { kind: 'answer', id: 1, result: { ok: true, value: {} } },
    { kind: 'answer', id: 2, result: { ok: false, error: { code: 'internal', message: 'late' } } },
  ];
  for (const message of messages) expect(() => receive(message)).not.toThrow();
  expect(reports).toEqual([]);
  expect(() => receive({ kind: 'answer', id: 3, result: 7 })).not.toThrow();
  expect(reports).toEqual(['Expected a result in answer 3, found number.']);
});

describe('a malformed message', () => {
  const broken: readonly (readonly [unknown, string])[] = [
    [null, 'Expected a message of kind call, answer or event, found null.'],
    ['hello', 'Expected a message of kind call, answer or event, found string.'],
    [[], 'Expected a message of kind call, answer or event, found {  }.'],
    [{ kind: 'shout', id: 1 }, 'Expected a message of kind call, answer or event, found { kind, id }.'],
    [
      { kind: 'call', id: '1', channel: 'run:stop' },
      'Expected a whole number as the id of a message of kind call, found string.',
    ],
    [
      { kind: 'answer', id: 0.5, result: {} },
      'Expected a whole number as the id of a message of kind answer, found number.',
    ],
    [{ kind: 'call', id: 3 }, "Expected a channel's name in call 3, found undefined."],
    [{ kind: 'event', name: 'toString', payload: 1 }, 'Expected an event\'s name, found "toString".'],
    [{ kind: 'event', name: ['run:told'], payload: 1 }, "Expected an event's name, found { 0 }."],
    [
      { a: 1, b: 2, c: 3, d: 4, e: 5, f: 6, g: 7 },
      'Expected a message of kind call, answer or event, found { a, b, c, d, e, f }.',
    ],
    [{ kind: 'event', payload: 1 }, "Expected an event's name, found undefined."],
  ];

  it.each(broken)('%j is named for what it lacks', (message, problem) => {
    expect(readMessage(message)).toBe(problem);
  });

  it('is ignored and reported by both ends, which go on working', async () => {
    const { caller, near, far, callerReports, serverReports } = joined();
    for (const [message] of broken) {
      near.post(message);
      far.post(message);
    }
    await nextTurn();
    const problems = broken.map(([, problem]) => problem);
    expect(serverReports).toEqual(problems);
    expect(callerReports).toEqual(problems);
    expect(await caller.call('image-set:images', range)).toMatchObject({ ok: true });
  });

  it('of the wrong direction is ignored and reported', async () => {
    const { near, far, callerReports, serverReports } = joined();
    near.post({ kind: 'answer', id: 1, result: { ok: true, value: 1 } } satisfies Message);
    far.post({ kind: 'call', id: 1, channel: 'run:stop', request: {} } satisfies Message);
    await nextTurn();
    expect(serverReports).toEqual(['Expected a call, found a message of kind answer.']);
    expect(callerReports).toEqual(['Expected an answer or an event, found a call of run:stop.']);
  });

  it('in place of a result ends its call with an error', async () => {
    const no = { code: 'refused', message: 'No.' } as const;
    const errors = ['no', null, { code: no.code }, { message: no.message }, { code: 7, message: 7 }];
    const bad = errors.map((error) => ({ ok: false, error }));
    for (const result of [null, 7, {}, { ok: true }, { ok: 'no', error: no }, ...bad]) {
      const [near, far] = portPair();
      far.onMessage((message) => far.post({ kind: 'answer', id: (message as { id: number }).id, result }));
      const answer = await new Caller<EngineChannel>(near).call('run:stop', { runId: 'a' });
      const message = expect.stringMatching(/^Expected a result in answer \d+, found /) as string;
      expect(answer).toEqual({ ok: false, error: { code: 'internal', message } });
    }
  });
});
