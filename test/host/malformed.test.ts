import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Handlers, WindowChannel } from '../../electron/contract/contract.ts';
import { servePort, type Port } from '../../electron/contract/rpc.ts';
import { decodeMessage, encodeMessage, wirePort } from '../../electron/contract/wire.ts';
import { checkedAnswer } from '../../electron/host/answer.ts';
import type { Staging } from '../../electron/host/staging.ts';
import { serveFiles } from '../../electron/host/window-files.ts';
import { malformedMessage } from '../contract/malformed.ts';
import { sampleRequests } from '../contract/sample-requests.ts';
import { inputsOf } from '../fuzz/share.ts';
import { below, randomFrom } from '../random.ts';

const MESSAGES = inputsOf(80_000);
const FILE_MESSAGES = inputsOf(20_000);
const FRAMES = inputsOf(10_000);

// Thousands of errors, none of whose stacks is read: collecting them takes most of the time.
const { stackTraceLimit } = Error;
beforeAll(() => void (Error.stackTraceLimit = 0));
afterAll(() => void (Error.stackTraceLimit = stackTraceLimit));

interface Answer {
  readonly id: number;
  readonly result: { readonly ok: boolean; readonly error?: { readonly code: string } };
}

/** A port whose far end is the test: what is posted is kept, what is delivered arrives at once. */
function openPort() {
  const answers: Answer[] = [];
  const listeners = new Set<(message: unknown) => void>();
  const port: Port = {
    post: (message) => void answers.push(message as Answer),
    onMessage: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
  return { port, answers, deliver: (message: unknown) => listeners.forEach((listener) => listener(message)) };
}

const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

/** Delivers that many malformed messages. @returns the ids of those that are to be answered */
async function bombard(
  deliver: (message: unknown) => void,
  channels: Readonly<Record<string, readonly object[]>>,
  count: number,
): Promise<number[]> {
  const random = randomFrom(2_026);
  const awaited: number[] = [];
  for (let id = 0; id < count; id++) {
    const { message, answered } = malformedMessage(channels, id, random);
    deliver(message);
    if (answered) awaited.push(id);
    if (id % 1_000 === 0) await nextTurn();
  }
  await nextTurn();
  return awaited;
}

const codesOf = (answers: readonly Answer[]) => new Set(answers.map(({ result }) => result.error?.code));

describe(`of ${MESSAGES + FILE_MESSAGES} malformed messages none reaches a service`, () => {
  it('on the port of the calls: each is answered with an error or reported', async () => {
    const service = vi.fn((request: unknown) => Promise.resolve(request));
    const handlers = new Proxy({}, { get: () => service }) as Handlers<WindowChannel>;
    const { port, answers, deliver } = openPort();
    let reported = 0;
    servePort(port, checkedAnswer(handlers), () => (reported += 1));

    const awaited = await bombard(deliver, sampleRequests, MESSAGES);
    expect(service.mock.calls).toEqual([]);
    expect(answers.map(({ id }) => id).sort((a, b) => a - b)).toEqual(awaited);
    expect(answers.filter(({ result }) => result.ok)).toEqual([]);
    expect(codesOf(answers)).toEqual(new Set(['bad-request', 'refused']));
    expect(reported).toBe(MESSAGES - awaited.length);

    // What fits still does, on every channel: it was the fault that was refused.
    answers.length = 0;
    const fitting = Object.entries(sampleRequests).flatMap(([channel, requests]) =>
      requests.map((request) => ({ channel, request })),
    );
    fitting.forEach(({ channel, request }, id) => deliver({ kind: 'call', id, channel, request }));
    await nextTurn();
    expect(answers.filter(({ result }) => !result.ok)).toEqual([]);
    expect(service).toHaveBeenCalledTimes(fitting.length);
  });

  it('on the port of the preload’s files: nothing is staged', async () => {
    const open = vi.fn(() => 'staged-1');
    const give = vi.fn();
    const staging = { open, give } as unknown as Staging;
    const { port, answers, deliver } = openPort();
    let reported = 0;
    serveFiles(port, staging, {}, () => (reported += 1));
    const given = {
      files: [
        { kind: 'path', path: '/pictures/seven.png' },
        { kind: 'bytes', path: 'seven.png', bytes: Uint8Array.of(1) },
      ],
    };

    const awaited = await bombard(deliver, { 'preload:stage': [given] }, FILE_MESSAGES);
    expect([...open.mock.calls, ...give.mock.calls]).toEqual([]);
    expect(answers.map(({ id }) => id)).toEqual(awaited);
    expect(codesOf(answers)).toEqual(new Set(['bad-request', 'refused']));
    expect(reported).toBe(FILE_MESSAGES - awaited.length);
  });
});

/** A frame with a few bytes changed, cut off or put in. */
function damaged(frame: Uint8Array, random: () => number): Uint8Array {
  const bytes = Buffer.from(frame);
  const at = below(random, bytes.length);
  switch (below(random, 4)) {
    case 0:
      return bytes.subarray(0, at);
    case 1:
      // Heads of strings, arrays, maps, bytes and extensions that claim up to four thousand million of them.
      bytes[at] = 0xc4 + below(random, 28);
      return bytes;
    case 2:
      return Buffer.concat([bytes.subarray(0, at), Buffer.from([0xdd, 255, 255, 255, 255]), bytes.subarray(at)]);
    default:
      bytes[at] = below(random, 256);
      return bytes;
  }
}

describe(`${FRAMES} damaged frames of a browser's socket`, () => {
  it('are reported, or decoded and then checked as any message; none asks for more memory than its size allows', async () => {
    const random = randomFrom(7);
    const frames = Object.entries(sampleRequests).flatMap(([channel, requests]) =>
      requests.map((request, id) => encodeMessage({ kind: 'call', id, channel, request })),
    );
    const service = vi.fn(() => Promise.resolve({}));
    const handlers = new Proxy({}, { get: () => service }) as Handlers<WindowChannel>;
    const { port: line, answers, deliver } = openPort();
    let reported = 0;
    const report = () => (reported += 1);
    const wire = wirePort(
      {
        send: (frame) => line.post(decodeMessage(frame)),
        onFrame: (listener) => line.onMessage((frame) => listener(frame as Uint8Array)),
      },
      report,
    );
    servePort(wire, checkedAnswer(handlers), report);
    for (let sent = 0; sent < FRAMES; sent++) {
      deliver(damaged(frames[below(random, frames.length)]!, random));
      if (sent % 1_000 === 0) await nextTurn();
    }
    await nextTurn();
    expect(answers.length + reported).toBe(FRAMES);
    expect(reported).toBeGreaterThan(FRAMES / 4);
  });

  it('that claim more elements than they have bytes are refused before room is made for them', () => {
    const claims = [
      [0xdd, 0x01, 0xff, 0xff, 0xff],
      [0xdf, 0x01, 0xff, 0xff, 0xff],
      [0xdb, 0x7f, 0xff, 0xff, 0xff],
      [0xc6, 0x7f, 0xff, 0xff, 0xff],
      [0xc9, 0x7f, 0xff, 0xff, 0xff, 0x01],
    ];
    for (const claim of claims) {
      expect(() => decodeMessage(Uint8Array.from(claim))).toThrow(/Expected a MessagePack frame, found \d bytes/);
    }
  });
});
