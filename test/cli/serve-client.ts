import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import WebSocket from 'ws';
import type { StudioServer } from '../../electron/cli/serve/server.ts';

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export const originOf = (server: StudioServer): string => new URL(server.address).origin;

/** The path is sent as it is written, and any header may be, unlike with `fetch`. */
export function get(
  server: StudioServer,
  path: string,
  headers: Record<string, string> = {},
  method = 'GET',
): Promise<Reply> {
  const { hostname, port } = new URL(server.address);
  return new Promise((resolve, reject) => {
    const sent = httpRequest({ hostname, port, path, method, headers }, async (response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk as Buffer);
      resolve({ status: response.statusCode!, headers: response.headers, body: Buffer.concat(chunks) });
    });
    sent.on('error', reject).end();
  });
}

/** The cookie that the printed address is exchanged for. */
export async function cookieOf(server: StudioServer): Promise<string> {
  const { pathname, search } = new URL(server.address);
  return (await get(server, pathname + search)).headers['set-cookie']![0]!.split(';')[0]!;
}

/** A window's socket, open: what our own page has. */
export async function openSocket(server: StudioServer): Promise<WebSocket> {
  const headers = { Cookie: await cookieOf(server), Origin: originOf(server) };
  const socket = new WebSocket(`${originOf(server).replace('http', 'ws')}/socket`, { headers });
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  return socket;
}

/** The status a WebSocket is answered with: 101 when it is let in. */
export function knock(server: StudioServer, headers: Record<string, string>, path = '/socket'): Promise<number> {
  const socket = new WebSocket(originOf(server).replace('http', 'ws') + path, { headers });
  return new Promise((resolve) => {
    socket.on('open', () => {
      socket.close();
      resolve(101);
    });
    socket.on('unexpected-response', (_, response) => resolve(response.statusCode!));
    socket.on('error', () => undefined);
  });
}
