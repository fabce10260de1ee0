import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, createConnection, type Socket } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Downloads } from '../../electron/cli/serve/downloads.ts';
import { Gate } from '../../electron/cli/serve/gate.ts';
import { serveLimits, type ServeLimits } from '../../electron/cli/serve/limits.ts';
import { StudioServer } from '../../electron/cli/serve/server.ts';
import { Uploads } from '../../electron/cli/serve/uploads.ts';
import type { Port } from '../../electron/contract/rpc.ts';
import { Staging } from '../../electron/host/staging.ts';
import { cookieOf, get, knock, openSocket, originOf } from './serve-client.ts';

let folder: string;
let staging: Staging;
let server: StudioServer | undefined;
const windows: Port[] = [];
const reports: string[] = [];

beforeEach(async () => {
  windows.length = 0;
  reports.length = 0;
  folder = await mkdtemp(join(tmpdir(), 'serve-limits-'));
  await writeFile(join(folder, 'index.html'), 'the page');
  staging = new Staging(join(folder, 'data'));
});
afterEach(async () => {
  await server?.close();
  server = undefined;
  await rm(folder, { recursive: true, force: true });
});

async function listen(limits: Partial<ServeLimits> = {}): Promise<StudioServer> {
  const report = (problem: string) => void reports.push(problem);
  server = await StudioServer.listen({
    port: 0,
    pageFolder: folder,
    downloads: new Downloads(),
    uploads: new Uploads(staging, report),
    serveWindow: (port) => {
      windows.push(port);
      return port.onMessage(() => undefined);
    },
    report,
    limits,
  });
  return server;
}

const portOf = (listening: StudioServer) => Number(new URL(listening.address).port);

/** A connection that sends what it is told and no more; the server may cut it off at any time. */
function stranger(listening: StudioServer, sent = ''): Socket {
  const socket = connect(portOf(listening), '127.0.0.1');
  socket.on('error', () => undefined).on('data', () => undefined);
  if (sent !== '') socket.write(sent);
  return socket;
}

const closed = (socket: Socket) => (socket.closed ? Promise.resolve() : once(socket, 'close'));

describe('connections', () => {
  it('of strangers: a thousand at once are held up to the limit, the rest closed, and ours is served after', async () => {
    const listening = await listen();
    const all = Array.from({ length: 1_000 }, () => stranger(listening));
    await Promise.all(all.slice(serveLimits.connections).map(closed));
    const held = all.slice(0, serveLimits.connections);
    expect(held.filter((socket) => socket.closed)).toEqual([]);
    for (const socket of held) socket.destroy();
    await expect
      .poll(
        () =>
          get(listening, '/').then(
            ({ status }) => status,
            () => 'closed',
          ),
        { timeout: 30_000 },
      )
      .toBe(403);
  });

  it('that send no whole head of a request are cut off', async () => {
    const listening = await listen({ headMilliseconds: 100 });
    await closed(stranger(listening, 'GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: '));
  });

  it('that begin an upload and send nothing more are cut off, and what had come is removed', async () => {
    const listening = await listen({ idleMilliseconds: 200 });
    const head = [
      `POST /upload/${staging.open({})} HTTP/1.1`,
      `Host: ${new URL(listening.address).host}`,
      `Origin: ${originOf(listening)}`,
      `Cookie: ${await cookieOf(listening)}`,
      'Content-Length: 1000',
    ];
    await closed(stranger(listening, `${head.join('\r\n')}\r\n\r\nabc`));
    await expect.poll(() => reports).toEqual(['An upload broke off; what had come was removed.']);
  });

  it('of who is refused are closed, whatever they would still send', async () => {
    const listening = await listen();
    await closed(stranger(listening, 'POST /upload/aa HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nabc'));
  });

  it('with a head that is too large are answered 431 and closed', async () => {
    const listening = await listen();
    const socket = stranger(listening, `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 431 /);
    await closed(socket);
  });

  it('are taken from this machine only', async () => {
    const listening = await listen();
    const outward = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .filter(({ internal, family }) => !internal && family === 'IPv4');
    expect(new URL(listening.address).hostname).toBe('127.0.0.1');
    for (const { address } of outward) {
      const socket = createConnection(portOf(listening), address);
      const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException];
      expect(error.code).toBe('ECONNREFUSED');
    }
  });
});

describe('windows', () => {
  it('are refused beyond their number, and let in again when one has gone', async () => {
    const listening = await listen({ windows: 2 });
    const [first] = [await openSocket(listening), await openSocket(listening)];
    const headers = { Cookie: await cookieOf(listening), Origin: originOf(listening) };
    expect(await knock(listening, headers)).toBe(503);
    first.close();
    await expect.poll(() => knock(listening, headers)).toBe(101);
  });

  it('that send a message too large are dropped', async () => {
    const listening = await listen({ messageBytes: 1_000 });
    const socket = await openSocket(listening);
    socket.send(new Uint8Array(1_001));
    const [code] = (await once(socket, 'close')) as [number];
    expect(code).toBe(1009);
    expect(reports).toEqual([expect.stringContaining('Max payload size exceeded')]);
  });

  it('that do not read are dropped before what waits for them fills the memory', async () => {
    const listening = await listen({ waitingBytes: 10_000_000 });
    const socket = await openSocket(listening);
    socket.pause();
    const [port] = windows;
    for (let sent = 0; sent < 100; sent++) port!.post({ columns: new Uint8Array(1_000_000) });
    expect(reports.length).toBe(1);
    expect(reports[0]).toMatch(/^A window does not read: 1\d{7} bytes wait for it\. It was dropped\.$/);
    socket.terminate();
  });
});

describe('wrong tokens', () => {
  it('are no longer looked at after too many within a minute, while windows that are in stay in', async () => {
    const listening = await listen({ wrongTokensPerMinute: 3 });
    const Cookie = await cookieOf(listening);
    for (let guess = 0; guess < 3; guess++) expect((await get(listening, '/?token=guess')).status).toBe(403);
    const { pathname, search } = new URL(listening.address);
    const reply = await get(listening, pathname + search);
    expect(reply).toMatchObject({ status: 429, headers: { 'retry-after': '60' } });
    expect(reply.headers['set-cookie']).toBeUndefined();
    expect((await get(listening, '/', { Cookie })).status).toBe(200);
  });

  it('are forgotten a minute after', () => {
    let now = 0;
    const gate = new Gate(1, 2, () => now);
    expect([gate.judgeToken('a'), gate.judgeToken('b'), gate.judgeToken(gate.token)]).toEqual([
      'wrong',
      'wrong',
      'too-many',
    ]);
    now = 59_999;
    expect(gate.judgeToken(gate.token)).toBe('too-many');
    now = 60_000;
    expect(gate.judgeToken(gate.token)).toBe('right');
  });
});
