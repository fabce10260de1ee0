import { createHash } from 'node:crypto';
import { once } from 'node:events';
import * as http from 'node:http';
import * as https from 'node:https';
import type { FileHandle } from 'node:fs/promises';
import { writeFully } from '../files/atomic.ts';
import { ClusterError } from './cluster-error.ts';

/** Nothing heard for so long means that the connection is dead. */
const SILENCE_MS = 60_000;
/** Of an answer that is kept in memory; the longest is a job's whole log. */
const MOST_ANSWER_BYTES = 256 * 2 ** 20;

export interface HttpRequest {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  readonly signal?: AbortSignal;
}

export interface HttpAnswer {
  readonly status: number;
  readonly body: Buffer;
}

/**
 * Asks by node:http(s): `fetch` sends headers by which Ray takes it for a browser and refuses to change anything.
 * @throws ClusterError `unreachable` where nobody answers, or the connection breaks off; `damaged` where the answer has no end
 */
export async function send(request: HttpRequest): Promise<HttpAnswer> {
  return reaching(request.url, async () => {
    const answer = await begin(request);
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of answer) {
      bytes += (chunk as Buffer).byteLength;
      if (bytes > MOST_ANSWER_BYTES) throw tooLong(request.url, MOST_ANSWER_BYTES);
      chunks.push(chunk as Buffer);
    }
    return { status: answer.statusCode ?? 0, body: Buffer.concat(chunks) };
  });
}

export interface Received {
  readonly status: number;
  readonly bytes: number;
  readonly sha256: string;
}

/**
 * The same for a body that goes to a file; of an answer other than 200 nothing is read. Throws as writing does, too.
 * @param mostBytes as they were announced: where more come, the connection is ended at once
 */
export async function receive(request: HttpRequest, file: FileHandle, mostBytes: number): Promise<Received> {
  return reaching(request.url, async () => {
    const answer = await begin(request);
    const status = answer.statusCode ?? 0;
    const digest = createHash('sha256');
    let bytes = 0;
    if (status !== 200) answer.destroy();
    else {
      for await (const chunk of answer) {
        bytes += (chunk as Buffer).byteLength;
        if (bytes > mostBytes) throw tooLong(request.url, mostBytes);
        digest.update(chunk as Buffer);
        await writeFully(file, chunk as Buffer);
      }
    }
    return { status, bytes, sha256: digest.digest('hex') };
  });
}

function tooLong({ origin }: URL, mostBytes: number): ClusterError {
  return new ClusterError(
    'damaged',
    `${origin}: expected at most ${mostBytes.toLocaleString('en')} bytes, found more.`,
  );
}

async function begin({ method, url, headers, body, signal }: HttpRequest): Promise<http.IncomingMessage> {
  const { request } = url.protocol === 'https:' ? https : http;
  const length = body === undefined ? {} : { 'content-length': String(body.byteLength) };
  // A connection of its own: one that was kept open may have died meanwhile, as in a tunnel that was opened anew.
  const own = { method, headers: { ...headers, ...length }, agent: false } as const;
  const sent = request(url, { ...own, ...(signal ? { signal } : {}) });
  sent.setTimeout(SILENCE_MS, () => sent.destroy(Object.assign(new Error('silence'), { code: 'ETIMEDOUT' })));
  const answered = once(sent, 'response') as Promise<[http.IncomingMessage]>;
  sent.end(body);
  const [answer] = await answered;
  // A server that refuses a body in the middle answers first and hangs up then.
  sent.on('error', () => undefined);
  return answer;
}

async function reaching<T>(url: URL, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined || !isOfNetwork(code)) throw error;
    const certificate = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ALTNAME/.test(code);
    const found = certificate ? `a certificate that is not trusted (${code})` : `no answer (${code})`;
    throw new ClusterError(
      'unreachable',
      `${url.origin}: expected a Ray cluster, found ${found}.${certificate ? '' : ' Is its head running, and the way there open?'}`,
      { cause: error },
    );
  }
}

function isOfNetwork(code: string): boolean {
  return (
    /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ALTNAME/.test(code) ||
    /^(?:ECONN|ENOTFOUND|EAI_|EHOST|ENET|ETIMEDOUT|EPIPE|EPROTO|HPE_|ERR_SSL|EADDRNOTAVAIL)/.test(code)
  );
}
