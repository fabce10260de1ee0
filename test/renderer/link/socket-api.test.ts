import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readMessage, type Message } from '../../../electron/contract/rpc.ts';
import { decodeMessage, encodeMessage } from '../../../electron/contract/wire.ts';
import { SocketApi, type Socket } from '../../../renderer/link/socket-api.ts';

/** A WebSocket whose other end is the test. */
class FakeSocket extends EventTarget {
  binaryType: BinaryType = 'blob';
  readonly sent: Message[] = [];

  send(frame: Uint8Array<ArrayBuffer>): void {
    const message = readMessage(decodeMessage(frame));
    if (typeof message === 'string') throw new Error(message);
    this.sent.push(message);
  }

  close(): void {
    this.dispatchEvent(new Event('close'));
  }

  receive(message: Message): void {
    this.dispatchEvent(new MessageEvent('message', { data: encodeMessage(message).slice().buffer }));
  }

  answerAll(value: unknown): void {
    for (const message of this.sent.splice(0)) {
      if (message.kind === 'call') this.receive({ kind: 'answer', id: message.id, result: { ok: true, value } });
    }
  }
}

const sockets: FakeSocket[] = [];
const newest = () => sockets.at(-1)!;

function connect(): SocketApi {
  return new SocketApi(() => {
    const socket = new FakeSocket();
    sockets.push(socket);
    return socket as unknown as Socket;
  });
}

/** Lets promises that are already settled run their continuations. */
const settle = () => vi.advanceTimersByTimeAsync(0);

beforeEach(() => {
  vi.useFakeTimers();
  sockets.length = 0;
});
afterEach(() => vi.useRealTimers());

describe('the contract over a WebSocket', () => {
  it('waits for the socket to open, then asks', async () => {
    const api = connect();
    const answer = api.call('run:list', {});
    await settle();
    expect(newest().sent).toEqual([]);
    newest().dispatchEvent(new Event('open'));
    await settle();
    expect(newest().sent).toMatchObject([{ kind: 'call', channel: 'run:list', request: {} }]);
    newest().answerAll([]);
    expect(await answer).toEqual({ ok: true, value: [] });
  });

  it('answers what was under way with an error when the socket breaks', async () => {
    const api = connect();
    newest().dispatchEvent(new Event('open'));
    const answer = api.call('run:list', {});
    await settle();
    newest().close();
    expect(await answer).toMatchObject({ ok: false, error: { code: 'refused' } });
    expect(await api.call('run:list', {})).toMatchObject({ ok: false });
  });

  it('comes back by itself, waiting longer each time, and keeps its listeners', async () => {
    const api = connect();
    const links: string[] = [];
    const heard: unknown[] = [];
    api.onLink((link) => links.push(link));
    api.listen('run:ended', (payload) => heard.push(payload));
    newest().dispatchEvent(new Event('open'));
    newest().close();
    await vi.advanceTimersByTimeAsync(499);
    expect(sockets).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(sockets).toHaveLength(2);
    newest().close();
    await vi.advanceTimersByTimeAsync(999);
    expect(sockets).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(1);
    expect(sockets).toHaveLength(3);
    newest().dispatchEvent(new Event('open'));
    expect(links).toEqual(['lost', 'open']);
    newest().receive({ kind: 'event', name: 'run:ended', payload: { runId: 'a', status: 'finished' } });
    expect(heard).toEqual([{ runId: 'a', status: 'finished' }]);
  });

  it('stops telling a listener that unsubscribed', () => {
    const api = connect();
    const heard: unknown[] = [];
    const unsubscribe = api.listen('run:ended', (payload) => heard.push(payload));
    unsubscribe();
    newest().receive({ kind: 'event', name: 'run:ended', payload: { runId: 'a', status: 'finished' } });
    expect(heard).toEqual([]);
  });
});
